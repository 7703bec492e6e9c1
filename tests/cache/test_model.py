"""The cached store does whatever it is put through what the store does that it wraps."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventstore_django import CachedEventStore, EventStore, NewEvent
from eventstore_django.erasure import erasure
from eventstore_django.models import Event

from .contents import kept, put

COUNTS = st.integers(1, 5)
VERSIONS = st.integers(-1, 24)


class Histories(RuleBasedStateMachine):
    """One stream at a time, in chunks of two or three events."""

    using: ClassVar[str]

    @initialize()
    def begin(self) -> None:
        self.stream_id = f"A-{uuid4()}"
        self.store = EventStore(using=self.using)
        self.cached = CachedEventStore(self.store)
        self.earlier: dict[int, Any] = {}
        self.number = 0

    def append_to(self, store: EventStore, count: int) -> None:
        first = self.number + 1
        self.number += count
        store.append(self.stream_id, [NewEvent("Noted", {"number": n}) for n in range(first, self.number + 1)])

    @rule(count=COUNTS)
    def append(self, count: int) -> None:
        self.append_to(self.cached, count)

    @rule(count=COUNTS, commits=st.booleans())
    def append_in_a_transaction(self, count: int, commits: bool) -> None:
        with transaction.atomic(using=self.using):
            self.append_to(self.cached, count)
            self.agree()
            transaction.set_rollback(not commits, using=self.using)

    @rule(first=VERSIONS, last=st.none() | VERSIONS)
    def read(self, first: int, last: int | None) -> None:
        expected = self.store.get_events(self.stream_id, first, last)
        assert self.cached.get_events(self.stream_id, first, last) == expected
        assert list(self.cached.iter_events(self.stream_id, first, last)) == expected

    @rule(version=VERSIONS, removes=st.booleans(), drops=st.booleans(), commits=st.booleans())
    def erase(self, version: int, removes: bool, drops: bool, commits: bool) -> None:
        events = Event.objects.using(self.using).stream(self.stream_id).filter(event_version=version)
        before = kept(self.stream_id, self.using)
        with transaction.atomic(using=self.using):
            with erasure(reason="request 7", actor="ada", using=self.using) as door:
                door.remove(events) if removes else door.redact(events, {"number": 0})
            self.agree()
            transaction.set_rollback(not commits, using=self.using)
        if not drops:
            put(self.stream_id, before, self.using)

    @rule()
    def remember(self) -> None:
        self.earlier = kept(self.stream_id, self.using)

    @rule(number=st.integers(0, 8))
    def put_back(self, number: int) -> None:
        put(self.stream_id, {key: value for key, value in self.earlier.items() if key == number}, self.using)

    @rule()
    def put_all_back(self) -> None:
        put(self.stream_id, self.earlier, self.using)

    @rule(number=st.integers(0, 8))
    def evict(self, number: int) -> None:
        values = kept(self.stream_id, self.using)
        values.pop(number, None)
        cache.clear()
        put(self.stream_id, values, self.using)

    @invariant()
    def agree(self) -> None:
        if hasattr(self, "store"):
            assert self.cached.get_events(self.stream_id) == self.store.get_events(self.stream_id)


class LosingHistories(Histories):
    """Where rows can be deleted: a history may also be lost, and go on in another way."""

    using = "sqlite"

    @rule(version=VERSIONS)
    def lose(self, version: int) -> None:
        current = self.store.get_stream_version(self.stream_id)
        if not 1 <= version <= current:
            return
        with connections[self.using].cursor() as cursor:
            delete = "DELETE FROM eventstore_events WHERE stream_id = %s AND event_version >= %s"
            cursor.execute(delete, (self.stream_id, version))
            cursor.execute(
                "UPDATE eventstore_streams SET version = %s WHERE stream_id = %s", [version - 1, self.stream_id]
            )


class CommittedHistories(Histories):
    using = "default"


@pytest.mark.parametrize(
    ("machine", "examples"),
    [
        pytest.param(LosingHistories, 40, marks=pytest.mark.django_db(databases=["sqlite"], transaction=True)),
        pytest.param(CommittedHistories, 15, marks=pytest.mark.django_db(databases=["default"], transaction=True)),
    ],
)
@pytest.mark.parametrize("size", [2, 3])
def test_both_stores_agree(machine: type[Histories], examples: int, size: int, settings: Any) -> None:
    settings.EVENTSTORE = {"CACHE_CHUNK_SIZE": size, "READ_BATCH_SIZE": 4}
    run_state_machine_as_test(machine, settings=_thorough(examples))


def _thorough(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
