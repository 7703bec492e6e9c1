from __future__ import annotations

import pytest

from eventstore_django.api.live.places import NoPlace, Places


def test_no_more_wait_than_may() -> None:
    places = Places(lambda: 2, lambda: 2)
    places.take("a")
    leave = places.take("b")
    with pytest.raises(NoPlace, match="This server has its 2 live connections"):
        places.take("c")
    leave()
    places.take("c")
    assert len(places) == 2


def test_one_user_does_not_take_all_places() -> None:
    places = Places(lambda: 10, lambda: 1)
    leave = places.take("a")
    with pytest.raises(NoPlace, match="This user"):
        places.take("a")
    places.take("b")
    leave()
    places.take("a")


def test_a_place_is_given_back_once() -> None:
    places = Places(lambda: 10, lambda: 10)
    leave = places.take("a")
    places.take("a")
    leave()
    leave()
    assert len(places) == 1


def test_a_refusal_takes_no_place() -> None:
    places = Places(lambda: 1, lambda: 1)
    leave = places.take("a")
    for _ in range(3):
        with pytest.raises(NoPlace):
            places.take("b")
    leave()
    assert len(places) == 0
