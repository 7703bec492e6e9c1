"""Where the time of an append goes: processor time on both sides, and what is written, for each event."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connections

from eventstore_django import EventStore, NewEvent
from eventstore_django.backends.functionappend import APPEND_EVENT

from . import floor
from .measuring import Figure

CALLS = 200
ROUNDS = 4
"""For each round that is asked for: processor time is counted in ticks of the scheduler, and caches are shared."""

MEASURES = ("client processor", "server processor", "wall", "WAL bytes")


@dataclass
class Contender:
    """A way to append, the session that serves it, and what was measured."""

    name: str
    append: Callable[[str, int], object]
    session: int
    found: list[tuple[float, ...]] = field(default_factory=list)

    def measure(self) -> None:
        """Append to a stream that is a few events long; keep what one call took, in microseconds and bytes."""
        stream_id = f"Account-{uuid4()}"
        for version in range(1, 10):
            self.append(stream_id, version)
        before = self._counters()
        for version in range(10, 10 + CALLS):
            self.append(stream_id, version)
        self.found.append(tuple((after - first) / CALLS for first, after in zip(before, self._counters(), strict=True)))

    def _counters(self) -> tuple[float, ...]:
        wal = floor.cursor().execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        return (
            time.thread_time() * 1e6,
            _processor(self.session),
            time.perf_counter() * 1e6,
            float(wal[0] if wal else 0),
        )


def run(rounds: int) -> list[Figure]:
    """Measure the bare INSERT, the bare call of the stored function and both stores in turns; print a table."""
    contenders = list(_contenders())
    for number in range(rounds * ROUNDS + 1):
        for contender in contenders:
            contender.measure()
            if not number:
                contender.found.clear()
    print(f"{'for each append':<28}" + "".join(f"{measure:>18}" for measure in MEASURES))
    for contender in contenders:
        print(f"{contender.name:<28}" + "".join(f"{value:>18,.0f}" for value in _medians(contender)))
    return list(_figures(contenders))


def _contenders() -> Iterator[Contender]:
    for name, append in (("bare INSERT", _bare), ("bare call of the function", _function)):
        cursor = floor.connect().cursor()
        yield Contender(name, append(cursor), cursor.connection.info.backend_pid)
    for name, alias in (("append, Django's defaults", "default"), ("append, recommended", "prepared")):
        connections[alias].ensure_connection()
        yield Contender(name, _store(alias), connections[alias].connection.info.backend_pid)


def _bare(cursor: Any) -> Callable[[str, int], object]:
    return lambda stream_id, version: floor.insert(cursor, stream_id, version)


def _function(cursor: Any) -> Callable[[str, int], object]:
    def append(stream_id: str, _: int) -> object:
        names = (stream_id, "Account", None, stream_id[8:])
        event = (uuid4(), "Deposited", 1, None, None, floor.PAYLOAD_TEXT, None, datetime.now(UTC))
        return cursor.execute(APPEND_EVENT, (*names, -1, *event, True), prepare=True).fetchone()

    return append


def _store(alias: str) -> Callable[[str, int], object]:
    store = EventStore(using=alias)
    return lambda stream_id, _: store.append(stream_id, [NewEvent("Deposited", floor.PAYLOAD)])


def _processor(session: int) -> float:
    """Return the microseconds that a session's process has run for; 0 where that can't be seen."""
    counters = Path(f"/proc/{session}/schedstat")
    return int(counters.read_text().split()[0]) / 1000 if counters.exists() else 0.0


def _medians(contender: Contender) -> list[float]:
    return [statistics.median(values) for values in zip(*contender.found, strict=True)]


def _figures(contenders: list[Contender]) -> Iterator[Figure]:
    base = _medians(contenders[0])[MEASURES.index("wall")]
    for contender in contenders:
        wall = _medians(contender)[MEASURES.index("wall")]
        yield Figure("one append, in turns", contender.name, 1e6 / wall, base / wall)
