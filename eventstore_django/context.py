"""Why an event was written: correlation and causation ids, request id and user, put into its metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from .events import RecordedEvent

ContextValue: TypeAlias = str | Callable[[], str | None] | None

CONTEXT_KEYS = frozenset({"correlation_id", "causation_id", "request_id", "user"})
"""The metadata keys that the context may fill. A repeated append is still the same if they differ."""

_NOTHING: Mapping[str, ContextValue] = {}
_current: ContextVar[Mapping[str, ContextValue]] = ContextVar("eventstore_metadata", default=_NOTHING)


@contextmanager
def event_metadata(
    *,
    correlation_id: ContextValue = None,
    causation_id: ContextValue = None,
    request_id: ContextValue = None,
    user: ContextValue = None,
) -> Iterator[None]:
    """Put these values into the metadata of every event appended inside the block.

    Values given to ``NewEvent`` itself win. A callable is asked at each append. Blocks nest: the
    inner one adds to the outer. Follows the task or thread, like every context variable.
    """
    given = {
        "correlation_id": correlation_id,
        "causation_id": causation_id,
        "request_id": request_id,
        "user": user,
    }
    added = {key: value for key, value in given.items() if value is not None}
    token = _current.set({**_current.get(), **added})
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def caused_by(event: RecordedEvent) -> Iterator[None]:
    """Mark what is appended inside the block as caused by ``event``, in its correlation."""
    correlation_id = event.metadata.get("correlation_id") or str(event.event_id)
    with event_metadata(correlation_id=str(correlation_id), causation_id=str(event.event_id)):
        yield


def current_metadata() -> dict[str, str]:
    """Return the metadata that the surrounding blocks ask for."""
    current = _current.get()
    if not current:
        return {}
    values = {key: value() if callable(value) else value for key, value in current.items()}
    return {key: value for key, value in values.items() if value is not None}
