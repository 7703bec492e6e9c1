"""Catch-up of durable subscriptions: the checkpoint and what the handler writes are committed together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connections

from eventstore_django import EventStore, NewEvent, RecordedEvent, subscription
from eventstore_django.models import Event, Subscription
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.workers.runner import SubscriptionRunner

from . import floor
from .measuring import Figure, in_turns, timed

GENERATED = 50_000
UPDATED = 20_000
"""Events that the handler with a row for each is given: enough for seconds."""

_PAGE = """
SELECT position, event_id, stream_id, event_version, event_type, event_data::text, metadata::text
FROM eventstore_events WHERE category = %s AND position > %s ORDER BY position LIMIT 1000
"""
_TABLE = "CREATE TABLE IF NOT EXISTS followed (id text PRIMARY KEY, events bigint NOT NULL)"
_UPSERT = "INSERT INTO followed VALUES (%s, 1) ON CONFLICT (id) DO UPDATE SET events = followed.events + 1"


def run(rounds: int) -> list[Figure]:
    """Follow the loan log (in the directory ``EVENTSTORE_DATA``), or generated events."""
    category = _log()
    positions = Event.objects.category(category).order_by("-position").values_list("position", flat=True)
    contenders: dict[str, Callable[[], float]] = {"bare SELECT by category": partial(timed, partial(_bare, category))}
    for alias, told in (("default", "defaults"), ("prepared", "recommended")):
        for kind, handler, first in (
            ("batches", _nothing, 1),
            ("events", _nothing, 1),
            ("row updates", partial(_update, alias), positions[UPDATED - 1]),
        ):
            work = partial(_follow, alias, category, first, handler, batch=kind == "batches")
            contenders[f"{kind}, {told}"] = partial(timed, work)
    return in_turns("catch up with the log", contenders, rounds)


def _log() -> str:
    """Make sure that there is a log to follow; return its category."""
    category = "Followed"
    if data := os.environ.get("EVENTSTORE_DATA"):
        call_command("import_events", str(Path(data) / "loans.jsonl.gz"), no_progress=True)
        category = "LoanApplication"
    store = EventStore(using="default")
    while not Event.objects.category(category)[GENERATED - 1 : GENERATED].exists():
        store.append(f"{category}-{uuid4()}", [NewEvent("Deposited", floor.PAYLOAD) for _ in range(1000)])
    with connections["default"].cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("ANALYZE")
    return category


def _bare(category: str) -> int:
    count, position = 0, 0
    cursor = floor.cursor()
    while page := cursor.execute(_PAGE, [category, position]).fetchall():
        count += len(page)
        position = page[-1][0]
    return count


def _follow(alias: str, category: str, first: int, handler: Callable[[Any], None], *, batch: bool) -> int:
    name = f"benchmark-{uuid4()}"
    subscription(name, categories=[category], start=first, batch=batch, batch_size=1000)(_named(handler))
    declaration = registry.get(name)
    assert declaration is not None  # declared in the line above
    registry.remove(declaration)
    rows = Subscription.objects.using(alias).filter(pk=name)
    try:
        SubscriptionRunner(alias, [declaration]).run_to_head()
        return rows.get().handled
    finally:
        rows.delete()


def _named(handler: Callable[[Any], None]) -> Callable[[Any], None]:
    def handle(given: Any) -> None:
        handler(given)

    return handle


def _nothing(_: RecordedEvent | Sequence[RecordedEvent]) -> None:
    pass


def _update(alias: str, event: RecordedEvent) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(_UPSERT, [event.stream_id])
