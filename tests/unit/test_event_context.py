"""What a handler can ask about the event at hand."""

from __future__ import annotations

import asyncio
from dataclasses import FrozenInstanceError, replace
from threading import Thread

import pytest

from eventstore_django import EventContext, SubscriptionError, event_context
from eventstore_django.subscriptions.context import handling

CONTEXT = EventContext("balances", version=2, shard=1, attempt=3, is_replay=True)


def test_outside_of_a_handler_there_is_no_answer() -> None:
    with pytest.raises(SubscriptionError, match="handler"):
        event_context()


def test_inside_of_a_handler_the_context_is_that_of_its_event() -> None:
    with handling(CONTEXT):
        assert event_context() is CONTEXT
    with pytest.raises(SubscriptionError):
        event_context()


def test_a_handler_inside_of_a_handler_has_its_own() -> None:
    inner = replace(CONTEXT, subscription="totals")
    with handling(CONTEXT):
        with handling(inner):
            assert event_context() is inner
        assert event_context() is CONTEXT


def test_a_handler_that_fails_leaves_no_context_behind() -> None:
    with pytest.raises(KeyError), handling(CONTEXT):
        raise KeyError
    with pytest.raises(SubscriptionError):
        event_context()


def test_another_thread_has_its_own() -> None:
    found: list[bool] = []

    def ask() -> None:
        with pytest.raises(SubscriptionError):
            event_context()
        found.append(True)

    with handling(CONTEXT):
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    assert found == [True]


def test_tasks_of_a_handler_have_its_context() -> None:
    async def ask() -> EventContext:
        return await asyncio.create_task(_asked())

    with handling(CONTEXT):
        assert asyncio.run(ask()) is CONTEXT


async def _asked() -> EventContext:
    return event_context()


def test_a_handler_can_change_nothing_of_it() -> None:
    with pytest.raises(FrozenInstanceError):
        CONTEXT.attempt = 1  # type: ignore[misc]  # what is tested
