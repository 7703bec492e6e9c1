"""The forms that a handler can have, what it can ask, and what is noted of what it appends."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from ...events import NewEvent, RecordedEvent
from ...exceptions import SubscriptionError
from ...subscriptions.context import EventContext, event_context
from ...subscriptions.declarations import subscription
from .case import noted, numbers
from .subscriptions_case import NAME, Follower, SubscriptionCase, patient


class HandlerContract(SubscriptionCase):
    """Functions, classes, lists of events, async, ``event_context()``."""

    # Forms

    def test_a_handler_can_be_a_function(self) -> None:
        given: list[RecordedEvent] = []

        @subscription(NAME)
        def handle(event: RecordedEvent) -> None:
            given.append(event)

        events = self.append_numbers("A-1", 1, 2)
        self.run()
        assert given == events

    def test_a_handler_can_be_a_class_that_each_worker_makes_an_instance_of(self) -> None:
        given: list[tuple[object, int]] = []

        @subscription(NAME)
        class Handler:
            def handle(self, event: RecordedEvent) -> None:
                given.append((self, event.payload["number"]))

        self.append_numbers("A-1", 1, 2)
        self.run()
        self.append_numbers("A-1", 3)
        self.run()
        assert [number for _, number in given] == [1, 2, 3]
        first, second, third = (instance for instance, _ in given)
        assert first is second
        assert first is not third

    def test_a_handler_can_be_a_function_of_lists(self) -> None:
        given: list[list[int]] = []

        @subscription(NAME, batch=True, batch_size=3)
        def handle(events: list[RecordedEvent]) -> None:
            given.append(numbers(events))

        self.append_numbers("A-1", 1, 2)
        self.append_numbers("B-1", 3, 4, 5)
        self.run()
        assert given == [[1, 2, 3], [4, 5]]

    def test_a_handler_can_be_a_class_that_takes_lists(self) -> None:
        given: list[list[int]] = []

        @subscription(NAME)
        class Handler:
            def handle_batch(self, events: list[RecordedEvent]) -> None:
                given.append(numbers(events))

        self.append_numbers("A-1", 1, 2)
        self.run()
        assert given == [[1, 2]]

    def test_a_handler_of_lists_is_not_called_without_events(self) -> None:
        given: list[list[RecordedEvent]] = []
        subscription(NAME, batch=True, categories=["B"])(given.append)
        self.append_numbers("A-1", 1)
        self.run()
        assert given == []

    def test_a_handler_of_lists_that_fails_is_given_lists_of_one(self) -> None:
        given: list[list[int]] = []
        follower = Follower(self.using, NAME)

        @subscription(NAME, batch=True, retries=patient(attempts=2))
        def handle(events: list[RecordedEvent]) -> None:
            given.append(numbers(events))
            for event in events:
                follower.handle(event)

        follower.failing = {2}
        self.append_numbers("A-1", 1)
        self.append_numbers("B-1", 2)
        self.append_numbers("C-1", 3)
        self.run()
        assert given == [[1, 2, 3], [1], [2], [3]]
        assert follower.written() == [1, 3]
        assert self.states() == [("B-1", "retrying", 1)]

    def test_a_handler_can_be_async(self) -> None:
        follower = Follower(self.using, NAME)

        @subscription(NAME, retries=patient(attempts=2))
        async def handle(event: RecordedEvent) -> None:
            await sync_to_async(follower.handle)(event)

        follower.failing = {2}
        self.append_numbers("A-1", 1, 2)
        self.append_numbers("B-1", 3)
        self.run()
        assert follower.written() == [1, 3]
        assert self.states() == [("A-1", "retrying", 1)]

    def test_an_async_handler_can_append_and_knows_its_context(self) -> None:
        known: list[EventContext] = []

        @subscription(NAME, categories=["A"])
        async def handle(event: RecordedEvent) -> None:
            known.append(event_context())
            await self.store.aappend("B-1", [noted(2)])

        cause = self.append_numbers("A-1", 1)[0]
        self.run()
        assert [context.subscription for context in known] == [NAME]
        assert self.store.get_events("B-1")[0].metadata["causation_id"] == str(cause.event_id)

    def test_the_methods_of_a_class_can_be_async(self) -> None:
        given: list[int] = []

        @subscription(NAME)
        class Handler:
            async def handle(self, event: RecordedEvent) -> None:
                given.append(event.payload["number"])

        self.append_numbers("A-1", 1, 2)
        self.run()
        assert given == [1, 2]

    # What a handler can ask

    def test_the_context_tells_how_an_event_reached_the_handler(self) -> None:
        follower = self.follower()
        self.append_numbers("A-1", 1)
        self.run()
        assert follower.contexts == [EventContext(NAME, version=1, shard=0, attempt=1, is_replay=False)]

    def test_the_context_counts_the_attempts(self) -> None:
        follower = self.follower(retries=patient(attempts=4), transaction="event")
        follower.failing = {1}
        self.append_numbers("A-1", 1)
        for _ in range(3):
            self.run()
            self.let_time_pass()
        follower.failing = set()
        self.run()
        assert [context.attempt for context in follower.contexts] == [1, 2, 3, 4]
        assert follower.written() == [1]

    def test_the_context_of_a_list_is_that_of_its_shard(self) -> None:
        known: list[EventContext] = []

        @subscription(NAME, batch=True)
        def handle(events: list[RecordedEvent]) -> None:
            known.append(event_context())

        self.append_numbers("A-1", 1, 2)
        self.run()
        assert known == [EventContext(NAME, version=1, shard=0, attempt=1, is_replay=False)]

    def test_there_is_no_context_outside_of_a_handler(self) -> None:
        follower = self.follower()
        follower.failing = {1}
        self.append_numbers("A-1", 1)
        self.run()
        with pytest.raises(SubscriptionError):
            event_context()

    # What it appends

    def test_what_a_handler_appends_names_its_cause(self) -> None:
        follower = self.follower(categories=["A"])
        follower.meanwhile = lambda event: self.append_numbers("B-1", 2)
        cause = self.append_numbers("A-1", 1)[0]
        self.run()
        expected = {"causation_id": str(cause.event_id), "correlation_id": str(cause.event_id)}
        assert self.store.get_events("B-1")[0].metadata == expected

    def test_what_a_handler_appends_stays_in_the_correlation_of_its_cause(self) -> None:
        follower = self.follower()
        follower.meanwhile = lambda event: self.append_numbers("B-1", *range(event.payload["number"]))
        cause = self.append_one("A-1", noted(2, metadata={"correlation_id": "request 7"}))
        self.run()
        first = self.store.get_events("B-1")[1]
        second = self.store.get_events("B-1")[2]
        assert first.metadata == {"correlation_id": "request 7", "causation_id": str(cause.event_id)}
        assert second.metadata == {"correlation_id": "request 7", "causation_id": str(first.event_id)}

    def test_what_a_failed_handler_appended_is_gone(self) -> None:
        follower = self.follower(categories=["A"], retries=patient(attempts=2))
        follower.meanwhile = lambda event: self.append_numbers("B-1", event.payload["number"])
        follower.failing = {2}
        self.append_numbers("A-1", 1)
        self.append_numbers("A-2", 2)
        self.append_numbers("A-3", 3)
        self.run()
        assert numbers(self.store.get_events("B-1")) == [1, 3]

    def test_metadata_of_the_caller_is_not_that_of_what_a_handler_appends(self) -> None:
        follower = self.follower(categories=["A"])
        follower.meanwhile = lambda event: self.append_one("B-1", NewEvent("Noted", {}, metadata={"user": "8"}))
        self.append_one("A-1", noted(1, metadata={"user": "7"}))
        self.run()
        assert self.store.get_events("B-1")[0].metadata["user"] == "8"
