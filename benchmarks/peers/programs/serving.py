"""The protocol of a contender: lines in, lines out. Imports the standard library only: it runs in every environment.

The first line is the configuration (JSON). Then come ``create``, ``fill SIZE``, ``append SIZE COUNT``,
``read SIZE TIMES``, ``scan COUNT``; each is answered by ``ok SECONDS`` or ``error TEXT``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

FILL_CHUNK = 100
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where the database is, what an event carries, and what else the table of contenders says."""

    host: str
    port: str
    user: str
    password: str
    dbname: str
    payload: dict[str, Any]
    options: dict[str, str]


class Peer(Protocol):
    """What each contender does in its own way. Every append says which version it expects."""

    def create(self) -> None:
        """Make the tables."""

    def append(self, stream: UUID, size: int, count: int) -> None:
        """Append ``count`` events to a stream that does not exist, ``size`` a call."""

    def read(self, stream: UUID) -> int:
        """Read a stream, payloads decoded; return how many events it has."""

    def scan(self, count: int) -> int:
        """Read the log from its beginning in pages of 1,000, payloads decoded, until ``count`` events are read."""


def serve(open_peer: Callable[[Configuration], Peer]) -> None:
    """Answer the driver until it closes the pipe."""
    peer = open_peer(Configuration(**json.loads(sys.stdin.readline())))
    filled: dict[int, UUID] = {}
    print("ok 0", flush=True)
    for line in sys.stdin:
        command, *numbers = line.split()
        try:
            seconds = _obey(peer, filled, command, [int(number) for number in numbers])
        except Exception as error:  # whatever a peer raises: the driver tells it
            print("error", f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
        else:
            print("ok", seconds, flush=True)


def _obey(peer: Peer, filled: dict[int, UUID], command: str, numbers: list[int]) -> float:
    if command == "create":
        return _timed(peer.create)
    if command == "fill":
        stream = filled[numbers[0]] = uuid4()
        return _timed(lambda: peer.append(stream, FILL_CHUNK, numbers[0]))
    if command == "append":
        return _timed(lambda: peer.append(uuid4(), *numbers))
    if command == "read":
        size, times = numbers
        return _timed(lambda: _expect(size * times, sum(peer.read(filled[size]) for _ in range(times))))
    return _timed(lambda: _expect(numbers[0], peer.scan(numbers[0])))


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _expect(expected: int, found: int) -> None:
    # A peer that reads a part of what it should must not look fast.
    if found != expected:
        raise RuntimeError(f"read {found} events instead of {expected}")
