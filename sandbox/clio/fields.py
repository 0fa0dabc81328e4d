"""What Clio can be asked for: the field sets of each resource, and the grammar of `fields`.

Clio answers `id` and `etag` unless asked for more, and refuses the whole request (400) when one name is
unknown or when braces go deeper than one level. Both are easy to get wrong in a client and silent in a
lenient stub, so the sets are spelt out here. Associations that the published document lost (account
balances, attorneys, client of a matter) are included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """An association: the shape of what it shows, and the list its record can be looked up in."""

    shape: str
    many: bool = False
    table: str | None = None


@dataclass(frozen=True)
class Shape:
    """The plain fields and associations of one kind of record."""

    plain: frozenset[str]
    links: Mapping[str, Link] = field(default_factory=dict)

    @property
    def defaults(self) -> tuple[str, ...]:
        return tuple(name for name in ("id", "etag") if name in self.plain)


@dataclass(frozen=True)
class Column:
    """One requested field; `inner` holds the names inside the braces of an association."""

    name: str
    link: Link | None = None
    inner: tuple[Column, ...] = ()


class FieldsError(ValueError):
    """A `fields` text that Clio would refuse."""


def _shape(plain: str, **links: Link) -> Shape:
    return Shape(frozenset(plain.split()), links)


_STAMPS = "id etag created_at updated_at"

_CONTACT = Link("contact", table="contacts")
_MATTER = Link("matter", table="matters")
_MATTERS = Link("matter", many=True, table="matters")
_BILL = Link("bill", table="bills")
_USER = Link("user", table="users")
_BANK_ACCOUNT = Link("bank_account", table="bank_accounts")
_CURRENCY = Link("currency")
_GROUP = Link("group")
_DISCOUNT = Link("discount")
_NAMED = Link("named")
_NAMED_LIST = Link("named", many=True)

SHAPES: dict[str, Shape] = {
    "bill": _shape(
        f"{_STAMPS} available_state_transitions balance can_update credits_issued discount_services_only due"
        " due_at end_at issued_at kind last_sent_at memo number paid paid_at pending purchase_order"
        " secondary_tax_rate secondary_tax_sum secondary_taxable_sub_total services_secondary_tax"
        " services_secondary_taxable_sub_total services_sub_total services_tax services_taxable_sub_total"
        " shared start_at state sub_total subject tax_rate tax_sum taxable_sub_total total total_tax type",
        balances=Link("balance", many=True),
        bill_theme=_NAMED,
        billing_setting=_NAMED,
        client=_CONTACT,
        client_addresses=Link("address", many=True),
        currency=_CURRENCY,
        destination_account=_BANK_ACCOUNT,
        discount=_DISCOUNT,
        group=_GROUP,
        interest=Link("interest"),
        legal_aid_uk_bill=Link("bare"),
        matter_totals=Link("matter_balance", many=True),
        matters=_MATTERS,
        original_bill=_BILL,
        split_invoice=Link("split_invoice"),
        user=_USER,
    ),
    "line_item": _shape(
        f"{_STAMPS} date description group_ordering kind note price quantity secondary_tax"
        " secondary_taxable sub_total tax taxable total type",
        activity=Link("activity"),
        bill=_BILL,
        discount=_DISCOUNT,
        included_line_item_totals=Link("line_item_totals"),
        matter=_MATTER,
        tax_settings=Link("line_item_tax", many=True),
        user=_USER,
    ),
    "allocation": _shape(
        f"{_STAMPS} amount date description destroyable has_online_payment interest payment_type voided_at",
        bill=_BILL,
        contact=_CONTACT,
        destination_bank_account=_BANK_ACCOUNT,
        matter=_MATTER,
        parent=Link("parent"),
        source_bank_account=_BANK_ACCOUNT,
    ),
    "credit_memo": _shape(
        f"{_STAMPS} amount date description discount voided_at",
        allocations=Link("allocation", many=True, table="allocations"),
        contact=_CONTACT,
        user=_USER,
    ),
    "bank_account": _shape(
        f"{_STAMPS} account_number balance bank_transactions_count clio_payment_page_link"
        " clio_payment_page_qr_code clio_payments_enabled controlled_account currency currency_id"
        " currency_symbol default_account domicile_branch general_ledger_number holder institution name"
        " swift transit_number type",
        user=_USER,
    ),
    "bank_transaction": _shape(
        f"{_STAMPS} amount bank_account_id clio_payments_transaction confirmation currency currency_id"
        " current_account_balance date description exchange_rate funds_in funds_out read_only_confirmation"
        " source transaction_type type",
        allocation=Link("allocation", table="allocations"),
        bank_account=_BANK_ACCOUNT,
        bill=_BILL,
        client=_CONTACT,
        matter=_MATTER,
    ),
    "matter": _shape(
        f"{_STAMPS} billable billing_method client_id client_reference close_date custom_number description"
        " display_number has_tasks last_activity_date location maildrop_address matter_stage_updated_at"
        " number open_date pending_date shared status",
        account_balances=Link("account_balance", many=True),
        client=_CONTACT,
        currency=_CURRENCY,
        folder=_NAMED,
        group=_GROUP,
        matter_stage=_NAMED,
        originating_attorney=_USER,
        practice_area=_NAMED,
        relationships=_NAMED_LIST,
        responsible_attorney=_USER,
        responsible_staff=_USER,
        user=_USER,
    ),
    "contact": _shape(
        f"{_STAMPS} client_connect_user_id clio_connect_email date_of_birth first_name"
        " has_clio_for_clients_permission initials is_bill_recipient is_client is_clio_for_client_user"
        " is_co_counsel last_name ledes_client_id locked_clio_connect_email middle_name name prefix"
        " primary_email_address primary_phone_number sales_tax_number secondary_email_address"
        " secondary_phone_number title type",
        account_balances=Link("account_balance", many=True),
        addresses=Link("address", many=True),
        avatar=_NAMED,
        company=_CONTACT,
        currency=_CURRENCY,
        email_addresses=Link("address", many=True),
        phone_numbers=Link("address", many=True),
        primary_address=Link("address"),
    ),
    "client": _shape(
        "id client_connect_user_id created_at date_of_birth first_name initials is_matter_client last_name"
        " middle_name name prefix primary_email_address primary_phone_number title type updated_at",
        company=_CONTACT,
    ),
    "outstanding_client_balance": _shape(
        f"{_STAMPS} associated_matter_ids last_payment_date last_shared_date newest_issued_bill_due_date"
        " pending_payments_total reminders_enabled total_outstanding_balance",
        contact=_CONTACT,
        currency=_CURRENCY,
        outstanding_bills=Link("bill", many=True, table="bills"),
    ),
    "interest_charge": _shape(
        f"{_STAMPS} date description total",
        balances=Link("balance", many=True),
        bill=_BILL,
        matters=_MATTERS,
    ),
    "user": _shape(
        f"{_STAMPS} account_owner clio_connect court_rules_default_attendee default_calendar_id email enabled"
        " first_name initials last_name name phone_number rate roles subscription_type time_zone",
        account=Link("account"),
        avatar=_NAMED,
        contact=_CONTACT,
        groups=Link("group", many=True),
        job_title=_NAMED,
    ),
    "currency": _shape(f"{_STAMPS} code sign"),
    "account": _shape("id etag name state created_at updated_at"),
    "account_balance": _shape("id name type balance currency_id"),
    "activity": _shape(
        f"{_STAMPS} billed contingency_fee date flat_rate no_charge non_billable non_billable_total note"
        " on_bill price quantity quantity_in_hours quantity_redacted reference rounded_quantity"
        " rounded_quantity_in_hours tax_setting total type"
    ),
    "address": _shape(f"{_STAMPS} address city country name number postal_code primary province street"),
    "balance": _shape("amount due id interest_amount type"),
    "bare": _shape("id"),
    "discount": _shape("early_payment_period early_payment_rate note rate type"),
    "group": _shape("id etag name type updated_at client_connect_user"),
    "interest": _shape("balance period rate total type"),
    "line_item_tax": _shape(f"{_STAMPS} tax_rate_configuration_id name rate formatted_rate rule amount order"),
    "line_item_totals": _shape("discount_percent price quantity sub_total total"),
    "matter_balance": _shape("amount id"),
    "named": _shape(f"{_STAMPS} name"),
    "parent": _shape("id identifier secondary_identifier tertiary_identifier type"),
    "split_invoice": _shape(
        f"{_STAMPS} bill_id linked_invoices_display_numbers linked_invoices_ids split_connection_id split_portion"
    ),
}

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[{},])")


def parse_fields(text: str | None, shape_name: str) -> tuple[Column, ...]:
    """The columns that `fields` asks for; the defaults when it is absent."""
    shape = SHAPES[shape_name]
    if not text or not text.strip():
        return tuple(Column(name) for name in shape.defaults)
    tokens = _tokens(text)
    columns, end = _columns(tokens, 0, shape, depth=0)
    if end != len(tokens):
        raise FieldsError("unbalanced braces in fields")
    return columns


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise FieldsError(f"fields cannot be read at {stripped[position : position + 20]!r}")
        tokens.append(match.group(1))
        position = match.end()
    return tokens


def _columns(tokens: list[str], start: int, shape: Shape, depth: int) -> tuple[tuple[Column, ...], int]:
    columns: dict[str, Column] = {}
    position = start
    while True:
        if position >= len(tokens) or not tokens[position][0].isidentifier():
            raise FieldsError("a field name is missing in fields")
        column, position = _column(tokens, position, shape, depth)
        columns[column.name] = column
        if position < len(tokens) and tokens[position] == ",":
            position += 1
            continue
        return tuple(columns.values()), position


def _column(tokens: list[str], position: int, shape: Shape, depth: int) -> tuple[Column, int]:
    name = tokens[position]
    position += 1
    braces = position < len(tokens) and tokens[position] == "{"
    link = shape.links.get(name)
    if link is None:
        if name not in shape.plain or braces:
            raise FieldsError(f"{name} is not a valid field")
        return Column(name), position
    inner_shape = SHAPES[link.shape]
    if not braces:
        return Column(name, link, tuple(Column(plain) for plain in _default_names(inner_shape))), position
    if depth:
        raise FieldsError(f"{name}: second level nested resources cannot have fields of their own")
    inner, position = _columns(tokens, position + 1, inner_shape, depth + 1)
    if position >= len(tokens) or tokens[position] != "}":
        raise FieldsError(f"the braces of {name} are not closed")
    return Column(name, link, inner), position + 1


def _default_names(shape: Shape) -> tuple[str, ...]:
    """Small objects without an id show what they are made of."""
    return shape.defaults or tuple(sorted(shape.plain))
