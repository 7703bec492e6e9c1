"""Events that another client has written with a time that Python has not."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pickle

import pytest

from ...exceptions import DuplicateEventError, UndecodableEvent
from .case import ContractCase, noted, numbers
from .undecodable import write_undecodable

INFINITY = "infinity"
YEAR = "12345-01-31 12:00:00+00"

TIMES = pytest.mark.parametrize("text", [INFINITY, YEAR])
NAMES = pytest.mark.parametrize("name", ["occurred_at", "created_at"])


class UndecodableTimeContract(ContractCase):
    """Such an event is given like all others; asked for the time, it tells what is wrong."""

    def with_time_between(self, text: str = INFINITY, name: str = "occurred_at", **changes: object) -> int:
        """Write such an event between two others; return the position of the first."""
        first = self.store.append("A-1", [noted(1)]).events[0]
        write_undecodable(self.using, first, text, name, **changes)
        self.store.append("B-1", [noted(2)])
        return first.position

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
