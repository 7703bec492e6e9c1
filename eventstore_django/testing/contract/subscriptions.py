"""What a subscription is given: each event once, in order, as far as it wants it."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from ...events import NewEvent
from ...models import Subscription
from ...subscriptions.sharding import shard_of
from .case import noted, numbers
from .subscriptions_case import SubscriptionCase


class SubscriptionContract(SubscriptionCase):
    """Reading, filters, shards and where a subscription begins."""

    # Once and in order

    def test_each_event_is_handled_once(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1, 2)
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.calls == [1, 2, 3]
        assert follower.written() == [1, 2, 3]

    def test_a_handler_is_given_what_the_store_reads(self) -> None:
        follower = self.follower()
        written = self.append_one("tenant-1/A/1", noted(1, metadata={"user": "7"}))
        self.run()
        assert follower.events == [written]

    def test_events_come_in_the_global_order_over_many_batches(self) -> None:
        follower = self.follower(batch_size=2)
        for number in range(7):
            self.append_numbers(f"A-{number % 3}", number)
        self.run()
        assert follower.calls == list(range(7))

    def test_a_second_run_goes_on_behind_the_first(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        self.run()
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == [1, 2]

    def test_subscriptions_follow_the_log_each_by_itself(self) -> None:
        one, other = self.follower("one"), self.follower("other")
        self.append_numbers("A-1", 1)
        self.run("one")
        self.append_numbers("A-1", 2)
        self.run("one", "other")
        assert (one.calls, other.calls) == ([1, 2], [1, 2])

    def test_only_those_that_are_asked_for_run(self) -> None:
        self.follower("one")
        other = self.follower("other")
        self.append_numbers("A-1", 1)
        self.run("one")
        assert other.calls == []
        assert not Subscription.objects.using(self.using).filter(pk="other").exists()

    def test_the_checkpoint_stands_at_the_end_of_the_log(self) -> None:
        self.follower(categories=["A"])
        last = self.append_numbers("A-1", 1, 2)[-1]
        self.append_numbers("B-1", 3)
        self.run()
        row = self.only_shard()
        assert row.position == self.store.head_position()
        assert (row.event_position, row.event_id) == (last.position, last.event_id)
        assert row.handled == 2

    def test_an_empty_log_is_no_work(self) -> None:
        follower = self.follower()
        self.run()
        assert follower.calls == []
        assert self.only_shard().position == self.store.head_position()

    def test_what_a_handler_appends_is_handled_too(self) -> None:
        follower = self.follower()
        follower.meanwhile = lambda event: self.append_numbers("B-1", *range(event.payload["number"]))
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == [2, 0, 1, 0]

    # Filters

    def fill_with_all_sorts(self) -> None:
        """Append events that differ in what filters look at."""
        self.append_numbers("A-1", 1)
        self.append_numbers("B-1", 2)
        self.append_numbers("C-1", 3)
        self.append_numbers("t1/A/1", 4)
        self.append_numbers("t10/A/1", 5)
        self.append_one("A-1", noted(6, aggregate_type="B"))
        for name in ("Moved", "Removed"):
            self.append_one("B-1", NewEvent(name, {"number": 7}))

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, [1, 2, 3, 4, 5, 6, 7, 7]),
            ({"categories": ["A"]}, [1, 4, 5, 6]),
            ({"categories": ["A", "B"]}, [1, 2, 4, 5, 6, 7, 7]),
            ({"event_types": ["Moved"]}, [7]),
            ({"event_types": ["Moved", "Removed"]}, [7, 7]),
            ({"partitions": ["t1"]}, [4]),
            ({"partitions": ["t1", "t10"]}, [4, 5]),
            ({"categories": ["A"], "partitions": ["t10"], "event_types": ["Noted"]}, [5]),
            ({"categories": ["A"], "event_types": ["Moved"]}, []),
            ({"categories": ["a"]}, []),
        ],
    )
    def test_only_wanted_events_are_handled(self, options: dict[str, Any], expected: list[int]) -> None:
        follower = self.follower(**options)
        self.fill_with_all_sorts()
        self.run()
        assert follower.calls == expected
        assert self.only_shard().position == self.store.head_position()

    @pytest.mark.parametrize("batch_size", [1, 2, 3])
    def test_few_wanted_events_among_many_are_all_found(self, batch_size: int) -> None:
        follower = self.follower(categories=["A"], batch_size=batch_size)
        for number in range(12):
            self.append_numbers("A-1" if number % 4 == 0 else "B-1", number)
        self.run()
        assert follower.calls == [0, 4, 8]
        assert self.only_shard().position == self.store.head_position()

    # Shards

    @pytest.mark.parametrize("batch_size", [1, 3, None])
    def test_shards_divide_the_streams_and_handle_all_of_them_together(self, batch_size: int | None) -> None:
        follower = self.follower(shards=4, batch_size=batch_size)
        for number in range(24):
            self.append_numbers(f"A-{number % 8}", number)
        self.run()
        assert sorted(follower.calls) == list(range(24))
        for context, event in zip(follower.contexts, follower.events, strict=True):
            assert context.shard == shard_of(event.stream_id, 4)
        assert len({context.shard for context in follower.contexts}) > 1

    def test_with_shards_the_order_within_each_stream_is_kept(self) -> None:
        follower = self.follower(shards=4, batch_size=2)
        for number in range(24):
            self.append_numbers(f"A-{number % 8}", number)
        self.run()
        for stream in range(8):
            own = [event for event in follower.events if event.stream_id == f"A-{stream}"]
            assert numbers(own) == [stream, stream + 8, stream + 16]

    @pytest.mark.parametrize("stream_id", ["Konto-Ä", "t/Ω/1", "日本:1", "A-" + "x" * 250, "%s-1", "a'b-\"c"])
    def test_each_legal_name_belongs_to_the_same_shard_in_the_database_and_out_of_it(self, stream_id: str) -> None:
        follower = self.follower(shards=16)
        self.append_numbers(stream_id, 1)
        self.run()
        assert [context.shard for context in follower.contexts] == [shard_of(stream_id, 16)]

    def test_each_shard_counts_what_it_has_handled(self) -> None:
        self.follower(shards=3)
        streams = [f"A-{number}" for number in range(12)]
        for stream_id in streams:
            self.append_numbers(stream_id, 1)
        self.run()
        counts = [sum(shard_of(stream_id, 3) == number for stream_id in streams) for number in range(3)]
        assert list(self.shards_of().values_list("handled", flat=True)) == counts
        assert self.subscription_row().handled == 12

    # Where it begins

    @pytest.mark.parametrize("start", ["beginning", 0, 1])
    def test_a_new_subscription_begins_with_the_first_event(self, start: str | int) -> None:
        follower = self.follower(start=start)
        self.append_numbers("A-1", 1, 2)
        self.run()
        assert follower.calls == [1, 2]

    def test_a_new_subscription_can_begin_with_what_comes_after_its_first_run(self) -> None:
        follower = self.follower(start="now")
        self.append_numbers("A-1", 1, 2)
        self.run()
        assert follower.calls == []
        self.append_numbers("A-1", 3)
        self.run()
        assert follower.calls == [3]

    def test_a_new_subscription_can_begin_with_the_event_at_a_position(self) -> None:
        events = self.append_numbers("A-1", 1, 2, 3)
        follower = self.follower(start=events[1].position)
        self.run()
        assert follower.calls == [2, 3]

    def test_where_it_begins_is_not_asked_again(self) -> None:
        first = self.follower(start="now")
        self.run()
        self.append_numbers("A-1", 1)
        second = self.follower(start="beginning")
        self.append_numbers("A-1", 2)
        self.run()
        assert (first.calls, second.calls) == ([], [1, 2])

    def test_an_existing_subscription_keeps_its_shards(self) -> None:
        self.follower(shards=2)
        self.run()
        follower = self.follower(shards=5)
        for number in range(10):
            self.append_numbers(f"A-{number}", number)
        self.run()
        assert self.shards_of().count() == 2
        assert sorted(follower.calls) == list(range(10))

    def test_what_is_declared_is_noted(self) -> None:
        self.follower(categories=["A"], shards=2, on_error="stop")
        self.run()
        settings = self.subscription_row().settings
        assert (settings["categories"], settings["shards"], settings["on_error"]) == (["A"], 2, "stop")
        self.follower(event_types=["Noted"])
        self.run()
        settings = self.subscription_row().settings
        assert (settings["categories"], settings["event_types"]) == ([], ["Noted"])

    def test_a_second_run_registers_nothing_anew(self) -> None:
        self.follower(shards=2)
        self.run()
        before = [*self.shards_of().values_list("pk", flat=True)], self.subscription_row().created_at
        self.run()
        assert ([*self.shards_of().values_list("pk", flat=True)], self.subscription_row().created_at) == before

    def test_nothing_is_owned_after_a_run(self) -> None:
        self.follower(shards=2)
        self.run()
        rows = self.shards_of().values_list("owner", "lease_until", "in_flight")
        assert set(chain.from_iterable(rows)) == {None, 0}
        assert self.subscription_row().status == "running"
