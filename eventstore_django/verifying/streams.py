"""Everything that can be wrong with one stream, its snapshots left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from .entries import Order
from .findings import Finding
from .histories import History
from .kinds import Kind
from .names import NameCheck

TOLD = 20
"""Findings of one stream that are told one by one: what is wrong with a million events is one fault."""


def examine(history: History, count: Callable[[int], object] = lambda events: None) -> Iterator[Finding]:
    """Give what is wrong with a stream, and how much more there is of it; ``count`` gets its number of events."""
    found = _examine(history, count)
    yield from islice(found, TOLD)
    if more := sum(1 for _ in found):
        yield Finding(Kind.MORE, f"Stream {history.name!r}: {more} more findings.", history.name)


def _examine(history: History, count: Callable[[int], object]) -> Iterator[Finding]:
    names, order = NameCheck(history.name), Order(history.name)
    yield from names.of_name()
    if history.row is not None:
        yield from names.of_row(history.row)
    for entry in history.entries:
        yield from order.next(entry)
        yield from names.of_event(entry)
    count(order.events)
    yield from _row_against(history, order)


def _row_against(history: History, order: Order) -> Iterator[Finding]:
    if history.row is None:
        text = f"it has no row, its last version is {order.last}"
    elif history.row.version != order.last:
        text = f"its row is at version {history.row.version}, {_end(order)}"
    else:
        return
    yield Finding(Kind.STREAM, f"Stream {history.name!r}: {text}.", history.name, order.last or None)


def _end(order: Order) -> str:
    if not order.last:
        return "and there are no events"
    return (
        f"its last event at {order.last}" if order.last == order.last_event else f"its last removed one at {order.last}"
    )
