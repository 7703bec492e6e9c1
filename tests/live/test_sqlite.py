"""The same feed on SQLite, in a file that the server and a writer share."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from tests.concurrency.processes import Workers

from .conftest import Serve
from .filework import append, prepare
from .test_servers import KINDS


@KINDS
def test_events_come_on_sqlite_too_and_are_resumed(serve: Serve, tmp_path: Path, kind: str) -> None:
    url = f"sqlite:///{tmp_path}/events.sqlite3"
    workers = Workers(url)
    workers.run(prepare)
    server = serve(kind, url=url)
    client = server.get("events/live/")
    assert client.opened() == 0
    positions = workers.run(append, 5)
    assert [event["position"] for event in islice(client.events(), 5)] == positions
    client.leave()
    again = server.get("events/live/", **{"Last-Event-ID": str(positions[2])})
    assert [event["position"] for event in islice(again.events(), 2)] == positions[3:]
