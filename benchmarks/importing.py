"""The import of a log from JSON Lines into an empty store."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from uuid import uuid4

from eventstore_django import AppendOperation, EventStore
from eventstore_django.transfer.importing import EventImport
from eventstore_django.transfer.lines import open_lines
from eventstore_django.transfer.records import Record, read_record

from . import floor, logs
from .measuring import Figure, in_turns, timed

GENERATED = 50_000
OPEN_STREAMS = 200
"""Streams that are written to by turns, 20 events each, before the next ones begin."""
_AT_ONCE = 1000


def run(rounds: int) -> list[Figure]:
    """Import the loan log (in the directory ``EVENTSTORE_DATA``), or generated events; then the same lines again.

    The floor reads the lines as Python does, numbers the events of each stream and copies them.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = _log(Path(directory))
        contenders: dict[str, Callable[[], float]] = {
            "json.loads and bare COPY": partial(_copied, path),
            "read strictly, append_batch": partial(_appended, path),
            "import": partial(_imported, path),
            "import, everything there": lambda: timed(partial(_import, logs.alias(0), path)),
        }
        return in_turns("import of JSON Lines", contenders, rounds)


def _log(directory: Path) -> str:
    if data := os.environ.get("EVENTSTORE_DATA"):
        return str(Path(data) / "loans.jsonl.gz")
    path = directory / "events.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps(_line(number)) + "\n" for number in range(GENERATED))
    return str(path)


def _line(number: int) -> dict[str, object]:
    stream = number // (20 * OPEN_STREAMS) * OPEN_STREAMS + number % OPEN_STREAMS
    return {
        "stream_id": f"Account-{stream}",
        "event_type": f"Happened{number % 7}",
        "payload": floor.PAYLOAD,
        "metadata": {"user": "ada"},
        "occurred_at": "2025-01-01T00:00:00.000001+00:00",
    }


def _copied(path: str) -> float:
    floor.create_table()
    return timed(partial(_copy, path))


def _copy(path: str) -> int:
    versions: Counter[str] = Counter()
    count = 0
    with open_lines(path) as lines:
        found = iter(lines)
        while chunk := list(islice(found, _AT_ONCE)):
            floor.copy_rows(floor.cursor(), (_row(content, versions) for _, content in chunk))
            count += len(chunk)
    return count


def _row(content: bytes, versions: Counter[str]) -> tuple[object, ...]:
    event = json.loads(content)
    stream_id = event["stream_id"]
    versions[stream_id] += 1
    payload, metadata = json.dumps(event["payload"]), json.dumps(event["metadata"])
    return versions[stream_id], event["occurred_at"], uuid4(), stream_id, event["event_type"], payload, metadata


def _appended(path: str) -> float:
    return timed(partial(_append, EventStore(using=logs.emptied()), path))


def _append(store: EventStore, path: str) -> int:
    count = 0
    with open_lines(path) as lines:
        records = (read_record(line, content) for line, content in lines)
        while chunk := list(islice(records, _AT_ONCE)):
            store.append_batch(_operations(chunk))
            count += len(chunk)
    return count


def _operations(records: list[Record]) -> Iterator[AppendOperation]:
    for stream, run in groupby(records, key=lambda record: record.stream):
        yield AppendOperation(stream.text, [record.event for record in run])


def _imported(path: str) -> float:
    return timed(partial(_import, logs.emptied(), path))


def _import(alias: str, path: str) -> int:
    with open_lines(path) as lines:
        return EventImport(EventStore(using=alias)).run(lines, read_ahead=lines.is_complete).events
