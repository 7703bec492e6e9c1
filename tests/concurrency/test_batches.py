from __future__ import annotations

from collections import Counter

import pytest

from eventstore_django import EventStore
from eventstore_django.models import Stream

from .batch_writers import write_batches, write_exactly_once
from .processes import Workers, shared_barrier

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
SECONDS = 120.0


@pytest.mark.slow
@pytest.mark.parametrize("append_function", [True, False], ids=["function", "orm"])
def test_batches_over_crossing_streams_never_deadlock_and_lose_nothing(
    append_function: bool, store: EventStore, workers: Workers
) -> None:
    barrier = shared_barrier(WRITERS)
    pipes = [workers.start(write_batches, barrier, number, 25, 10, append_function) for number in range(WRITERS)]
    written: Counter[str] = Counter()
    for counts in workers.results(pipes, SECONDS):
        written.update(counts)
    versions = dict(Stream.objects.values_list("stream_id", "version"))
    assert versions == {stream_id: count for stream_id, count in written.items() if count}
    for stream_id, version in versions.items():
        assert [event.event_version for event in store.get_events(stream_id)] == list(range(1, version + 1))


@pytest.mark.slow
def test_one_of_many_batches_begins_the_same_streams(store: EventStore, workers: Workers) -> None:
    barrier = shared_barrier(WRITERS)
    pipes = [workers.start(write_exactly_once, barrier, number, 6) for number in range(WRITERS)]
    assert sum(workers.results(pipes, SECONDS)) == 20
    assert set(Stream.objects.values_list("version", flat=True)) == {1}
    assert Stream.objects.count() == 20 * 6
