from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import temporary_subscriptions


@pytest.fixture(autouse=True)
def nothing_is_declared() -> Iterator[None]:
    """Each test declares its own subscriptions."""
    with temporary_subscriptions():
        for declaration in registry.all():
            registry.remove(declaration)
        yield


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give a function that says what the operator types."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))
