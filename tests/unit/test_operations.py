"""A result whose events are made when they are asked for is one like any other."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from eventstore_django import AppendResult, RecordedEvent

TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = RecordedEvent(7, UUID(int=1), "Account-1", 3, "Opened", {}, {}, "1", "Account", "Account", None, TIME, TIME)
PLAIN = AppendResult("Account-1", 3, (EVENT,))


def _later() -> AppendResult:
    return AppendResult.of_stored("Account-1", 3, lambda: (EVENT,))


def test_it_is_equal_to_one_with_the_events() -> None:
    assert _later() == PLAIN
    assert (repr(_later()), hash(_later())) == (repr(PLAIN), hash(PLAIN))


def test_its_events_are_made_once_and_only_when_they_are_asked_for() -> None:
    calls: list[int] = []
    result = AppendResult.of_stored("Account-1", 3, lambda: calls.append(1) or (EVENT,))  # type: ignore[func-returns-value]
    assert result.version == 3
    assert calls == []
    assert result.events is result.events
    assert calls == [1]


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        _later().version = 4  # type: ignore[misc]  # that is the point


def test_it_can_be_pickled_copied_and_replaced() -> None:
    assert pickle.loads(pickle.dumps(_later())) == PLAIN
    assert deepcopy(_later()) == PLAIN
    assert replace(_later(), replayed=True) == AppendResult("Account-1", 3, (EVENT,), replayed=True)


def test_another_attribute_is_missing_as_usual() -> None:
    with pytest.raises(AttributeError, match="no attribute 'position'"):
        _ = _later().position  # type: ignore[attr-defined]  # that is the point
