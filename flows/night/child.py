"""A child process that does nights, one after the other, so that what they need is imported once.

A night works in a child, so that it can be ended from outside whatever it is doing. Its lock on the firm goes with it.
Its events are ``{"step": "load", "says": ...}`` for each step that ended and ``{"result": {...}}`` last.
"""

import gc

from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.worker import Worker, at_work

START = "start"


class Child(Worker):
    """The parent's side."""

    def __init__(self) -> None:
        super().__init__("flows.night.child", leads=True)


def main() -> None:
    """The child's side: nights as they are ordered."""
    orders, tell = at_work()
    builder = Builder()
    from flows.night.steps import night_of

    gc.freeze()  # what was imported stays
    for order in orders:
        tell({"step": START, "says": "everything is imported"})
        result = night_of(Order.from_json(order), lambda step, says: tell({"step": step, "says": says}), builder)
        tell({"result": result.as_json()})
        gc.collect()


if __name__ == "__main__":
    main()
