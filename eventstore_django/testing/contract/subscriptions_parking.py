"""Events that a subscription has given up on, until somebody retries or discards them."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ...exceptions import SubscriptionError
from ...subscriptions.declarations import subscription
from ...workers import operations
from .subscriptions_case import NAME, SubscriptionCase, patient
from .undecodable import write_undecodable


class ParkingContract(SubscriptionCase):
    """Parked events, and what becomes of them and of their streams."""

    # Given up

    def test_after_the_last_attempt_an_event_is_parked(self) -> None:
        follower = self.failing_at(1, attempts=2)
        self.append_numbers("A-1", 1, 2)
        for _ in range(4):
            self.run()
            self.let_time_pass()
        assert [context.attempt for context in follower.contexts] == [1, 1, 2]
        assert self.states() == [("A-1", "parked", 2), ("A-1", "waiting", 0)]
        assert self.kept_aside()[0].retry_at is None

    def test_what_comes_behind_a_parked_event_waits_and_other_streams_go_on(self) -> None:
        follower = self.failing_at(1, attempts=1)
        self.append_numbers("A-1", 1)
        self.run()
        self.append_numbers("A-1", 2)
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.written() == [3]
        assert self.states() == [("A-1", "parked", 1), ("A-1", "waiting", 0)]

    def test_an_event_that_was_erased_holds_its_stream_back_no_longer(self) -> None:
        follower = self.failing_at(1)
        self.append_numbers("A-1", 1)
        self.run()
        self.erase("A-1")
        self.append_numbers("A-1", 2)
        self.let_time_pass()
        self.run()
        assert follower.written() == [2]
        assert self.states() == []

    # Events that can't be read

    @contextmanager
    def longer_numbers(self) -> Iterator[None]:
        """Let Python read it after all."""
        limit = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            yield
        finally:
            sys.set_int_max_str_digits(limit)

    @pytest.mark.parametrize("batch", [False, True])
    def test_an_event_that_can_not_be_read_is_parked_and_the_others_go_on(self, batch: bool) -> None:
        follower = self.failing_at(attempts=1)
        if batch:
            subscription("followed", batch=True, retries=patient(1))(follower.handle_batch)
        write_undecodable(self.using, self.append_numbers("A-1", 1)[0])
        self.append_numbers("B-1", 2)
        self.run()
        assert follower.written() == [1, 2]
        assert self.states() == [("A-1", "parked", 1)]
        assert "digits" in self.kept_aside().get().error

    def test_an_event_that_can_not_be_read_is_handled_when_it_can_be(self) -> None:
        follower = self.failing_at(attempts=2)
        write_undecodable(self.using, self.append_numbers("A-1", 1)[0])
        for _ in range(2):
            self.run()
            self.let_time_pass()
        assert (follower.written(), self.states()) == ([1], [("A-1", "parked", 2)])
        with self.longer_numbers():
            operations.retry_parked(self.using, "followed")
            self.run()
            assert (follower.written(), self.states()) == ([1, 0], [])

    def test_an_event_that_can_not_be_read_stops_a_subscription_that_stops(self) -> None:
        follower = self.failing_at(on_error="stop", attempts=1)
        write_undecodable(self.using, self.append_numbers("A-1", 1)[0])
        self.append_numbers("B-1", 2)
        self.run()
        assert follower.written() == [1]
        assert self.subscription_row().status == "stopped"

    # Retried or discarded

    def test_a_parked_event_is_handled_on_request_and_frees_its_stream(self) -> None:
        follower = self.with_parked(1, 2)
        self.append_numbers("A-1", 3)
        follower.failing = set()
        assert operations.retry_parked(self.using, NAME) == 1
        self.run()
        self.append_numbers("A-1", 4)
        self.run()
        assert follower.written() == [1, 2, 3, 4]
        assert self.states() == []

    def test_without_a_request_a_parked_event_stays(self) -> None:
        follower = self.with_parked(1, 2)
        follower.failing = set()
        self.run()
        assert follower.written() == []
        assert self.states() == [("A-1", "parked", 1), ("A-1", "waiting", 0)]

    def test_an_event_that_fails_on_request_is_parked_again(self) -> None:
        follower = self.with_parked(1, 2)
        calls = len(follower.calls)
        operations.retry_parked(self.using, NAME)
        self.run()
        assert follower.calls[calls:] == [1]
        assert self.states() == [("A-1", "parked", 1), ("A-1", "waiting", 0)]

    def test_the_events_to_be_retried_can_be_chosen(self) -> None:
        follower = self.follower(retries=patient(attempts=1))
        follower.failing = {1, 2, 3}
        events = [self.append_numbers(f"{name}-1", number)[0] for number, name in enumerate("ABC", start=1)]
        self.run()
        follower.failing = set()
        assert operations.retry_parked(self.using, NAME, position=events[1].position) == 1
        self.run()
        assert follower.written() == [2]
        assert operations.retry_parked(self.using, NAME, stream_id="C-1") == 1
        self.run()
        assert follower.written() == [2, 3]
        assert operations.retry_parked(self.using, NAME, stream_id="C-1") == 0

    def test_a_discarded_event_is_never_handled_and_what_waits_goes_on(self) -> None:
        follower = self.with_parked(1, 2)
        follower.failing = set()
        operations.discard_parked(self.using, NAME, self.kept_aside()[0].position, reason="no use", actor="ada")
        self.append_numbers("A-1", 3)
        self.run()
        assert follower.written() == [2, 3]

    def test_a_discarded_event_stays_with_the_reason_and_the_actor(self) -> None:
        self.with_parked(1)
        position = self.kept_aside()[0].position
        operations.discard_parked(self.using, NAME, position, reason="no use", actor="ada")
        self.run()
        row = self.kept_aside().get()
        assert (row.status, row.reason, row.actor, row.position) == ("discarded", "no use", "ada", position)
        assert "number 1" in row.error
        assert operations.retry_parked(self.using, NAME) == 0

    def test_an_event_that_waits_can_be_discarded_before_its_turn(self) -> None:
        follower = self.with_parked(1, 2, 3)
        operations.discard_parked(self.using, NAME, self.kept_aside()[1].position, reason="no use", actor="ada")
        follower.failing = set()
        operations.retry_parked(self.using, NAME)
        self.run()
        assert follower.written() == [1, 3]

    @pytest.mark.parametrize(("reason", "actor"), [("", "ada"), ("no use", " ")])
    def test_discarding_needs_a_reason_and_an_actor(self, reason: str, actor: str) -> None:
        self.with_parked(1)
        with pytest.raises(SubscriptionError):
            operations.discard_parked(self.using, NAME, self.kept_aside()[0].position, reason=reason, actor=actor)
        assert self.states() == [("A-1", "parked", 1)]

    def test_only_what_is_kept_aside_can_be_discarded(self) -> None:
        self.with_parked(1)
        last = self.append_numbers("B-1", 2)[0].position
        with pytest.raises(SubscriptionError, match=str(last)):
            operations.discard_parked(self.using, NAME, last, reason="no use", actor="ada")
