"""Events that another client has written, of which Python can't read a part."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pickle
from typing import Any
from uuid import uuid4

import pytest
from django.db.models.expressions import RawSQL

from ...encoding import Undecodable
from ...events import RECORDED_FIELDS, RecordedEvent
from ...eventtypes.declaring import upcaster
from ...exceptions import DuplicateEventError, PayloadMismatch, UndecodableEvent
from ...models import Event
from ...store import EventStore
from ..event_types import temporary_event_types
from .case import ContractCase, noted, numbers

LONG = '{"number": 0, "long": 1%s}' % ("0" * 5000)  # braces
"""A number with more digits than Python reads or writes."""
INFINITE = '{"sum": 1%s.5}' % ("0" * 310)  # braces
"""A number beyond all floats: Python reads it as infinity, of which there is no JSON."""
DEEP = '{"deep": %s1%s}' % ("[" * 995, "]" * 995)  # noqa: UP031  # braces


def write_undecodable(using: str, like: RecordedEvent, text: str = LONG, part: str = "payload", **changes: Any) -> None:
    """Write what another client can write: an event like this one, a part of which is such a text, or such a time."""
    fields = {name: getattr(like, name) for name in RECORDED_FIELDS if name != "position"}
    fields |= {"event_id": uuid4(), "event_version": 1000, part: RawSQL(f"'{text}'", ()), **changes}  # noqa: S611  # no input
    Event._base_manager.using(using).bulk_create([Event(**fields)])


def write_between(store: EventStore, text: str = LONG, part: str = "payload", **changes: Any) -> int:
    """Write such an event between two others, the first in its stream; return the position of that one."""
    first = store.append("A-1", [noted(1)]).events[0]
    write_undecodable(store.using, first, text, part, **changes)
    store.append("B-1", [noted(2)])
    return first.position


class UndecodableContract(ContractCase):
    """Such an event is given like all others; asked for the part, it tells what is wrong."""

    @pytest.mark.parametrize("text", [LONG, DEEP])
    def test_it_does_not_hide_its_neighbours(self, text: str) -> None:
        first = write_between(self.store, text)
        for found in (
            self.store.get_all_events(first),
            list(self.store.iter_all_events(first)),
            list(self.events.filter(position__gte=first).recorded()),
            list(self.events.filter(position__gte=first).recorded().iterator(chunk_size=2)),
        ):
            assert [event.event_version for event in found] == [1, 1000, 1]
            assert numbers([found[0], found[2]]) == [1, 2]

    def test_a_stream_with_it_can_be_read_again_and_again(self) -> None:
        write_between(self.store)
        for _ in range(3):
            assert [event.event_version for event in self.store.get_events("A-1")] == [1, 1000]
            assert [event.event_version for event in self.store.iter_events("A-1")] == [1, 1000]

    def test_its_payload_tells_where_it_stands_and_why(self) -> None:
        write_between(self.store)
        bad = self.store.get_events("A-1")[1]
        with pytest.raises(UndecodableEvent, match="digits") as caught:
            _ = bad.payload
        error = caught.value
        where = (error.stream_id, error.event_version, error.event_type, error.schema_version, error.path)
        assert where == ("A-1", 1000, "Noted", 1, "payload")
        assert str(error).startswith("stream 'A-1', event 1000 ('Noted' of version 1): payload: can't be decoded: ")
        with pytest.raises(PayloadMismatch):
            _ = bad.stored_payload
        assert (list(bad.undecodable), bad.metadata, "digits" in repr(bad)) == (["payload"], {}, True)

    def test_its_metadata_tells_it_and_its_payload_can_be_read(self) -> None:
        write_between(self.store, part="metadata")
        bad = self.store.get_events("A-1")[1]
        with pytest.raises(UndecodableEvent, match="metadata: can't be decoded"):
            _ = bad.metadata
        assert (list(bad.undecodable), bad.payload) == (["metadata"], {"number": 1})

    def test_other_events_have_nothing_undecodable(self) -> None:
        write_between(self.store)
        good = self.store.get_events("A-1")[0]
        made = RecordedEvent(*(getattr(good, name) for name in RECORDED_FIELDS))
        assert (good.undecodable, made.undecodable) == ({}, {})

    def test_it_is_no_task_for_upcasters(self) -> None:
        with temporary_event_types():
            upcaster("Noted", from_version=1)(lambda payload: {"upcast": payload})
            write_between(self.store)
            bad = self.store.get_events("A-1")[1]
            with pytest.raises(UndecodableEvent):
                _ = bad.payload
            assert not bad.is_upcast

    def test_it_can_be_hashed_and_pickled(self) -> None:
        write_between(self.store, part="metadata")
        bad = self.store.get_events("A-1")[1]
        copy = pickle.loads(pickle.dumps(bad))  # noqa: S301  # own data
        assert (hash(copy), repr(copy), copy.undecodable) == (hash(bad), repr(bad), bad.undecodable)

    def test_a_row_of_the_model_holds_it_as_it_is_stored(self) -> None:
        first = write_between(self.store)
        good, bad, _ = self.events.filter(position__gte=first).order_by("position")
        assert isinstance(bad.payload, Undecodable)
        assert (good.payload, bad.payload.text.count("0") > 5000) == ({"number": 1}, True)
        with pytest.raises(UndecodableEvent):
            _ = bad.recorded().payload

    @pytest.mark.parametrize("part", ["payload", "metadata"])
    def test_an_append_with_its_id_is_no_repetition(self, part: str) -> None:
        again = noted(1)
        write_between(self.store, part=part, event_id=again.event_id)
        with pytest.raises(DuplicateEventError, match=f"another {part}"):
            self.store.append("A-1", [again])
