"""Settings: each fault is one line that says where, what was found and what to write instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.evidence import decided, evidence
from pipelines.evidence.accounts import Accounts, resolve_accounts
from pipelines.firm.settings import Firm, load_settings
from pipelines.night import shrunk

GOOD = """
data_dir = "data"

[firms.harbor-law]
name = "Harbor Law LLP"
timezone = "America/New_York"
start_date = 2025-01-01
grace_hours = 24
not_from_clio = { contacts = ["Sublease Tenant"], account_codes = ["260"], number_pattern = "^RENT-" }

[firms.harbor-law.clio]
region = "us"

[firms.harbor-law.xero]
tenant_id = "t-1"
grant = "client_credentials"

[[firms.harbor-law.trust_accounts]]
clio_bank_account = "IOLTA"
xero_bank_account = "1010"
xero_liability_account = "2100"

[[firms.harbor-law.operating_accounts]]
clio_bank_account = "Operating"
xero_bank_account = "1000"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "tieout.toml"
    path.write_text(text)
    return path


def fault(folder: Path, old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    with pytest.raises(UsageError) as caught:
        load_settings(write(folder, text.replace(old, new, 1)))
    return str(caught.value)


def test_the_contracts_example_is_read(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, GOOD))
    firm = settings.firm("harbor-law")
    assert settings.path == tmp_path / "tieout.toml"
    assert firm.id == "harbor-law" and firm.start_date == date(2025, 1, 1)
    assert firm.folder == tmp_path / "data" / "harbor-law"
    assert firm.warehouse == firm.folder / "warehouse.duckdb"
    assert firm.clio.api == "https://app.clio.com/api/v4" and firm.clio.tokens == "https://app.clio.com/oauth/token"
    assert firm.xero.api == "https://api.xero.com/api.xro/2.0"
    assert firm.trust_accounts[0].xero_liability_account == "2100"


@pytest.mark.parametrize(("region", "host"), [("us", "app"), ("eu", "eu.app"), ("ca", "ca.app"), ("au", "au.app")])
def test_each_region_has_its_own_hosts(tmp_path: Path, region: str, host: str) -> None:
    clio = load_settings(write(tmp_path, GOOD.replace('"us"', f'"{region}"'))).firm("harbor-law").clio
    assert (clio.api, clio.web) == (f"https://{host}.clio.com/api/v4", f"https://{host}.clio.com")


def test_the_file_is_found_by_variable_and_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, GOOD)
    monkeypatch.setenv("TIEOUT_CONFIG", str(path))
    assert load_settings().path == path
    monkeypatch.delenv("TIEOUT_CONFIG")
    monkeypatch.chdir(tmp_path)
    assert load_settings().path == path


def test_no_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file.*TIEOUT_CONFIG"):
        load_settings(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'timezone = "America/New_York"',
            'timezon = "America/New_York"',
            "timezon: unknown key; did you mean 'timezone'?",
        ),
        ('"America/New_York"', '"New York"', "firms.harbor-law.timezone: should be a time zone"),
        ('name = "Harbor Law LLP"', 'name = " "', "firms.harbor-law.name: is empty"),
        ('name = "Harbor Law LLP"\n', "", "firms.harbor-law.name: is missing; write name = ..."),
        ("2025-01-01", '"soon"', "start_date: should be a day such as 2025-01-01; found 'soon'"),
        ("grace_hours = 24", "grace_hours = -1", "firms.harbor-law.grace_hours: "),
        ('region = "us"', 'region = "uk"', "clio.region: input should be 'us', 'eu', 'ca' or 'au'; found 'uk'"),
        ('region = "us"', "", "should have a region"),
        ('region = "us"', 'base_url = "http://clio.example.com"', "should be an https:// address"),
        ('region = "us"', 'base_url = "https://clio.example.com"', "base_url and token_url together"),
        ('"client_credentials"', '"password"', "xero.grant: input should be"),
        ('region = "us"', 'region = "us"\nauthorize_url = "https://clio.example.com"', "only beside base_url"),
        ('data_dir = "data"', 'data_dir = "data"\n[alerts]\nheartbeat = "daily"', "alerts.heartbeat: input should be"),
        ('xero_bank_account = "1000"', "", "should name xero_bank_account, or the list xero_bank_accounts"),
        ('xero_bank_account = "1000"', "xero_bank_accounts = []", "xero_bank_accounts: is empty"),
        (
            'xero_bank_account = "1000"',
            'xero_bank_account = "1000"\nxero_bank_accounts = ["1000"]',
            "should name xero_bank_account, or the list",
        ),
        (
            'region = "us"',
            'region = "us"\n\n[firms.harbor-law.xero_accounts]\nfee_account = ["404"]',
            "unknown key; did you mean 'fee_accounts'?",
        ),
        ('"^RENT-"', '"^RENT-("', "not_from_clio.number_pattern: should be a regular expression"),
        ('xero_liability_account = "2100"', "", "trust_accounts.0.xero_liability_account: is missing"),
        ("data_dir", "colour = 1\ndata_dir", "colour: unknown key; remove it"),
        ('data_dir = "data"', 'data_dir = ""', "data_dir: is empty"),
        ("[firms.harbor-law]", '[firms."Harbor Law"]', "unknown key"),
        ("[firms.harbor-law.clio]", "[firms.harbor-law]", "is defined twice"),
        ("[firms.harbor-law]", "[firms.harbor-law", "not valid TOML"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = fault(tmp_path, old, new)
    assert expected in text or (expected == "unknown key" and "harbor-law" in text)
    assert str(tmp_path / "tieout.toml") in text


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = fault(tmp_path, "grace_hours = 24", 'grace_hours = "x"\nfoo = 1', GOOD.replace('"us"', '"uk"'))
    assert len(text.splitlines()) == 3


def test_two_firms_may_not_share_their_secrets(tmp_path: Path) -> None:
    twin = GOOD.split("\n", 2)[2].replace("harbor-law", "harbor_law")
    assert "would share their secrets" in fault(tmp_path, "", "", GOOD + twin)


def test_a_firm_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no firm 'harbour-law'; there is harbor-law"):
        load_settings(write(tmp_path, GOOD)).firm("harbour-law")


# Accounts

ONE_TILL = 'xero_bank_account = "1000"'
FEES = '\n\n[firms.harbor-law.xero_accounts]\nfee_accounts = ["404"]'
CLIO_ACCOUNTS = [{"id": 1, "name": "Operating", "type": "Operating"}, {"id": 2, "name": "IOLTA", "type": "Trust"}]
XERO_ACCOUNTS = [
    {"AccountID": "A-1", "Code": "1000", "Name": "Business Cheque", "Type": "BANK", "Class": "ASSET"},
    {"AccountID": "A-2", "Code": "1010", "Name": "Trust Cheque", "Type": "BANK", "Class": "ASSET"},
    {"AccountID": "A-3", "Code": "2100", "Name": "Client money", "Type": "CURRLIAB", "Class": "LIABILITY"},
    {"AccountID": "A-4", "Code": "1020", "Name": "Card clearing", "Type": "CURRENT", "Class": "ASSET"},
    {"AccountID": "A-5", "Code": "404", "Name": "Bank fees", "Type": "EXPENSE", "Class": "EXPENSE"},
    {"AccountID": "A-6", "Name": "Debtors", "Type": "CURRENT", "Class": "ASSET", "SystemAccount": "DEBTORS"},
]


def a_firm(folder: Path, text: str = GOOD) -> Firm:
    return load_settings(write(folder, text)).firm("harbor-law")


def test_accounts_are_found_by_name_code_or_id(tmp_path: Path) -> None:
    mapped = resolve_accounts(a_firm(tmp_path), Accounts(a_firm(tmp_path), CLIO_ACCOUNTS, XERO_ACCOUNTS))
    assert mapped.trust == [("harbor-law", "IOLTA", "1010", "2100", "2", "A-2", "A-3", False)]
    assert mapped.operating == [("harbor-law", "Operating", "1000", "1", "A-1")]
    assert mapped.fees == []
    other = GOOD.replace('"IOLTA"', '"2"').replace('"1010"', '"a-2"').replace('"2100"', '"Client money"')
    firm = a_firm(tmp_path, other)
    assert resolve_accounts(firm, Accounts(firm, CLIO_ACCOUNTS, XERO_ACCOUNTS)).trust[0][4:7] == ("2", "A-2", "A-3")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"IOLTA"', '"Escrow"', "no such Clio bank account. There is: Operating, IOLTA"),
        ('"IOLTA"', '"Operating"', "one of Clio's Trust accounts, found a Operating account"),
        ('"2100"', '"2199"', "no such Xero account. There is: 1000 Business Cheque"),
        ('"1000"', '"1010"', None),
        ('"1010"', '"404"', "should be a bank account or another asset account, found one of type EXPENSE"),
        ('"1010"', '"Debtors"', "should be a bank account or another asset account, found the system account DEBTORS"),
        ('"2100"', '"1000"', "should be a liability account, found one of type BANK"),
        ('"1000"', '"404"', "should be a bank account or a clearing account, found one of type EXPENSE"),
        (ONE_TILL, 'xero_bank_accounts = ["1000", "1000"]', "xero_bank_accounts: an account is named twice"),
        (ONE_TILL, ONE_TILL + FEES.replace("404", "1000"), "should be an account that is no bank account"),
        (ONE_TILL, ONE_TILL + FEES.replace('"404"', '"404", "Bank fees"'), "fee_accounts: an account is named twice"),
    ],
)
def test_an_account_that_does_not_fit_is_named(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    firm = a_firm(tmp_path, GOOD.replace(old, new))
    accounts = Accounts(firm, CLIO_ACCOUNTS, XERO_ACCOUNTS)
    if expected is None:
        assert resolve_accounts(firm, accounts)
        return
    with pytest.raises(UsageError) as caught:
        resolve_accounts(firm, accounts)
    assert expected in str(caught.value)


def test_clearing_fees_journals_and_shared_accounts_are_what_the_settings_say(tmp_path: Path) -> None:
    shared = """
[[firms.harbor-law.trust_accounts]]
clio_bank_account = "Escrow"
xero_bank_account = "1020"
xero_liability_account = "2100"
"""
    text = GOOD.replace('"1010"', '"1020"').replace(ONE_TILL, 'xero_bank_accounts = ["1000", "1020"]' + FEES + shared)
    firm = a_firm(tmp_path, text)
    clio_accounts = [*CLIO_ACCOUNTS, {"id": 3, "name": "Escrow", "type": "Trust"}]
    mapped = resolve_accounts(firm, Accounts(firm, clio_accounts, XERO_ACCOUNTS))
    assert [row[4:] for row in mapped.trust] == [("2", "A-4", "A-3", True), ("3", "A-4", "A-3", True)]
    assert [row[2:] for row in mapped.operating] == [("1000", "1", "A-1"), ("1020", "1", "A-4")]
    assert mapped.fees == [("harbor-law", "404", "A-5")]


def test_two_accounts_of_one_name_need_an_id(tmp_path: Path) -> None:
    twins = [*XERO_ACCOUNTS, {"AccountID": "A-9", "Code": "9", "Name": "Client money"}]
    firm = a_firm(tmp_path, GOOD.replace('"2100"', '"Client money"'))
    with pytest.raises(UsageError, match=r"2 Xero accounts are called so\. Write the id: A-3, A-9"):
        resolve_accounts(firm, Accounts(firm, CLIO_ACCOUNTS, twins))


def test_a_pattern_that_the_database_cannot_read_is_refused(tmp_path: Path) -> None:
    firm = a_firm(tmp_path, GOOD.replace("^RENT-", "(?=RENT)"))
    with duckdb.connect() as connection, pytest.raises(UsageError, match="is not understood"):
        evidence.check_settings(connection, firm)


def test_a_list_that_a_person_names_is_one_of_the_api(tmp_path: Path) -> None:
    assert shrunk.read_names(["clio.bills", "XERO.invoices"]) == {("clio", "bills"), ("xero", "invoices")}
    with pytest.raises(UsageError, match=r"'bills': no list is called so\. Name one of: clio\.bills, .*xero\.Invoices"):
        shrunk.read_names(["bills"])


# Decisions


def test_links_are_read_in_order_and_taken_back_by_a_later_line(tmp_path: Path) -> None:
    firm = a_firm(tmp_path)
    firm.folder.mkdir(parents=True)
    (firm.folder / "matches.csv").write_text(
        "clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n"
        '1,aa,pat,2026-11-01T09:00:00Z,"same, says Pat"\n'
        "2,bb,pat,2026-11-01T09:00:00+01:00,\n"
        "1,,pat,2026-11-02T09:00:00Z,no\n"
        "3,cc,pat,,\n"
    )
    rows = decided.read_matches(firm)
    assert [row[1:3] for row in rows] == [("2", "bb"), ("3", "cc")]
    assert str(rows[0][4]) == "2026-11-01 08:00:00"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("bill,invoice\n", "The first line"),
        ("clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n1,2\n", "5 values"),
        ("clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n,aa,x,,\n", "line 2: clio_bill_id is empty"),
        ("clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n1,aa,x,soon,\n", "decided_at should be a date"),
    ],
)
def test_a_broken_file_of_decisions_is_named_by_line(tmp_path: Path, content: str, expected: str) -> None:
    firm = a_firm(tmp_path)
    firm.folder.mkdir(parents=True)
    (firm.folder / "matches.csv").write_text(content)
    with pytest.raises(UsageError) as caught:
        decided.read_matches(firm)
    assert expected in str(caught.value) and "matches.csv" in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        r"http://evil\\@127.0.0.1",
        r"http://127.0.0.1\\@evil.example",
        "http://127.0.0.1@evil.example",
        "http://user:word@127.0.0.1",
        "https://user@app.clio.com",
        "http://evil.example#@127.0.0.1",
        "http://evil.example?@127.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1%2eevil.example",
        "http://[::1]evil.example",
        "http://[::1",
        "http://evil.example",
        "https://app.clio.com:99999999",
        "https://app.clio.com/a b",
        r"https://app.clio.com/\tx",
        r"https://app.clio.com/\u202e",
        r"https://\uff41pp.clio.com",
        "https:app.clio.com",
        "https://",
        "ftp://127.0.0.1",
        "HTTP://evil.example",
        "//127.0.0.1",
    ],
)
@pytest.mark.parametrize("key", ["base_url", "token_url", "authorize_url", "revoke_url"])
def test_an_address_that_reads_in_two_ways_or_travels_in_the_clear_is_refused(
    tmp_path: Path, address: str, key: str
) -> None:
    good = dict.fromkeys(("base_url", "token_url", "authorize_url", "revoke_url"), "https://app.clio.com/x")
    lines = "\n".join(f'{name} = "{value}"' for name, value in {**good, key: address}.items())
    said = fault(tmp_path, 'region = "us"', lines)
    assert f"clio.{key}: should be an https:// address of host, port and path alone" in said


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:80/a", "http://localhost:1/x", "http://[::1]:8/x", "https://a.b/c/"]
)
def test_a_plain_address_is_taken(tmp_path: Path, address: str) -> None:
    lines = f'base_url = "{address}"\ntoken_url = "{address}"'
    firm = load_settings(write(tmp_path, GOOD.replace('region = "us"', lines))).firm("harbor-law")
    assert firm.clio.api == address.rstrip("/")


def test_a_file_that_an_editor_of_windows_saved_is_read_or_said_to_be_in_another_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    expected = load_settings(path)
    path.write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_settings(path) == expected
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(UsageError, match="Save it as UTF-8"):
        load_settings(path)
