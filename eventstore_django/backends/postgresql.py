"""PostgreSQL: appends in one round trip, and a watermark that every writer shows and none waits for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import DataError, Error, ProgrammingError, transaction

from .. import conf
from ..events import RecordedEvent
from ..exceptions import (
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    ImmutableEventError,
    ReadOnlyDatabase,
    TransactionAborted,
    UnsafeRead,
)
from ..names import StreamName
from ..plans import AppendPlan
from .base import Backend
from .bounds import bounded_read
from .columns import read_time
from .copyload import load_with_copy
from .estimates import estimated_kinds, estimated_rows
from .functionappend import append_event_with_function, append_with_function
from .heads import Head
from .holders import Holder, holders
from .listening import APPENDED, HEAD, Listener
from .outcomes import Outcome
from .pairs import within_pairs
from .statements import FAULTS, PUBLISH, TRIGGERS, WATERMARK
from .tallies import COUNTED, Kinds, Precision, Tally
from .templates import QueryTemplate, compiled, filled, limited

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ..querysets import EventQuerySet

# A call above this goes through the ORM in several statements: one jsonb value ends at 256 MiB.
_LARGEST_CALL = 32 * 1024 * 1024

# psycopg.IsolationLevel.READ_COMMITTED: the package must load without the driver.
_READ_COMMITTED = 2
_IDLE = 0  # PQTRANS_IDLE of libpq
_NO_PRIVILEGE = "42501"
_READ_ONLY = "25006"
_NOT_PERMITTED = "Reading the global order needs USAGE on the sequence eventstore_events_position_seq."
_CONNECTION_STATES = ("08", "57P01", "57P02", "57P03")


class PostgreSQLBackend(Backend):
    """PostgreSQL from 15 on."""

    name: ClassVar[str] = "PostgreSQL"
    minimum_version: ClassVar[tuple[int, ...]] = (15,)
    guards: ClassVar[tuple[str, ...]] = ("eventstore_append_only", "eventstore_no_stream_delete")
    flush_guards: ClassVar[Mapping[str, str]] = {
        "eventstore_no_truncate": "eventstore_events",
        "eventstore_no_stream_truncate": "eventstore_streams",
    }

    # Appending

    def append(self, plan: AppendPlan, alone: bool) -> Outcome:
        """Call the stored function: the guard and the writes are one statement."""
        single = len(plan.events) == len(plan.checks) == 1
        if not conf.append_function() or (not single and plan.size > _LARGEST_CALL):
            return super().append(plan, alone)
        append = append_event_with_function if single else append_with_function
        return append(self, plan, alone)

    def load(self, plan: AppendPlan, alone: bool, meanwhile: Callable[[], object]) -> bool:
        """Copy, unless a transaction was begun where Django can't see it, and can't set a savepoint."""
        if alone or super().in_transaction():
            return load_with_copy(self, plan, meanwhile)
        return super().load(plan, alone, meanwhile)

    def lock_streams(self, plan: AppendPlan) -> list[int]:
        """Lock row by row, in the plan's order; create what is missing, since only rows can be locked."""
        return [self._lock_stream(name) for name in plan.streams]

    def _lock_stream(self, name: StreamName) -> int:
        rows = self.streams.select_for_update(no_key=True).filter(pk=name.text).values_list("version", flat=True)
        version: int | None = rows.first()
        if version is None:
            # Waits for somebody who is creating the same stream.
            self.streams.bulk_create([self.stream_row(name)], ignore_conflicts=True)
            version = rows.first()
        return version or 0

    def now(self) -> datetime:
        """Return the server's clock at this moment, not at the transaction's start."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
        return moment

    def in_transaction(self) -> bool:
        """Ask the driver: a transaction can also be begun by hand."""
        driver = self.connection.connection
        if driver is None:
            return super().in_transaction()
        # What Django knows as well, without its way to it: asked before each append.
        begun: bool = driver.pgconn.transaction_status != _IDLE
        return begun or self.connection.in_atomic_block or not self.connection.autocommit

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Under READ COMMITTED nothing is raised for a lost race; else a savepoint takes the error."""
        isolation = getattr(self.connection, "isolation_level", None)
        strict = isolation is not None and isolation.name != "READ_COMMITTED"
        if strict and self.connection.in_atomic_block:
            with transaction.atomic(using=self.alias):
                yield
        else:
            with super().guard():
                yield

    # Reading

    def watermark(self) -> int:
        """Read the sequence, then the locks that writers show. Source: docs/positions.md."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(WATERMARK)
                watermark, isolation, standby = cursor.fetchone()
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", None) == _NO_PRIVILEGE:
                raise UnsafeRead(_NOT_PERMITTED) from error
            raise
        if standby:
            raise UnsafeRead(
                "A standby server does not show which writers are at work: read the global order on the primary."
            )
        if isolation != "read committed" and self.in_transaction():
            raise UnsafeRead(
                f"Inside a transaction that is {isolation.upper()} a read in the global order could miss events: "
                "its snapshot is older than the watermark. Read outside of it, or under READ COMMITTED."
            )
        return int(watermark)

    @property
    def read_time(self) -> Callable[[str], datetime]:
        """They tell their zone."""
        return read_time

    def is_misread(self, error: Exception) -> bool:
        """The server's own errors have a code."""
        return isinstance(error, DataError) and getattr(error.__cause__, "sqlstate", None) is None

    def reader(self, events: EventQuerySet, limit: int) -> Callable[[int, int], Iterable[RecordedEvent]]:
        """Turn the query into SQL once: that takes Django longer than PostgreSQL needs to answer it."""
        return bounded_read(self, events, limit)

    def rows(self, template: QueryTemplate, *values: int | str) -> Iterable[tuple[Any, ...]]:
        """Turn it into SQL once, as above."""
        statement, parameters = compiled(self.alias, template, tuple(map(type, values)))
        return self.fetched(statement, filled(parameters, values))

    def selected(self, rows: QuerySet[Any, Any]) -> Iterable[tuple[Any, ...]]:
        """Let the statement not show its limit, for it may be prepared and planned without its other values."""
        made = limited(self.alias, rows.query)
        return rows if made is None else self.fetched(*made)

    def fetched(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def in_order(
        self, column: str, first: int, last: int, names: Mapping[str, str], backwards: bool = False
    ) -> EventQuerySet:
        """Hold on to the index on the name and the column, if there is one name."""
        if len(names) != 1:
            return super().in_order(column, first, last, names, backwards)
        ((name, text),) = names.items()
        sign = "-" if backwards else ""
        events = within_pairs(self.events, name, text, column, first, last)
        return events.order_by(f"{sign}{name}", f"{sign}{column}")

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Begin a transaction of the level that has one snapshot, where none is at work."""
        begun = self.in_transaction()
        with super().one_view():
            if not begun:
                self._execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def analyse(self) -> None:
        """Without it pages are sorted rather than read along the index, until autovacuum comes by."""
        self._execute("ANALYZE eventstore_events, eventstore_streams")

    # Following the log

    def publish(self, caller: UUID, lease_seconds: float) -> Head:
        """Do it all in one statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(PUBLISH, [caller, lease_seconds, conf.notifications()])
            return Head(*cursor.fetchone())

    def drawn_position(self) -> int:
        """Ask the sequence: events at the highest positions may have been rolled back."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(pg_sequence_last_value('eventstore_events_position_seq'::regclass), 0)")
            position: int = cursor.fetchone()[0]
        return position

    def hint(self) -> None:
        """Notify in a transaction of its own: it takes a lock on the whole database until it has committed."""
        self._execute(f"NOTIFY {APPENDED}")

    def tell_workers(self) -> None:
        """Notify with the transaction at hand: operators change things seldom."""
        if conf.notifications():
            self._execute(f"NOTIFY {HEAD}")

    def listener(self) -> Listener | None:
        """Listen, unless the setting forbids it."""
        return Listener(self.connection) if conf.notifications() else None

    def read_committed(self) -> None:
        """Tell the driver, which begins transactions so: nothing is left in the session."""
        self.connection.ensure_connection()
        driver = self.connection.connection
        if driver.isolation_level != _READ_COMMITTED and not self.in_transaction():
            driver.isolation_level = _READ_COMMITTED

    def limit_idle_transaction(self, seconds: float) -> None:
        """Set PostgreSQL's own timeout, for this transaction only: sessions may belong to a pooler."""
        milliseconds = str(int(seconds * 1000))
        self._execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [milliseconds])

    def is_connected(self) -> bool:
        """Ask the driver; without one Django has closed what broke."""
        return self.connection.connection is not None and not self._connection_is_gone()

    # Measuring

    def tally(self, table: str) -> Tally:
        """Count a small table, and take the planner's own estimate of a large one."""
        estimate = estimated_rows(self, table)
        found = super().tally(table) if estimate <= COUNTED else Tally(estimate, Precision.ESTIMATED)
        if found.precision is Precision.AT_LEAST and table == "eventstore_events":
            # Never analysed: since there are that many, positions tell more.
            return Tally(max(found.number, self.drawn_position()), Precision.ESTIMATED)
        return found

    def kinds(self, column: str) -> Kinds:
        """Take them from the statistics that ANALYZE gathers, if the log is too large to be counted."""
        rows = estimated_rows(self, "eventstore_events")
        return (estimated_kinds(self, column, rows) if rows > COUNTED else None) or super().kinds(column)

    def holders(self) -> Sequence[Holder]:
        """Look at the locks that writers show, and at whose they are."""
        return holders(self)

    # Errors

    def translate(self, error: Error, plan: AppendPlan | None) -> EventStoreError | None:
        """Go by SQLSTATE and constraint name, never by the text of a message."""
        cause = error.__cause__
        state: str = getattr(cause, "sqlstate", None) or ""
        if state in ("42P01", "42883"):
            return self.not_migrated()
        if state == "40P01":
            return TransactionAborted("PostgreSQL ended this transaction to break a deadlock: run it again.")
        if state == "40001":
            return _lost_race(plan) if plan else TransactionAborted("A concurrent transaction won: run this one again.")
        if state == _READ_ONLY:
            return ReadOnlyDatabase(self.alias)
        if constraint := getattr(getattr(cause, "diag", None), "constraint_name", None):
            return _by_constraint(constraint, plan)
        if state.startswith(_CONNECTION_STATES) or self._connection_is_gone():
            return self._connection_lost(error)
        return None

    def _connection_is_gone(self) -> bool:
        driver = self.connection.connection
        return driver is not None and bool(driver.closed)

    def _connection_lost(self, error: Error) -> ConnectionLost:
        if not self.connection.in_atomic_block:
            # Django would hold on to the dead connection; the retry needs a new one.
            self.connection.close()
        return ConnectionLost(
            f"The connection to database {self.alias!r} broke before it answered ({type(error).__name__}): "
            "retry with the same event ids, nothing will be stored twice."
        )

    # Erasure, and databases that exist only for tests

    def open_erasure(self, erasure_id: int) -> None:
        """Name the erasure in a setting that ends with the transaction."""
        self._execute("SELECT set_config('eventstore.erasure', %s, true)", [str(erasure_id)])

    def close_erasure(self) -> None:
        """Forget the erasure."""
        self._execute("SELECT set_config('eventstore.erasure', '', true)")

    def allow_flush(self) -> None:
        """Drop the guards against TRUNCATE: Django empties test tables with it."""
        for guard, table in self.flush_guards.items():
            self._execute(f"DROP TRIGGER IF EXISTS {guard} ON {table}")

    def _execute(self, sql: str, params: Sequence[Any] | None = None) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)

    # System checks

    def faults(self) -> Sequence[str]:
        """Look at the sequence, the trigger and the lock class that the order promise stands on."""
        with self.connection.cursor() as cursor:
            cursor.execute(FAULTS)
            cache, increment, cycle, permitted, lock_class, triggers = cursor.fetchone()
        found = {
            "the sequence eventstore_events_position_seq has a CACHE above 1": cache != 1,
            "the sequence eventstore_events_position_seq does not ascend by 1": increment != 1 or cycle,
            "this role lacks USAGE on the sequence eventstore_events_position_seq": not permitted,
            "the trigger eventstore_show_position is missing or disabled": triggers != 1,
            f"POSITION_LOCK_CLASS is not {lock_class}, as it was at migrate": lock_class != conf.position_lock_class(),
        }
        return [fault for fault, is_there in found.items() if is_there]

    def working_triggers(self) -> Collection[str]:
        """Look into the catalog."""
        with self.connection.cursor() as cursor:
            cursor.execute(TRIGGERS)
            return {name for (name,) in cursor.fetchall()}


def _lost_race(plan: AppendPlan) -> ConcurrencyError:
    check = plan.checks[0]
    return ConcurrencyError(plan.stream_of(check).text, check.expected.told, None)


def _by_constraint(constraint: str, plan: AppendPlan | None) -> EventStoreError | None:
    if constraint == "eventstore_append_only":
        return ImmutableEventError("Stored events can't be changed or removed; append a correcting event.")
    if plan is None:
        return None
    if constraint == "eventstore_event_version":
        return _lost_race(plan)
    if constraint == "eventstore_event_id":
        event = plan.events[0]
        reason = "an event id of this call is in use already"
        return DuplicateEventError(plan.stream_of(event).text, [event.source.event_id], reason)
    return None
