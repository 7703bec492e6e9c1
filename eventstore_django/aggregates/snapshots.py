"""A snapshot as a value: the state of an aggregate at a version of its stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..encoding import JSONObject, Refused, decode, encode
from ..exceptions import InvalidSnapshot, InvalidStreamName
from ..names import StreamName, plain
from .ledger import id_text

MAX_SNAPSHOT_BYTES = 16 * 1024 * 1024
"""Bytes of JSON that the data of one snapshot may have."""

_MAX_VERSION = 2**63 - 1
_MAX_SCHEMA_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class AggregateSnapshot:
    """The state of an aggregate after the first ``version`` events of its stream.

    ``aggregate_id``
        a text; one that is given as a whole number or a UUID becomes a text.
    ``data``
        what ``to_snapshot`` gave: a dict of what a payload may hold, up to 16 MiB of JSON.
    ``schema_version``
        version of the shape of ``data``, from 1 on. A snapshot of another one is not used.
    ``stream_id``
        by default ``{aggregate_type}-{aggregate_id}``, or ``{partition}/{aggregate_type}/{aggregate_id}``.
    ``partition``
        the tenant; by default what ``stream_id`` says.
    ``created_at``
        when it was stored; None until then.

    Raise InvalidStreamName or InvalidSnapshot for what can't be one; ``data`` is looked at when it is saved.
    """

    aggregate_id: str
    aggregate_type: str
    version: int
    data: JSONObject
    schema_version: int = 1
    partition: str | None = None
    stream_id: str = ""
    created_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _check_number("version", self.version, _MAX_VERSION)
        _check_number("schema_version", self.schema_version, _MAX_SCHEMA_VERSION)
        self._take_texts()
        name = self._name()
        if self.partition not in (None, name.partition):
            raise InvalidSnapshot(f"is {self.partition!r}, but the stream is {name.text!r}", "partition")
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(self, "stream_id", name.text)
        put(self, "partition", name.partition)

    def _take_texts(self) -> None:
        put = object.__setattr__  # as above
        try:
            put(self, "aggregate_id", id_text(self.aggregate_id))
        except TypeError:
            raise InvalidStreamName(self.aggregate_id, "an id is a text, a whole number or a UUID") from None
        if isinstance(self.aggregate_type, str):
            put(self, "aggregate_type", plain(self.aggregate_type))

    def _name(self) -> StreamName:
        for field_name in ("aggregate_id", "aggregate_type"):
            # What is no stream name either: empty, too long, with control characters.
            StreamName.parse(getattr(self, field_name))
        if self.stream_id:
            return StreamName.to_append(self.stream_id)
        return StreamName.of(self.aggregate_type, self.aggregate_id, self.partition)

    def stored_data(self) -> JSONObject:
        """Return the data as a reader will see it. Raise InvalidSnapshot for what can't be stored unchanged."""
        try:
            text = encode(self.data)
        except Refused as refused:
            raise InvalidSnapshot(refused.reason, refused.within("data").path) from None
        if len(text) * 4 > MAX_SNAPSHOT_BYTES and (size := len(text.encode())) > MAX_SNAPSHOT_BYTES:
            raise InvalidSnapshot(f"has {size} bytes of JSON, more than {MAX_SNAPSHOT_BYTES}", "data")
        return decode(text)


def _check_number(name: str, value: object, highest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise InvalidSnapshot(f"must be a whole number from 1 to {highest}, not {value!r}", name)
