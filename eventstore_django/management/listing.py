"""Subscriptions, and what they have kept aside, as tables for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import QuerySet

from ..backends import backend_for
from ..exceptions import UnknownSubscription
from ..models import ParkedEvent
from ..subscriptions.declarations import registry
from ..workers.statuses import SubscriptionStatus, statuses
from .columns import columns, error_line

_HEADINGS = ("name", "status", "version", "shards", "position", "lag", "lag (s)", "parked", "held", "workers")
_KEPT_HEADINGS = ("position", "attempts", "status", "since", "stream", "event type", "error")

Status = ParkedEvent.Status


def found(alias: str, names: Collection[str]) -> list[SubscriptionStatus]:
    """Return how subscriptions are doing, all if none is named. Raise UnknownSubscription.

    One that is declared and was never run is known, and has no status.
    """
    with backend_for(alias).translated():
        every = statuses(alias)
    known = {status.name for status in every} | _declared()
    for name in names:
        if name not in known:
            raise UnknownSubscription(name, sorted(known))
    return [status for status in every if not names or status.name in names]


def overview(alias: str, names: Collection[str] = ()) -> str:
    """Return the table of subscriptions, all if none is named, and what there is to say of them."""
    known = found(alias, names)
    wanted = _declared() & set(names) if names else _declared()
    never_run = sorted(wanted - {status.name for status in known})
    undeclared = [status.name for status in known if status.name not in _declared()]
    lines = [table(known)] if known else []
    if never_run:
        lines.append(f"Never run yet: {', '.join(never_run)}.")
    if undeclared:
        lines.append(f"Declared no longer: {', '.join(undeclared)}.")
    return "\n".join(lines) or "No subscription is declared: put one into the module subscribers of an app."


def table(statuses: Iterable[SubscriptionStatus]) -> str:
    """Return a line for each subscription under a line of headings, and its last error below it."""
    rows = list(statuses)
    headings, *lines = columns(_HEADINGS, [_cells(status) for status in rows])
    return "\n".join([headings, *_with_errors(zip(rows, lines, strict=True))])


def kept_table(rows: QuerySet[ParkedEvent]) -> str:
    """Return a line for each event that failed, and how many others wait behind; nothing if there is none."""
    failed = rows.filter(status__in=[Status.PARKED, Status.RETRYING]).order_by("position")
    lines = columns(_KEPT_HEADINGS, [_kept_cells(row) for row in failed])
    if waiting := rows.filter(status=Status.WAITING).count():
        lines.append(f"Held back behind them in their streams: {waiting}.")
    return "\n".join(lines) if len(lines) > 1 else ""


def _declared() -> set[str]:
    return {declaration.name for declaration in registry.all()}


def _with_errors(rows: Iterable[tuple[SubscriptionStatus, str]]) -> Iterator[str]:
    for status, line in rows:
        yield line
        if status.last_error:
            yield f"  {status.last_error_at:%Y-%m-%d %H:%M:%S %Z}  {error_line(status.last_error)}"


def _cells(status: SubscriptionStatus) -> tuple[object, ...]:
    owners = sorted({shard.owner for shard in status.shards if shard.owner})
    return (
        status.name,
        status.status,
        status.version,
        len(status.shards),
        status.position,
        status.lag,
        _Seconds(status.lag_seconds),
        status.parked,
        status.held,
        " ".join(owners) or "-",
    )


def _kept_cells(row: ParkedEvent) -> tuple[object, ...]:
    since = f"{row.created_at:%Y-%m-%d %H:%M:%S %Z}"
    return (row.position, row.attempts, row.status, since, row.stream_id, row.event_type, error_line(row.error))


class _Seconds(float):
    """A number of seconds that is told with one digit behind the point."""

    def __str__(self) -> str:
        return f"{self:.1f}"
