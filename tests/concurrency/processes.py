"""Worker processes: fresh interpreters (never forks of one that holds connections) on the test database."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import django
from django.db import connection, connections

from .sessions import DEADLINE

_SPAWN = multiprocessing.get_context("spawn")


class WorkerFailed(AssertionError):
    """A worker raised, was killed or did not end in time; the text tells which, with its traceback."""


class Workers:
    """Processes that run functions at the same time, and what they returned.

    ``url`` is the database that they find as ``default``: the one of the tests if there is none.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = url
        self._running: dict[Connection, SpawnProcess] = {}

    def start(self, function: Callable[..., Any], *args: Any) -> Connection:
        """Run a function of a module in a process of its own; the answer is the key of its result."""
        ours, theirs = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(target=_serve, args=(theirs, function, args), daemon=True)
        with _environment(DATABASE_URL=self._url or database_url(), DJANGO_SETTINGS_MODULE="tests.settings"):
            process.start()
        theirs.close()
        self._running[ours] = process
        return ours

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function in a process of its own and return its result."""
        return self.results([self.start(function, *args)], DEADLINE)[0]

    def results(self, wanted: list[Connection], seconds: float) -> list[Any]:
        """Return what these workers returned, in their order. Raise WorkerFailed otherwise."""
        found: dict[Connection, Any] = {}
        end = monotonic() + seconds
        while len(found) < len(wanted):
            ready = wait([pipe for pipe in wanted if pipe not in found], timeout=max(0.0, end - monotonic()))
            if not ready:
                raise WorkerFailed(f"{len(wanted) - len(found)} of {len(wanted)} did not end in {seconds} seconds")
            for pipe in ready:
                assert isinstance(pipe, Connection)
                found[pipe] = self._receive(pipe)
        return [found[pipe] for pipe in wanted]

    def _receive(self, pipe: Connection) -> Any:
        try:
            error, result = pipe.recv()
        except EOFError:
            raise WorkerFailed("a worker ended without a word") from None
        self._forget(pipe, self._running.pop(pipe))
        if error:
            raise WorkerFailed(error)
        return result

    def close(self) -> None:
        """End what still runs."""
        for pipe, process in self._running.items():
            process.terminate()
            self._forget(pipe, process)

    def _forget(self, pipe: Connection, process: SpawnProcess) -> None:
        process.join()
        process.close()
        pipe.close()


def shared_event() -> Any:
    """Return an event that workers can be given, to wait for or to set."""
    return _SPAWN.Event()


def shared_barrier(parties: int) -> Any:
    """Return a barrier that workers can be given."""
    return _SPAWN.Barrier(parties)


def _serve(pipe: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        django.setup()
        answer: tuple[str, Any] = ("", function(*args))
    except BaseException:
        answer = (traceback.format_exc(), None)
    connections.close_all()
    pipe.send(answer)
    pipe.close()


def database_url(name: str | None = None) -> str:
    """Return the URL of the database of the tests, or of another one on its server."""
    # Of the connection, not of the settings: an embedded server has its address only when it runs.
    connection.ensure_connection()
    info = connection.connection.info
    parts = {"host": info.host, "port": info.port, "user": info.user, "password": info.password}
    query = urlencode({key: part for key, part in parts.items() if part}, quote_via=quote)
    return f"postgres:///{quote(name or info.dbname, safe='')}?{query}"


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
