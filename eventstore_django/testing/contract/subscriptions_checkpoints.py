"""The checkpoint: it commits with what the handler wrote, or not at all, and it belongs to this log and this owner."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db.models import F

from ...models import Subscription
from ...subscriptions.sharding import shard_of
from ...workers.stopping import StopFlag
from .subscriptions_case import SubscriptionCase, patient


class CheckpointContract(SubscriptionCase):
    """Exactly once, as far as the handler's own rows go."""

    # With the handler's rows

    def test_a_batch_that_fails_leaves_nothing_and_is_handled_event_by_event(self) -> None:
        follower = self.follower(retries=patient(attempts=2))
        follower.failing = {3}
        for number in range(1, 6):
            self.append_numbers(f"A-{number}", number)
        self.run()
        assert follower.calls == [1, 2, 3, 1, 2, 3, 4, 5]
        assert follower.written() == [1, 2, 4, 5]
        assert self.only_shard().position == self.store.head_position()
        assert self.only_shard().handled == 4

    def test_with_a_transaction_for_each_event_the_others_are_not_handled_again(self) -> None:
        follower = self.follower(transaction="event", retries=patient(attempts=2))
        follower.failing = {3}
        for number in range(1, 6):
            self.append_numbers(f"A-{number}", number)
        self.run()
        assert follower.calls == [1, 2, 3, 4, 5]
        assert follower.written() == [1, 2, 4, 5]

    def test_a_handler_that_is_interrupted_leaves_no_row_and_no_checkpoint(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        before = self.only_shard().position

        def interrupt(event: object) -> None:
            raise KeyboardInterrupt

        follower.meanwhile = interrupt
        self.append_numbers("A-1", 2, 3)
        with pytest.raises(KeyboardInterrupt):
            self.run()
        assert (follower.written(), self.only_shard().position) == ([1], before)
        follower.meanwhile = lambda event: None
        self.run()
        assert follower.written() == [1, 2, 3]

    def test_after_an_interruption_the_shard_is_free_at_once(self) -> None:
        follower = self.follower()

        def interrupt(event: object) -> None:
            raise KeyboardInterrupt

        follower.meanwhile = interrupt
        self.append_numbers("A-1", 1)
        with pytest.raises(KeyboardInterrupt):
            self.run()
        assert self.only_shard().owner is None

    def test_asked_to_stop_a_worker_finishes_the_event_at_hand(self) -> None:
        follower = self.follower()
        stop = StopFlag()
        follower.meanwhile = lambda event: stop.set() if event.payload["number"] == 2 else None
        events = self.append_numbers("A-1", 1, 2, 3)
        self.run(stop=stop)
        assert follower.written() == [1, 2]
        row = self.only_shard()
        assert (row.position, row.event_id, row.owner) == (events[1].position, events[1].event_id, None)
        self.run()
        assert follower.calls == [1, 2, 3]

    # This log and no other

    def test_a_checkpoint_beyond_the_log_stops_the_subscription(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        self.shards_of().update(position=F("position") + 1000)
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == [1]
        row = self.subscription_row()
        assert row.status == "stopped"
        assert "the log ends at" in row.last_error
        assert row.last_error_at is not None

    def test_another_event_at_the_checkpoint_stops_the_subscription(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        self.shards_of().update(event_id=uuid4())
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == [1]
        row = self.subscription_row()
        assert row.status == "stopped"
        assert "has another one" in row.last_error

    def test_where_a_subscription_began_is_a_checkpoint_too(self) -> None:
        self.append_numbers("A-1", 1)
        follower = self.follower(start="now")
        self.run()
        self.shards_of().update(position=F("position") + 1000)
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == []
        assert self.subscription_row().status == "stopped"

    def test_a_subscription_of_another_log_does_not_stop_the_others(self) -> None:
        self.follower()
        other = self.follower("other")
        self.append_numbers("A-1", 1)
        self.run("followed", "other")
        self.shards_of().update(event_id=uuid4())
        self.append_numbers("A-1", 2)
        self.run("followed", "other")
        assert other.calls == [1, 2]
        assert Subscription.objects.using(self.using).get(pk="other").status == "running"

    def test_the_event_at_the_checkpoint_may_have_been_erased(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1, 2)
        self.run()
        self.append_numbers("B-1", 3)
        self.erase("A-1")
        self.append_numbers("B-1", 4)
        self.run()
        assert self.subscription_row().last_error == ""
        assert follower.calls == [1, 2, 3, 4]

    def test_the_last_event_of_the_log_may_have_been_erased(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1, 2)
        self.run()
        self.erase("A-1")
        self.run()
        assert self.subscription_row().last_error == ""
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.calls == [1, 2, 3]

    def test_an_event_that_was_erased_before_its_turn_is_not_handled(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.append_numbers("B-1", 2)
        self.append_numbers("C-1", 3)
        self.erase("B-1")
        self.run()
        assert follower.calls == [1, 3]

    # An earlier division into shards

    def test_what_the_shards_of_an_earlier_division_had_handled_is_not_handled_again(self) -> None:
        follower = self.follower()
        self.run()
        streams = [f"A-{number}" for number in range(6)]
        events = [self.append_numbers(stream_id, number)[0] for number, stream_id in enumerate(streams * 2)]
        floors = [events[4].position, events[8].position]
        self.shards_of().update(floors=floors)
        self.run()
        expected = [
            event.payload["number"] for event in events if event.position > floors[shard_of(event.stream_id, 2)]
        ]
        assert follower.calls == expected
        assert self.only_shard().floors is None
