"""Connections side by side: each session is a thread with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
R = TypeVar("R")

DEADLINE = 60.0
"""Seconds after which a test gives up: far above what anything here needs."""

_LOOK_AGAIN = 0.01


class Session:
    """Does one thing after the other, in a thread and a database session of its own.

    ``begin`` opens a transaction, and inside of one a savepoint; ``commit`` and ``rollback`` end
    the innermost. ``isolation`` is the connection option of that name.
    """

    def __init__(self, isolation: Any = None) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._blocks: list[transaction.Atomic] = []
        if isolation is not None:
            self.run(_set_isolation, isolation)
        self.pid = self.run(_backend_pid)

    def start(self, action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin to do something."""
        return self._thread.submit(action, *args, **kwargs)

    def run(self, action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something and return its result."""
        return self.start(action, *args, **kwargs).result(DEADLINE)

    def block(self, action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin to do something that waits for another session's lock, and return while it waits."""
        future = self.start(action, *args, **kwargs)
        end = monotonic() + DEADLINE
        while not self.is_blocked():
            done, _ = wait_for([future], timeout=_LOOK_AGAIN)
            assert not done, f"it did not wait for a lock: {future.exception() or future.result()!r}"
            assert monotonic() < end, "it neither waited for a lock nor ended"
        return future

    def is_blocked(self) -> bool:
        """Whether another session's lock keeps this one waiting."""
        found: bool = value("SELECT cardinality(pg_blocking_pids(%s)) > 0", self.pid)
        return found

    def sql(self, statement: str, *params: Any) -> None:
        """Run a statement."""
        self.run(execute, statement, *params)

    def value(self, statement: str, *params: Any) -> Any:
        """Run a query and return its one value."""
        return self.run(value, statement, *params)

    def begin(self) -> None:
        """Open a transaction or savepoint."""
        block = transaction.atomic()
        self.run(block.__enter__)
        self._blocks.append(block)

    def commit(self) -> None:
        """Commit the transaction, or release the savepoint."""
        self.run(self._blocks.pop().__exit__, None, None, None)

    def rollback(self) -> None:
        """Roll back the transaction, or to the savepoint."""
        self.run(transaction.set_rollback, True)
        self.commit()

    def kill(self) -> None:
        """End the server's side of the connection, as a crash of the network or the server would."""
        assert value("SELECT pg_terminate_backend(%s, %s)", self.pid, int(DEADLINE * 1000)), "it did not end"

    def disconnect(self) -> None:
        """Close the connection; the next thing to do opens another."""
        self.run(connections.close_all)

    def close(self) -> None:
        """Roll back what is open and disconnect, also after a test that failed while this session waits."""
        closing = self.start(connections.close_all)
        done, _ = wait_for([closing], timeout=1)
        if not done:
            self.kill()
        closing.result(DEADLINE)
        self._thread.shutdown()


def execute(statement: str, *params: Any) -> None:
    """Run a statement on the connection of this thread."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a query on the connection of this thread."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())


def value(statement: str, *params: Any) -> Any:
    """Run a query on the connection of this thread and return its one value."""
    return rows(statement, *params)[0][0]


def _backend_pid() -> int:
    pid: int = value("SELECT pg_backend_pid()")
    return pid


def _set_isolation(isolation: Any) -> None:
    wrapper: BaseDatabaseWrapper = connections["default"]
    options = {**wrapper.settings_dict["OPTIONS"], "isolation_level": isolation}
    wrapper.settings_dict = {**wrapper.settings_dict, "OPTIONS": options}
