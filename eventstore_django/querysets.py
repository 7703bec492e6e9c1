"""Reading events with the ORM: chainable, and unable to change history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, cast
from uuid import UUID

from django.db.models import F, Func, Model, QuerySet, TextField
from django.db.models.query import BaseIterable

from .backends import backend_for
from .backends.modelrows import StoredRows
from .encoding import text_fault
from .events import RecordedEvent
from .exceptions import ImmutableEventError
from .names import StreamName, plain
from .positions import Watermark

if TYPE_CHECKING:
    from .models import Event  # the parameter of QuerySet, for the type checker


M = TypeVar("M", bound=Model)


class RecordedEventIterable(BaseIterable):  # type: ignore[type-arg]
    """Rows become RecordedEvents, with no model instance in between."""

    def __iter__(self) -> Iterator[RecordedEvent]:
        backend = backend_for(self.queryset.db)
        rows = self.queryset.values_list(*backend.recorded_columns)
        if self.chunked_fetch:
            return backend.recorded_events(rows.iterator(chunk_size=self.chunk_size))
        return backend.recorded_events(backend.selected(rows))


class CorrelationId(Func):
    """The correlation id of an event, written as the index on it is."""

    template = "(%(expressions)s ->> 'correlation_id')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite takes a path where PostgreSQL takes a key."""
        return self.as_sql(compiler, connection, template="%(expressions)s ->> '$.correlation_id'", **context)


class StoredQuerySet(QuerySet[M]):
    """Rows, of which one with a time that Python has not hides no other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class: Any = StoredRows


class EventQuerySet(StoredQuerySet["Event"]):
    """Events, selected by what readers ask for. Stored events can't be changed or removed through it."""

    def stream(self, stream_id: str) -> Self:
        """Events of one stream in its order; ``$all`` selects everything."""
        name = StreamName.parse(stream_id)
        if name.is_all:
            return self.order_by("position")
        return self.filter(stream_id=name.text).order_by("event_version")

    def category(self, category: str) -> Self:
        """Events of all streams of a category."""
        return self._with_text(category, category=category)

    def partition(self, partition: str) -> Self:
        """Events of one tenant, compared as a whole: ``tenant-1`` never finds those of ``tenant-10``."""
        return self._with_text(partition, partition=partition)

    def of_type(self, *event_types: str) -> Self:
        """Events of any of these types."""
        if len(event_types) == 1:
            return self._with_text(event_types[0], event_type=event_types[0])
        return self.filter(event_type__in=[name for name in event_types if not text_fault(name)])

    def after(self, position: int) -> Self:
        """Events above a position, without it."""
        return self.filter(position__gt=position)

    def up_to(self, position: int) -> Self:
        """Events up to a position, with it."""
        return self.filter(position__lte=position)

    def as_of(self, moment: datetime) -> Self:
        """Events that were stored by then (``created_at``): what the store knew at that moment."""
        if moment.utcoffset() is None:
            raise ValueError("as_of() needs an aware datetime.")
        return self.filter(created_at__lte=moment)

    def correlated_with(self, correlation_id: str | UUID) -> Self:
        """Events whose metadata carries this correlation id."""
        text = plain(correlation_id) if isinstance(correlation_id, str) else str(correlation_id)
        return self.alias(correlation=CorrelationId(F("metadata")))._with_text(text, correlation=text)

    def settled(self) -> Self:
        """Only events at or below the watermark: below the highest of them none can appear later.

        The watermark is found anew whenever the query runs, in a statement before it. Needs READ
        COMMITTED inside a transaction (UnsafeRead otherwise).
        """
        return self.filter(position__lte=Watermark())

    def recorded(self) -> QuerySet[Event, RecordedEvent]:
        """Give RecordedEvents in place of model instances."""
        events: Any = self.all()
        events._iterable_class = RecordedEventIterable  # as Django's own methods do
        return cast("QuerySet[Event, RecordedEvent]", events)

    def _with_text(self, text: str, **condition: str) -> Self:
        # What can't be stored can't be found; the driver would not even take it.
        return self.none() if text_fault(text) else self.filter(**condition)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: stored events are facts."""
        raise _immutable("update()")

    update.alters_data = True  # type: ignore[attr-defined]  # templates must not call it

    def delete(self) -> NoReturn:
        """Refuse: stored events are facts."""
        raise _immutable("delete()")

    delete.alters_data = True  # type: ignore[attr-defined]  # as above
    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own: not on managers

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: stored events are facts."""
        raise _immutable("bulk_update()")

    bulk_update.alters_data = True  # type: ignore[attr-defined]  # as above

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: rows alone would leave their stream's version behind, and every later append would conflict."""
        raise ImmutableEventError("bulk_create() refused: events are written by append(), which takes many at once.")

    bulk_create.alters_data = True  # type: ignore[attr-defined]  # as above


def _immutable(call: str) -> ImmutableEventError:
    return ImmutableEventError(f"{call} refused: stored events can't be changed or removed; append a correcting event.")
