"""Rows of events as RecordedEvents: one that can't be decoded, for another client wrote it, hides no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..encoding import UNDECODABLE, decode, decode_if_possible
from ..events import RECORDED_FIELDS, RecordedEvent
from ..recording import recorded_event
from .columns import read_time

_PAYLOAD = RECORDED_FIELDS.index("payload")
_METADATA = RECORDED_FIELDS.index("metadata")
_BEHIND = _METADATA + 1
_TIMES = slice(RECORDED_FIELDS.index("occurred_at"), RECORDED_FIELDS.index("created_at") + 1)


def decoded(rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordedEvent]:
    """Decode rows of ``JSON_AS_TEXT``, one after the other."""
    for row in rows:
        try:
            event = recorded_event(*row[:_PAYLOAD], decode(row[_PAYLOAD]), decode(row[_METADATA]), *row[_BEHIND:])
        except UNDECODABLE:
            event = _decoded_if_possible(row)
        yield event


def decoded_with_times(rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordedEvent]:
    """Decode rows of ``JSON_AND_TIMES_AS_TEXT``, one after the other: most of the time of a read is spent here."""
    for row in rows:
        (
            position,
            event_id,
            stream,
            version,
            kind,
            payload,
            metadata,
            a_id,
            a_type,
            category,
            part,
            at,
            stored,
            schema,
        ) = row
        try:
            event = recorded_event(
                position,
                event_id,
                stream,
                version,
                kind,
                decode(payload),
                {} if metadata == "{}" else decode(metadata),
                a_id,
                a_type,
                category,
                part,
                read_time(at),
                read_time(stored),
                schema,
            )
        except UNDECODABLE:
            event = _decoded_if_possible((*row[: _TIMES.start], *map(read_time, row[_TIMES]), *row[_TIMES.stop :]))
        yield event


def _decoded_if_possible(row: tuple[Any, ...]) -> RecordedEvent:
    values = list(row)
    values[_PAYLOAD:_BEHIND] = map(decode_if_possible, values[_PAYLOAD:_BEHIND])
    return RecordedEvent(*values)
