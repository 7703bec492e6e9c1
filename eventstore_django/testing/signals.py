"""What the signals tell after a commit, in tests that never commit as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import connections
from django.dispatch import Signal
from django.test import override_settings

from .. import conf, signals
from ..aggregates.snapshots import AggregateSnapshot
from ..events import RecordedEvent

_PACKAGE = signals.__name__.partition(".")[0]


@dataclass(frozen=True, slots=True)
class EventsAppended:
    """What ``events_appended`` told."""

    stream_id: str
    events: Sequence[RecordedEvent]
    using: str


@dataclass(frozen=True, slots=True)
class SnapshotSaved:
    """What ``snapshot_saved`` told."""

    snapshot: AggregateSnapshot
    using: str


@dataclass(frozen=True, slots=True)
class EventParked:
    """What ``event_parked`` told."""

    subscription: str
    event: RecordedEvent
    error: str
    attempts: int
    using: str


@dataclass(frozen=True, slots=True)
class CapturedSignals:
    """What was told in a block, in order; complete when the block has ended."""

    events_appended: list[EventsAppended] = field(default_factory=list)
    snapshot_saved: list[SnapshotSaved] = field(default_factory=list)
    event_parked: list[EventParked] = field(default_factory=list)


@contextmanager
def captured_signals() -> Iterator[CapturedSignals]:
    """Collect what the event store's signals tell in the block, and what a commit at its end would let them tell.

    Other receivers hear nothing that they would not hear without this: in a ``TestCase`` that takes
    Django's ``captureOnCommitCallbacks(execute=True)``.
    """
    sent = CapturedSignals()
    collectors = [
        _Collector(signals.events_appended, EventsAppended, sent.events_appended),
        _Collector(signals.snapshot_saved, SnapshotSaved, sent.snapshot_saved),
        _Collector(signals.event_parked, EventParked, sent.event_parked),
    ]
    begun = {connection.alias: len(connection.run_on_commit) for connection in connections.all()}
    with _each(collector.connected() for collector in collectors):
        yield sent
    with _each(collector.connected_alone() for collector in collectors), _nobody_woken():
        for callback in _pending(begun):
            callback()


class _Collector:
    """Receives one signal."""

    def __init__(self, signal: Signal, kind: type[Any], sent: list[Any]) -> None:
        self._signal = signal
        self._kind = kind
        self._sent = sent

    @contextmanager
    def connected(self) -> Iterator[None]:
        self._signal.connect(self._receive, weak=False)
        try:
            yield
        finally:
            self._signal.disconnect(self._receive)

    @contextmanager
    def connected_alone(self) -> Iterator[None]:
        others, self._signal.receivers = self._signal.receivers, []
        try:
            with self.connected():
                yield
        finally:
            self._signal.receivers = others

    def _receive(self, **told: Any) -> None:
        names = [named.name for named in fields(self._kind)]
        # What captureOnCommitCallbacks(execute=True) ran inside of the block is still pending at its end.
        if not any(all(getattr(known, name) is told[name] for name in names) for known in self._sent):
            self._sent.append(self._kind(**{name: told[name] for name in names}))


@contextmanager
def _each(managers: Iterable[AbstractContextManager[None]]) -> Iterator[None]:
    with ExitStack() as stack:
        for manager in managers:
            stack.enter_context(manager)
        yield


def _nobody_woken() -> AbstractContextManager[object]:
    """Keep the hint to workers, a statement, out of the test's transaction."""
    return override_settings(EVENTSTORE={**conf.configured(), "NOTIFICATIONS": False})


def _pending(begun: dict[str, int]) -> list[Callable[[], object]]:
    """Return what the event store would do if the transactions committed now, as far as the block brought it about."""
    hooks: list[Any] = [hook for alias, start in begun.items() for hook in connections[alias].run_on_commit[start:]]
    return [callback for _, callback, *_ in hooks if _is_ours(callback)]


def _is_ours(callback: Any) -> bool:
    function = getattr(callback, "func", callback)  # a partial
    if isinstance(getattr(function, "__self__", None), Signal):
        return function.__self__ in vars(signals).values()
    return str(getattr(function, "__module__", "")).partition(".")[0] == _PACKAGE
