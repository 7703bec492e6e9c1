"""A client that reads Server-Sent Events as they come."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import decompress
from http.client import HTTPConnection
from time import monotonic
from typing import Any

from tests.concurrency.sessions import DEADLINE


@dataclass(frozen=True, slots=True)
class Block:
    """What comes between two empty lines."""

    id: int | None = None
    data: Any = None
    is_heartbeat: bool = False


class Client:
    """One request whose answer is read bit by bit."""

    def __init__(self, port: int, path: str, user: str, headers: dict[str, str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        credentials = b64encode(f"{user}:{user}".encode()).decode()
        sent = {"Accept": "text/event-stream", "Accept-Encoding": "gzip", "Authorization": f"Basic {credentials}"}
        self._connection.request("GET", path, headers=sent | headers)
        self.response = self._connection.getresponse()

    @property
    def status(self) -> int:
        return self.response.status

    def json(self) -> Any:
        """Return the whole answer."""
        body = self.response.read()
        return json.loads(decompress(body) if self.response.headers["Content-Encoding"] == "gzip" else body)

    def blocks(self) -> Iterator[Block]:
        """Give what comes, block by block, until the server ends it."""
        lines: list[str] = []
        end = monotonic() + DEADLINE
        while line := self.response.readline().decode():
            if line != "\n":
                lines.append(line.rstrip("\n"))
            else:
                assert monotonic() < end, "what was waited for does not come"
                yield _block(lines)
                lines = []
        assert not lines, "it ended in the middle of a block"

    def events(self) -> Iterator[Any]:
        """Give the events only."""
        return (block.data for block in self.blocks() if block.data is not None)

    def opened(self) -> int:
        """Wait for the first block; return where the feed begins."""
        assert self.status == 200, self.response.read()
        start = next(self.blocks()).id
        assert start is not None
        return start

    def leave(self) -> None:
        """Close the connection, whatever is still to come."""
        self.response.close()
        self._connection.close()


def _block(lines: list[str]) -> Block:
    fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
    return Block(
        int(fields["id"]) if "id" in fields else None,
        json.loads(fields["data"]) if "data" in fields else None,
        any(line.startswith(":") for line in lines),
    )
