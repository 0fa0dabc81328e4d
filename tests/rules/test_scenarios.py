"""Every scenario says exactly what the rules say of it, and nothing else."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.scenarios import SCENARIOS
from sandbox.scenarios.registry import SECTION_OF
from tests.support.scenario_nights import Nights, ids_named, mismatches, two_nights
from tests.support.words_of_codes import WORDS

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """All scenarios in one warehouse, two nights or three."""
    with two_nights(tmp_path_factory.mktemp("scenarios")) as judged:
        yield judged


def accepts(name: str, nights: Nights) -> bool:
    """What people accept is accepted from the second night on."""
    return bool(nights.stages[name].firm.acceptances)


@pytest.mark.parametrize("name", SCENARIOS)
def test_first_night(name: str, nights: Nights) -> None:
    if accepts(name, nights) and nights.stages[name].later is None:
        pytest.skip("said by the second night")
    assert mismatches(nights.stages[name].expected, nights.found[0][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_second_night(name: str, nights: Nights) -> None:
    expected = nights.later.get(name, nights.stages[name].expected)
    assert mismatches(expected, nights.found[1][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_third_night(name: str, nights: Nights) -> None:
    if name not in nights.much_later:
        pytest.skip("the story has no third night")
    assert mismatches(nights.much_later[name], nights.found[2][name]) == []


def test_no_row_of_any_night_gives_harmful_advice(nights: Nights) -> None:
    assert nights.harm == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_line_by_line(name: str, nights: Nights) -> None:
    """What became of each line, where the story says so."""
    for bill_key, statuses in nights.stages[name].line_statuses.items():
        rows = nights.query(
            "select line_status, count(*) from recon.line_diffs where firm_id = ? and bill_key = ? group by all",
            name,
            bill_key,
        )
        assert dict(rows) == statuses


def test_what_people_read_is_short(nights: Nights) -> None:
    longest = "select max(length(explanation)), max(length(suggested_action)) from recon.exceptions"
    [(explanation, action)] = nights.query(longest)
    assert explanation <= 1_000 and action <= 1_000


def test_what_a_row_names_as_candidate_is_there(nights: Nights) -> None:
    """Each id is that of a document, a payment, an entry or a credit of that firm which is in force."""
    for firm_id, code, candidate in nights.query(
        "select firm_id, code, candidate from recon.exceptions where candidate is not null"
    ):
        books = nights.stages[firm_id].firm
        known = {str(key): record for table in books.clio.tables.values() for key, record in table.items()}
        known |= {str(key): record for table in books.xero.tables.values() for key, record in table.items()}
        named = ids_named(candidate)
        assert named, (firm_id, code, candidate)
        for one in named:
            assert known[one].get("Status") not in ("VOIDED", "DELETED"), (firm_id, code, candidate)


def test_every_row_states_its_fact_and_its_step(nights: Nights) -> None:
    """Whatever else a row names, the words of its code are there."""
    assert set(WORDS) == set(SECTION_OF)
    mute = []
    for row in (row for found in nights.found for rows in found.values() for row in rows):
        fact, steps = WORDS[row.code]
        explanation, action = row.explanation.casefold(), row.suggested_action.casefold()
        if not all(words in explanation for words in fact) or not any(words in action for words in steps):
            mute.append((row.code, row.explanation, row.suggested_action))
    assert mute == []


def test_a_currency_without_a_rate_is_not_proven(nights: Nights) -> None:
    """Counted at one, named, and the control account is missing; with a rate nothing of it."""
    said = dict(nights.query("select firm_id, any_value(not_proven) from recon.run_statements group by 1"))
    words = "a bill is in a currency of which no document gives a rate"
    assert words in said["currency-without-a-rate"]
    assert words not in said["currency-of-a-missing-bill"]
    sql = "select amount from recon.ar_tie_out where firm_id = ? and step = 'xero_control_account'"
    assert nights.query(sql, "currency-without-a-rate") == [(None,)]
    [(amount,)] = nights.query(sql, "currency-of-a-missing-bill")
    assert amount is not None


def test_how_prepayments_were_read_is_said(nights: Nights) -> None:
    """Where the books show that they stand outside the receivables account, the statement says so, and only there."""
    said = dict(nights.query("select firm_id, any_value(not_proven) from recon.run_statements group by 1"))
    words = "are read as standing outside Xero's receivables account, which agrees without them"
    assert words in said["prepayment-elsewhere"]
    assert words not in said["prepayment-neither-agrees"] and words not in said["clean"]


def test_namesakes_have_a_bridge_each(nights: Nights) -> None:
    sql = """select amount from recon.ar_tie_out_by_client
             where firm_id = 'namesakes-apart' and client_name = 'J Twin' and step = 'missing_in_xero'"""
    assert len(set(nights.query(sql))) == 2


def test_our_own_checks_hold(nights: Nights) -> None:
    assert {result.faults for result in nights.results} == {()}


def test_nothing_is_unexplained(nights: Nights) -> None:
    assert nights.query("select firm_id, amount from recon.ar_tie_out where step = 'unexplained' and amount <> 0") == []
    by_client = "select firm_id, client_name, amount from recon.ar_tie_out_by_client where step = 'unexplained'"
    assert nights.query(f"{by_client} and amount <> 0") == []


def test_the_bridges_of_the_clients_are_the_bridge_of_the_firm(nights: Nights) -> None:
    assert (
        nights.query("""
            select firm_id, step, sum(amount) from (
                select firm_id, step, amount from recon.ar_tie_out where step not like 'xero_control%'
                union all
                select firm_id, step, -amount from recon.ar_tie_out_by_client
            ) group by all having sum(amount) <> 0
        """)
        == []
    )


def test_history_goes_on(nights: Nights) -> None:
    [(seen, closed)] = nights.query(
        "select nights_seen, closed_at is not null from recon.exception_history "
        "where firm_id = 'fixed-on-the-second-night' and code = 'missing_in_xero'"
    )
    assert (seen, closed) == (1, True)
    assert nights.query("select count(*) from recon.run_statements where firm_id = 'accepted'") == [(2,)]


ENDINGS = {
    ("fixed-on-the-second-night", "missing_in_xero"): "fixed",
    ("vanished-missing", "missing_in_xero"): "vanished",
    ("vanished-and-back", "bill_vanished"): "fixed",
    ("vanished-live-and-back", "bill_vanished"): "fixed",
    ("pushed-as-a-draft", "missing_in_xero"): "replaced",
}


@pytest.mark.parametrize("ending", [one for one in ENDINGS if one[0] in SCENARIOS], ids=lambda one: one[0])
def test_history_says_how_a_finding_ended(ending: tuple[str, str], nights: Nights) -> None:
    sql = "select closed_as from recon.exception_history where firm_id = ? and code = ?"
    assert nights.query(sql, *ending) == [(ENDINGS[ending],)]


def test_a_bill_that_is_shown_again_takes_its_finding_up_where_it_was(nights: Nights) -> None:
    sql = "select closed_at, closed_as, times_reopened, nights_seen, first_seen_at < last_seen_at from"
    sql += " recon.exception_history where firm_id = 'vanished-and-back' and code = 'missing_in_xero'"
    assert nights.query(sql) == [(None, None, 1, 2, True)]
    sql = "select vanished_at from clio.bills where firm_id in ('vanished-and-back', 'vanished-live-and-back')"
    assert {vanished_at for (vanished_at,) in nights.query(sql)} == {None}


def test_a_draft_stays_one_finding_when_a_comma_changes(nights: Nights) -> None:
    first, second = ([row.exception_id for row in found["stuck-comma"]] for found in nights.found[:2])
    assert first == second
    sql = "select code, nights_seen from recon.exception_history where firm_id = 'stuck-comma'"
    assert nights.query(sql) == [("stuck_in_draft_edited", 2)]


def test_no_row_is_longer_than_a_person_reads(nights: Nights) -> None:
    rows = [row for found in nights.found for firm in found.values() for row in firm]
    assert [row for row in rows if max(len(row.explanation), len(row.suggested_action)) > 1000] == []


def test_what_shares_a_cause_points_to_the_row_that_says_it(nights: Nights) -> None:
    groups = nights.query("""
        select cause.firm_id, count(*) - 1
        from recon.exceptions as cause
        inner join recon.exceptions as shared
            on cause.firm_id = shared.firm_id and cause.exception_id = shared.group_id
        where cause.code = 'systemic_cause'
        group by cause.firm_id order by cause.firm_id
    """)
    assert groups == [
        (f"cause-{name}", 5)
        for name in ("account-archived", "contact-archived", "nothing-arrives", "one-attorney", "period-locked")
    ]


def known_by(bill: dict[str, Any], attorneys: dict[int, str]) -> tuple[Any, ...]:
    """What Clio's own record says of a bill: number, client, matters, attorneys, what it asks for, its day."""
    matters = sorted({matter["display_number"] or str(matter["id"]) for matter in bill["matters"]})
    names = sorted({attorneys[matter["id"]] for matter in bill["matters"]})
    client = bill["client"]["name"] if bill["client"] else None
    return bill["number"], client, ", ".join(matters), ", ".join(names), bill["due"], bill["issued_at"]


def test_a_row_about_a_bill_carries_what_a_person_knows_the_bill_by(nights: Nights) -> None:
    rows = nights.query("""
        select firm_id, subject_key[6:], code, subject_label, client_name, matter_number, responsible_attorney,
            document_amount, since_date
        from recon.exceptions where subject_key like 'clio:%'
    """)
    compared, wrong = set(), []
    for firm_id, bill_id, code, *found in rows:
        tables = nights.stages[firm_id].firm.clio.tables
        attorneys = {matter["id"]: matter["responsible_attorney"]["name"] for matter in tables["matters"].values()}
        bill = tables["bills"].get(int(bill_id))
        if bill is None or bill["number"] is None:
            continue
        wanted = list(known_by(bill, attorneys))
        if SECTION_OF[code] not in ("documents", "content"):  # a payment or an entry has a day of its own
            wanted[-1] = found[-1]
        compared.add(code)
        if found != wanted:
            wrong.append((firm_id, code, found, wanted))
    assert wrong == []
    # An invoice alone has no bill, and of a bill that vanished there is nothing left to compare with.
    never = {"xero_only", "bill_vanished"}
    assert {code for code, section in SECTION_OF.items() if section in ("documents", "content")} - compared <= never


def test_a_row_about_a_trust_entry_carries_its_client_matter_and_day(nights: Nights) -> None:
    rows = nights.query("""
        select firm_id, subject_key[12:], client_name, matter_number, responsible_attorney, since_date
        from recon.exceptions where subject_key like 'clio-entry:%'
    """)
    assert rows
    for firm_id, entry_id, *found in rows:
        tables = nights.stages[firm_id].firm.clio.tables
        entry = tables["bank_transactions"][int(entry_id)]
        client, matter = entry["client"], entry["matter"]
        attorney = tables["matters"][matter["id"]]["responsible_attorney"]["name"] if matter else None
        wanted = [client and client["name"], matter and matter["display_number"], attorney, entry["date"]]
        assert found == wanted, (firm_id, entry_id)


def test_no_row_is_nameless_and_a_payment_has_its_own_day(nights: Nights) -> None:
    assert nights.query("select firm_id, code from recon.exceptions where subject_label is null") == []
    of_clients = "code in ('unapplied_credit', 'xero_only', 'trust_balance_stale')"
    assert nights.query(f"select firm_id, code from recon.exceptions where client_name is null and {of_clients}") == []
    days = nights.query("""
        select distinct code from recon.exceptions as rows
        inner join recon.matched_payments as payments
            on rows.firm_id = payments.firm_id and rows.subject_key = payments.bill_key
            and rows.since_date = least(payments.clio_date, payments.xero_date) and rows.code = payments.payment_status
    """)
    assert {code for (code,) in days} == {code for code, section in SECTION_OF.items() if section == "payments"} - {
        "unapplied_credit",
        "card_payment_pending",
    }


TIE_OUTS = {
    ("statement-46-days", "IOLTA"): ("0.00", "0.00", True, None, "missing_figure"),
    ("statement-slip-of-some", "IOLTA"): ("3200.00", "3200.00", True, "3200.00", "ties"),
    ("trust-journals", "Escrow"): ("380.00", "380.00", True, "380.00", "ties"),
    ("trust-journals", "IOLTA"): ("0.00", "0.00", True, "0.00", "ties"),
    ("trust-second-account-not-mapped", "Escrow"): (None, None, False, None, "missing_figure"),
    ("trust-second-account-not-mapped", "IOLTA"): ("0.00", "0.00", False, None, "missing_figure"),
    ("trust-shared-bank", "Escrow"): ("900.00", "300.00", True, "900.00", "ties"),
    ("trust-shared-bank", "IOLTA"): ("900.00", "600.00", True, "900.00", "ties"),
    ("trust-shared-bank-off", "Escrow"): ("1000.00", "300.00", False, None, "differs"),
    ("trust-shared-bank-off", "IOLTA"): ("1000.00", "600.00", False, None, "differs"),
}


def test_tie_outs_of_client_money_say_what_is_shared_and_what_is_missing(nights: Nights) -> None:
    rows = nights.query("""
        select firm_id, trust_account, xero_bank_amount, xero_liability_amount, statement_date is not null,
            statement_amount, verdict
        from recon.trust_tie_out
    """)
    found = {(firm, name): tuple(str(v) if isinstance(v, Decimal) else v for v in rest) for firm, name, *rest in rows}
    assert {key: found.get(key) for key in TIE_OUTS} == TIE_OUTS


@pytest.mark.skipif("statement-46-days" not in SCENARIOS, reason="this story is not told")
def test_a_statement_that_is_too_old_is_not_proof(nights: Nights) -> None:
    """A month without a statement is not a month in which the bank agreed."""
    sql = "select verdict, not_proven from recon.run_statements where firm_id = 'statement-46-days' order by started_at"
    verdict, not_proven = nights.query(sql)[0]
    assert verdict == "pending" and "its last statement is of " in not_proven and "counted until " in not_proven


def test_what_had_not_cleared_is_listed(nights: Nights) -> None:
    items = nights.query(
        "select item_kind, amount from recon.trust_outstanding_items where firm_id = ?", "statement-slip-of-some"
    )
    assert items == [("deposit in transit", Decimal("700.00"))]
    assert nights.query("select * from recon.trust_outstanding_items where firm_id = 'statement-46-days'") == []
