"""A benchmark, not a test: what `tieout workbook` takes for a firm of 40,000 bills, 2,000 items and 20,000 entries.

`python -m tests.bench.workbook [BILLS]` prints seconds and the most memory of the process that writes it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.people.test_decisions import SETTINGS
from tests.people.test_workbook import books
from tests.support.published import prove, publish

GROW = """
insert into recon.matched_bills
    select bills.* replace (
        'clio:' || n as bill_key, n::text as clio_bill_id, (2000 + n)::text as clio_bill_number,
        'Client ' || (n % 2000) as clio_client_name, (n % 5)::decimal(18,2) as clio_ar_amount,
        if(n % 20 = 0, 'stuck_in_draft_edited', 'agrees') as finding
    ) from recon.matched_bills as bills cross join range($bills) as numbers(n) where bill_key = 'clio:1';
insert into recon.line_diffs
    select lines.* replace ('clio:' || (n // 8) as bill_key, n::text as clio_line_item_id)
    from recon.line_diffs as lines cross join range($bills * 8) as numbers(n) where bill_key = 'clio:1';
insert into recon.worklist
    select items.* replace (n::text as exception_id, n as work_rank)
    from recon.worklist as items cross join range($bills // 20) as numbers(n) where exception_id = 'a';
insert into recon.trust_ledger
    select entries.* replace (n::text as clio_bank_transaction_id, 'M-' || (n % 1000) as matter_number)
    from recon.trust_ledger as entries cross join range($bills // 2) as numbers(n)
    where clio_bank_transaction_id = '9';
insert into recon.ar_tie_out_by_client
    select steps.* replace ('Client ' || n as client_name)
    from recon.ar_tie_out_by_client as steps cross join range(2000) as numbers(n) where client_name = 'Ada Quill';
"""


def main(bills: int) -> None:
    """Grow the books, write the workbook once with the installed command, print what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tieout.toml").write_text(SETTINGS)
        path = publish(folder / "data" / "harbor-law" / "warehouse.duckdb", **books())
        with duckdb.connect(str(path)) as connection:
            for statement in GROW.split(";\n"):
                if statement.strip():
                    connection.execute(statement.replace("$bills", str(bills)))
        prove(path)
        words = ["workbook", "harbor-law", "--out", str(folder / "out.xlsx"), "--config", str(folder / "tieout.toml")]
        started = time.monotonic()
        process = subprocess.Popen([sys.executable, "-m", "flows", *words])
        _, status, usage = os.wait4(process.pid, 0)
        seconds, size = time.monotonic() - started, (folder / "out.xlsx").stat().st_size
        core, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**10
        print(
            f"{bills:,} bills: status {os.waitstatus_to_exitcode(status)}, {seconds:.1f} s ({core:.1f} s of one core), "
            f"{memory:,.0f} MiB at most, a file of {size / 2**20:.1f} MiB"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
