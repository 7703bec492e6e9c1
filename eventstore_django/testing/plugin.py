"""Fixtures for pytest: ``pytest_plugins = ["eventstore_django.testing.plugin"]`` in ``conftest.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .scenarios import Given
from .scenarios import given as begin


@pytest.fixture
def given() -> Iterator[Callable[..., Given[Any]]]:
    """Begin a scenario: ``given(Account, *events).when(...).then(...)``. One without ``then`` fails the test."""
    begun: list[Given[Any]] = []

    def begin_noted(*args: Any, **kwargs: Any) -> Given[Any]:
        begun.append(begin(*args, **kwargs))
        return begun[-1]

    yield begin_noted
    for scenario in begun:
        assert scenario.is_checked, f"A scenario of {scenario.aggregate!r} has no then: it would pass whatever happens."
