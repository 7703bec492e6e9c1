"""Statistics as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.holders import Holder
from ..backends.tallies import Kinds, Precision, Tally
from ..statistics import StoreStatistics, problems
from .columns import columns, printable
from .listing import table

_PREFIXES = {Precision.EXACT: "", Precision.ESTIMATED: "about ", Precision.AT_LEAST: "at least "}


def summary(statistics: StoreStatistics) -> str:
    """Return what there is to say, in lines."""
    return "\n".join(line for part in _parts(statistics) for line in (*part, "")).rstrip("\n")


def told(tally: Tally) -> str:
    """Return a number of rows, and that it is an estimate if it is one."""
    return f"{_PREFIXES[tally.precision]}{tally.number}"


def _parts(statistics: StoreStatistics) -> Iterator[list[str]]:
    yield _totals(statistics)
    yield _kinds("category", statistics.categories)
    yield _kinds("event type", statistics.event_types)
    if statistics.subscriptions:
        yield table(statistics.subscriptions).splitlines()
    if statistics.workers:
        rows = [(w.name, w.shards, "yes" if w.publishes else "no", _minute(w.started_at)) for w in statistics.workers]
        yield columns(("worker", "shards", "publishes", "since"), rows)
    if statistics.watermark.holders:
        yield ["Readers wait for:", *(f"  {_holder(holder)}" for holder in statistics.watermark.holders)]
    found = [printable(problem.text) for problem in problems(statistics)]
    yield [f"Problem: {text}" for text in found] or ["No problem found."]


def _totals(statistics: StoreStatistics) -> list[str]:
    watermark, oldest = statistics.watermark, statistics.oldest_unprocessed
    lines = [
        f"events         {told(statistics.events)}",
        f"streams        {told(statistics.streams)}",
        f"last hour      {statistics.hour.total} ({statistics.hour.per_second:.2f} a second)",
        f"last day       {statistics.day.total} ({statistics.day.per_second:.2f} a second)",
        f"watermark      {watermark.position} (drawn {watermark.drawn}, published {watermark.published})",
    ]
    if oldest:
        name = printable(oldest.subscription)
        lines.append(f"oldest event   waits for {oldest.seconds:.1f} s for {name}, shard {oldest.shard}")
    return lines


def _kinds(heading: str, found: Kinds) -> list[str]:
    of = f"of the last {found.sample} events" if found.sample else f"events ({found.precision})"
    return columns((heading, of), [(kind.name, kind.events) for kind in found.kinds]) if found.kinds else []


def _holder(holder: Holder) -> str:
    who = f"prepared transaction {holder.prepared!r}" if holder.prepared else f"process {holder.pid}"
    parts = [who, holder.application, holder.user, holder.address, holder.state]
    age = "" if holder.age_seconds is None else f", open for {holder.age_seconds:.1f} s"
    return printable(f"{', '.join(part for part in parts if part)}{age}: at position {holder.position}")


def _minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
