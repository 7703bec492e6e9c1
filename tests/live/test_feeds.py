from __future__ import annotations

from concurrent.futures import Future

import pytest
from django.db import OperationalError

from eventstore_django.api.live.feeds import OUTAGE_SECONDS
from eventstore_django.api.live.windows import Window
from eventstore_django.exceptions import ConnectionLost

from .standins import Told


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_client_at_the_head_waits_until_the_next_heartbeat(told: Told) -> None:
    told.position = 5
    walk = told.feed(5)
    assert walk.go_on() == 15.0
    told.now = 10.0
    assert walk.go_on() == 5.0
    assert told.asked == []


def test_when_the_head_moves_the_window_behind_the_client_is_read_and_sent(told: Told) -> None:
    walk = told.feed(5)
    assert walk.go_on() == 15.0
    told.position = 7
    assert isinstance(walk.go_on(), Future)
    assert told.asked == [("all", 5)]
    assert walk.go_on(Window(7, 6, b"six")) == b"six"
    assert walk.go_on() == 15.0


def test_a_client_behind_reads_on_until_it_is_there(told: Told) -> None:
    told.position = 300
    walk = told.feed(0)
    for until in (100, 200, 300):
        assert isinstance(walk.go_on(), Future)
        assert walk.go_on(Window(until, until, b"page")) == b"page"
    assert walk.go_on() == 15.0
    assert [after for _, after in told.asked] == [0, 100, 200]


def test_a_head_that_went_back_is_not_followed(told: Told) -> None:
    told.position = 3
    assert told.feed(5).go_on() == 15.0


def test_a_heartbeat_asks_for_permission_first(told: Told) -> None:
    walk = told.feed(5)
    walk.go_on()
    told.now = 15.0
    assert isinstance(walk.go_on(), Future)
    assert told.asked == ["permission"]
    assert walk.go_on("all") == b":\n\n"
    assert walk.go_on() == 15.0


def test_a_feed_ends_without_another_word_when_the_permission_is_gone(told: Told) -> None:
    walk = told.feed(5)
    walk.go_on()
    told.now, told.position = 15.0, 9
    walk.go_on()
    assert walk.go_on(None) is None
    assert told.asked == ["permission"]


def test_permission_is_asked_for_also_when_there_is_always_something_to_read(told: Told) -> None:
    told.position = 1000
    walk = told.feed(0)
    walk.go_on()
    told.now = 15.0
    walk.go_on(Window(100, 100, b"page"))
    walk.go_on()
    assert told.asked == [("all", 0), "permission"]


def test_what_the_user_may_see_from_then_on_is_what_is_read(told: Told) -> None:
    walk = told.feed(5)
    walk.go_on()
    told.now, told.position = 15.0, 9
    walk.go_on()
    walk.go_on("less")
    walk.go_on()
    assert told.asked == ["permission", ("less", 5)]


def test_a_client_for_whom_nothing_comes_is_told_how_far_it_is_once(told: Told) -> None:
    walk = told.feed(5)
    walk.go_on()
    told.position = 80
    walk.go_on()
    assert walk.go_on(Window(80, 5, b"")) == 15.0
    told.now = 15.0
    walk.go_on()
    assert walk.go_on("all") == b":\nid: 80\n\n"
    told.now = 30.0
    walk.go_on()
    assert walk.go_on("all") == b":\n\n"


def test_after_an_event_the_heartbeat_tells_of_what_was_passed_behind_it(told: Told) -> None:
    told.position = 80
    walk = told.feed(5)
    walk.go_on()
    walk.go_on(Window(80, 70, b"seventy"))
    told.now = 15.0
    walk.go_on()
    assert walk.go_on("all") == b":\nid: 80\n\n"


def test_after_the_event_at_the_head_there_is_nothing_more_to_tell_of(told: Told) -> None:
    told.position = 80
    walk = told.feed(5)
    walk.go_on()
    walk.go_on(Window(80, 80, b"eighty"))
    told.now = 15.0
    walk.go_on()
    assert walk.go_on("all") == b":\n\n"


@pytest.mark.parametrize("error", [OperationalError("gone"), ConnectionLost("gone")])
def test_a_read_that_fails_is_tried_again_after_a_pause(told: Told, error: Exception) -> None:
    told.position = 7
    walk = told.feed(5)
    walk.go_on()
    assert walk.go_on(error) == OUTAGE_SECONDS
    assert isinstance(walk.go_on(), Future)
    assert told.asked == [("all", 5), ("all", 5)]


def test_while_the_permission_can_not_be_asked_for_nothing_is_read_but_the_client_stays(told: Told) -> None:
    walk = told.feed(5)
    walk.go_on()
    told.now, told.position = 15.0, 9
    walk.go_on()
    assert walk.go_on(OperationalError("gone")) == b":\n\n"
    assert walk.go_on() == OUTAGE_SECONDS
    told.now = 15.0 + OUTAGE_SECONDS
    walk.go_on()
    assert told.asked == ["permission", "permission"]
    assert walk.go_on("all") == b":\n\n"
    walk.go_on()
    assert told.asked[-1] == ("all", 5)


def test_a_fault_of_the_project_ends_the_feed(told: Told) -> None:
    told.position = 7
    walk = told.feed(5)
    walk.go_on()
    with pytest.raises(ZeroDivisionError):
        walk.go_on(ZeroDivisionError())


def test_a_life_that_is_over_ends_the_feed_with_the_position(told: Told) -> None:
    told.position = 5
    walk = told.feed(5, life=2.0)
    assert walk.go_on() == 2.0
    told.position = 9
    walk.go_on()
    walk.go_on(Window(9, 5, b""))
    told.now = 2.0
    assert walk.go_on() == b":\nid: 9\n\n"
    assert walk.go_on() is None
