"""What a physical standby can answer, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends import backend_for
from eventstore_django.exceptions import UnsafeRead
from eventstore_django.models import Event, LogHead

from .clusters import Cluster
from .conftest import PRIMARY, STANDBY, alias

PUBLISHER = uuid4()

GLOBAL_READS: dict[str, Callable[[EventStore], object]] = {
    "get_all_events": lambda store: store.get_all_events(),
    "get_category_events": lambda store: store.get_category_events("Account"),
    "iter_all_events": lambda store: list(store.iter_all_events()),
    "head_position": lambda store: store.head_position(),
    "settled": lambda store: list(Event.objects.using(store.using).settled()),
}


def append(store: EventStore, stream: str) -> int:
    return store.append(stream, [NewEvent("Happened", {})]).events[0].position


def published(store: EventStore) -> int:
    """Publish the watermark of the primary, and return it when the standby has it."""
    head = backend_for(PRIMARY).publish(PUBLISHER, 60).position
    append(store, "Other-1")  # the publisher does not wait for its commit; this one does, and comes behind
    return head


def read_as_a_worker() -> list[tuple[int, str]]:
    """Read on the standby what workers read: the log up to the published head."""
    head = LogHead.objects.using(STANDBY).get().position
    events = Event.objects.using(STANDBY).up_to(head).category("Account").order_by("position")
    return [(event.position, event.stream_id) for event in events.recorded()]


@pytest.mark.parametrize("read", GLOBAL_READS.values(), ids=GLOBAL_READS)
def test_a_read_in_the_global_order_is_refused(
    store: EventStore, standby: EventStore, read: Callable[[EventStore], object]
) -> None:
    append(store, "Account-1")
    with pytest.raises(UnsafeRead, match="standby"):
        read(standby)


def test_an_export_says_why_there_is_none(standby: EventStore) -> None:
    with pytest.raises(CommandError, match="standby"):
        call_command("export_events", "-", database=STANDBY)


def test_a_subscription_in_memory_ends_and_says_why(standby: EventStore) -> None:
    subscription = standby.subscribe(1, lambda event: None)
    subscription.join(20)
    assert isinstance(subscription.error, UnsafeRead)


def test_a_stream_is_read_as_on_the_primary(store: EventStore, standby: EventStore) -> None:
    stream = f"Account-{uuid4()}"
    for _ in range(3):
        append(store, stream)
    assert standby.get_events(stream) == store.get_events(stream)
    assert list(standby.iter_events(stream, backwards=True)) == list(store.iter_events(stream, backwards=True))
    assert standby.get_stream_version(stream) == 3


def test_a_log_can_be_verified_there(
    store: EventStore, standby: EventStore, capsys: pytest.CaptureFixture[str]
) -> None:
    append(store, "Account-1")
    call_command("verify_events", database=STANDBY, types=True)
    assert capsys.readouterr().out.endswith("whole.\n")


def test_up_to_the_published_head_nothing_is_missing(store: EventStore, servers: Cluster) -> None:
    before = append(store, "Account-before")
    with alias("writer", servers, "remote_apply"):
        with transaction.atomic(using="writer"):
            slow = append(EventStore(using="writer"), "Account-slow")
            quick = append(store, "Account-quick")
            # The standby shows the second one and not the first: who remembers its position would miss that.
            shown = Event.objects.using(STANDBY).filter(position__gt=before).category("Account")
            assert [event.position for event in shown] == [quick]
            assert published(store) < slow < quick
            assert read_as_a_worker()[-1] == (before, "Account-before")
        assert published(store) >= quick
        assert read_as_a_worker()[-2:] == [(slow, "Account-slow"), (quick, "Account-quick")]


def test_one_that_was_promoted_reads_and_appends(store: EventStore, servers: Cluster) -> None:
    stream = f"Account-{uuid4()}"
    last = append(store, stream)
    with servers.standby("promoted") as following, alias("promoted", following, "local"):
        promoted = EventStore(using="promoted")
        with pytest.raises(UnsafeRead):
            promoted.get_all_events()
        with connections["promoted"].cursor() as cursor:
            cursor.execute("SELECT pg_promote(true, 20)")
        assert promoted.head_position() == last
        assert promoted.get_all_events(last)[0].stream_id == stream
        with transaction.atomic(using="promoted"):
            assert append(promoted, stream) > last
        assert [event.event_version for event in promoted.get_all_events(last)] == [1, 2]
