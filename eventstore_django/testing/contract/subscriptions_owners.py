"""Who owns a shard: what a worker does after it lost it, and what follows one that ended without a word."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F

from ...events import RecordedEvent
from ...workers import operations
from ...workers.stopping import StopFlag
from .subscriptions_case import NAME, SubscriptionCase, patient


class OwnerContract(SubscriptionCase):
    """Leases, epochs and crashes, as far as one connection can show them."""

    # A shard that was lost

    @pytest.mark.parametrize(
        "change",
        [{"epoch": F("epoch") + 1}, {"owner": uuid4()}, {"position": F("position") + 1}],
        ids=["epoch", "owner", "position"],
    )
    @pytest.mark.parametrize("scope", ["batch", "event"])
    def test_a_worker_that_lost_its_shard_commits_nothing(self, change: dict[str, Any], scope: str) -> None:
        follower = self.follower(transaction=scope)
        self.run()
        before = self.only_shard().position
        stop = StopFlag()
        follower.meanwhile = self.taken_over(stop, **change)
        self.append_numbers("A-1", 1, 2)
        self.run(stop=stop)
        assert follower.calls == [1]
        assert follower.written() == []
        assert self.only_shard().position == before
        assert self.states() == []

    def taken_over(self, stop: StopFlag, **change: Any) -> Callable[[object], None]:
        """Change the row in the handler's transaction, where the commit sees it; end the worker after that."""

        def take(event: object) -> None:
            self.shards_of().update(**change)
            stop.set()

        return take

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_worker_that_lost_its_shard_leaves_a_parked_event_as_it_is(self, fails: bool) -> None:
        follower = self.with_parked(1)
        operations.retry_parked(self.using, NAME)
        follower.failing = {1} if fails else set()
        stop = StopFlag()
        calls = len(follower.calls)
        follower.meanwhile = self.taken_over(stop, epoch=F("epoch") + 1)
        self.run(stop=stop)
        assert len(follower.calls) == calls + 1
        assert follower.written() == []
        assert self.kept_aside().count() == 1

    def test_each_owner_has_a_higher_epoch(self) -> None:
        self.follower()
        self.run()
        before = self.only_shard().epoch
        self.run()
        assert self.only_shard().epoch > before

    # Owners that ended without a word

    def test_after_a_crash_the_events_in_hand_are_handled_one_by_one(self) -> None:
        follower = self.follower(retries=patient(attempts=2))
        self.run()
        self.end_without_a_word(in_flight=2)
        in_transaction: list[int] = []
        follower.meanwhile = lambda event: in_transaction.append(self.only_shard().attempt_position)
        events = self.append_numbers("A-1", 1, 2, 3)
        self.run()
        assert follower.calls == [1, 2, 3]
        assert in_transaction[:2] == [events[0].position, events[1].position]
        assert follower.written() == [1, 2, 3]

    def test_an_event_that_ended_its_process_is_kept_aside_and_the_attempt_counts(self) -> None:
        follower = self.follower(retries=patient(attempts=3))
        self.run()
        event = self.append_numbers("A-1", 1)[0]
        self.append_numbers("B-1", 2)
        self.end_without_a_word(attempt_position=event.position, attempts=1)
        self.run()
        assert follower.calls == [2]
        assert self.states() == [("A-1", "retrying", 1)]
        self.let_time_pass()
        self.run()
        assert follower.calls == [2, 1]
        assert [context.attempt for context in follower.contexts] == [1, 2]

    def test_an_event_that_ended_its_process_too_often_is_parked(self) -> None:
        follower = self.follower(retries=patient(attempts=2))
        self.run()
        event = self.append_numbers("A-1", 1)[0]
        self.append_numbers("B-1", 2)
        self.end_without_a_word(attempt_position=event.position, attempts=2)
        self.run()
        assert follower.calls == [2]
        assert self.states() == [("A-1", "parked", 2)]
        assert "process ended" in self.kept_aside().get().error

    def test_a_retry_that_ended_its_process_counts_too(self) -> None:
        follower = self.follower(retries=patient(attempts=2))
        follower.failing = {1}
        self.append_numbers("A-1", 1)
        self.run()
        self.kept_aside().update(attempts=2)
        self.let_time_pass()
        calls = len(follower.calls)
        self.run()
        assert len(follower.calls) == calls
        assert self.states() == [("A-1", "parked", 2)]

    def test_an_event_whose_handler_ends_the_process_is_parked(self) -> None:
        follower = self.follower(retries=patient(attempts=1))

        def leave(event: RecordedEvent) -> None:
            if event.payload["number"] == 2:
                raise SystemExit

        follower.meanwhile = leave
        for number in (1, 2, 3):
            self.append_numbers(f"A-{number}", number)
        for _ in range(4):
            with suppress(SystemExit):
                self.run()
        assert follower.written() == [1, 3]
        assert self.states() == [("A-2", "parked", 1)]

    def test_a_shard_that_somebody_owns_is_left_alone(self) -> None:
        follower = self.follower()
        self.run()
        self.append_numbers("A-1", 1)
        stop = StopFlag()
        owner = uuid4()
        self.shards_of().update(owner=owner, lease_until=self.in_an_hour())
        other = self.follower("other")
        other.meanwhile = lambda event: stop.set()
        self.run("followed", "other", stop=stop)
        assert (follower.calls, other.calls) == ([], [1])
        assert self.only_shard().owner == owner
