"""A contender in the comparison: installed, with a database of its own, one process up and eight on demand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from .. import floor
from .contenders import Contender
from .environments import install, interpreter
from .process import PeerError, Process
from .works import FILLS, Work

_PROGRAMS = "benchmarks.peers.programs"


class Running:
    """What the driver takes turns with."""

    def __init__(self, contender: Contender, access: Mapping[str, str]) -> None:
        self.name = contender.name
        self._directory = install(contender.environment, contender.requirements, contender.packages)
        self._log = self._directory / f"{contender.database}.log"
        self._log.unlink(missing_ok=True)
        self._access = {**access, "dbname": contender.database}
        options = {name: text.format(directory=self._directory) for name, text in contender.options.items()}
        self._configuration = json.dumps({**self._access, "payload": floor.PAYLOAD, "options": options})
        self._command = self._program(contender.program)
        self._make_database(access)
        self._filled = False
        self.process = self._start()
        try:
            self.process.answer()
            self.process.ask("create")
        except PeerError:
            self.close()
            raise

    def fill(self) -> None:
        """Append the streams that are read, and give the planner its statistics, as autovacuum does within a minute."""
        if self._filled:
            return
        for size in FILLS:
            self.process.ask(f"fill {size}")
        with self._connect(self._access) as connection:
            connection.execute("VACUUM ANALYZE")
        self._filled = True

    def rate(self, work: Work) -> float:
        """Do a work once and return events a second."""
        if work.writers == 1:
            return work.events / self.process.ask(work.command)
        with self._crew(work.writers) as crew:
            start = time.perf_counter()
            for process in crew:
                process.tell(work.command)
            for process in crew:
                process.answer()
            return work.events / (time.perf_counter() - start)

    def close(self) -> None:
        """End the process."""
        with self.process:
            pass

    @contextmanager
    def _crew(self, writers: int) -> Iterator[list[Process]]:
        # For its turn only: eight processes of everybody would be more connections than a server has by default.
        with ExitStack() as stack:
            crew = [stack.enter_context(self._start()) for _ in range(writers)]
            for process in crew:
                process.answer()
            for process in crew:
                process.ask("append 1 5")
            yield crew

    def _start(self) -> Process:
        return Process(self._command, self._configuration, self._log)

    def _program(self, program: str) -> list[str]:
        if program.endswith(".mjs"):
            return ["node", f"{_PROGRAMS.replace('.', '/')}/{program}", str(self._directory)]
        return [str(interpreter(self._directory)), "-m", f"{_PROGRAMS}.{program}"]

    def _make_database(self, access: Mapping[str, str]) -> None:
        with self._connect(access) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self._access["dbname"]}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self._access["dbname"]}" TEMPLATE template0 ENCODING UTF8')

    @staticmethod
    def _connect(access: Mapping[str, str]) -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(**access), autocommit=True)
