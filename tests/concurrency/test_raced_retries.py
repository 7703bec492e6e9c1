"""A retry that meets its own original, which is not committed yet: one copy, whatever becomes of the original."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, as_completed
from typing import Any

import pytest

from eventstore_django import (
    ANY,
    NO_STREAM,
    STREAM_EXISTS,
    AppendOperation,
    AppendResult,
    DuplicateEventError,
    EventStore,
    NewEvent,
)
from eventstore_django.versions import ExpectedVersionLike

from .conftest import OpenSession
from .material import event, events
from .sessions import DEADLINE, Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("append_function")]

# Events that the stream has before, and what the append expects of it.
MODES = pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(0, ANY, id="first-any"),
        pytest.param(0, NO_STREAM, id="first-no_stream"),
        pytest.param(2, ANY, id="later-any"),
        pytest.param(2, STREAM_EXISTS, id="later-exists"),
        pytest.param(2, 2, id="later-exact"),
    ],
)
INSIDE = pytest.mark.parametrize("inside", [False, True], ids=["alone", "atomic"])
COUNT = pytest.mark.parametrize("count", [1, 3])


class Race:
    """An original append that is open, and a retry of it that waits for it."""

    def __init__(self, original: Session, retry: Session, inside: bool) -> None:
        self.original = original
        self.retry = retry
        self.inside = inside

    def run(self, append: Callable[[], Any]) -> tuple[Any, Future[Any]]:
        """Append, and again from elsewhere; return the first result and what will be the second."""
        self.original.begin()
        first = self.original.run(append)
        if self.inside:
            self.retry.begin()
        return first, self.retry.block(append)

    def end(self, append: Callable[[], Any]) -> None:
        """Show that the retry's transaction is usable, and commit it."""
        self.retry.run(append)
        if self.inside:
            self.retry.commit()


@pytest.fixture
def race(session: OpenSession, request: pytest.FixtureRequest) -> Race:
    return Race(session(), session(), request.getfixturevalue("inside"))


def _append(store: EventStore, new: list[NewEvent], expected: ExpectedVersionLike) -> Callable[[], AppendResult]:
    return lambda: store.append("Account-1", new, expected)


def _begin_stream(store: EventStore, before: int) -> None:
    if before:
        store.append("Account-1", events(before))


@MODES
@INSIDE
@COUNT
def test_a_retry_gets_the_first_result_when_its_original_commits(
    before: int, expected: ExpectedVersionLike, inside: bool, count: int, store: EventStore, race: Race
) -> None:
    _begin_stream(store, before)
    first, waiting = race.run(_append(store, events(count), expected))
    race.original.commit()
    second = waiting.result(DEADLINE)
    assert (first.replayed, second.replayed) == (False, True)
    assert (second.version, second.events) == (first.version, first.events)
    race.end(lambda: store.append("Account-1", [event()], before + count))
    assert store.get_stream_version("Account-1") == before + count + 1 == len(store.get_events("Account-1"))


@MODES
@INSIDE
@COUNT
def test_a_retry_stores_the_events_when_its_original_is_rolled_back(
    before: int, expected: ExpectedVersionLike, inside: bool, count: int, store: EventStore, race: Race
) -> None:
    _begin_stream(store, before)
    first, waiting = race.run(_append(store, events(count), expected))
    race.original.rollback()
    second = waiting.result(DEADLINE)
    assert not second.replayed
    assert second.version == before + count
    assert {found.position for found in second.events}.isdisjoint(found.position for found in first.events)
    race.end(lambda: store.append("Account-1", [event()], before + count))
    assert store.get_stream_version("Account-1") == before + count + 1 == len(store.get_events("Account-1"))


@INSIDE
def test_a_retried_batch_gets_the_first_results(inside: bool, store: EventStore, race: Race) -> None:
    store.append("Account-2", [event()])
    operations = [
        AppendOperation("Account-2", events(2), 1),
        AppendOperation("Account-1", events(2), NO_STREAM),
        AppendOperation("Account-2", events(1), STREAM_EXISTS),
    ]
    first, waiting = race.run(lambda: store.append_batch(operations))
    race.original.commit()
    second = waiting.result(DEADLINE)
    assert [result.replayed for result in second] == [True] * 3
    assert [(result.version, result.events) for result in second] == [
        (result.version, result.events) for result in first
    ]
    race.end(lambda: store.append("Account-2", [event()], 4))
    assert store.get_stream_version("Account-1") == 2


@INSIDE
def test_the_same_id_with_other_content_is_refused_when_the_first_commits(
    inside: bool, store: EventStore, session: OpenSession
) -> None:
    first, second = session(), session()
    original = event()
    other = NewEvent("SomethingElse", {}, event_id=original.event_id)
    first.begin()
    first.run(store.append, "Account-1", [original])
    if inside:
        second.begin()
    waiting = second.block(store.append, "Account-1", [other])
    first.commit()
    with pytest.raises(DuplicateEventError):
        waiting.result(DEADLINE)
    second.run(store.append, "Account-1", [event()])
    if inside:
        second.commit()
    assert [found.event_type for found in store.get_events("Account-1")] == ["Happened"] * 2


@INSIDE
def test_many_retries_at_once_store_one_copy(inside: bool, store: EventStore, session: OpenSession) -> None:
    new = events(2)
    original = session()
    original.begin()
    first = original.run(store.append, "Account-1", new, NO_STREAM)
    retries = [session() for _ in range(6)]
    if inside:
        for retry in retries:
            retry.begin()
    waiting = {retry.block(store.append, "Account-1", new, NO_STREAM): retry for retry in retries}
    original.commit()
    # A replay locks the stream too: the next one gets its turn when the transaction of the last one ends.
    for future in as_completed(waiting, timeout=DEADLINE):
        assert future.result().events == first.events
        if inside:
            waiting[future].commit()
    assert store.get_stream_version("Account-1") == 2


@pytest.mark.parametrize("expected", [STREAM_EXISTS, 1], ids=["exists", "exact"])
def test_a_retry_of_the_second_append_waits_for_the_transaction_that_began_the_stream(
    expected: ExpectedVersionLike, store: EventStore, session: OpenSession
) -> None:
    original, retry = session(), session()
    second = event()
    original.begin()
    original.run(store.append, "Account-1", [event()], NO_STREAM)
    first = original.run(store.append, "Account-1", [second], expected)
    waiting = retry.block(store.append, "Account-1", [second], expected)
    original.commit()
    assert waiting.result(DEADLINE).events == first.events
