"""Which events a request asks for: read strictly from its query, turned into a queryset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from ..exceptions import InvalidStreamName
from ..names import ALL, StreamName
from ..querysets import EventQuerySet
from .parameters import moment, text
from .problems import InvalidField

_TEXTS = ("category", "partition", "event_type", "aggregate_id", "aggregate_type", "correlation_id")
_TIMES = ("occurred_after", "occurred_before")

FILTERS = ("stream_id", *_TEXTS, *_TIMES)
"""The query parameters that choose events."""


@dataclass(frozen=True, slots=True)
class EventFilters:
    """Conditions on events, of which an event must meet all; None is no condition.

    ``occurred_after`` and ``occurred_before`` leave out the moment that they name, as ``after`` does.
    """

    stream_id: str | None = None
    category: str | None = None
    partition: str | None = None
    event_type: str | None = None
    aggregate_id: str | None = None
    aggregate_type: str | None = None
    correlation_id: str | None = None
    occurred_after: datetime | None = None
    occurred_before: datetime | None = None

    @classmethod
    def read(cls, query: QueryDict) -> EventFilters:
        """Read the filters of a query; other parameters are not looked at. Raise InvalidField."""
        given: dict[str, Any] = {name: text(query, name) for name in _TEXTS}
        given |= {name: moment(query, name) for name in _TIMES}
        return cls(stream_id=_stream_id(query), **given)

    def select(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of the events that meet the conditions, in the order of their positions."""
        if self.stream_id is not None:
            events = events.stream(self.stream_id)
        if self.correlation_id is not None:
            events = events.correlated_with(self.correlation_id)
        return events.filter(**self._conditions()).order_by("position")

    @property
    def names(self) -> dict[str, str] | None:
        """The one column that must be equal to a text, or none at all; None where the conditions are others."""
        if self.correlation_id is not None or self.stream_id not in (None, ALL):
            return None
        found = {name: text for name, text in self._conditions().items() if isinstance(text, str)}
        return found if len(found) <= 1 and self.occurred_after is self.occurred_before is None else None

    def _conditions(self) -> dict[str, str | datetime]:
        conditions: dict[str, str | datetime | None] = {
            "category": self.category,
            "partition": self.partition,
            "event_type": self.event_type,
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "occurred_at__gt": self.occurred_after,
            "occurred_at__lt": self.occurred_before,
        }
        return {name: value for name, value in conditions.items() if value is not None}


def _stream_id(query: QueryDict) -> str | None:
    value = query.get("stream_id")
    if value is None:
        return None
    try:
        return StreamName.parse(value).text
    except InvalidStreamName as error:
        raise InvalidField("stream_id", error.reason) from None
