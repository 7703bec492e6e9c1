"""Events whose payload can't be upcast, or does not fit its class, in a subscription."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ...encoding import JSONObject
from ...events import NewEvent, RecordedEvent
from ...eventtypes.declaring import register_event, upcaster
from ...subscriptions.declarations import subscription
from ...workers import operations
from ..event_types import temporary_event_types
from .subscriptions_case import NAME, Follower, SubscriptionCase, patient


@dataclass
class _Counted:
    number: int


def _renamed(payload: JSONObject) -> JSONObject:
    return {"number": payload["n"]}


class EventTypeSubscriptionContract(SubscriptionCase):
    """They fail like any event that a handler fails at, and hold back nothing but their own stream."""

    @pytest.fixture(autouse=True)
    def counted_events(self) -> Iterator[None]:
        with temporary_event_types():
            register_event("Counted", version=2)(_Counted)
            upcaster("Counted", from_version=1)(_renamed)
            yield

    def append_counted(self, stream_id: str, *payloads: JSONObject) -> None:
        self.store.append(stream_id, [NewEvent("Counted", payload, schema_version=1) for payload in payloads])

    def follower_of_types(self, **options: Any) -> Follower:
        """Declare a subscription whose handler reads the typed form first."""
        follower = Follower(self.using, NAME)

        def handle(given: Any) -> None:
            for event in given if isinstance(given, list) else [given]:
                assert event.typed == _Counted(event.payload["number"])
                follower.handle(event)

        subscription(NAME, retries=patient(1), **options)(handle)
        return follower

    @pytest.mark.parametrize("batch", [False, True])
    def test_a_handler_gets_the_newest_shape(self, batch: bool) -> None:
        follower = self.follower_of_types(batch=batch)
        self.append_counted("A-1", {"n": 1}, {"n": 2})
        self.store.append("B-1", [_Counted(3)])
        self.run()
        assert follower.written() == [1, 2, 3]

    @pytest.mark.parametrize("batch", [False, True])
    @pytest.mark.parametrize("broken", [{"m": 1}, {"n": "one"}])
    def test_an_event_that_does_not_fit_is_parked_and_other_streams_go_on(
        self, batch: bool, broken: JSONObject
    ) -> None:
        follower = self.follower_of_types(batch=batch)
        self.append_counted("A-1", {"n": 1}, broken, {"n": 2})
        self.append_counted("B-1", {"n": 3})
        self.run()
        assert follower.written() == [1, 3]
        assert self.states() == [("A-1", "parked", 1), ("A-1", "waiting", 0)]
        assert "PayloadMismatch: stream 'A-1', event 2" in self.kept_aside()[0].error

    def test_a_parked_event_is_handled_with_the_upcaster_that_was_mended(self) -> None:
        follower = self.follower_of_types()
        self.append_counted("A-1", {"m": 1}, {"n": 2})
        self.run()
        upcaster("Counted", from_version=1)(lambda payload: {"number": payload.get("n", payload.get("m"))})
        operations.retry_parked(self.using, NAME)
        self.run()
        assert (follower.written(), self.states()) == ([1, 2], [])

    def test_an_event_that_does_not_fit_stops_a_subscription_that_stops(self) -> None:
        follower = self.follower_of_types(on_error="stop")
        self.append_counted("A-1", {"n": 1}, {"m": 2})
        self.append_counted("B-1", {"n": 3})
        self.run()
        assert follower.written() == [1]
        assert self.subscription_row().status == "stopped"
        assert "event 2" in self.subscription_row().last_error

    def test_a_handler_that_does_not_look_at_the_payload_is_not_held_up(self) -> None:
        seen: list[RecordedEvent] = []
        subscription(NAME, retries=patient(1))(seen.append)
        self.append_counted("A-1", {"m": 1}, {"n": 2})
        self.run()
        assert [event.event_version for event in seen] == [1, 2]
        assert self.states() == []
