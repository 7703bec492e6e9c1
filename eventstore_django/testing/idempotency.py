"""Whether a handler can be given the same events again: after a crash it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model, QuerySet

from ..events import RecordedEvent
from ..models import Event
from ..store import EventStore
from ..subscriptions.context import EventContext
from ..subscriptions.declarations import Declaration
from ..subscriptions.handlers import BoundHandler
from ..subscriptions.versions import live_version
from ..workers.choosing import chosen

if TYPE_CHECKING:
    from ..querysets import EventQuerySet


def assert_handling_twice_changes_nothing(
    name: str, events: Iterable[RecordedEvent] | None = None, *, state: Callable[[], object], using: str | None = None
) -> None:
    """Demand that a subscription's handler can be given its events again, as it is after a crash.

    First each event twice, one after the other; then all of them once more. ``state`` returns what the
    handler brings about: values, or model instances or a queryset, whose fields are compared.
    ``events`` are by default those in the log that the subscription wants.

    The handler's rows and the checkpoint commit together; what it does elsewhere (another database, a
    service, mail) needs this. Raise AssertionError, which names the first event that makes a
    difference; UnknownSubscription; and what the handler raises.
    """
    alias = EventStore(using=using).using
    (declaration,) = chosen([name])
    given = list(_wanted(alias, declaration) if events is None else events)
    if not given:
        raise AssertionError(f"There are no events for {name!r} to handle: append some first.")
    handling = _Handling(alias, declaration)
    for event in given:
        handling.handle([event])
        once = _values(state())
        handling.handle([event])
        _compare(once, _values(state()), f"Handling {_told(event)} a second time in {name!r} changes the state")
    once = _values(state())
    handling.handle(given)
    what = f"Handling all {len(given)} events a second time in {name!r} changes the state, though each alone does not"
    _compare(once, _values(state()), what)


class _Handling:
    """Calls the handler as a worker does: in a transaction, and after a crash without what was in memory."""

    def __init__(self, alias: str, declaration: Declaration) -> None:
        self._alias = alias
        self._declaration = declaration
        version = live_version(declaration.name, using=alias)
        # A batch that failed is handled again as attempt 1: no handler can go by the number.
        self._context = EventContext(declaration.name, version, shard=0, attempt=1, is_replay=False)

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        handler = BoundHandler(self._declaration)
        with transaction.atomic(using=self._alias):
            if handler.takes_batches:
                handler.handle_batch(events, self._context)
            else:
                for event in events:
                    handler.handle(event, self._context)


def _wanted(alias: str, declaration: Declaration) -> Iterable[RecordedEvent]:
    events: EventQuerySet = Event.objects.using(alias).filter(**declaration.events.conditions())
    return events.settled().order_by("position").recorded()


def _values(state: Any) -> object:
    """Return a state as values that stay as they are, and that differ when a field does."""
    if isinstance(state, QuerySet):
        rows = [_values(row) for row in state]
        # The order that a database gives by itself changes with each update.
        return rows if state.ordered else sorted(rows, key=repr)
    if isinstance(state, Model):
        return {field.attname: getattr(state, field.attname) for field in state._meta.concrete_fields}
    if isinstance(state, Mapping):
        return {key: _values(value) for key, value in state.items()}
    if isinstance(state, Set):
        return set(state)
    if isinstance(state, Sequence) and not isinstance(state, str | bytes):
        return [_values(value) for value in state]
    return state


def _compare(once: object, twice: object, what: str) -> None:
    if once != twice:
        raise AssertionError(f"{what}.\nafter the first time:  {once!r}\nafter the second time: {twice!r}")


def _told(event: RecordedEvent) -> str:
    return f"{event.event_type} at position {event.position} (version {event.event_version} of {event.stream_id!r})"
