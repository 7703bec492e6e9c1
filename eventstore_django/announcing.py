"""Telling of an append after its commit: the signal in this process, the hint to the workers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from time import monotonic

from django.apps import apps
from django.db import transaction

from . import conf
from .backends import Backend
from .operations import AppendResult
from .signals import events_appended

logger = logging.getLogger("eventstore_django.signals")

HINT_SECONDS = 0.05
"""Within this time after a hint a process sends no other: the publisher stays awake for longer than that."""

_last_hint: dict[str, float] = {}


def is_heard() -> bool:
    """Whether anybody in this process listens to appends."""
    # Without receivers of any sender, as mostly, the model need not be looked up.
    return bool(events_appended.receivers) and events_appended.has_listeners(apps.get_model("eventstore", "Event"))


def announce(backend: Backend, results: Sequence[AppendResult]) -> None:
    """Send the signal and the hint when the outermost transaction has committed; nothing if it does not.

    A transaction that was begun by hand, with SQL or without autocommit, ends where Django can't see
    it: nothing is told of it, and workers find its events by looking.
    """
    heard = is_heard()
    if not heard and not _may_hint(backend):
        return
    tell = partial(_tell, backend, results if heard else ())
    if backend.connection.in_atomic_block:
        transaction.on_commit(tell, using=backend.alias, robust=True)
    elif not backend.in_transaction():
        tell()


def _may_hint(backend: Backend) -> bool:
    # A transaction of the caller may take its time: whether its hint is due is known when it has committed.
    return (backend.connection.in_atomic_block or _is_due(backend)) and conf.notifications()


def _is_due(backend: Backend) -> bool:
    return monotonic() - _last_hint.get(backend.alias, -HINT_SECONDS) >= HINT_SECONDS


def _tell(backend: Backend, results: Sequence[AppendResult]) -> None:
    if _is_due(backend) and conf.notifications():
        _hint(backend)
    for result in results:
        if result.events:
            events_appended.send_robust(
                apps.get_model("eventstore", "Event"),
                stream_id=result.stream_id,
                events=result.events,
                using=backend.alias,
            )


def _hint(backend: Backend) -> None:
    _last_hint[backend.alias] = monotonic()
    try:
        backend.hint()
    except Exception:  # the events are stored: nothing that happens now may look like a failed append
        logger.warning("The hint of new events was not sent; workers will find them by looking.", exc_info=True)
