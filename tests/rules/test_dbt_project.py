"""The dbt project as a whole: which way its data walks, what its models say of themselves, and that its checks fail."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from flows.night.build import build
from flows.night.project import PROJECT
from flows.reading.words import FINDINGS, SEVERITIES
from sandbox.scenarios.registry import SEVERITIES as SECOND_READING
from tests.support.empty_warehouse import create_empty

PIPELINES = PROJECT.with_name("pipelines")
LAYERS = ("staging", "intermediate", "marts")
MOST_DOORS = 2
MOST_MODELS_BETWEEN, MOST_FLOORS, MOST_FLOORS_WITH_MEMORY = 64, 18, 22
EXCEPTION_COLUMNS = """firm_id, exception_id, code, severity, status, subject_key, clio_bill_number,
        xero_invoice_number, client_name, trust_account, matter_number, amount, ar_effect, clio_value, xero_value,
        explanation, suggested_action, blocked_by, group_id, clio_url, xero_url, first_seen_at, last_seen_at,
        nights_seen, subject_label, document_amount, since_date, responsible_attorney, candidate, fingerprint"""
CONTRACT = {
    "matched_bills": """firm_id, bill_key, clio_bill_id, clio_bill_number, clio_state, clio_client_id, clio_client_name,
        clio_issued_date, clio_due_date, clio_total_amount, clio_tax_amount, clio_interest_amount, clio_paid_amount,
        clio_credited_amount, clio_balance_amount, xero_invoice_id, xero_invoice_number, xero_status, xero_contact_id,
        xero_contact_name, xero_date, xero_due_date, xero_total_amount, xero_tax_amount, xero_paid_amount,
        xero_credited_amount, xero_due_amount, xero_interest_invoice_id, xero_interest_invoice_ids, pairing, match_rule,
        finding, clio_ar_amount, xero_ar_amount, ar_difference_amount, clio_url, xero_url""",
    "line_diffs": """firm_id, bill_key, clio_bill_id, xero_invoice_id, clio_line_item_id, xero_line_item_id,
        line_status, clio_date, clio_description, clio_quantity, clio_rate, clio_net_amount, xero_description,
        xero_quantity, xero_unit_amount, xero_net_amount, xero_account_code, difference_amount""",
    "matched_payments": """firm_id, bill_key, kind, payment_status, clio_allocation_ids, xero_payment_ids, clio_date,
        clio_amount, clio_source, xero_date, xero_amount, xero_account_code, difference_amount""",
    "exceptions": EXCEPTION_COLUMNS,
    "worklist": f"work_rank, client_rank, title, {EXCEPTION_COLUMNS}",
    "exception_history": """firm_id, exception_id, code, severity, subject_key, first_seen_at, last_seen_at, closed_at,
        nights_seen, times_reopened, closed_as""",
    "ar_tie_out": "firm_id, as_of_date, step_number, step, amount, item_count",
    "ar_tie_out_by_client": "firm_id, as_of_date, clio_client_id, client_name, step_number, step, amount, item_count",
    "trust_tie_out": """firm_id, as_of_date, clio_bank_account_id, trust_account, clio_account_amount,
        clio_ledger_amount, client_ledgers_amount, xero_bank_amount, xero_liability_amount, statement_date,
        statement_amount, verdict""",
    "trust_outstanding_items": """firm_id, clio_bank_account_id, trust_account, statement_date, item_kind,
        clio_bank_transaction_id, entry_date, client_name, matter_number, description, amount, age_days, is_old""",
    "trust_ledger": """firm_id, clio_bank_account_id, clio_bank_transaction_id, client_name, matter_number, entry_date,
        description, funds_in_amount, funds_out_amount, running_balance_amount, xero_entry_id, match_status""",
    "run_statements": """firm_id, run_id, started_at, finished_at, as_of_date, verdict, clio_receivables_amount,
        xero_receivables_amount, unexplained_amount, open_count, in_flight_count, accepted_count, rows_loaded,
        api_calls_clio, api_calls_xero, assumptions_broken, version, not_proven""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project built on empty raw tables, unit tests apart; its folder."""
    folder = tmp_path_factory.mktemp("built")
    create_empty(folder / "warehouse.duckdb")
    result = build(folder / "warehouse.duckdb", folder / "target")
    assert result.faults == ()
    return folder


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    """What dbt knows of the project."""
    with chdir(built), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_WAREHOUSE", "warehouse.duckdb")
        where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(built / "target")]
        parsed = dbtRunner().invoke(["parse", "--quiet", "--log-path", str(built), *where]).result
    loaded: dict[str, Any] = parsed.writable_manifest().to_dict(omit_none=False)
    return loaded


def of_type(manifest: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == kind)


def layer(node: dict[str, Any]) -> int:
    """How far from the raw tables a node stands. A snapshot stands among the intermediate models."""
    return 1 if node["resource_type"] in ("snapshot", "seed") else LAYERS.index(node["fqn"][1])


def test_the_profile_is_found_from_the_top_and_from_the_project() -> None:
    """It travels with the project, into the wheel too; who stands at the top of the checkout finds it there."""
    assert (PROJECT.parent / "profiles.yml").samefile(PROJECT / "profiles.yml")


def test_data_walks_one_way(manifest: dict[str, Any]) -> None:
    backwards = [
        (node["name"], parent)
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "snapshot")
        for parent in node["depends_on"]["nodes"]
        if parent in manifest["nodes"] and layer(manifest["nodes"][parent]) > layer(node)
    ]
    assert backwards == []


def test_what_an_earlier_version_built_is_gone(built: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(built / "warehouse.duckdb", warehouse)
    shutil.copytree(built / "target", tmp_path / "target")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table intermediate.int_of_an_earlier_version as select 1 as one")
    assert build(warehouse, tmp_path / "target").faults == ()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        gone = connection.execute("select 1 from duckdb_tables() where table_name = 'int_of_an_earlier_version'")
        assert gone.fetchall() == []


def test_the_tower_grows_no_higher(manifest: dict[str, Any]) -> None:
    """How many models stand between staging and marts, and how long the longest chain of them is; with what remembers
    earlier nights and the seeds it is longer. To be lowered when they can be, never raised: a new step is a sentence of
    the model that reads it."""

    def floors(*kinds: str) -> int:
        nodes = {id: node for id, node in manifest["nodes"].items() if node["resource_type"] in kinds}

        @cache
        def height(unique_id: str) -> int:
            parents = nodes[unique_id].get("depends_on", {}).get("nodes", [])
            return 1 + max((height(parent) for parent in parents if parent in nodes), default=0)

        return max(map(height, nodes))

    assert sum(node["fqn"][1] == "intermediate" for node in of_type(manifest, "model")) <= MOST_MODELS_BETWEEN
    assert floors("model") <= MOST_FLOORS
    assert floors("model", "snapshot", "seed") <= MOST_FLOORS_WITH_MEMORY


def test_a_concern_shows_one_or_two_models(manifest: dict[str, Any]) -> None:
    """Those that ARCHITECTURE.md names. dbt refuses a reference to a private model of another group; here is that each
    concern has its group."""
    models = [node for node in of_type(manifest, "model") if node["fqn"][1] == "intermediate"]
    assert [node["name"] for node in models if node["group"] != node["fqn"][2]] == []
    assert {node["access"] for node in models} == {"private", "public"}
    page = PROJECT.with_name("ARCHITECTURE.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", page, re.MULTILINE)
    shown = {room: set(re.findall(r"`(\w+)`", names)) for room, names in rows}
    public: dict[str, set[str]] = {node["fqn"][2]: set() for node in models}
    for node in models:
        if node["access"] == "public":
            public[node["fqn"][2]].add(node["name"])
    assert public == shown
    assert {room: names for room, names in public.items() if not 1 <= len(names) <= MOST_DOORS} == {}


# Where the sentences of a concern are made; its other models hand on facts.
WORDED_IN = {
    "documents": {"int_document_findings"},
    "contents": {"int_content_findings", "int_line_edits"},
    "payments": {"int_payment_findings"},
    "trust": {"int_trust_findings"},
}
WORDING = re.compile(
    r"macros/(words/.*|money/money_text|text/(at_most|candidate_words|document_words|excerpt|listed|locked_books_first"
    r"|movement_words|number_text|status_in_words))\.sql"
)


def test_a_model_that_judges_makes_no_sentences(manifest: dict[str, Any]) -> None:
    words = {id for id, macro in manifest["macros"].items() if WORDING.fullmatch(macro["original_file_path"])}
    assert {manifest["macros"][id]["name"] for id in words} >= {
        "money_text",
        "status_in_words",
        "bill_in_words",
        "listed",
    }
    making = {
        (node["fqn"][2], node["name"])
        for node in of_type(manifest, "model")
        if node["fqn"][1] == "intermediate" and words & set(node["depends_on"]["macros"])
    }
    assert {(concern, name) for concern, name in making if concern in WORDED_IN} == {
        (concern, name) for concern, names in WORDED_IN.items() for name in names
    }


def test_nobody_reads_a_mart(manifest: dict[str, Any]) -> None:
    readers = [
        (node["name"], parent)
        for node in of_type(manifest, "model")
        for parent in node["depends_on"]["nodes"]
        if parent in manifest["nodes"] and layer(manifest["nodes"][parent]) == LAYERS.index("marts")
    ]
    assert readers == [], "a finding about a mart would keep dbt from building what stands on it"


def test_only_staging_reads_raw_tables_and_each_once(manifest: dict[str, Any]) -> None:
    readers = Counter(
        (source, node["fqn"][1])
        for node in of_type(manifest, "model")
        for source in node["depends_on"]["nodes"]
        if source.startswith("source.")
    )
    assert {layer for _, layer in readers} == {"staging"}
    assert set(readers.values()) == {1}
    assert {source for source, _ in readers} == set(manifest["sources"])


# Loaded although no rule, proof or page asks for it, and why.
LOADED_FOR_LATER = {
    "what a repair in Xero must state or may not touch": {
        "accounts.is_payments_account",
        "accounts.tax_type",
        "bank_transaction_lines.tax_type",
        "bank_transactions.is_reconciled",
        "bank_transfers.is_from_reconciled",
        "bank_transfers.is_to_reconciled",
        "batch_payments.is_reconciled",
        "credit_note_lines.tax_type",
        "invoice_lines.item_code",
        "invoice_lines.tax_type",
        "manual_journal_lines.tax_type",
        "overpayment_lines.tax_type",
        "payments.is_reconciled",
        "prepayment_lines.tax_type",
    },
    "by what a record is known": {"organisations.organisation_id"},
}


def words_of(*texts: str) -> set[str]:
    return set(re.findall(r"\w+", " ".join(texts)))


def test_what_is_loaded_is_read(manifest: dict[str, Any]) -> None:
    """Law-firm data: what nobody needs is not fetched. A column is read where a model above staging or a proof of the
    load names it."""
    built = [*of_type(manifest, "model"), *of_type(manifest, "snapshot")]
    models = [node["raw_code"] for node in built if layer(node)]
    macros = [macro["macro_sql"] for macro in manifest["macros"].values() if macro["package_name"] == "tieout"]
    named_by_models = words_of(*models, *macros)
    named_by_proofs = {
        system: words_of(*(file.read_text() for file in (PIPELINES / system / "sql").iterdir()))
        for system in ("clio", "xero")
    }
    unread = {
        f"{node['name'].partition('__')[2]}.{column}"
        for node in of_type(manifest, "model")
        if node["fqn"][1:3] in (["staging", "clio"], ["staging", "xero"])
        for raw, column in re.findall(r"cast\((\w+) as .*\) as (\w+)", node["raw_code"])
        if column not in named_by_models and raw not in named_by_proofs[node["fqn"][2]]
    }
    assert unread == set().union(*LOADED_FOR_LATER.values())


def test_every_table_says_its_grain_and_its_key(manifest: dict[str, Any]) -> None:
    silent = [
        node["name"]
        for kind in ("model", "snapshot", "seed")
        for node in of_type(manifest, kind)
        if not node["description"].lower().startswith("one row per") or not node["config"]["meta"].get("keys")
    ]
    assert silent == []


def test_every_key_starts_with_the_firm(manifest: dict[str, Any]) -> None:
    without = [
        (node["name"], key)
        for kind in ("model", "snapshot")
        for node in of_type(manifest, kind)
        for key in node["config"]["meta"].get("keys", [])
        if key[0] != "firm_id"
    ]
    assert without == []


def test_every_model_is_a_table_in_its_own_schema(manifest: dict[str, Any]) -> None:
    schemas = {"staging": "staging", "intermediate": "intermediate", "marts": "recon"}
    for node in of_type(manifest, "model"):
        assert node["schema"] == schemas[node["fqn"][1]], node["name"]
        assert node["config"]["materialized"] in ("table", "incremental"), node["name"]


def test_marts_have_the_columns_of_the_contract_in_its_order(manifest: dict[str, Any], built: Path) -> None:
    marts = {node["name"]: node for node in of_type(manifest, "model") if node["fqn"][1] == "marts"}
    assert {name for name in marts if name in CONTRACT} == set(CONTRACT)
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        for name, columns in CONTRACT.items():
            assert marts[name]["config"]["contract"]["enforced"], name
            assert all(column["description"] for column in marts[name]["columns"].values()), name
            found = [row[0] for row in connection.execute(f"describe recon.{name}").fetchall()]
            assert found == re.split(r",\s*", columns), name


def test_tests_are_of_two_kinds(manifest: dict[str, Any]) -> None:
    kinds = {node["name"]: set(node["tags"]) & {"integrity", "tie_out"} for node in of_type(manifest, "test")}
    assert all(len(kind) == 1 for kind in kinds.values()), kinds
    assert {name for name, kind in kinds.items() if kind == {"tie_out"}} == {
        name for name in kinds if name.startswith("tie_")
    }


def test_models_are_short(manifest: dict[str, Any]) -> None:
    lines = sorted(len(node["raw_code"].splitlines()) for node in of_type(manifest, "model"))
    assert lines[len(lines) // 2] <= 65
    assert lines[-1] <= 350


def test_what_is_published_is_described_in_the_file(built: Path) -> None:
    """Any client shows it there: each table of each layer, and each column of the marts and of what was loaded."""
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        silent = connection.execute("""
            select schema_name || '.' || table_name from duckdb_tables()
            where coalesce(comment, '') = '' and schema_name in ('recon', 'staging', 'clio', 'xero', 'evidence')
            union all
            select concat_ws('.', schema_name, table_name, column_name) from duckdb_columns()
            where coalesce(comment, '') = '' and schema_name in ('recon', 'clio', 'xero', 'evidence')
        """).fetchall()
        described = connection.execute("select count(comment) from duckdb_columns() where schema_name = 'recon'")
        assert described.fetchall()[0][0] >= 211
    assert silent == []


def test_who_uses_the_marts_is_written_down(manifest: dict[str, Any]) -> None:
    used = {parent for exposure in manifest["exposures"].values() for parent in exposure["depends_on"]["nodes"]}
    assert {node["name"] for node in of_type(manifest, "model") if node["unique_id"] in used} == set(CONTRACT)
    assert {exposure["name"] for exposure in manifest["exposures"].values()} >= {"worklist", "alerts", "month_end"}


def test_no_model_asks_for_the_time(manifest: dict[str, Any]) -> None:
    clocks = re.compile(r"\b(now\(|current_date|current_timestamp|today\(|get_current_time)", re.I)
    assert [node["name"] for node in of_type(manifest, "model") if clocks.search(node["raw_code"])] == []


def test_the_key_of_a_subject_is_written_by_its_macro_alone(manifest: dict[str, Any]) -> None:
    by_hand = re.compile(r"'\|?(clio|xero|clio-entry|xero-entry|clio-account|matter|client|xero-credit):'")
    found = [
        node["name"]
        for kind in ("model", "test")
        for node in of_type(manifest, kind)
        if by_hand.search(node["raw_code"])
    ]
    assert found == [], "write {{ subject_key(kind, id) }}"


def test_no_model_asks_the_clock_or_chance(manifest: dict[str, Any]) -> None:
    """What stands on the same tables must come out the same, or a night could not leave what it built before."""
    asks = re.compile(r"\b(current_date|current_timestamp|localtimestamp|(now|today|random|uuid|nextval)\(\))", re.I)
    sources = {
        node["name"]: node["raw_code"] for kind in ("model", "snapshot", "test") for node in of_type(manifest, kind)
    }
    sources |= {m["name"]: m["macro_sql"] for m in manifest["macros"].values() if m["package_name"] == "tieout"}
    assert [name for name, sql in sources.items() if asks.search(sql)] == []


def test_a_severity_is_written_down_only_where_a_row_is_an_exception_to_its_code(manifest: dict[str, Any]) -> None:
    severities = re.compile(rf"'({'|'.join(SEVERITIES)})' as severity\b")
    assert [node["name"] for node in of_type(manifest, "model") if severities.search(node["raw_code"])] == []


def dbt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dbt on the warehouse in a folder."""
    command = [sys.executable, "-m", "dbt.cli.main", *arguments, "--no-use-colors", "--log-level-file", "none"]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "target")]
    return subprocess.run(
        command, cwd=folder, env={"TIEOUT_WAREHOUSE": "warehouse.duckdb"}, text=True, capture_output=True, check=False
    )


def test_unit_tests_pass(built: Path, manifest: dict[str, Any]) -> None:
    done = dbt(built, "test", "--resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-4000:]
    hooks = sum(1 for _ in of_type(manifest, "operation"))  # what runs before is counted with them
    assert f"PASS={len(manifest['unit_tests']) + hooks} " in done.stdout


def finding(code: str) -> str:
    """An open exception with a code."""
    return f"insert into recon.exceptions (firm_id, exception_id, code, status) values ('f', 'e', '{code}', 'open')"


# Every check seen to fail: what is broken, and the check that must say so.
BREAKS = {
    "assert_every_table_has_its_key": "insert into recon.ar_tie_out select * from recon.ar_tie_out limit 1",
    "assert_every_bill_has_one_outcome": "insert into staging.stg_clio__bills (firm_id, bill_id) values ('f', 'lost')",
    "assert_every_invoice_has_one_outcome": "insert into staging.stg_xero__invoices (firm_id, invoice_id) "
    "values ('f', 'lost')",
    "assert_bridge_adds_up": "update recon.ar_tie_out set amount = 1 where step = 'clio_receivables'",
    "assert_receivables_are_those_of_the_documents": "update recon.run_statements set clio_receivables_amount = 1",
    "assert_nothing_is_empty_that_should_not_be": "delete from recon.ar_tie_out",
    "assert_every_firm_has_a_night": "insert into staging.stg_clio__bills (firm_id, bill_id) values ('stranger', '1')",
    "assert_money_is_exact": "alter table recon.ar_tie_out alter amount type double",
    "assert_exceptions_use_known_words": finding("missing_in_xero"),
    "assert_worklist_is_in_order": finding("missing_in_xero"),
    "assert_every_trust_entry_is_settled_once": "insert into intermediate.int_trust_entries "
    "(firm_id, bank_transaction_id) values ('f', 'lost')",
    "assert_no_trust_entry_is_left_alone_needlessly": """
        insert into intermediate.int_trust_entries
            (firm_id, bank_transaction_id, xero_bank_account_id, signed_amount, entry_date)
        values ('f', '1', 'b', 5, date '2026-01-01');
        insert into intermediate.int_xero_trust_entries
            (firm_id, entry_key, xero_bank_account_id, signed_amount, entry_date)
        values ('f', 'x', 'b', 5, date '2026-01-04');
        insert into intermediate.int_trust_entries_settled (firm_id, side, entry_key, match_status)
        values ('f', 'clio', '1', 'missing_in_xero'), ('f', 'xero', 'x', 'missing_in_clio')""",
    "assert_trust_differences_are_explained": """
        insert into staging.stg_evidence__trust_accounts (firm_id, clio_bank_account_id, xero_bank_account_id)
        values ('f', '1', 'x');
        insert into recon.trust_tie_out (firm_id, clio_bank_account_id, clio_ledger_amount, xero_bank_amount)
        values ('f', '1', 1, 2)""",
    "assert_trust_ledgers_are_those_of_clio": "insert into recon.trust_tie_out "
    "(firm_id, clio_bank_account_id, clio_ledger_amount) values ('f', '1', 5)",
    "assert_trust_verdicts_are_earned": "insert into intermediate.int_trust_accounts (firm_id, bank_account_id) "
    "values ('f', '1')",
    "tie_every_approved_bill_is_live_in_xero": finding("missing_in_xero"),
    "tie_every_live_invoice_has_its_bill": finding("xero_only"),
    "tie_contents_agree": finding("amounts_differ"),
    "tie_payments_agree": finding("paid_in_clio_open_in_xero"),
    "tie_control_totals_agree": finding("clio_control_differs"),
    "tie_receivables_agree": "update recon.run_statements set unexplained_amount = 0.01",
    "tie_every_trust_entry_is_in_both_systems": finding("trust_entry_missing_in_xero"),
    "tie_trust_figures_agree": finding("trust_unexplained"),
    "tie_no_client_ledger_was_below_zero": finding("client_ledger_negative"),
}


@pytest.fixture(scope="module")
def one_night(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with a night and nothing else, built."""
    folder = tmp_path_factory.mktemp("one_night")
    create_empty(folder / "warehouse.duckdb")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("""
            insert into evidence.firms (firm_id, start_date, grace_hours) values ('f', date '2026-01-01', 24);
            insert into evidence.nights (firm_id, run_id, as_of_date, started_at, loaded_at)
            values ('f', 'r', date '2026-02-01', '2026-02-01 02:00:00', '2026-02-01 02:01:00')
        """)
    shutil.copytree(built / "target", folder / "target")
    assert build(folder / "warehouse.duckdb", folder / "target").faults == ()
    return folder


def test_a_file_in_which_an_earlier_version_left_other_columns_is_built(one_night: Path, tmp_path: Path) -> None:
    """dbt takes a seed with other columns for a mistake; every night after the upgrade would be incomplete."""
    shutil.copytree(one_night, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        for seed in (PROJECT / "seeds").glob("*.csv"):
            connection.execute(f"create or replace table intermediate.{seed.stem} as select 1 as earlier")
    assert build(tmp_path / "warehouse.duckdb", tmp_path / "target").faults == ()


def test_what_an_earlier_version_said_of_a_source_is_said_anew(one_night: Path, tmp_path: Path) -> None:
    sql = """
        select comment from duckdb_tables() where schema_name = 'clio' and table_name = 'bills' union all
        select comment from duckdb_columns()
        where schema_name = 'evidence' and table_name = 'nights' and column_name in ('run_id', 'version')
    """
    shutil.copytree(one_night, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        said = connection.execute(sql).fetchall()
        assert all(comment for (comment,) in said)
        connection.execute("""
            comment on table clio.bills is 'as it was';
            comment on column evidence.nights.run_id is 'as it was';
            comment on column evidence.nights.version is null
        """)
    assert build(tmp_path / "warehouse.duckdb", tmp_path / "target").faults == ()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert connection.execute(sql).fetchall() == said


def test_every_check_is_seen_to_fail(manifest: dict[str, Any]) -> None:
    assert {node["name"] for node in of_type(manifest, "test")} == set(BREAKS)


@pytest.mark.parametrize("check", BREAKS)
def test_each_check_can_fail(check: str, one_night: Path, tmp_path: Path) -> None:
    [file] = (one_night / "target" / "compiled").rglob(f"{check}.sql")
    shutil.copy(one_night / "warehouse.duckdb", tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert connection.execute(file.read_text()).fetchall() == []
        connection.execute(BREAKS[check])
        assert connection.execute(file.read_text()).fetchall() != []


def test_each_code_fails_its_own_tie_outs_and_no_other(one_night: Path, tmp_path: Path) -> None:
    tests = {file.stem: file.read_text() for file in (one_night / "target" / "compiled").rglob("tie_*.sql")}
    del tests["tie_receivables_agree"]  # asks of the amounts, not of the codes
    shutil.copy(one_night / "warehouse.duckdb", tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        failed = {}
        for code in FINDINGS:
            connection.execute("delete from recon.exceptions")
            connection.execute(finding(code))
            failed[code] = {name for name, sql in tests.items() if connection.execute(sql).fetchall()}
    assert failed == {code: set(row["tie_outs"].split()) for code, row in FINDINGS.items()}
    assert set(tests) == set().union(*failed.values())


def files_of(folder: str) -> Iterator[Path]:
    """Every text of ours below a top folder."""
    kinds = {".py", ".sql", ".yml", ".md", ".csv", ".html"}
    return (
        path for path in (PROJECT.parent / folder).rglob("*") if path.suffix in kinds and "target" not in path.parts
    )


def test_the_rules_live_here_and_are_cited_by_name(manifest: dict[str, Any]) -> None:
    """Each is told with a mart, every family of findings has its own, and none is cited that does not exist."""
    rules = {doc["name"] for doc in manifest["docs"].values() if doc["name"].startswith("rules_")}
    assert {f"rules_{row['family']}" for row in FINDINGS.values()} | {f"rules_{one}" for one in SECOND_READING} <= rules
    told = " ".join(file.read_text() for file in (PROJECT / "models" / "marts").glob("*.yml"))
    assert {name for name in rules if f"doc('{name}')" not in told} == set()
    written = [path for folder in ("dbt_project", "flows", "pipelines", "sandbox") for path in files_of(folder)]
    cited = {name for path in written for name in re.findall(r"\brules_[a-z]+", path.read_text())}
    assert cited <= rules


def test_nothing_refers_to_a_page_that_is_not_here() -> None:
    elsewhere = re.compile(r"\b(rulebook|section (\d|1[01])\b|the contract\b)", re.IGNORECASE)
    folders = ("dbt_project", "flows", "pipelines", "sandbox")
    found = [
        f"{path.name}: {line.strip()}"
        for path in [path for folder in folders for path in files_of(folder)]
        for line in path.read_text().splitlines()
        if elsewhere.search(line)
    ]
    assert found == []
