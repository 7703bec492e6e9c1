from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import RecordedEvent, caused_by, event_metadata
from eventstore_django.context import CONTEXT_KEYS, current_metadata


def _event(**metadata: Any) -> RecordedEvent:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return RecordedEvent(1, UUID(int=7), "a", 1, "Noted", {}, metadata, "a", "a", "a", None, moment, moment)


def test_there_is_no_metadata_outside_of_blocks() -> None:
    assert current_metadata() == {}


def test_a_block_gives_its_values() -> None:
    with event_metadata(correlation_id="c", causation_id="e", request_id="r", user="7"):
        assert current_metadata() == {"correlation_id": "c", "causation_id": "e", "request_id": "r", "user": "7"}
    assert current_metadata() == {}


def test_a_block_can_give_every_key_of_the_context() -> None:
    with event_metadata(**dict.fromkeys(CONTEXT_KEYS, "x")):
        assert set(current_metadata()) == CONTEXT_KEYS


def test_an_inner_block_adds_to_the_outer() -> None:
    with event_metadata(correlation_id="outer", user="7"):
        with event_metadata(correlation_id="inner", request_id="r"):
            assert current_metadata() == {"correlation_id": "inner", "user": "7", "request_id": "r"}
        assert current_metadata() == {"correlation_id": "outer", "user": "7"}


def test_none_keeps_the_outer_value() -> None:
    with event_metadata(user="7"), event_metadata(user=None):
        assert current_metadata() == {"user": "7"}


def test_a_block_ends_with_an_exception_too() -> None:
    with pytest.raises(KeyError), event_metadata(user="7"):
        raise KeyError
    assert current_metadata() == {}


def test_a_callable_is_asked_each_time() -> None:
    answers = iter(["7", None, "8"])
    with event_metadata(user=lambda: next(answers)):
        assert [current_metadata() for _ in range(3)] == [{"user": "7"}, {}, {"user": "8"}]


def test_a_callable_is_not_asked_before_it_is_needed() -> None:
    with event_metadata(user=lambda: pytest.fail("asked too early")):
        pass


def test_caused_by_starts_a_correlation() -> None:
    with caused_by(_event()):
        assert current_metadata() == {"correlation_id": str(UUID(int=7)), "causation_id": str(UUID(int=7))}


@pytest.mark.parametrize(("correlation_id", "expected"), [("c", "c"), (7, "7"), ("", str(UUID(int=7)))])
def test_caused_by_goes_on_with_the_correlation_of_the_cause(correlation_id: Any, expected: str) -> None:
    with caused_by(_event(correlation_id=correlation_id)):
        assert current_metadata()["correlation_id"] == expected


def test_caused_by_keeps_request_and_user() -> None:
    with event_metadata(request_id="r", user="7", correlation_id="x"), caused_by(_event(correlation_id="c")):
        expected = {"request_id": "r", "user": "7", "correlation_id": "c", "causation_id": str(UUID(int=7))}
        assert current_metadata() == expected


def test_another_thread_has_its_own_context() -> None:
    found: list[dict[str, str]] = []
    with event_metadata(user="7"):
        thread = Thread(target=lambda: found.append(current_metadata()))
        thread.start()
        thread.join()
    assert found == [{}]


def test_tasks_do_not_disturb_each_other() -> None:
    async def task(user: str) -> dict[str, str]:
        with event_metadata(user=user):
            await asyncio.sleep(0)
            return current_metadata()

    async def both() -> tuple[dict[str, str], dict[str, str]]:
        return await asyncio.gather(task("7"), task("8"))

    first, second = asyncio.run(both())
    assert (first, second) == ({"user": "7"}, {"user": "8"})
