"""The emulators' replies against the published documents, and against Xero's own client.

The documents are not part of the repository: those tests run where the folder lies beside it. The client
from the package index runs everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi

from sandbox.clio.fields import SHAPES
from sandbox.clio.lists import LISTS
from sandbox.firms import demo as demo_firm
from sandbox.serving.server import Sandbox
from tests.support.sandbox_http import NOW, Clio, Xero, rich_firm

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
needs_specs = pytest.mark.skipif(not SPECS.is_dir(), reason=f"the published documents are not at {SPECS}")

# What the current Clio document has and the stored one lost or does not know yet.
CLIO_ADDITIONS = {
    "bill": {"split_invoice"},
    "line_item": {"tax_settings"},
    "bank_account": {"currency_id", "currency_symbol"},
    "bank_transaction": {"currency_id"},
    "matter": {
        "account_balances",
        "client",
        "currency",
        "folder",
        "group",
        "matter_stage",
        "originating_attorney",
        "practice_area",
        "relationships",
        "responsible_attorney",
        "responsible_staff",
        "user",
    },
    "contact": {
        "account_balances",
        "addresses",
        "avatar",
        "company",
        "currency",
        "email_addresses",
        "phone_numbers",
        "primary_address",
    },
    "client": {"company"},
    "user": {"account", "avatar", "contact", "groups", "job_title"},
}
# Twins and repeats that Xero sends and its document leaves out.
XERO_ADDITIONS = {"DateString", "DueDateString", "CreatedDateUTCString", "ID", "Attachments"}


@cache
def document(name: str) -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        """Reads bare dates as text: the examples are full of them."""

    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loaded: dict[str, Any] = yaml.load((SPECS / name).read_text(), Loader)
    return repaired(loaded) if name.startswith("clio") else loaded


def repaired(spec: dict[str, Any]) -> dict[str, Any]:
    """Clio's document without its known defects: four schemas that refer to themselves, a list called text."""
    schemas = spec["components"]["schemas"]
    for name in ("Matter", "Contact", "User", "Client"):
        schemas[name] = schemas[f"{name}_base"]
    transitions = schemas["Bill_base"]["properties"]["available_state_transitions"]
    schemas["Bill_base"]["properties"]["available_state_transitions"] = {"type": "array", "items": transitions}
    return spec


def properties(schemas: dict[str, Any], name: str) -> set[str]:
    """Properties of a schema and of those it is made of."""
    found: set[str] = set()
    waiting = [schemas[name]]
    while waiting:
        schema = waiting.pop()
        waiting += schema.get("allOf", [])
        if "$ref" in schema:
            waiting.append(schemas[schema["$ref"].rsplit("/", 1)[-1]])
        found |= set(schema.get("properties", {}))
    return found


def without_nulls(value: Any) -> Any:
    """Neither document says that a value may be null, though both systems send nulls."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def check(spec: dict[str, Any], schema: str, reply: Any) -> None:
    root = {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]}
    problems = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in OAS30Validator(root).iter_errors(without_nulls(reply))
    ]
    assert not problems, problems[:5]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox([rich_firm()]) as running:
        yield running


# Clio


def schema_name(shape: str) -> str:
    return "".join(part.capitalize() for part in shape.split("_"))


@needs_specs
@pytest.mark.parametrize("name", sorted({kind.shape for kind in LISTS.values()} | {"client"}))
def test_clio_fields_are_the_published_ones(name: str) -> None:
    schemas = document("clio_v4.yaml")["components"]["schemas"]
    published = properties(schemas, schema_name(name))
    ours = SHAPES[name].plain | set(SHAPES[name].links)
    assert ours - published == CLIO_ADDITIONS.get(name, set())
    assert published - ours == set()


@needs_specs
@pytest.mark.parametrize("name", sorted(LISTS))
def test_clio_lists_validate(sandbox: Sandbox, name: str) -> None:
    shape = SHAPES[LISTS[name].shape]
    links = [f"{link}{{{','.join(sorted(SHAPES[shape.links[link].shape].plain))}}}" for link in shape.links]
    clio = Clio(sandbox, sandbox.firms[0])
    reply = clio.get(name, fields=",".join([*sorted(shape.plain), *links]))
    assert reply.status_code == 200, reply.text
    assert reply.json()["data"]
    check(document("clio_v4.yaml"), f"{schema_name(LISTS[name].shape)}_List", reply.json())


@needs_specs
@pytest.mark.parametrize("name", sorted(LISTS))
def test_clio_filters_are_the_published_ones(name: str) -> None:
    parameters = document("clio_v4.yaml")["paths"][f"/{name}.json"]["get"]["parameters"]
    published = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    newer = {"bill_number"}
    assert set(LISTS[name].makers()) - newer <= published
    orders = next((row["schema"].get("enum") for row in parameters if row["name"] == "order"), None)
    if orders:
        assert {f"{order}(asc)" for order in LISTS[name].orders} <= set(orders)
    assert bool(LISTS[name].orders) == any(row["name"] == "order" for row in parameters)
    assert LISTS[name].single == (f"/{name}/{{id}}.json" in document("clio_v4.yaml")["paths"])


@needs_specs
def test_the_demo_firm_validates() -> None:
    clio_spec, xero_spec = document("clio_v4.yaml"), document("xero_accounting.yaml")
    with Sandbox([demo_firm.build(NOW)]) as sandbox:
        clio, xero = Clio(sandbox, sandbox.firms[0]), Xero(sandbox, sandbox.firms[0])
        for name, kind in LISTS.items():
            fields = ",".join(sorted(SHAPES[kind.shape].plain))
            reply = clio.get(name, fields=fields, limit=60).json()
            check(clio_spec, f"{schema_name(kind.shape)}_List", reply)
        for name in XERO_LISTS:
            reply = xero.get(name, page=1, pageSize=60, unitdp=4).json()
            untangle_batches(reply[name])
            check(xero_spec, name, reply)


@needs_specs
def test_clio_errors_validate(sandbox: Sandbox) -> None:
    clio = Clio(sandbox, sandbox.firms[0])
    for reply in (clio.get("bills", fields="colour"), clio.get("bills/1"), clio.get("bills", offset=10_000)):
        check(document("clio_v4.yaml"), "Error", reply.json())


# Xero

XERO_LISTS = {
    "Invoices": "Invoice",
    "Payments": "Payment",
    "BatchPayments": "BatchPayment",
    "CreditNotes": "CreditNote",
    "Overpayments": "Overpayment",
    "Prepayments": "Prepayment",
    "Contacts": "Contact",
    "Accounts": "Account",
    "BankTransactions": "BankTransaction",
    "BankTransfers": "BankTransfer",
    "ManualJournals": "ManualJournal",
}


def untangle_batches(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nested batches have text for numbers and flags in the wild, and numbers and flags in the document."""
    for row in rows:
        batch = row.get("BatchPayment")
        if batch:
            batch["TotalAmount"] = float(batch["TotalAmount"])
            batch["IsReconciled"] = batch["IsReconciled"] == "true"
    return rows


@needs_specs
@pytest.mark.parametrize("paged", [True, False])
@pytest.mark.parametrize("name", sorted(XERO_LISTS))
def test_xero_lists_validate(sandbox: Sandbox, name: str, paged: bool) -> None:
    spec = document("xero_accounting.yaml")
    query = {"page": 1, "pageSize": 1000, "includeArchived": "true"} if paged else {}
    reply = Xero(sandbox, sandbox.firms[0]).get(name, **query).json()
    rows = untangle_batches(reply[name])
    assert rows
    published = properties(spec["components"]["schemas"], XERO_LISTS[name])
    for row in rows:
        assert set(row) - published <= XERO_ADDITIONS
    check(spec, name, reply)


@needs_specs
@pytest.mark.parametrize("name", sorted(XERO_LISTS))
def test_xero_singles_validate(sandbox: Sandbox, name: str) -> None:
    xero = Xero(sandbox, sandbox.firms[0])
    key = f"{XERO_LISTS[name]}ID"
    reply = xero.get(f"{name}/{xero.rows(name)[0][key]}").json()
    untangle_batches(reply[name])
    check(document("xero_accounting.yaml"), name, reply)


@needs_specs
def test_xero_organisation_and_report_validate(sandbox: Sandbox) -> None:
    spec, xero = document("xero_accounting.yaml"), Xero(sandbox, sandbox.firms[0])
    check(spec, "Organisations", xero.get("Organisation").json())
    check(spec, "ReportWithRows", xero.get("Reports/TrialBalance").json())


# Xero's own client, everywhere


@pytest.fixture(scope="module")
def accounting(sandbox: Sandbox) -> Any:
    """Xero's client, with a token that it fetched by itself from the sandbox."""
    keys = sandbox.firms[0].credentials
    token = OAuth2Token(keys.xero_client_id, keys.xero_client_secret)
    saved: dict[str, Any] = {}
    client = ApiClient(
        Configuration(oauth2_token=token),
        oauth2_token_saver=saved.update,
        oauth2_token_getter=lambda: saved,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TokenApi, "client_credentials_token_url", sandbox.xero_token_url)
        token.get_client_credentials_access_token(client, False)
    return AccountingApi(client, sandbox.xero_url), keys.tenant_id


def test_xero_client_reads_every_list(sandbox: Sandbox, accounting: Any) -> None:
    api, tenant = accounting
    tables = sandbox.firms[0].xero.tables
    calls = {
        "Invoices": lambda: api.get_invoices(tenant, page=1, page_size=1000, unitdp=4).invoices,
        "BatchPayments": lambda: api.get_batch_payments(tenant).batch_payments,
        "CreditNotes": lambda: api.get_credit_notes(tenant, page=1).credit_notes,
        "Overpayments": lambda: api.get_overpayments(tenant, page=1).overpayments,
        "Prepayments": lambda: api.get_prepayments(tenant, page=1).prepayments,
        "Contacts": lambda: api.get_contacts(tenant, include_archived=True, page=1).contacts,
        "Accounts": lambda: api.get_accounts(tenant).accounts,
        "BankTransactions": lambda: api.get_bank_transactions(tenant, page=1).bank_transactions,
        "BankTransfers": lambda: api.get_bank_transfers(tenant).bank_transfers,
        "ManualJournals": lambda: api.get_manual_journals(tenant, page=1).manual_journals,
    }
    for name, call in calls.items():
        assert len(call()) == len(tables[name]), name


def test_xero_client_reads_values_as_the_books_have_them(sandbox: Sandbox, accounting: Any) -> None:
    api, tenant = accounting
    record = next(iter(sandbox.firms[0].xero.tables["Invoices"].values()))
    invoice = api.get_invoice(tenant, record["InvoiceID"]).invoices[0]
    assert (invoice.total, invoice.amount_due) == (record["Total"], record["AmountDue"])
    assert invoice.date == record["Date"]
    assert invoice.updated_date_utc == record["UpdatedDateUTC"]
    assert [line.line_amount for line in invoice.line_items] == [line["LineAmount"] for line in record["LineItems"]]
    assert api.get_organisations(tenant).organisations[0].name == "Harbor Law"
    report = api.get_report_trial_balance(tenant).reports[0]
    assert report.rows[0].cells[1].value == "Debit"


def test_xero_client_reads_payments_but_for_nested_batches(sandbox: Sandbox, accounting: Any) -> None:
    """The client fails on the text flags of nested batches, on Xero's own example too."""
    api, tenant = accounting
    batched = [row for row in sandbox.firms[0].xero.tables["Payments"].values() if row.get("BatchPayment")]
    single = api.get_payments(tenant, page=1, where='Reference=="" AND Amount!=100 AND Amount!=200').payments
    assert len(single) == len(sandbox.firms[0].xero.tables["Payments"]) - len(batched)
    with pytest.raises((ValueError, TypeError), match=re.compile("false|bool", re.IGNORECASE)):
        api.get_payment(tenant, batched[0]["PaymentID"])
