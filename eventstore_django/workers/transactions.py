"""Transactions that the database ends if their worker stands still in them: their locks would stay for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from .. import conf
from ..backends import backend_for

SPARE_SECONDS = 1.0
"""Seconds that a slow worker may be silent beyond its limit."""


@contextmanager
def limited(alias: str, seconds: float) -> Iterator[None]:
    """Open a transaction in which this process may be silent for ``seconds``; inside of another one that one's."""
    backend = backend_for(alias)
    is_outermost = not backend.in_transaction()
    with transaction.atomic(using=alias):
        if is_outermost:
            backend.limit_idle_transaction(seconds + SPARE_SECONDS)
        yield


@contextmanager
def bookkeeping(alias: str) -> Iterator[None]:
    """Open a transaction in which no handler runs. Its locks need not outlive the lease of their worker."""
    with limited(alias, conf.lease_seconds()):
        yield
