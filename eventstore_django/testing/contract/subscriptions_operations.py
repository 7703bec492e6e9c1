"""What operators do to subscriptions, how they are doing, and waiting for one."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from ...exceptions import LeaseLost, SubscriptionError, UnknownSubscription
from ...subscriptions.declarations import subscription
from ...subscriptions.waiting import wait_for
from ...workers import checkpoints, operations
from ...workers.shards import OwnedShard
from .subscriptions_case import NAME, Follower, Refusal, SubscriptionCase, patient


class OperationContract(SubscriptionCase):
    """Pause, resume, reset; parked events; ``statuses`` and ``wait_for``."""

    @pytest.mark.parametrize(
        "operation",
        [
            operations.pause,
            operations.resume,
            operations.reset,
            operations.retry_parked,
            lambda alias, name: operations.discard_parked(alias, name, 1, reason="no use", actor="ada"),
            lambda alias, name: wait_for(name, 1, using=alias),
        ],
        ids=["pause", "resume", "reset", "retry", "discard", "wait"],
    )
    def test_an_unknown_subscription_is_told_with_those_that_there_are(
        self, operation: Callable[[str, str], object]
    ) -> None:
        self.follower()
        self.run()
        with pytest.raises(UnknownSubscription, match=NAME) as caught:
            operation(self.using, "unknown")
        assert (caught.value.name, caught.value.known) == ("unknown", (NAME,))

    # Pause and resume

    def test_a_paused_subscription_stands_still(self) -> None:
        follower = self.follower()
        self.run()
        operations.pause(self.using, NAME)
        self.append_numbers("A-1", 1)
        self.run()
        assert follower.calls == []
        assert self.subscription_row().status == "paused"
        assert self.only_shard().owner is None

    def test_a_resumed_subscription_goes_on_where_it_was(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        operations.pause(self.using, NAME)
        self.append_numbers("A-1", 2)
        self.run()
        operations.resume(self.using, NAME)
        self.run()
        assert follower.calls == [1, 2]

    def test_the_batch_at_hand_is_finished_when_a_subscription_is_paused(self) -> None:
        follower = self.follower()
        follower.meanwhile = lambda event: operations.pause(self.using, NAME)
        self.append_numbers("A-1", 1, 2)
        self.run()
        self.append_numbers("A-1", 3)
        self.run()
        assert follower.written() == [1, 2]

    # Reset

    def test_a_reset_subscription_begins_anew(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1, 2)
        self.run()
        operations.reset(self.using, NAME)
        row = self.only_shard()
        assert (row.position, row.handled, row.event_id, self.subscription_row().status) == (0, 0, None, "running")
        follower.forget()
        self.run()
        assert follower.calls == [1, 2, 1, 2]

    def test_a_reset_can_be_to_a_position(self) -> None:
        follower = self.follower()
        events = self.append_numbers("A-1", 1, 2, 3)
        self.run()
        follower.forget()
        operations.reset(self.using, NAME, events[0].position)
        self.run()
        assert follower.calls == [1, 2, 3, 2, 3]

    def test_a_reset_to_the_end_of_the_log_is_allowed(self) -> None:
        follower = self.follower(start=self.next_position() + 1000)
        self.append_numbers("A-1", 1)
        self.run()
        operations.reset(self.using, NAME, self.store.head_position())
        self.append_numbers("A-1", 2)
        self.run()
        assert follower.calls == [2]

    @pytest.mark.parametrize("beyond", [1, 1000])
    def test_a_reset_beyond_the_log_is_refused(self, beyond: int) -> None:
        self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        before = self.only_shard().position
        with pytest.raises(SubscriptionError, match="log ends"):
            operations.reset(self.using, NAME, self.store.head_position() + beyond)
        assert self.only_shard().position == before

    def test_a_reset_to_a_negative_position_is_refused(self) -> None:
        self.follower()
        self.run()
        with pytest.raises(SubscriptionError):
            operations.reset(self.using, NAME, -1)

    def test_a_reset_lets_the_handler_empty_its_read_model(self) -> None:
        follower = Follower(self.using, NAME)

        @subscription(NAME)
        class Handler:
            handle = staticmethod(follower.handle)
            reset = staticmethod(follower.forget)

        self.append_numbers("A-1", 1, 2)
        self.run()
        operations.reset(self.using, NAME)
        assert follower.written() == []
        self.run()
        assert follower.written() == [1, 2]

    def test_a_reset_whose_handler_fails_changes_nothing(self) -> None:
        follower = Follower(self.using, NAME)

        def fail() -> None:
            follower.forget()
            raise Refusal

        @subscription(NAME)
        class Handler:
            handle = staticmethod(follower.handle)
            reset = staticmethod(fail)

        self.append_numbers("A-1", 1, 2)
        self.run()
        before = self.only_shard().position
        with pytest.raises(Refusal):
            operations.reset(self.using, NAME)
        assert follower.written() == [1, 2]
        assert self.only_shard().position == before

    def test_a_reset_takes_the_number_of_shards_from_the_code(self) -> None:
        self.follower(shards=2)
        self.append_numbers("A-1", 1)
        self.run()
        follower = self.follower(shards=5)
        for number in range(2, 10):
            self.append_numbers(f"A-{number}", number)
        operations.reset(self.using, NAME)
        follower.forget()
        self.run()
        assert self.shards_of().count() == 5
        assert sorted(follower.calls) == list(range(1, 10))

    def test_a_reset_forgets_what_was_parked(self) -> None:
        follower = self.with_parked(1, 2)
        operations.reset(self.using, NAME)
        assert self.states() == []
        follower.failing = set()
        self.run()
        assert follower.written() == [1, 2]

    def test_a_reset_of_a_stopped_subscription_lets_it_run(self) -> None:
        follower = self.follower(on_error="stop", retries=patient(attempts=1))
        follower.failing = {1}
        self.append_numbers("A-1", 1)
        self.run()
        operations.reset(self.using, NAME)
        row = self.subscription_row()
        assert (row.status, row.last_error, row.last_error_at) == ("running", "", None)

    def test_a_reset_of_a_paused_subscription_leaves_it_paused(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        operations.pause(self.using, NAME)
        operations.reset(self.using, NAME)
        self.run()
        assert (follower.calls, self.subscription_row().status) == ([1], "paused")

    @pytest.mark.parametrize("operation", [operations.reset, operations.resume])
    def test_what_is_at_hand_during_an_operation_can_not_be_committed(
        self, operation: Callable[[str, str], None]
    ) -> None:
        self.follower()
        self.run()
        owner = uuid4()
        self.shards_of().update(owner=owner, lease_until=self.in_an_hour())
        row = self.only_shard()
        at_hand = OwnedShard.of(row, owner, row.epoch, shards=1)
        checkpoints.hold(self.using, at_hand)
        operation(self.using, NAME)
        with pytest.raises(LeaseLost):
            checkpoints.hold(self.using, at_hand)
        assert self.only_shard().owner is None
