"""Calling a handler, whichever of its forms it has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async

from eventstore_django import EventContext, RecordedEvent, SubscriptionError, event_context, subscription
from eventstore_django.context import current_metadata
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.subscriptions.handlers import BoundHandler

CONTEXT = EventContext("sample", version=1, shard=0, attempt=1, is_replay=False)

seen: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


def _event(position: int = 1) -> RecordedEvent:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return RecordedEvent(
        position, UUID(int=position), "a", position, "Noted", {}, {}, "a", "a", "a", None, moment, moment
    )


def _bound(handler: Any, *, batch: bool = False) -> BoundHandler:
    subscription("sample", batch=batch)(handler)
    declared = registry.get("sample")
    assert declared is not None
    registry.remove(declared)
    return BoundHandler(declared)


def _function(given: Any) -> None:
    seen.append(given)


async def _async_function(given: Any) -> None:
    seen.append(given)


class _OfEvents:
    def handle(self, event: RecordedEvent) -> None:
        seen.append(event)


class _OfEventsAsync:
    async def handle(self, event: RecordedEvent) -> None:
        seen.append(event)


class _OfBatches:
    def handle_batch(self, events: list[RecordedEvent]) -> None:
        seen.append(events)


class _OfBatchesAsync:
    async def handle_batch(self, events: list[RecordedEvent]) -> None:
        seen.append(events)


class _Versioned:
    def handle(self, event: RecordedEvent) -> None:
        """Handle nothing."""

    def reset(self) -> None:
        seen.append("reset")

    def prepare(self, version: int) -> None:
        seen.append(("prepare", version))

    def switch(self, version: int) -> None:
        seen.append(("switch", version))


class _VersionedAsync:
    async def handle(self, event: RecordedEvent) -> None:
        """Handle nothing."""

    async def reset(self) -> None:
        seen.append("reset")

    async def prepare(self, version: int) -> None:
        seen.append(("prepare", version))

    async def switch(self, version: int) -> None:
        seen.append(("switch", version))


of_events = pytest.mark.parametrize("handler", [_function, _async_function, _OfEvents, _OfEventsAsync])
of_batches = pytest.mark.parametrize(
    ("handler", "batch"),
    [(_function, True), (_async_function, True), (_OfBatches, False), (_OfBatchesAsync, False), (_OfBatches, True)],
)


@of_events
def test_a_handler_of_events_is_given_one_event(handler: Any) -> None:
    bound = _bound(handler)
    bound.handle(_event(7), CONTEXT)
    assert not bound.takes_batches
    assert seen == [_event(7)]


@of_batches
def test_a_handler_of_lists_is_given_a_list(handler: Any, batch: bool) -> None:
    bound = _bound(handler, batch=batch)
    bound.handle_batch((_event(1), _event(2)), CONTEXT)
    assert bound.takes_batches
    assert seen == [[_event(1), _event(2)]]


@of_batches
def test_a_handler_of_lists_is_given_a_list_of_one_for_a_single_event(handler: Any, batch: bool) -> None:
    _bound(handler, batch=batch).handle(_event(7), CONTEXT)
    assert seen == [[_event(7)]]


def test_a_class_is_instantiated_once() -> None:
    class Counting:
        made: ClassVar[list[Counting]] = []

        def __init__(self) -> None:
            self.made.append(self)

        def handle(self, event: RecordedEvent) -> None:
            seen.append(self)

    bound = _bound(Counting)
    bound.handle(_event(), CONTEXT)
    bound.handle(_event(), CONTEXT)
    assert len(Counting.made) == 1
    assert seen == Counting.made * 2


@of_events
def test_what_a_handler_returns_is_ignored(handler: Any) -> None:
    assert _bound(handler).handle(_event(), CONTEXT) is None  # type: ignore[func-returns-value]  # what is tested


def _failing(given: Any) -> None:
    raise KeyError(event_context().subscription)


async def _failing_async(given: Any) -> None:
    raise KeyError(event_context().subscription)


@pytest.mark.parametrize("handler", [_failing, _failing_async])
def test_what_a_handler_raises_comes_out_as_it_is(handler: Any) -> None:
    with pytest.raises(KeyError, match="sample"):
        _bound(handler).handle(_event(), CONTEXT)
    with pytest.raises(SubscriptionError):
        event_context()
    assert current_metadata() == {}


def _asks(given: Any) -> None:
    seen.append((event_context(), current_metadata()))


async def _asks_async(given: Any) -> None:
    seen.append((event_context(), current_metadata()))


@pytest.mark.parametrize("handler", [_asks, _asks_async])
def test_a_handler_can_ask_for_its_context_and_its_appends_are_caused_by_the_event(handler: Any) -> None:
    _bound(handler).handle(_event(7), CONTEXT)
    assert seen == [(CONTEXT, {"correlation_id": str(UUID(int=7)), "causation_id": str(UUID(int=7))})]


@pytest.mark.parametrize("handler", [_asks, _asks_async])
def test_a_list_of_events_is_the_cause_of_nothing(handler: Any) -> None:
    _bound(handler, batch=True).handle_batch([_event(1), _event(2)], CONTEXT)
    assert seen == [(CONTEXT, {})]


def test_what_an_async_handler_asks_of_the_database_goes_through_the_workers_own_connection() -> None:
    async def handler(event: RecordedEvent) -> None:
        # Connections belong to threads: in another one it would be outside of the transaction.
        seen.append(await sync_to_async(threading.get_ident)())

    _bound(handler).handle(_event(), CONTEXT)
    assert seen == [threading.get_ident()]


def _decorated(handler: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    @wraps(handler)
    def wrapper(*args: Any) -> Any:
        coroutine = handler(*args)
        seen.append(coroutine)
        return coroutine

    return wrapper


def test_the_coroutine_of_an_async_handler_in_a_plain_decorator_is_run() -> None:
    _bound(_decorated(_async_function)).handle(_event(7), CONTEXT)
    coroutine, *handled = seen
    coroutine.close()
    assert handled == [_event(7)]


# Read models


@pytest.mark.parametrize("handler", [_function, _async_function, _OfEvents, _OfBatches])
def test_a_handler_without_a_read_model_of_its_own_is_left_alone(handler: Any) -> None:
    bound = _bound(handler)
    bound.reset()
    bound.prepare(2)
    bound.switch(2)
    assert not bound.can_reset
    assert seen == []


@pytest.mark.parametrize("handler", [_Versioned, _VersionedAsync])
def test_a_handler_is_told_to_reset_prepare_and_switch_its_read_model(handler: Any) -> None:
    bound = _bound(handler)
    assert bound.can_reset
    bound.reset()
    bound.prepare(2)
    bound.switch(3)
    assert seen == ["reset", ("prepare", 2), ("switch", 3)]
