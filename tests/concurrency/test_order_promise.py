"""The order promise under everything that makes positions commit in another order than they were drawn."""

from __future__ import annotations

from collections import Counter

import pytest

from eventstore_django.models import Event

from .log_readers import follow_all, follow_category, follow_in_transactions, follow_naively
from .log_writers import CATEGORY, THREADS, write
from .processes import Workers, shared_event
from .sessions import value

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WRITERS = 6
APPENDS = 20_000
SECONDS = 300.0


def test_readers_see_every_event_exactly_once_whatever_the_order_of_commits(
    prepared_transactions: int, workers: Workers
) -> None:
    # Without room for prepared transactions on the server that part is left out.
    finished = shared_event()
    readers = [
        workers.start(follow, finished)
        for follow in (follow_all, follow_category, follow_in_transactions, follow_naively)
    ]
    share = -(-APPENDS // (WRITERS * THREADS))
    prepared = prepared_transactions >= WRITERS * THREADS
    writers = [workers.start(write, number, share, prepared) for number in range(WRITERS)]
    counts = workers.results(writers, SECONDS)
    finished.set()
    everything, category, in_transactions, naive = workers.results(readers, SECONDS)

    stored = list(Event.objects.order_by("position").values_list("position", flat=True))
    assert sum(appends for appends, _ in counts) >= APPENDS
    assert len(stored) == sum(events for _, events in counts)
    _assert_same("everything", everything, stored)
    _assert_same("in transactions", in_transactions, stored)
    hot = list(Event.objects.filter(category=CATEGORY).order_by("position").values_list("position", flat=True))
    assert hot
    _assert_same("category", category, hot)
    # The proof that this run could have failed: a reader without the watermark lost events in it.
    assert len(naive) < len(stored)
    assert _streams_in_order()


def _assert_same(reader: str, seen: list[int], stored: list[int]) -> None:
    missed = sorted(set(stored) - set(seen))
    twice = [position for position, times in Counter(seen).items() if times > 1]
    unknown = sorted(set(seen) - set(stored))
    assert not missed, f"{reader}: {len(missed)} missed"
    assert not twice, f"{reader}: {len(twice)} seen twice"
    assert not unknown, f"{reader}: {len(unknown)} seen that were rolled back"
    assert seen == stored, f"{reader}: not in ascending order"


def _streams_in_order() -> bool:
    disordered: int = value(
        "SELECT count(*) FROM (SELECT event_version, row_number() OVER (PARTITION BY stream_id ORDER BY position) "
        "AS place FROM eventstore_events) numbered WHERE event_version <> place"
    )
    return disordered == 0
