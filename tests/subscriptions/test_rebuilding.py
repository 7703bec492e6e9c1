"""Rebuilding a subscription beside the version in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError

from eventstore_django import (
    EventStore,
    NewEvent,
    RecordedEvent,
    RetryPolicy,
    SubscriptionError,
    event_context,
    live_version,
    subscription,
)
from eventstore_django.models import ParkedEvent, Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import Declaration, registry
from eventstore_django.workers import operations
from eventstore_django.workers.rebuilding import Rebuild, RebuildProgress
from eventstore_django.workers.runner import SubscriptionRunner
from eventstore_django.workers.stopping import StopFlag
from tests.concurrency.sessions import execute

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "rebuilt"


class Seen:
    """What the handler was given: version, stream and version in it, whether a replay."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, str, int, bool]] = []
        self.failing: set[str] = set()
        self.prepared: list[int] = []
        self.switched: list[int] = []

    def of(self, version: int) -> list[tuple[str, int]]:
        """Return the events that a version was given."""
        return [(stream, number) for given, stream, number, _ in self.calls if given == version]

    def replays(self, version: int) -> list[tuple[str, int]]:
        """Return the events that a version was given as replays."""
        return [(stream, number) for given, stream, number, replay in self.calls if given == version and replay]


@pytest.fixture
def store() -> EventStore:
    return EventStore()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def declared(seen: Seen) -> Iterator[Callable[..., Declaration]]:
    """Declare the subscription with other options; the last one stands."""

    def declare(**options: Any) -> Declaration:
        if before := registry.get(NAME):
            registry.remove(before)

        @subscription(NAME, **{"versioned": True, "retries": RetryPolicy(2, 0, 0), **options})
        class Handler:
            def handle(self, event: RecordedEvent) -> None:
                if event.stream_id in seen.failing:
                    raise ValueError(event.stream_id)
                context = event_context()
                seen.calls.append((context.version, event.stream_id, event.event_version, context.is_replay))

            def prepare(self, version: int) -> None:
                seen.prepared.append(version)

            def switch(self, version: int) -> None:
                seen.switched.append(version)

        declaration = registry.get(NAME)
        assert declaration is not None
        return declaration

    yield declare
    if left := registry.get(NAME):
        registry.remove(left)


def fill(store: EventStore, streams: int = 4, events: int = 3) -> list[tuple[str, int]]:
    """Append to several streams in turns; return what a handler should see."""
    for _ in range(events):
        for number in range(streams):
            store.append(f"Account-{number}", [NewEvent("Noted", {})])
    return [(event.stream_id, event.event_version) for event in store.iter_all_events()]


def catch_up(declaration: Declaration) -> None:
    SubscriptionRunner("default", [declaration]).run_to_head(threaded=False)


def shards(version: int) -> Any:
    return SubscriptionShard.objects.filter(subscription=NAME, version=version)


def test_a_subscription_without_versions_is_refused(declared: Callable[..., Declaration]) -> None:
    with pytest.raises(SubscriptionError, match="versioned=True"):
        Rebuild("default", declared(versioned=False))


def test_everything_is_replayed_into_the_next_version(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    events = fill(store)
    catch_up(declaration)
    assert Rebuild("default", declaration).run()
    assert seen.of(1) == seen.of(2) == seen.replays(2) == events
    assert not seen.replays(1)
    assert live_version(NAME) == 2
    assert seen.prepared == seen.switched == [2]
    assert not shards(1).exists()


def test_what_the_version_in_use_has_not_handled_is_handled_live_and_once(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    before = fill(store)
    catch_up(declaration)
    store.append("Account-0", [NewEvent("Noted", {})])
    assert Rebuild("default", declaration).run()
    assert seen.of(2) == before
    catch_up(declaration)
    assert seen.of(2) == [*before, ("Account-0", 4)]
    assert seen.replays(2) == before


def test_parked_events_stay_parked_with_what_waits_behind_them(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    events = fill(store)
    seen.failing = {"Account-1"}
    catch_up(declaration)
    catch_up(declaration)
    assert ParkedEvent.objects.get(status="parked").stream_id == "Account-1"
    seen.failing = set()
    assert Rebuild("default", declaration).run()
    kept = ParkedEvent.objects.order_by("position")
    assert list(kept.values_list("stream_id", "version", "status", "attempts", "is_replay")) == [
        ("Account-1", 2, "parked", 2, False),
        ("Account-1", 2, "waiting", 0, False),
        ("Account-1", 2, "waiting", 0, False),
    ]
    assert sorted(seen.of(2)) == sorted(event for event in events if event[0] != "Account-1")
    operations.retry_parked("default", NAME)
    catch_up(declaration)
    assert seen.of(2)[-3:] == [("Account-1", 1), ("Account-1", 2), ("Account-1", 3)]
    assert not any(stream == "Account-1" for stream, _ in seen.replays(2))


def test_what_is_handled_after_all_in_the_version_in_use_is_replayed_after_the_switch(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    fill(store)
    seen.failing = {"Account-1"}
    catch_up(declaration)
    seen.failing = set()
    stop = StopFlag()

    def handled_meanwhile(progress: RebuildProgress) -> None:
        if not stop.is_set:
            stop.set()
            operations.retry_parked("default", NAME)

    assert not Rebuild("default", declaration, stop=stop).run(handled_meanwhile)
    catch_up(declaration)
    assert not ParkedEvent.objects.filter(version=1).exists()
    assert ParkedEvent.objects.filter(version=2).count() == 3
    assert Rebuild("default", declaration).run()
    catch_up(declaration)
    assert seen.of(2)[-3:] == seen.replays(2)[-3:] == [("Account-1", 1), ("Account-1", 2), ("Account-1", 3)]
    assert len(seen.of(2)) == len(set(seen.of(2))) == 12


def test_an_interrupted_rebuild_goes_on_where_it_was(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared(batch_size=5)
    events = fill(store)
    catch_up(declaration)
    stop = StopFlag()
    assert not Rebuild("default", declaration, stop=stop).run(lambda progress: stop.set())
    assert live_version(NAME) == 1
    assert 0 < len(seen.of(2)) < len(events)
    assert Rebuild("default", declaration).run()
    assert seen.of(2) == events
    assert seen.prepared == [2]


def test_an_event_that_fails_ends_the_rebuild_and_loses_nothing(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    events = fill(store)
    catch_up(declaration)
    seen.failing = {"Account-2"}
    with pytest.raises(ValueError, match="Account-2"):
        Rebuild("default", declaration).run()
    seen.failing = set()
    seen.calls.clear()
    assert Rebuild("default", declaration).run()
    assert seen.of(2) == events


def test_a_rebuild_that_lost_its_connection_can_be_run_again_at_once(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared(batch_size=5)
    events = fill(store)
    catch_up(declaration)
    with pytest.raises(OperationalError):
        Rebuild("default", declaration).run(lambda progress: execute("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert not shards(2).exclude(owner=None).exists()
    assert Rebuild("default", declaration).run()
    assert seen.of(2) == events


def test_a_failing_event_can_be_kept_aside_and_is_a_replay_when_it_is_retried(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    fill(store)
    catch_up(declaration)
    seen.failing = {"Account-2"}
    assert Rebuild("default", declaration, keep_aside=True).run()
    seen.failing = set()
    catch_up(declaration)
    assert seen.replays(2)[-3:] == [("Account-2", 1), ("Account-2", 2), ("Account-2", 3)]


def test_the_number_of_shards_can_change(store: EventStore, seen: Seen, declared: Callable[..., Declaration]) -> None:
    declaration = declared(shards=3)
    fill(store, streams=12)
    catch_up(declaration)
    first = shards(1).get(number=0)
    # One shard is further than the others: they stood still while these events came.
    later = fill(store, streams=12, events=1)[36:]
    shards(1).exclude(pk=first.pk).update(owner="00000000-0000-0000-0000-000000000001", lease_until="2999-01-01T00:00Z")
    runner = SubscriptionRunner("default", [declaration])
    runner._join()
    runner.pulse.look()
    runner._refresh()
    while runner._step():
        pass
    runner._leave()
    assert shards(1).get(number=0).position > shards(1).get(number=1).position
    shards(1).update(owner=None, lease_until=None)
    before = set(seen.of(1))
    more = declared(shards=5)
    assert Rebuild("default", more).run()
    assert shards(2).count() == 5
    catch_up(more)
    assert len(seen.of(2)) == len(set(seen.of(2))) == 48
    # What the first version has handled is a replay, and nothing else is.
    assert set(seen.replays(2)) == before
    assert set(later) - before
    catch_up(more)
    assert not shards(2).exclude(floors=None).exists()


def test_a_second_rebuild_at_the_same_time_is_refused(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared()
    fill(store)
    catch_up(declaration)
    refused = []

    def again(progress: RebuildProgress) -> None:
        with pytest.raises(SubscriptionError, match="going on already"):
            Rebuild("default", declaration).run()
        refused.append(progress)

    assert Rebuild("default", declaration).run(again)
    assert refused


def test_a_reset_in_between_ends_the_rebuild(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared(batch_size=5)
    fill(store)
    catch_up(declaration)
    with pytest.raises(SubscriptionError):
        Rebuild("default", declaration).run(lambda progress: operations.reset("default", NAME))
    assert live_version(NAME) == 1
    assert not shards(2).exists()


def test_what_was_replayed_can_be_thrown_away(
    store: EventStore, seen: Seen, declared: Callable[..., Declaration]
) -> None:
    declaration = declared(batch_size=5)
    events = fill(store)
    catch_up(declaration)
    stop = StopFlag()
    Rebuild("default", declaration, stop=stop).run(lambda progress: stop.set())
    seen.calls.clear()
    rebuild = Rebuild("default", declaration)
    rebuild.discard()
    assert rebuild.run()
    assert seen.of(2) == events
    assert seen.prepared == [2, 2]


def test_the_status_stays_what_it_was(seen: Seen, declared: Callable[..., Declaration], store: EventStore) -> None:
    declaration = declared()
    fill(store)
    catch_up(declaration)
    operations.pause("default", NAME)
    assert Rebuild("default", declaration).run()
    assert Subscription.objects.get(pk=NAME).status == "paused"
