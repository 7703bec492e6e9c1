"""What the event store asks of a database, and the form of it that Django's ORM can serve everywhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn
from uuid import UUID

from django.apps import apps
from django.db import Error, transaction
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.db.models import F, Max
from django.utils import timezone

from ..encoding import Undecodable, decode_strictly
from ..events import RecordedEvent
from ..exceptions import EventStoreError, NotMigrated
from ..names import StreamName
from ..plans import AppendPlan
from .columns import JSON_AND_TIMES_AS_TEXT
from .decoding import decoded, decoded_if_possible, time_if_possible
from .heads import Head, publish_with_orm
from .holders import Holder
from .ormappend import append_with_orm
from .outcomes import Outcome, Stored
from .shards import InShard
from .tallies import Kinds, Tally, counted, last_kinds
from .templates import QueryTemplate

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from ..models import Event, Snapshot, Stream
    from ..querysets import EventQuerySet
    from .listening import Listener


class Backend(ABC):
    """One kind of database, on one connection.

    A new kind of database is a subclass in this package, its SQL in ``sql/<vendor>/``, a line in
    ``backends.BACKENDS`` and a binding of the contract suite (``eventstore_django.testing``).
    """

    name: ClassVar[str]
    minimum_version: ClassVar[tuple[int, ...]]
    readers_wait: ClassVar[bool] = True
    """Whether a transaction that has appended holds back the readers of the global order until it ends."""
    guards: ClassVar[tuple[str, ...]]
    """The triggers that refuse changes of stored events and the loss of versions, without the next ones."""
    flush_guards: ClassVar[Mapping[str, str]]
    """The triggers that stand in the way of Django's ``flush``, with their tables."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    # Appending

    def append(self, plan: AppendPlan, alone: bool) -> Outcome:
        """Lock the streams, check, write: all or nothing.

        It is a transaction of its own if it is ``alone``; else it joins the caller's.
        """
        with transaction.atomic(using=self.alias, savepoint=False):
            return append_with_orm(self, plan)

    def load(self, plan: AppendPlan, alone: bool, meanwhile: Callable[[], object]) -> bool:
        """Store the events of a plan that expects nothing of its streams, all or none, and give nothing back.

        Return False where nothing was stored, as at least one of them is stored already. ``meanwhile`` may be
        called while the database works, so it must not use it.
        """
        return isinstance(self.append(plan, alone), Stored)

    @abstractmethod
    def lock_streams(self, plan: AppendPlan) -> list[int]:
        """Lock the plan's streams until the transaction ends; return their versions, 0 for none.

        Rows are locked in the plan's order, by every writer: two batches never wait for each other
        in a circle. A stream that does not exist yet is locked as well.
        """

    def now(self) -> datetime:
        """Return the time that events are stored at: the database's clock, where it has one."""
        return timezone.now()

    def release_streams(self, plan: AppendPlan) -> None:
        """Remove the rows that were created only to be locked; others wait for them until the end."""
        names = [name.text for name in plan.streams]
        self.streams.filter(pk__in=names, version=0)._raw_delete(self.alias)

    def in_transaction(self) -> bool:
        """Whether what is done now joins a transaction of the caller."""
        return self.connection.in_atomic_block or not self.connection.get_autocommit()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Keep the caller's transaction usable if a statement of the block fails."""
        with transaction.mark_for_rollback_on_error(using=self.alias):
            yield

    # Reading

    def watermark(self) -> int:
        """Return the highest position at and below which nothing can appear any more for this reader.

        Ask for it before the statement that reads up to it. Raise UnsafeRead where that can't be promised.
        """
        return self.events.aggregate(last=Max("position"))["last"] or 0

    @property
    def recorded_columns(self) -> Sequence[str | Combinable]:
        """What to select for RecordedEvents: as its fields, but times and JSON as text, which takes half the time."""
        return JSON_AND_TIMES_AS_TEXT

    @property
    @abstractmethod
    def read_time(self) -> Callable[[str], datetime]:
        """A function that reads the times of these columns."""

    def recorded_events(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordedEvent]:
        """Turn rows of ``recorded_columns`` into RecordedEvents, whatever another client has written into them."""
        return decoded(rows, self.read_time)

    def strictly_recorded(self, row: tuple[Any, ...]) -> RecordedEvent:
        """Turn a row into the same, but what could not be written as JSON again is an Undecodable, too."""
        return decoded_if_possible(row, self.read_time, decode_strictly)

    def moment(self, text: Any) -> datetime | Undecodable:
        """Return the time of a column that was selected ``as_text``."""
        return time_if_possible(text, self.read_time)

    def is_misread(self, error: Exception) -> bool:
        """Whether the driver got an answer and can't make a value of Python of it."""
        return isinstance(error, ValueError | OverflowError)

    def reader(self, events: EventQuerySet, limit: int) -> Callable[[int, int], Iterable[RecordedEvent]]:
        """Return a function that reads these events above one position and up to another, to be called often."""
        return lambda after, until: events.filter(position__gt=after, position__lte=until)[:limit].recorded()

    def rows(self, template: QueryTemplate, *values: int | str) -> Iterable[tuple[Any, ...]]:
        """Return the rows of a query that is asked for often, with these values."""
        return template(self.alias, *values)

    def selected(self, rows: QuerySet[Any, Any]) -> Iterable[tuple[Any, ...]]:
        """Return the rows of a query for ``recorded_columns``."""
        return rows

    def in_order(
        self, column: str, first: int, last: int, names: Mapping[str, str], backwards: bool = False
    ) -> EventQuerySet:
        """Return the events between two values of a column, both included, in the order of that column.

        Those whose columns ``names`` are equal to the texts there.
        """
        events: EventQuerySet = self.events.filter(**names, **{f"{column}__gte": first, f"{column}__lte": last})
        return events.order_by(f"-{column}" if backwards else column)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Let all reads of the block see one state of the database; in a transaction of the caller what that sees."""
        with transaction.atomic(using=self.alias, savepoint=False):
            yield

    def analyse(self) -> None:  # noqa: B027  # most databases need nothing
        """Let the planner count the tables, after many events came at once; nothing where it needs none."""

    # Following the log

    def publish(self, caller: UUID, lease_seconds: float) -> Head:
        """Publish the watermark if it has moved and nobody else does; return what is published.

        Who calls is the publisher for so many seconds; all others only read.
        """
        return publish_with_orm(self, caller, lease_seconds)

    def drawn_position(self) -> int:
        """Return the highest position that was ever given out."""
        return self.watermark()

    def in_shard(self, number: int, shards: int) -> Combinable:
        """Return a condition on events: whether their stream belongs to a shard (``subscriptions.sharding``)."""
        return InShard(F("stream_id"), number=number, shards=shards)

    def hint(self) -> None:  # noqa: B027  # workers look by themselves
        """Tell whoever publishes the watermark that something was appended, where that is possible."""

    def tell_workers(self) -> None:  # noqa: B027  # as above
        """Wake the workers when this transaction commits, where that is possible."""

    def listener(self) -> Listener | None:
        """Listen for hints on this connection; None where there are none."""
        return None

    def read_committed(self) -> None:  # noqa: B027  # databases with one writer have no other levels
        """Let the transactions to come on this connection be READ COMMITTED, whatever is configured.

        Workers need it: under a stricter level the renewal of a lease would abort the handler that is
        at work on the shard.
        """

    def limit_idle_transaction(self, seconds: float) -> None:  # noqa: B027  # nobody waits for one here
        """Let the database end this transaction if its client is silent for so long.

        A host that vanished or stands still would keep the locks of its rows until then.
        """

    def is_connected(self) -> bool:
        """Whether the connection still works, as far as is known without asking."""
        return True

    # Measuring

    def tally(self, table: str) -> Tally:
        """Return how many rows a table has, at a price that does not grow with it."""
        return counted(self, table)

    def kinds(self, column: str) -> Kinds:
        """Return the most frequent values of a column of the events, at such a price."""
        return last_kinds(self, column)

    def holders(self) -> Sequence[Holder]:
        """Return the other transactions that hold the watermark back, the one that counts first."""
        return ()

    # Errors

    @contextmanager
    def translated(self, plan: AppendPlan | None = None) -> Iterator[None]:
        """Raise the event store's own errors for the driver's: the one place where they meet."""
        try:
            yield
        except Error as error:
            self.raise_translated(error, plan)

    def raise_translated(self, error: Error, plan: AppendPlan | None) -> NoReturn:
        """Raise what a driver's error stands for, or the error itself."""
        translation = self.translate(error, plan)
        if translation is None:
            raise error
        raise translation from error

    @abstractmethod
    def translate(self, error: Error, plan: AppendPlan | None) -> EventStoreError | None:
        """Return the error of the event store that a driver's error stands for, if there is one."""

    def not_migrated(self) -> NotMigrated:
        """Return the error for missing tables or functions."""
        return NotMigrated(
            f"The tables or functions of the event store are missing in database {self.alias!r}: "
            f"run 'manage.py migrate --database {self.alias}'."
        )

    # Erasure, and databases that exist only for tests

    @abstractmethod
    def open_erasure(self, erasure_id: int) -> None:
        """Let this transaction, and no other, change and remove events."""

    @abstractmethod
    def close_erasure(self) -> None:
        """Refuse changes again, before the transaction ends."""

    @abstractmethod
    def allow_flush(self) -> None:
        """Let Django's ``flush`` empty the tables of a database that was made for tests."""

    def is_test_database(self) -> bool:
        """Whether Django's test runner made this database, going by its name."""
        name = PurePath(str(self.connection.settings_dict["NAME"])).name
        test_name = self.connection.settings_dict["TEST"].get("NAME")
        return name.startswith(TEST_DATABASE_PREFIX) or bool(test_name and name.startswith(PurePath(test_name).name))

    # System checks

    def is_migrated(self) -> bool:
        """Whether the tables are there."""
        return "eventstore_events" in self.connection.introspection.table_names()

    def server_version(self) -> tuple[int, ...]:
        """Return the version of the server or library."""
        return tuple(self.connection.get_database_version())

    def faults(self) -> Sequence[str]:
        """Say what of the installed schema breaks a promise; nothing if all is well."""
        return ()

    def missing_guards(self) -> Sequence[str]:
        """Return the triggers that refuse changes of stored events and the loss of versions and are not at work.

        Those that ``allow_flush`` drops are not missed in a database that was made for tests.
        """
        there = self.working_triggers()
        needed = self.guards if self.is_test_database() else (*self.guards, *self.flush_guards)
        return [name for name in needed if name not in there]

    @abstractmethod
    def working_triggers(self) -> Collection[str]:
        """Return the names of the triggers on events and streams that are there and enabled."""

    # Rows

    def stream_row(self, name: StreamName, version: int = 0, moment: datetime | None = None) -> Stream:
        """Return the row of a stream, not saved."""
        moment = moment or timezone.now()
        row: Stream = self.streams.model(
            stream_id=name.text,
            version=version,
            category=name.category,
            partition=name.partition,
            aggregate_type=name.aggregate_type,
            aggregate_id=name.aggregate_id,
            created_at=moment,
            updated_at=moment,
        )
        return row

    @property
    def alias(self) -> str:
        """Name of the connection in ``DATABASES``."""
        return self.connection.alias

    @property
    def events(self):  # type: ignore[no-untyped-def]  # a queryset of a model that is not loaded yet
        """The events, on this connection."""
        model: type[Event] = apps.get_model("eventstore", "Event")
        return model._base_manager.using(self.alias)

    @property
    def snapshots(self):  # type: ignore[no-untyped-def]  # as above
        """The snapshots, on this connection."""
        model: type[Snapshot] = apps.get_model("eventstore", "Snapshot")
        return model._default_manager.using(self.alias)

    @property
    def streams(self):  # type: ignore[no-untyped-def]  # as above
        """The streams' rows, on this connection."""
        model: type[Stream] = apps.get_model("eventstore", "Stream")
        return model._base_manager.using(self.alias)
