"""How soon the publisher looks for new events again."""

from __future__ import annotations

import pytest

from eventstore_django.announcing import HINT_SECONDS
from eventstore_django.subscriptions.tempo import BUSY_SECONDS, LONGEST_BUSY_SECONDS, QUIET_AFTER, Tempo


def _quiet(tempo: Tempo, looks: int) -> list[float]:
    return [tempo.pause(0, heard=False) for _ in range(looks)]


def test_before_anything_happened_the_pauses_are_the_longest() -> None:
    assert set(_quiet(Tempo(0.5), 20)) == {0.5}


@pytest.mark.parametrize(("moved", "heard"), [(1, False), (0, True), (1, True)])
def test_news_make_the_pause_short(moved: int, heard: bool) -> None:
    tempo = Tempo(0.5)
    _quiet(tempo, 20)
    assert tempo.pause(moved, heard) == BUSY_SECONDS


def test_many_new_events_are_collected() -> None:
    tempo = Tempo(0.5)
    assert [tempo.pause(moved, heard=False) for moved in (2, 3, 1000)] == [
        2 * BUSY_SECONDS,
        3 * BUSY_SECONDS,
        LONGEST_BUSY_SECONDS,
    ]


def test_no_pause_is_longer_than_the_longest() -> None:
    tempo = Tempo(0.01)
    pauses = [tempo.pause(1000, heard=True), *_quiet(tempo, 50)]
    assert max(pauses) == 0.01


def test_the_pauses_stay_short_for_a_while_then_they_double() -> None:
    tempo = Tempo(0.05)
    tempo.pause(1, heard=False)
    assert _quiet(tempo, QUIET_AFTER) == [BUSY_SECONDS] * QUIET_AFTER
    assert _quiet(tempo, 5) == [0.004, 0.008, 0.016, 0.032, 0.05]


def test_news_begin_the_while_anew() -> None:
    tempo = Tempo(0.5)
    for _ in range(3):
        tempo.pause(0, heard=True)
        assert _quiet(tempo, QUIET_AFTER) == [BUSY_SECONDS] * QUIET_AFTER


def test_after_a_hint_the_publisher_is_awake_for_as_long_as_further_hints_are_kept_back() -> None:
    tempo = Tempo(0.5)
    awake = [tempo.pause(0, heard=True), *_quiet(tempo, QUIET_AFTER)]
    assert set(awake) == {BUSY_SECONDS}
    assert sum(awake) > HINT_SECONDS
