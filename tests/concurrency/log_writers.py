"""Writers that do everything to the order of commits that a writer may do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep

from django.db import connection, connections, transaction

from eventstore_django import AppendOperation, EventStore
from eventstore_django.exceptions import TransactionAborted

from .material import copy, events, insert
from .sessions import execute

CATEGORY = "Hot"
THREADS = 2

_LONGEST_PAUSE = 0.02
_ABORTS = 0.05


def write(number: int, appends: int, prepared: bool) -> tuple[int, int]:
    """Append in several threads until each has committed so many; return committed appends and events."""
    with ThreadPoolExecutor(THREADS) as threads:
        writers = [Writer(f"{number}-{thread}", prepared) for thread in range(THREADS)]
        counts = list(threads.map(lambda writer: writer.run(appends), writers))
    return sum(count for count, _ in counts), sum(count for _, count in counts)


class Undo(Exception):
    """Rolls back what raises it."""


class Writer:
    """Commits transactions of all kinds, each after a pause, and gives up some of them."""

    def __init__(self, name: str, prepared: bool) -> None:
        self.name = name
        self.choice = random.Random(name)
        self.store = EventStore()
        self.raw_version = 0
        self.prepared = 0
        self.kinds: dict[Callable[[], tuple[int, int]], int] = {
            self.one_append: 30,
            self.own_append: 10,
            self.many_events: 10,
            self.many_appends: 15,
            self.savepoint: 10,
            self.batch: 10,
            self.raw_insert: 7,
            self.raw_copy: 7,
            self.prepared_transaction: 1 if prepared else 0,
        }

    def run(self, appends: int) -> tuple[int, int]:
        """Go on until that many appends are committed."""
        committed = stored = 0
        while committed < appends:
            kind = self.choice.choices([*self.kinds], [*self.kinds.values()])[0]
            try:
                count, new = kind()
            except (Undo, TransactionAborted):
                # Appends of several streams in one transaction can wait in a circle: nothing was written.
                continue
            committed += count
            stored += new
        connections.close_all()
        return committed, stored

    # Kinds of transactions: each returns its appends and its events

    def one_append(self) -> tuple[int, int]:
        with self.transaction():
            self.store.append(self.stream(), events(1))
        return 1, 1

    def own_append(self) -> tuple[int, int]:
        self.store.append(self.stream(), events(1))
        return 1, 1

    def many_events(self) -> tuple[int, int]:
        count = self.choice.randint(2, 6)
        with self.transaction():
            self.store.append(self.stream(), events(count))
        return 1, count

    def many_appends(self) -> tuple[int, int]:
        count = self.choice.randint(2, 5)
        with self.transaction():
            for _ in range(count):
                self.store.append(self.stream(), events(1))
        return count, count

    def savepoint(self) -> tuple[int, int]:
        with self.transaction():
            self._undone_append()
            self.pause()
            self.store.append(self.stream(), events(1))
            self._undone_append()
        return 1, 1

    def batch(self) -> tuple[int, int]:
        names = {self.stream() for _ in range(3)}
        with self.transaction():
            self.store.append_batch([AppendOperation(name, events(2)) for name in names])
        return 1, 2 * len(names)

    def raw_insert(self) -> tuple[int, int]:
        return self._raw(insert, 1)

    def raw_copy(self) -> tuple[int, int]:
        return self._raw(copy, 2)

    def prepared_transaction(self) -> tuple[int, int]:
        self.prepared += 1
        gid = f"{connection.settings_dict['NAME']}-{self.name}-{self.prepared}"
        execute("BEGIN")
        self.store.append(f"Prepared-{self.name}", events(1))
        execute(f"PREPARE TRANSACTION '{gid}'")
        self.pause()
        execute(f"COMMIT PREPARED '{gid}'")
        return 1, 1

    # What they are made of

    def _undone_append(self) -> None:
        try:
            with transaction.atomic():
                self.store.append(self.stream(), events(1))
                raise Undo
        except Undo:
            pass

    def _raw(self, write_rows: Callable[..., None], count: int) -> tuple[int, int]:
        # A stream of its own: nothing but the append's row lock keeps versions apart.
        versions = range(self.raw_version + 1, self.raw_version + count + 1)
        with self.transaction():
            write_rows(f"{CATEGORY}:raw-{self.name}", *versions)
        self.raw_version += count
        return 1, count

    def stream(self) -> str:
        """Choose a stream that other writers use too."""
        number = self.choice.randrange(100)
        return self.choice.choice([f"{CATEGORY}-{number}", f"Account-{number}", f"tenant/Order/{number}"])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit after a pause, or give up."""
        with transaction.atomic():
            yield
            self.pause()
            if self.choice.random() < _ABORTS:
                raise Undo

    def pause(self) -> None:
        sleep(self.choice.uniform(0, _LONGEST_PAUSE))
