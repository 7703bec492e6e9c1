"""Events that another client has written with a time that Python has not."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pickle

import pytest
from django.db.models.expressions import RawSQL

from ...aggregates.snapshots import AggregateSnapshot
from ...encoding import Undecodable
from ...exceptions import DuplicateEventError, UndecodableEvent, UndecodableSnapshot
from ...models import Snapshot, Stream
from ...repositories.repository import Repository
from .aggregates import Sum
from .case import ContractCase, noted, numbers, several
from .undecodable import write_between

INFINITY = "infinity"
YEAR = "12345-01-31 12:00:00+00"

TIMES = pytest.mark.parametrize("text", [INFINITY, YEAR])
NAMES = pytest.mark.parametrize("name", ["occurred_at", "created_at"])


class UndecodableTimeContract(ContractCase):
    """Such an event is given like all others; asked for the time, it tells what is wrong."""

    def with_time_between(self, text: str = INFINITY, name: str = "occurred_at", **changes: object) -> int:
        """Write such an event between two others; return the position of the first."""
        return write_between(self.store, text, name, **changes)

    @NAMES
    @TIMES
    def test_a_time_that_python_has_not_hides_no_event(self, name: str, text: str) -> None:
        first = self.with_time_between(text, name)
        for found in (
            self.store.get_all_events(first),
            list(self.store.iter_all_events(first)),
            list(self.events.filter(position__gte=first).recorded()),
            list(self.events.filter(position__gte=first).recorded().iterator(chunk_size=2)),
        ):
            assert [event.event_version for event in found] == [1, 1000, 1]
            assert numbers(found) == [1, 1, 2]
        for _ in range(3):
            assert [event.event_version for event in self.store.get_events("A-1")] == [1, 1000]

    @NAMES
    @TIMES
    def test_asked_for_such_a_time_an_event_tells_where_it_stands_and_why(self, name: str, text: str) -> None:
        self.with_time_between(text, name)
        bad = self.store.get_events("A-1")[1]
        with pytest.raises(UndecodableEvent, match=f"event 1000 .*: {name}: can't be decoded: "):
            getattr(bad, name)
        assert list(bad.undecodable) == [name]
        assert bad.undecodable[name].text.startswith(text[:5])

    @NAMES
    @TIMES
    def test_a_row_of_the_model_has_what_is_stored_in_place_of_such_a_time(self, name: str, text: str) -> None:
        first = self.with_time_between(text, name)
        rows = self.events.filter(position__gte=first).order_by("position")
        for found in (list(rows), list(rows[:3]), [*rows[:2], rows.last()], list(rows.defer("payload"))):
            good, bad, last = (getattr(row, name) for row in found)
            assert (bad.text[:5], good < last) == (text[:5], True)
            assert isinstance(found[1].payload, dict)
        with pytest.raises(UndecodableEvent):
            getattr(rows[1].recorded(), name)
        assert rows[0].recorded() == self.store.get_events("A-1")[0]

    @TIMES
    def test_such_a_time_of_a_stream_or_a_snapshot_hides_no_other(self, text: str) -> None:
        for stream in ("A-1", "A-2", "A-3"):
            self.store.append(stream, [noted(1)])
            self.store.save_snapshot(AggregateSnapshot("1", "A", 1, {}, stream_id=stream))
        stored = RawSQL(f"'{text}'", ())  # noqa: S611  # no input
        for model in (Stream, Snapshot):
            model.objects.using(self.using).filter(stream_id="A-2").update(created_at=stored)
            found = [row.created_at for row in model.objects.using(self.using).order_by("stream_id")]
            assert [isinstance(moment, Undecodable) for moment in found] == [False, True, False]
        with pytest.raises(UndecodableSnapshot, match="A-2"):
            self.store.get_snapshot("1", stream_id="A-2")

    def test_an_aggregate_is_loaded_without_a_snapshot_of_such_a_time(self) -> None:
        self.store.append("Sum-1", several(2))
        self.store.save_snapshot(AggregateSnapshot("1", "Sum", 1, {"numbers": [9]}))
        stored = RawSQL(f"'{INFINITY}'", ())  # noqa: S611  # no input
        Snapshot.objects.using(self.using).update(created_at=stored)
        assert Repository(Sum, store=self.store).get("1").numbers == [1, 2]

    def test_an_event_with_such_a_time_can_be_hashed_and_pickled(self) -> None:
        self.with_time_between()
        bad = self.store.get_events("A-1")[1]
        copy = pickle.loads(pickle.dumps(bad))  # noqa: S301  # own data
        assert (hash(copy), repr(copy), copy.undecodable) == (hash(bad), repr(bad), bad.undecodable)

    def test_an_append_with_the_id_of_such_an_event_is_no_repetition(self) -> None:
        again = noted(1)
        self.with_time_between(event_id=again.event_id)
        with pytest.raises(DuplicateEventError, match="another occurred_at"):
            self.store.append("A-1", [again])
