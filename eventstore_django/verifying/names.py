"""What is stored of a stream beside its name, held against what the name says."""

from __future__ import annotations

from collections.abc import Iterator

from ..exceptions import InvalidStreamName
from ..names import StreamName
from .findings import Finding
from .histories import Entry, StreamRow
from .kinds import Kind

_OF_ROWS = ("category", "partition", "aggregate_type", "aggregate_id")
# The aggregate of an event may be another one: whoever appends can say so.
_OF_EVENTS = ("category", "partition")


class NameCheck:
    """Compares rows of one stream with its name, as far as that is legal."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._fault = ""
        self._name: StreamName | None = None
        try:
            self._name = StreamName.to_append(stream)
        except InvalidStreamName as error:
            self._fault = error.reason

    def of_name(self) -> Iterator[Finding]:
        """Tell why the name is not legal, if it is not."""
        if self._fault:
            yield self._finding(f"the name is not legal, {self._fault}")

    def of_row(self, row: StreamRow) -> Iterator[Finding]:
        """Give what is wrong with the stream's row."""
        for differs in self._differences(row, _OF_ROWS):
            yield self._finding(f"its row has {differs}")

    def of_event(self, entry: Entry) -> Iterator[Finding]:
        """Give what is wrong with an event."""
        for differs in () if entry.is_erased else self._differences(entry, _OF_EVENTS):
            told = f"version {entry.version} (position {entry.position}) has {differs}"
            yield self._finding(told, entry.version, entry.position)

    def _differences(self, stored: StreamRow | Entry, columns: tuple[str, ...]) -> Iterator[str]:
        for column in columns if self._name else ():
            there, meant = getattr(stored, column), getattr(self._name, column)
            if there != meant:
                yield f"the {column.replace('_', ' ')} {there!r}, its name says {meant!r}"

    def _finding(self, text: str, version: int | None = None, position: int | None = None) -> Finding:
        return Finding(Kind.NAME, f"Stream {self._stream!r}: {text}.", self._stream, version, position)
