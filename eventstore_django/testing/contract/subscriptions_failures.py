"""What becomes of an event whose handler fails: retried, parked, or the end of the subscription for now."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ...subscriptions.retrying import RetryPolicy
from ...workers import operations
from .subscriptions_case import Refusal, SubscriptionCase


class FailureContract(SubscriptionCase):
    """``on_error`` and ``retries``."""

    # Kept aside

    def test_a_failed_event_holds_back_its_own_stream_and_no_other(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1, 2)
        self.append_numbers("B-1", 3, 4)
        self.append_numbers("A-1", 5)
        self.run()
        assert follower.written() == [3, 4]
        assert self.states() == [("A-1", "retrying", 1), ("A-1", "waiting", 0), ("A-1", "waiting", 0)]
        assert self.only_shard().position == self.store.head_position()

    def test_what_comes_later_waits_too(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1)
        self.run()
        self.append_numbers("A-1", 2)
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.written() == [3]
        assert self.states() == [("A-1", "retrying", 1), ("A-1", "waiting", 0)]

    def test_events_before_the_failed_one_of_their_stream_are_handled(self) -> None:
        follower = self.failing_at(2)
        self.append_numbers("A-1", 1, 2, 3)
        self.run()
        assert follower.written() == [1]
        assert self.states() == [("A-1", "retrying", 1), ("A-1", "waiting", 0)]

    def test_several_streams_can_be_held_back_at_a_time(self) -> None:
        follower = self.failing_at(1, 2)
        self.append_numbers("A-1", 1)
        self.append_numbers("B-1", 2)
        self.append_numbers("C-1", 3)
        self.append_numbers("B-1", 4)
        self.run()
        assert follower.written() == [3]
        assert self.states() == [("A-1", "retrying", 1), ("B-1", "retrying", 1), ("B-1", "waiting", 0)]

    def test_what_is_kept_aside_tells_of_the_event_and_of_the_error(self) -> None:
        self.failing_at(1)
        event = self.append_numbers("A-1", 1)[0]
        self.run()
        row = self.kept_aside().get()
        assert (row.position, row.event_id, row.event_type) == (event.position, event.event_id, "Noted")
        assert "number 1" in row.error
        assert "Traceback" in row.error

    def test_an_error_with_texts_that_no_database_takes_is_kept(self) -> None:
        follower = self.failing_at()

        def fail(event: object) -> None:
            raise ValueError("x" * 100_000 + "nought \0 and half a character \ud800")

        follower.meanwhile = fail
        self.append_numbers("A-1", 1)
        self.run()
        assert "xxxnought" in self.kept_aside().get().error

    def test_an_error_that_can_not_be_told_is_kept_too(self) -> None:
        class Mute(Exception):
            def __str__(self) -> str:
                raise Refusal

        def fail(event: object) -> None:
            raise Mute

        self.failing_at().meanwhile = fail
        self.append_numbers("A-1", 1)
        self.run()
        assert "Mute" in self.kept_aside().get().error

    def test_a_stream_is_held_back_for_the_subscription_that_failed_only(self) -> None:
        self.failing_at(1)
        other = self.follower("other")
        self.append_numbers("A-1", 1, 2)
        self.run("followed", "other")
        assert other.written() == [1, 2]
        assert self.states("other") == []

    def test_with_shards_the_others_go_on(self) -> None:
        follower = self.failing_at(*range(3), shards=4)
        for number in range(24):
            self.append_numbers(f"A-{number % 8}", number)
        self.run()
        assert sorted(follower.written()) == [number for number in range(24) if number % 8 >= 3]
        assert self.kept_aside().count() == 9

    # Retried

    def test_nothing_is_retried_before_its_time(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1)
        self.run()
        calls = len(follower.calls)
        self.run()
        assert len(follower.calls) == calls
        assert self.states() == [("A-1", "retrying", 1)]

    def test_the_time_between_attempts_doubles(self) -> None:
        self.failing_at(1, attempts=9)
        self.append_numbers("A-1", 1)
        for hours in (1, 2, 4):
            before = timezone.now()
            self.run()
            due = self.kept_aside().get().retry_at
            assert due is not None
            assert before + timedelta(hours=hours - 0.5) < due < before + timedelta(hours=hours + 0.5)
            self.let_time_pass()

    def test_a_retry_that_succeeds_frees_its_stream_in_order(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1, 2, 3)
        self.append_numbers("B-1", 4)
        self.run()
        follower.failing = set()
        self.let_time_pass()
        self.append_numbers("A-1", 5)
        self.run()
        assert follower.written() == [4, 1, 2, 3, 5]
        assert self.states() == []

    def test_what_is_handled_at_a_retry_is_counted_once(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1, 2)
        self.run()
        follower.failing = set()
        self.let_time_pass()
        self.run()
        assert self.only_shard().handled == 2

    def test_an_event_that_waited_can_fail_itself(self) -> None:
        follower = self.failing_at(1, 2)
        self.append_numbers("A-1", 1, 2, 3)
        self.run()
        follower.failing = {2}
        self.let_time_pass()
        self.run()
        assert follower.written() == [1]
        assert self.states() == [("A-1", "retrying", 1), ("A-1", "waiting", 0)]

    def test_a_failed_retry_leaves_nothing_but_its_attempt(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1)
        self.run()
        self.let_time_pass()
        self.run()
        assert follower.written() == []
        assert self.states() == [("A-1", "retrying", 2)]

    def test_without_a_delay_all_attempts_are_soon_made(self) -> None:
        follower = self.failing_at(1, retries=RetryPolicy(attempts=3, first_delay=0))
        self.append_numbers("A-1", 1)
        for _ in range(3):
            self.run()
            self.let_time_pass()
        assert self.states() == [("A-1", "parked", 3)]
        assert [context.attempt for context in follower.contexts][-2:] == [2, 3]

    # Stopped

    def test_a_subscription_that_stops_retries_in_place(self) -> None:
        follower = self.failing_at(2, on_error="stop", retries=RetryPolicy(attempts=3, first_delay=0))
        self.append_numbers("A-1", 1, 2)
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.written() == [1]
        assert follower.calls == [1, 2, 1, 2, 2, 2]
        assert [context.attempt for context in follower.contexts][-3:] == [1, 2, 3]

    def test_with_a_transaction_for_each_event_a_subscription_that_stops_counts_as_well(self) -> None:
        retries = RetryPolicy(attempts=3, first_delay=0)
        follower = self.failing_at(2, on_error="stop", transaction="event", retries=retries)
        self.append_numbers("A-1", 1, 2)
        self.run()
        assert follower.calls == [1, 2, 2, 2]
        assert [context.attempt for context in follower.contexts] == [1, 1, 2, 3]
        assert self.subscription_row().status == "stopped"

    def test_a_subscription_that_stops_notes_the_error_and_keeps_nothing_aside(self) -> None:
        self.failing_at(1, on_error="stop", retries=RetryPolicy(attempts=2, first_delay=0))
        self.append_numbers("A-1", 1)
        self.run()
        row = self.subscription_row()
        assert row.status == "stopped"
        assert "number 1" in row.last_error
        assert row.last_error_at is not None
        assert self.states() == []

    def test_a_stopped_subscription_does_nothing(self) -> None:
        follower = self.failing_at(1, on_error="stop", attempts=1)
        self.append_numbers("A-1", 1)
        self.run()
        calls = len(follower.calls)
        self.append_numbers("B-1", 2)
        self.run()
        assert len(follower.calls) == calls

    def test_a_stopped_subscription_goes_on_with_the_event_that_failed(self) -> None:
        follower = self.failing_at(2, on_error="stop", attempts=1)
        self.append_numbers("A-1", 1, 2, 3)
        self.run()
        follower.failing = set()
        operations.resume(self.using, "followed")
        self.run()
        assert follower.written() == [1, 2, 3]
        row = self.subscription_row()
        assert (row.status, row.last_error, row.last_error_at) == ("running", "", None)

    def test_resumed_an_event_has_all_its_attempts_again(self) -> None:
        follower = self.failing_at(1, on_error="stop", retries=RetryPolicy(attempts=2, first_delay=0))
        self.append_numbers("A-1", 1)
        self.run()
        calls = len(follower.calls)
        operations.resume(self.using, "followed")
        self.run()
        assert [context.attempt for context in follower.contexts[calls:]] == [1, 1, 2]
        assert self.subscription_row().status == "stopped"
