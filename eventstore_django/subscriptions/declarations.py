"""Declaring a durable subscription: the decorator ``subscription`` and what it notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from ..encoding import text_fault
from .filters import EventFilter
from .retrying import RetryPolicy
from .sharding import MAX_SHARDS

MAX_NAME_LENGTH = 100

Start: TypeAlias = Literal["beginning", "now"] | int
OnError: TypeAlias = Literal["park", "stop"]
Scope: TypeAlias = Literal["batch", "event"]
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """A durable subscription as it stands in the code."""

    name: str
    handler: Callable[..., Any]
    """A function of an event (of a list of them with ``batch``), or a class with ``handle``."""
    events: EventFilter
    shards: int
    start: Start
    on_error: OnError
    retries: RetryPolicy
    batch: bool
    batch_size: int | None
    transaction: Scope
    time_limit: float | None
    models: tuple[Any, ...]
    versioned: bool

    def __post_init__(self) -> None:
        faults = {
            "name must be a text of 1 to 100 characters": not self._has_good_name(),
            f"shards must be from 1 to {MAX_SHARDS}": not _is_whole(self.shards, 1, MAX_SHARDS),
            "start must be 'beginning', 'now' or a position from 0 on": not (
                self.start in ("beginning", "now") or _is_whole(self.start, 0)
            ),
            "on_error must be 'park' or 'stop'": self.on_error not in ("park", "stop"),
            "transaction must be 'batch' or 'event'": self.transaction not in ("batch", "event"),
            "batch_size must be from 1 to 10000": self.batch_size is not None
            and not _is_whole(self.batch_size, 1, 10_000),
            "time_limit must be a number of seconds above 0 and up to 86400": not self._has_good_time_limit(),
        }
        for fault, is_there in faults.items():
            if is_there:
                raise ValueError(f"subscription {self.name!r}: {fault}.")

    def _has_good_name(self) -> bool:
        name = self.name
        return (
            isinstance(name, str) and 0 < len(name) <= MAX_NAME_LENGTH and name.isprintable() and not text_fault(name)
        )

    def _has_good_time_limit(self) -> bool:
        limit = self.time_limit
        return limit is None or (isinstance(limit, int | float) and 0 < limit <= 86_400)

    @property
    def considered(self) -> int:
        """The position before the declared start: 0 for the beginning, and where it depends on the log."""
        return max(self.start - 1, 0) if isinstance(self.start, int) else 0

    def settings(self) -> dict[str, Any]:
        """Return what is declared as JSON, for the table and for people."""
        return {
            "handler": f"{self.handler.__module__}.{self.handler.__qualname__}",
            "categories": list(self.events.categories),
            "event_types": list(self.events.event_types),
            "partitions": list(self.events.partitions),
            "shards": self.shards,
            "start": self.start,
            "on_error": self.on_error,
            "attempts": self.retries.attempts,
            "batch": self.batch,
            "transaction": self.transaction,
        }


class Registry:
    """The subscriptions that were declared, in order. Two of one name are kept: a check tells of them."""

    def __init__(self) -> None:
        self._declared: list[Declaration] = []

    def add(self, declaration: Declaration) -> None:
        """Note a declaration; one of the same handler (a module that was loaded anew) takes its place."""
        path = declaration.settings()["handler"]
        same = [d for d in self._declared if d.name == declaration.name and d.settings()["handler"] == path]
        self._declared = [declared for declared in self._declared if declared not in same]
        self._declared.append(declaration)

    def remove(self, declaration: Declaration) -> None:
        """Forget a declaration: for tests that declare their own."""
        self._declared = [declared for declared in self._declared if declared is not declaration]

    def get(self, name: str) -> Declaration | None:
        """Return the declaration of this name."""
        return next((declared for declared in self._declared if declared.name == name), None)

    def all(self) -> tuple[Declaration, ...]:
        """Return all declarations."""
        return tuple(self._declared)


registry = Registry()
"""What ``@subscription`` has noted in this process."""


def subscription(
    name: str,
    *,
    categories: Iterable[str] = (),
    event_types: Iterable[str] = (),
    partitions: Iterable[str] = (),
    shards: int = 1,
    start: Start = "beginning",
    on_error: OnError = "park",
    retries: RetryPolicy | None = None,
    batch: bool = False,
    batch_size: int | None = None,
    transaction: Scope = "batch",
    time_limit: float | None = None,
    models: Iterable[Any] = (),
    versioned: bool = False,
) -> Callable[[Handler], Handler]:
    """Declare a durable subscription: the decorated function or class handles its events.

    A function takes a ``RecordedEvent``, or a list of them with ``batch=True``; it may be async. A
    class is instantiated by each worker; it has ``handle(event)`` or ``handle_batch(events)``, and
    may have ``reset()``, which empties its read model when the subscription is reset.

    ``categories``, ``event_types``, ``partitions``
        which events; each empty one means all.
    ``shards``
        how many workers can share the work; each stream belongs to one shard. Taken when the
        subscription is first run or rebuilt.
    ``start``
        where a new subscription begins: ``"beginning"``, ``"now"``, or a position (included; 0 is the
        beginning too).
    ``on_error``
        ``"park"``: retry a failing event, with what follows in its stream, while other streams go
        on, and park it when the ``retries`` are used up. ``"stop"``: retry in place, then stop.
    ``batch_size``
        events read at a time (setting ``SUBSCRIPTION_BATCH_SIZE``).
    ``transaction``
        ``"batch"``: one for many events, quickest; all of them are handled again if one fails.
        ``"event"``: one for each, for handlers with effects outside the database.
    ``time_limit``
        seconds that one call may take (setting ``HANDLER_TIME_LIMIT``); past it the worker's process
        is ended and the call counts as a failed attempt.
    ``models``
        what the handler writes to: a check warns if one of them lies in another database, where
        its rows and the checkpoint can't commit together.
    ``versioned``
        whether the handler writes to a read model of its own for each ``event_context().version``, so
        that a new one can be built beside the one in use (``rebuild_subscription``). A class may have
        ``prepare(version)``, which makes an empty one, and ``switch(version)``, called in the
        transaction in which that version takes over.

    Raise ValueError for options that make no sense.
    """

    def declare(handler: Handler) -> Handler:
        registry.add(
            Declaration(
                name=name,
                handler=handler,
                events=EventFilter.of(categories, event_types, partitions),
                shards=shards,
                start=start,
                on_error=on_error,
                retries=retries or RetryPolicy(),
                batch=batch,
                batch_size=batch_size,
                transaction=transaction,
                time_limit=time_limit,
                models=tuple(models),
                versioned=versioned,
            )
        )
        return handler

    return declare


def _is_whole(value: object, low: int, high: int = 2**63 - 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
