"""Rows of events as RecordedEvents: one that can't be decoded, for another client wrote it, hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from ..encoding import UNDECODABLE, Undecodable, decode, decode_if_possible
from ..events import RECORDED_FIELDS, RecordedEvent
from ..recording import recorded_event

ReadTime: TypeAlias = Callable[[str], datetime]

_JSON = slice(RECORDED_FIELDS.index("payload"), RECORDED_FIELDS.index("metadata") + 1)
_TIMES = slice(RECORDED_FIELDS.index("occurred_at"), RECORDED_FIELDS.index("created_at") + 1)

_MISREAD = (*UNDECODABLE, OverflowError, TypeError)
"""What the reading of a text raises, or of a time: beyond the years that Python has, or no text at all."""


def decoded(rows: Iterable[tuple[Any, ...]], read_time: ReadTime) -> Iterator[RecordedEvent]:
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
        except _MISREAD:
            event = decoded_if_possible(row, read_time)
        yield event


def decoded_if_possible(
    row: tuple[Any, ...], read_time: ReadTime, decode_part: Callable[[str], Any] = decode_if_possible
) -> RecordedEvent:
    """Decode a row part by part: what can't be read is an Undecodable."""
    values = list(row)
    values[_JSON] = map(decode_part, values[_JSON])
    values[_TIMES] = [time_if_possible(text, read_time) for text in values[_TIMES]]
    return RecordedEvent(*values)


def time_if_possible(text: Any, read_time: ReadTime) -> datetime | Undecodable:
    """Return the time that a text of the database tells, an Undecodable if Python has no such time."""
    try:
        return read_time(text)
    except _MISREAD as error:
        return Undecodable(str(text), f"can't be decoded: {error}")
