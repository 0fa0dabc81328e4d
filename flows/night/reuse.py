"""What of last night's build still holds tonight, and need not be built again.

On most nights few lists have changed. A table that dbt makes anew from nothing else than tables that hold what they
held (`pipelines.night.as_before`), directly or through others, would come out as it stands in the file; so it stays.
That is so only where the same project built it (`flows.night.project`). What remembers earlier nights, and every check,
runs each night; a night in full builds everything.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

LEFT = "left_as_it_was"


def left_as_they_were(manifest: "Manifest", as_before: Collection[str]) -> set[str]:
    """The ids of the nodes that a build can leave: tables and seeds whose every source is among the tables (by
    qualified name) that are as before."""
    if not as_before:
        return set()

    @cache
    def is_left(unique_id: str) -> bool:
        if source := manifest.sources.get(unique_id):
            return f"{source.schema}.{source.identifier}" in as_before
        node = manifest.nodes[unique_id]
        is_made_anew = node.resource_type in ("model", "seed") and node.config.materialized in ("table", "seed")
        return is_made_anew and all(map(is_left, node.depends_on_nodes))

    return {unique_id for unique_id in manifest.nodes if is_left(unique_id)}


@contextmanager
def marked(manifest: "Manifest", left: set[str]) -> Iterator[None]:
    """Meanwhile these nodes carry the tag LEFT, by which dbt leaves them out in one pass; a name it would compare with
    each node, and so on for each name."""
    nodes = [manifest.nodes[unique_id] for unique_id in left]
    for node in nodes:
        node.tags.append(LEFT)
    try:
        yield
    finally:
        for node in nodes:
            node.tags.remove(LEFT)
