"""The state of a stream's aggregate at any version, and what led from one version to another."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..aggregates.registry import aggregate_class
from ..models import Event, Snapshot, Stream
from ..names import StreamName
from ..repositories.loading import Loading
from ..store import EventStore
from .differences import MAX_DIFFERENCES, Difference, differences
from .jsontrees import Shown
from .neighbours import at_version

MOST_REPLAYED = 5_000
"""Events that are applied to show a state; a snapshot makes the way shorter."""

logger = logging.getLogger("eventstore_django.admin")


@dataclass(frozen=True, slots=True)
class State:
    """The state after ``version`` events: ``data`` as JSON, or why there is none to show."""

    version: int
    data: dict[str, Any] | None
    fault: str = ""

    @property
    def shown(self) -> Shown:
        """The state for the page."""
        return Shown.of(self.data)


class Step:
    """What a page shows of a stream at one version, against an earlier one (by default the one before)."""

    def __init__(self, stream: Stream, version: int, since: int | None = None) -> None:
        self.stream = stream
        self.version = version
        self.since = version - 1 if since is None else since

    @cached_property
    def event(self) -> Event | None:
        """The event that led to this version; None if it was erased."""
        return at_version(Event.objects.using(self.stream._state.db), self.stream.pk, self.version)

    @cached_property
    def kind(self) -> str:
        """The class of the aggregate; empty if there is none for this type."""
        found = aggregate_class(self.stream.aggregate_type)
        return f"{found.__module__}.{found.__qualname__}" if found else ""

    @cached_property
    def after(self) -> State:
        """The state at this version."""
        return self._state(self.version)

    @cached_property
    def before(self) -> State:
        """The state that it is compared with."""
        return self._state(self.since)

    @property
    def changes(self) -> Sequence[Difference]:
        """What is different between the two states."""
        if self.before.data is None or self.after.data is None:
            return ()
        return differences(self.before.data, self.after.data)

    @property
    def is_cut(self) -> bool:
        """Whether more is different than ``changes`` tells."""
        return len(self.changes) >= MAX_DIFFERENCES

    @property
    def is_plain(self) -> bool:
        """Whether it is compared with the version before."""
        return self.since == self.version - 1

    @property
    def payload(self) -> Shown | None:
        """The details of the event."""
        return None if self.event is None else Shown.of(self.event.payload)

    def _state(self, version: int) -> State:
        if version == 0:
            return State(0, {})
        if fault := self._distance_fault(version):
            return State(version, None, fault)
        try:
            return State(version, self._replayed(version))
        except Exception as error:
            # The project's own code: whatever it raises is told to who looks, and must not hide the events.
            logger.warning("The state of %s at %s can't be shown.", self.stream.pk, version, exc_info=True)
            return State(version, None, f"{type(error).__name__}: {error}")

    def _replayed(self, version: int) -> dict[str, Any] | None:
        kind = aggregate_class(self.stream.aggregate_type)
        if kind is None:
            return None
        store = EventStore(using=self.stream._state.db)
        aggregate = Loading(store, kind, StreamName.parse(self.stream.pk), version).run()
        return {} if aggregate is None else aggregate.displayed_state()

    def _distance_fault(self, version: int) -> str:
        if not self.kind:
            return ""
        snapshots = Snapshot.objects.using(self.stream._state.db).filter(stream_id=self.stream.pk, version__lte=version)
        nearest = snapshots.order_by("-version").values_list("version", flat=True).first() or 0
        if version - nearest <= MOST_REPLAYED:
            return ""
        way = version - nearest
        return f"It takes {way:,} events to get there from the nearest snapshot, more than {MOST_REPLAYED:,}."
