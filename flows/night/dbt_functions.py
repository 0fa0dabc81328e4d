"""What the models call that SQL cannot do: dbt loads this module, which `profiles.yml` names, into each build.

`choose_partners(lefts, rights, costs)` takes three lists of equal length, one element per candidate, and returns the
places (from 1) of the candidates that are taken; see `pipelines.matching.partners`. Models call it through the macro of
the same name. `sets_that_add_up(target, amounts)` says whether no set of two to eight of the amounts adds up to the
target (0 `ways`), one (1) or several (2), and at which places (from 1) its `members` stand; see
`pipelines.matching.sums`. `group_payments(is_clio, days, amounts, parents, is_fee, near)` gives for each payment of one
bill that has no partner of its amount the number of the set in which it is one payment of the other system (0: none);
see `pipelines.matching.instalments`. `partners_of_equals(left_days, right_days, before, after)` gives for each left row
of one amount the place (from 1) of its partner on the right, 0 for none; see `pipelines.matching.equals`.
`lines_of_slips(line days, line cents, deposit days, deposit cents)` gives for each deposit the place of the bank line
that it stands in with others, or 0; see `pipelines.matching.slips`. `spread_money(asked, sources, held names, held
cents)` gives what each gets; see `pipelines.matching.spread`. `shared_beginning(one text, other text)` says how many
characters two texts have in common at their beginning: SQL would cut both at each length, which takes minutes for long
ones.

A function over lists keeps each choice inside an ordinary SQL model, with its contract, lineage and unit tests.
"""

from collections.abc import Callable
from os.path import commonprefix
from typing import Any

import numpy as np
import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection
from duckdb.func import PythonUDFType

from pipelines.matching.equals import partners_of_equals
from pipelines.matching.instalments import group_payments
from pipelines.matching.partners import choose_partners
from pipelines.matching.slips import Amounts, lines_of_slips
from pipelines.matching.spread import spread
from pipelines.matching.sums import sets_that_add_up


class Plugin(BasePlugin):
    """What dbt asks of the module that `profiles.yml` names."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Called by dbt once, before the first model."""
        conn.execute("set global TimeZone = 'UTC'")
        add_functions(conn)


def add_functions(connection: DuckDBPyConnection) -> None:
    """Put the functions of the project on a connection: each with the types of what it takes and of what it gives."""
    functions: dict[Callable[..., pa.Array], tuple[str, list[Any], str]] = {
        choose_partners_of_rows: ("choose_partners", ["BIGINT[]", "BIGINT[]", "BIGINT[][]"], "BIGINT[]"),
        sets_that_add_up_in_rows: (
            "sets_that_add_up",
            ["BIGINT", "BIGINT[]"],
            "STRUCT(ways BIGINT, members BIGINT[])",
        ),
        group_payments_in_rows: (
            "group_payments",
            ["BOOLEAN[]", "BIGINT[]", "BIGINT[]", "BIGINT[]", "BOOLEAN[]", "BOOLEAN"],
            "BIGINT[]",
        ),
        lines_of_slips_in_rows: ("lines_of_slips", ["BIGINT[]"] * 4, "BIGINT[]"),
        partners_of_equals_in_rows: ("partners_of_equals", ["BIGINT[]", "BIGINT[]", "BIGINT", "BIGINT"], "BIGINT[]"),
        spread_in_rows: ("spread_money", ["BIGINT[]", "VARCHAR[][]", "VARCHAR[]", "BIGINT[]"], "BIGINT[]"),
        shared_beginning_in_rows: ("shared_beginning", ["VARCHAR", "VARCHAR"], "BIGINT"),
    }
    for function, (name, takes, gives) in functions.items():
        connection.create_function(name, function, takes, gives, type=PythonUDFType.ARROW, side_effects=False)


def choose_partners_of_rows(lefts: pa.ChunkedArray, rights: pa.ChunkedArray, costs: pa.ChunkedArray) -> pa.Array:
    """`choose_partners` for each row of a table: a row holds all candidates of one group."""
    taken = [
        choose_partners(_whole(left.values), _whole(right.values), _table(cost.values)) + 1
        for left, right, cost in zip(lefts, rights, costs, strict=True)
    ]
    return pa.array(taken, type=pa.list_(pa.int64()))


def sets_that_add_up_in_rows(targets: pa.ChunkedArray, amounts: pa.ChunkedArray) -> pa.Array:
    """`sets_that_add_up` for each row of a table."""
    found = [
        sets_that_add_up(target, of_row)
        for target, of_row in zip(targets.to_pylist(), amounts.to_pylist(), strict=True)
    ]
    return pa.array(
        [{"ways": sums.ways, "members": [place + 1 for place in sums.members]} for sums in found],
        type=pa.struct({"ways": pa.int64(), "members": pa.list_(pa.int64())}),
    )


def group_payments_in_rows(
    is_clio: pa.ChunkedArray,
    days: pa.ChunkedArray,
    amounts: pa.ChunkedArray,
    parents: pa.ChunkedArray,
    is_fee: pa.ChunkedArray,
    near: pa.ChunkedArray,
) -> pa.Array:
    """`group_payments` for each row of a table: a row holds the payments of one bill and kind."""
    rows = zip(*(column.to_pylist() for column in (is_clio, days, amounts, parents, is_fee, near)), strict=True)
    return pa.array([group_payments(*row) for row in rows], type=pa.list_(pa.int64()))


def partners_of_equals_in_rows(
    left: pa.ChunkedArray, right: pa.ChunkedArray, before: pa.ChunkedArray, after: pa.ChunkedArray
) -> pa.Array:
    """`partners_of_equals` for each row of a table: a row holds the days of all rows of one amount."""
    rows = zip(*(column.to_pylist() for column in (left, right, before, after)), strict=True)
    return pa.array([partners_of_equals(*row) for row in rows], type=pa.list_(pa.int64()))


def lines_of_slips_in_rows(
    line_days: pa.ChunkedArray, line_cents: pa.ChunkedArray, days: pa.ChunkedArray, cents: pa.ChunkedArray
) -> pa.Array:
    """`lines_of_slips` for each row of a table: a row holds one bank account."""
    columns = (column.to_pylist() for column in (line_days, line_cents, days, cents))
    found = [lines_of_slips(Amounts(a, b), Amounts(c, d)) for a, b, c, d in zip(*columns, strict=True)]
    return pa.array(found, type=pa.list_(pa.int64()))


def spread_in_rows(
    asked: pa.ChunkedArray, sources: pa.ChunkedArray, names: pa.ChunkedArray, held: pa.ChunkedArray
) -> pa.Array:
    """`spread` for each row of a table: a row holds one firm."""
    columns = (column.to_pylist() for column in (asked, sources, names, held))
    given = [spread(a, b, dict(zip(c, d, strict=True))) for a, b, c, d in zip(*columns, strict=True)]
    return pa.array(given, type=pa.list_(pa.int64()))


def shared_beginning_in_rows(ones: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.Array:
    """How many characters the two texts of each row of a table have in common at their beginning."""
    pairs = zip(ones.to_pylist(), others.to_pylist(), strict=True)
    return pa.array([len(commonprefix(pair)) for pair in pairs], type=pa.int64())  # noqa: RUF071  (texts, no paths)


def _whole(numbers: pa.Array) -> np.ndarray:
    if numbers.null_count:
        raise ValueError(
            f"choose_partners expects whole numbers for each candidate and each of its costs; {numbers.null_count} of"
            f" {len(numbers)} are null. Give every cost of the model's candidates a value."
        )
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.int64)


def _table(costs: pa.ListArray) -> np.ndarray:
    flat = _whole(costs.flatten())
    return flat.reshape(len(costs), -1) if len(costs) else flat.reshape(0, 0)
