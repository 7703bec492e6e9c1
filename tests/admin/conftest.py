from __future__ import annotations

from collections.abc import Iterator

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
