from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from eventstore_django import EventStore, EventSubscription, Repository, SnapshotManager, await_for, wait_for
from eventstore_django.managers import EventManager
from eventstore_django.twins import async_iterator_twin, async_twin


class _Sample:
    """What twins are made of."""

    def __init__(self) -> None:
        self.given = 0

    def doubled(self, number: int, *, plus: int = 0) -> int:
        """Double a number."""
        if number < 0:
            raise KeyError(number)
        return 2 * number + plus

    def counted(self, end: int) -> Iterator[int]:
        """Count."""
        for number in range(end):
            self.given += 1
            yield number

    adoubled = async_twin(doubled)
    acounted = async_iterator_twin(counted)


class _Other(_Sample):
    def doubled(self, number: int, *, plus: int = 0) -> int:
        return -1

    def counted(self, end: int) -> Iterator[int]:
        yield from "ab"  # type: ignore[misc]  # anything else than the parent's


def _public(kind: type) -> dict[str, Any]:
    return {name: item for name, item in vars(kind).items() if inspect.isfunction(item) and not name.startswith("_")}


@pytest.mark.parametrize("kind", [EventStore, EventManager, Repository, SnapshotManager])
def test_every_public_method_has_an_async_twin(kind: type) -> None:
    methods = _public(kind)
    twins = {name for name in methods if name.startswith("a") and name[1:] in methods}
    assert {f"a{name}" for name in methods if name not in twins} == twins
    assert twins


@pytest.mark.parametrize("kind", [EventStore, EventManager, Repository, SnapshotManager])
def test_a_twin_takes_what_its_method_takes(kind: type) -> None:
    methods = _public(kind)
    for name in [name for name in methods if f"a{name}" in methods]:
        assert inspect.signature(methods[f"a{name}"]).parameters == inspect.signature(methods[name]).parameters


def test_the_end_of_a_subscription_can_be_waited_for_in_both_ways() -> None:
    assert inspect.iscoroutinefunction(EventSubscription.ajoin)
    assert inspect.signature(EventSubscription.ajoin) == inspect.signature(EventSubscription.join)


def test_waiting_for_a_subscription_has_an_async_twin() -> None:
    taken = dict(inspect.signature(wait_for).parameters)
    # An event loop has its own.
    del taken["clock"], taken["sleep"]
    assert inspect.iscoroutinefunction(await_for)
    assert dict(inspect.signature(await_for).parameters) == taken


def test_a_twin_returns_what_its_method_returns() -> None:
    assert async_to_sync(_Sample().adoubled)(4, plus=1) == 9


def test_a_twin_raises_what_its_method_raises() -> None:
    with pytest.raises(KeyError, match="-1"):
        async_to_sync(_Sample().adoubled)(-1)


def test_a_twin_is_a_coroutine_function() -> None:
    assert inspect.iscoroutinefunction(_Sample.adoubled)


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1200])
def test_an_iterator_twin_gives_everything_in_order(count: int) -> None:
    async def listed() -> list[int]:
        return [number async for number in _Sample().acounted(count)]

    assert asyncio.run(listed()) == list(range(count))


def test_an_iterator_twin_takes_no_more_than_a_part_at_a_time() -> None:
    sample = _Sample()

    async def first() -> int | None:
        async for number in sample.acounted(1_000_000):
            return number
        return None

    assert asyncio.run(first()) == 0
    assert sample.given <= 1000


def test_a_subclass_that_overrides_the_method_changes_the_twin() -> None:
    async def listed() -> list[Any]:
        return [item async for item in _Other().acounted(9)]

    assert async_to_sync(_Other().adoubled)(4) == -1
    assert asyncio.run(listed()) == ["a", "b"]


def test_a_twin_tells_its_name() -> None:
    assert (_Sample.adoubled.__name__, _Sample.acounted.__name__) == ("adoubled", "acounted")
    assert _Sample.adoubled.__qualname__ == "_Sample.adoubled"
    assert "doubled" in (_Sample.adoubled.__doc__ or "")
