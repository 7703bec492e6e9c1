"""PostgreSQL: appends in one round trip, and a watermark that every writer shows and none waits for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from django.db import Error, transaction

from .. import conf
from ..exceptions import (
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    ImmutableEventError,
    TransactionAborted,
    UnsafeRead,
)
from ..plans import AppendPlan, PlannedEvent
from .base import Backend
from .outcomes import Conflict, Known, Outcome, Stored

# A call above this goes through the ORM in several statements: one jsonb value ends at 256 MiB.
_LARGEST_CALL = 32 * 1024 * 1024

_APPEND_EVENT = (
    "SELECT outcome, versions, positions, stored_at FROM eventstore_append_event_v1("
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"
)
_APPEND = "SELECT outcome, versions, positions, stored_at FROM eventstore_append_v1(%s::jsonb)"

# The order is the proof: first the sequence, then the locks (the sub-select refers to the first value, so
# it can't be computed before it), and the events in a later statement. A lock shows the low 32 bits of a
# position; the one meant is the nearest to the sequence's. The reader's own lock is left out, so that a
# transaction sees what it appended; prepared transactions have no pid and count.
_WATERMARK = """
WITH head AS MATERIALIZED (
    SELECT pg_sequence_last_value('eventstore_events_position_seq'::regclass) AS drawn
)
SELECT
    least(coalesce(drawn, 0), (
        SELECT min(coalesce(drawn, 0) + (((shown.objid::bigint - coalesce(drawn, 0)) << 32) >> 32))
        FROM pg_locks shown
        WHERE shown.locktype = 'advisory'
            AND shown.classid = eventstore_position_lock_class()::oid
            AND shown.objsubid = 2
            AND shown.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND shown.pid IS DISTINCT FROM pg_backend_pid()
    )),
    current_setting('transaction_isolation'),
    pg_is_in_recovery(),
    drawn IS NOT NULL OR has_sequence_privilege('eventstore_events_position_seq', 'SELECT, USAGE')
FROM head
"""

_FAULTS = """
SELECT
    s.seqcache, s.seqincrement, s.seqcycle,
    has_sequence_privilege('eventstore_events_position_seq', 'SELECT, USAGE'),
    eventstore_position_lock_class(),
    (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'eventstore_events'::regclass
        AND tgname = 'eventstore_show_position' AND tgenabled IN ('O', 'A'))
FROM pg_sequence s WHERE s.seqrelid = 'eventstore_events_position_seq'::regclass
"""

_CONNECTION_STATES = ("08", "57P01", "57P02", "57P03")


class PostgreSQLBackend(Backend):
    """PostgreSQL from 15 on."""

    name: ClassVar[str] = "PostgreSQL"
    minimum_version: ClassVar[tuple[int, ...]] = (15,)

    # Appending

    def append(self, plan: AppendPlan) -> Outcome:
        """Call the stored function: the guard and the writes are one statement."""
        if not conf.append_function() or sum(event.size for event in plan.events) > _LARGEST_CALL:
            return super().append(plan)
        sql, params = _statement(plan)
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            outcome, versions, positions, stored_at = cursor.fetchone()
        if outcome == "stored":
            return Stored(versions, positions or (), stored_at)
        return Conflict(versions) if outcome == "conflict" else Known(versions)

    def lock_streams(self, plan: AppendPlan) -> list[int]:
        """Lock row by row, in the plan's order; create those that may be needed, since only rows lock."""
        return [self._lock_stream(plan, slot) for slot in range(len(plan.streams))]

    def now(self) -> datetime:
        """Return the server's clock at this moment, not at the transaction's start."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
        return moment

    def _lock_stream(self, plan: AppendPlan, slot: int) -> int:
        name = plan.streams[slot]
        rows = self.streams.select_for_update(no_key=True).filter(pk=name.text)
        version: int | None = rows.values_list("version", flat=True).first()
        if version is None and plan.creates(slot):
            row = self.streams.model(
                stream_id=name.text,
                version=0,
                category=name.category,
                partition=name.partition,
                aggregate_type=name.aggregate_type,
                aggregate_id=name.aggregate_id,
            )
            self.streams.bulk_create([row], ignore_conflicts=True)
            version = rows.values_list("version", flat=True).first()
        return version or 0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Under READ COMMITTED nothing is raised for a lost race; else a savepoint takes the error."""
        isolation = getattr(self.connection, "isolation_level", None)
        if self.connection.in_atomic_block and isolation is not None and isolation.name != "READ_COMMITTED":
            with transaction.atomic(using=self.alias):
                yield
        else:
            with super().guard():
                yield

    # Reading

    def watermark(self) -> int:
        """Read the sequence, then the locks that writers show. Source: docs/positions.md."""
        with self.connection.cursor() as cursor:
            cursor.execute(_WATERMARK)
            watermark, isolation, standby, permitted = cursor.fetchone()
        if standby:
            raise UnsafeRead(
                "A standby server does not show which writers are at work: read the global order on the primary."
            )
        if not permitted:
            raise UnsafeRead("Reading the global order needs USAGE on the sequence eventstore_events_position_seq.")
        if isolation != "read committed" and self._in_transaction():
            raise UnsafeRead(
                f"Inside a transaction that is {isolation.upper()} a read in the global order could miss events: "
                "its snapshot is older than the watermark. Read outside of it, or under READ COMMITTED."
            )
        return int(watermark)

    def _in_transaction(self) -> bool:
        return self.connection.in_atomic_block or not self.connection.get_autocommit()

    # Errors

    def translate(self, error: Error, plan: AppendPlan | None) -> EventStoreError | None:
        """Go by SQLSTATE and constraint name, never by the text of a message."""
        cause = error.__cause__
        state: str = getattr(cause, "sqlstate", None) or ""
        if state in ("42P01", "42883"):
            return self.not_migrated()
        if state == "40P01":
            return TransactionAborted("PostgreSQL ended this transaction to break a deadlock: run it again.")
        if state == "40001" and plan is not None:
            return _lost_race(plan)
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
        """Drop the guard against TRUNCATE: Django empties test tables with it."""
        self._execute("DROP TRIGGER IF EXISTS eventstore_no_truncate ON eventstore_events")

    def _execute(self, sql: str, params: Sequence[Any] | None = None) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)

    # System checks

    def faults(self) -> Sequence[str]:
        """Look at the sequence, the trigger and the lock class that the order promise stands on."""
        with self.connection.cursor() as cursor:
            cursor.execute(_FAULTS)
            cache, increment, cycle, permitted, lock_class, triggers = cursor.fetchone()
        found = {
            "the sequence eventstore_events_position_seq has a CACHE above 1": cache != 1,
            "the sequence eventstore_events_position_seq does not ascend by 1": increment != 1 or cycle,
            "this role lacks USAGE on the sequence eventstore_events_position_seq": not permitted,
            "the trigger eventstore_show_position is missing or disabled": triggers != 1,
            f"POSITION_LOCK_CLASS is not {lock_class}, as it was at migrate": lock_class != conf.position_lock_class(),
        }
        return [fault for fault, is_there in found.items() if is_there]


def _statement(plan: AppendPlan) -> tuple[str, Sequence[Any]]:
    if len(plan.events) == len(plan.checks) == 1:
        return _APPEND_EVENT, _single(plan, plan.events[0])
    return _APPEND, [_call(plan)]


def _single(plan: AppendPlan, event: PlannedEvent) -> Sequence[Any]:
    stream = plan.streams[0]
    return (
        stream.text,
        stream.category,
        stream.partition,
        stream.aggregate_id,
        plan.checks[0].expected.number,
        event.source.event_id,
        event.source.event_type,
        event.source.schema_version,
        event.aggregate_type,
        event.aggregate_id,
        event.payload,
        event.metadata,
        event.occurred_at,
    )


def _call(plan: AppendPlan) -> str:
    streams = [
        [name.text, name.category, name.partition, name.aggregate_id, plan.creates(slot), count]
        for slot, (name, count) in enumerate(zip(plan.streams, plan.added(), strict=True))
    ]
    checks = [[check.slot, check.offset, check.expected.number] for check in plan.checks]
    events = ",".join(map(_event, plan.events))
    return f'{{"streams":{json.dumps(streams)},"checks":{json.dumps(checks)},"events":[{events}]}}'


def _event(event: PlannedEvent) -> str:
    source = event.source
    head = json.dumps(
        [
            event.slot,
            event.offset,
            str(source.event_id),
            source.event_type,
            source.schema_version,
            event.aggregate_type,
            event.aggregate_id,
            event.occurred_at.isoformat(),
        ]
    )
    # Payload and metadata are JSON already: encoded once, whatever the call looks like.
    return f"{head[:-1]},{event.payload},{event.metadata}]"


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
