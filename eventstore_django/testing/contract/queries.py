"""The same reads for the ORM: querysets that are chained, counted and sliced like any other."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import uuid4

import pytest

from ...events import NewEvent, RecordedEvent
from ...querysets import EventQuerySet
from .case import ContractCase, noted, numbers, several

SELECTIONS: dict[str, Callable[[EventQuerySet], EventQuerySet]] = {
    "stream": lambda events: events.stream("A-1"),
    "category": lambda events: events.category("A"),
    "partition": lambda events: events.partition("t"),
    "of_type": lambda events: events.of_type("Noted"),
    "correlated_with": lambda events: events.correlated_with("c"),
    "settled": lambda events: events.settled(),
}


def _read(events: EventQuerySet) -> list[int]:
    return numbers(list(events.recorded()))


class _Other(str, Enum):  # noqa: UP042  # a StrEnum's own text is its value: no trap
    CORRELATION = "other"


class QueryContract(ContractCase):
    """``Event.objects``."""

    def written(self, *names: str) -> list[RecordedEvent]:
        """Append an event to each stream, numbered from 0, and return them."""
        return [self.store.append(name, [noted(number)]).events[0] for number, name in enumerate(names)]

    def test_stream_selects_one_stream_in_its_order(self) -> None:
        self.written("A-1", "A-10", "a-1", "A-1")
        assert _read(self.events.stream("A-1")) == [0, 3]

    def test_stream_all_selects_everything_in_its_order(self) -> None:
        first = self.written("B-1", "A-1", "B-1")[0]
        assert _read(self.events.stream("$all").after(first.position - 1)) == [0, 1, 2]

    def test_category_selects_across_streams_and_partitions(self) -> None:
        self.written("A-1", "t/A/1", "A:1", "Ab-1", "a-1", "A")
        assert _read(self.events.category("A")) == [0, 1, 2, 5]

    def test_partition_never_shows_the_events_of_another(self) -> None:
        names = ["tenant-1", "tenant-10", "tenant_1", "tenant%", "TENANT-1", "tenant", "tenant-1 "]
        self.written(*[f"{name}/A/1" for name in names], "tenant-1/A", "tenant-1-A")
        for number, name in enumerate(names):
            assert _read(self.events.partition(name)) == [number]

    def test_of_type_selects_any_of_the_types(self) -> None:
        for number, name in enumerate(["Opened", "Closed", "opened", "Opened", "Open"]):
            self.store.append("A-1", [NewEvent(name, {"number": number})])
        assert _read(self.events.of_type("Opened")) == [0, 3]
        assert _read(self.events.of_type("Opened", "Closed")) == [0, 1, 3]
        assert _read(self.events.stream("A-1").of_type()) == []

    def test_after_excludes_and_up_to_includes_the_position(self) -> None:
        events = self.written("A-1", "A-2", "A-3", "A-4")
        assert _read(self.events.after(events[1].position)) == [2, 3]
        assert _read(self.events.after(events[0].position).up_to(events[2].position)) == [1, 2]

    def test_as_of_goes_by_the_time_of_storing(self) -> None:
        events = self.written("A-1", "A-2", "A-3")
        moment = events[1].created_at
        expected = [number for number, event in enumerate(events) if event.created_at <= moment]
        assert _read(self.events.category("A").as_of(moment)) == expected
        assert _read(self.events.category("A").as_of(events[0].created_at - timedelta(microseconds=1))) == []
        assert _read(self.events.category("A").as_of(events[2].created_at)) == [0, 1, 2]

    def test_as_of_does_not_believe_what_events_say_of_their_time(self) -> None:
        self.store.append("A-1", [noted(occurred_at=datetime(1999, 1, 1, tzinfo=UTC))])
        assert _read(self.events.category("A").as_of(datetime(2000, 1, 1, tzinfo=UTC))) == []

    def test_as_of_needs_a_time_zone(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            self.events.as_of(datetime(2024, 1, 1))

    def test_correlated_with_finds_the_events_of_a_correlation(self) -> None:
        correlation = uuid4()
        metadata = [
            {"correlation_id": str(correlation)},
            {"correlation_id": "other"},
            {},
            {"causation_id": str(correlation)},
        ]
        for number, item in enumerate([*metadata, metadata[0]]):
            self.store.append(f"A-{number}", [noted(number, metadata=item)])
        assert _read(self.events.correlated_with(correlation)) == [0, 4]
        assert _read(self.events.correlated_with(str(correlation))) == [0, 4]
        assert _read(self.events.correlated_with("other")) == [1]
        assert _read(self.events.correlated_with(_Other.CORRELATION)) == [1]
        assert _read(self.events.correlated_with("%")) == []

    def test_correlated_with_takes_odd_texts(self) -> None:
        odd = "a'b\"c%d\\e é"
        self.store.append("A-1", [noted(metadata={"correlation_id": odd})])
        assert _read(self.events.correlated_with(odd)) == [1]

    # Settled

    def test_settled_finds_the_watermark_anew_at_each_run(self) -> None:
        settled = self.events.category("A").settled()
        assert settled.count() == 0
        self.store.append("A-1", several(2))
        assert settled.count() == 2
        self.store.append("A-1", [noted(3)])
        assert numbers(list(settled.all().recorded())) == [1, 2, 3]

    def test_settled_asks_for_the_watermark_when_it_runs_not_when_it_is_made(self) -> None:
        with self.nothing_sent():
            self.events.category("A").settled().order_by("-position")

    def test_settled_works_in_every_kind_of_query(self) -> None:
        self.store.append("A-1", several(3))
        settled = self.events.category("A").settled()
        assert settled.exists()
        assert settled.values_list("event_version", flat=True).last() == 3
        assert settled.filter(pk__in=settled.values("pk")).count() == 3
        assert [event.event_version for event in settled[1:]] == [2, 3]

    # Chaining

    @pytest.mark.parametrize("first", SELECTIONS.values(), ids=SELECTIONS)
    @pytest.mark.parametrize("second", SELECTIONS.values(), ids=SELECTIONS)
    def test_selections_can_be_chained(
        self, first: Callable[[EventQuerySet], EventQuerySet], second: Callable[[EventQuerySet], EventQuerySet]
    ) -> None:
        self.store.append("A-1", [noted(0, metadata={"correlation_id": "c"})])
        self.store.append("t/A/1", [noted(1, metadata={"correlation_id": "c"})])
        self.store.append("B-1", [NewEvent("Other", {"number": 2})])
        one, other = (set(_read(select(self.events))) for select in (first, second))
        assert set(_read(second(first(self.events)))) == one & other

    def test_a_long_chain_selects_what_all_of_it_selects(self) -> None:
        events = self.written("t/A/1", "t/A/2", "t/B/1", "u/A/1", "t/A/1", "t/A/3")
        chain = self.events.settled().partition("t").category("A").of_type("Noted", "Other")
        assert _read(chain.after(events[0].position).up_to(events[4].position)) == [1, 4]

    # Models

    def test_a_model_instance_gives_the_same_recorded_event(self) -> None:
        event = self.written("t/A/1")[0]
        model = self.events.get(pk=event.position)
        assert model.recorded() == event
        assert (model.stream_id, model.stream.version) == ("t/A/1", 1)

    def test_events_are_ordered_by_position(self) -> None:
        self.written("C-1", "A-1", "B-1")
        positions = list(self.events.values_list("position", flat=True))
        assert positions == sorted(positions)
        assert len(positions) >= 3

    @pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=["nul", "surrogate"])
    def test_what_can_not_be_stored_is_not_found(self, text: str) -> None:
        self.store.append("Account-1", [noted()])
        assert self.store.get_category_events(text) == []
        assert list(self.store.iter_all_events(category=text)) == []
        assert list(self.store.iter_all_events(partition=text, backwards=True)) == []
        for selected in (
            self.events.category(text),
            self.events.partition(text),
            self.events.of_type(text),
            self.events.of_type(text, text),
            self.events.correlated_with(text),
        ):
            assert list(selected) == []
