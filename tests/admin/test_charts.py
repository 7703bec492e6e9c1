"""Drawings: numbers as attributes, words for those who don't see them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from eventstore_django.admin import charts


def heights(drawn: SafeString) -> list[float]:
    return [
        float(height) for height in re.findall(r'es-bar" x="[\d.]+" y="[\d.]+" width="10" height="([\d.]+)"', drawn)
    ]


def test_bars_are_as_high_as_their_numbers() -> None:
    assert heights(charts.bars([0, 50, 100], ["a", "b", "c"], "three")) == [0, 40, 80]


def test_little_beside_much_can_still_be_seen() -> None:
    assert heights(charts.bars([1, 1_000_000], ["a", "b"], "two"))[0] == 2


def test_nothing_is_drawn_as_nothing() -> None:
    assert heights(charts.bars([0, 0], ["a", "b"], "none")) == [0, 0]
    assert heights(charts.bars([], [], "none")) == []


def test_bars_say_in_words_what_they_show() -> None:
    drawn = charts.bars([3], ["12:00: <3>"], 'at "most" 3')
    root = ElementTree.fromstring(drawn)
    assert (root.get("role"), root.get("aria-label")) == ("img", 'at "most" 3')
    assert [title.text for title in root.iter("title")] == ["12:00: <3>"]


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([0, 10], "2.0,26.0 118.0,2.0"),
        ([10, 0], "2.0,2.0 118.0,26.0"),
        ([0, 0], "2.0,26.0 118.0,26.0"),
        ([5, 10, 0], "2.0,14.0 60.0,2.0 118.0,26.0"),
    ],
)
def test_a_line_goes_through_its_values(values: list[int], points: str) -> None:
    (drawn,) = ElementTree.fromstring(charts.line(values, "lag"))
    assert drawn.get("points") == points


def test_one_value_is_no_line() -> None:
    assert charts.line([5], "lag") == charts.line([], "lag") == ""


@pytest.mark.parametrize(("part", "whole", "width"), [(1, 4, "25.0"), (0, 0, "0.0"), (9, 4, "100.0")])
def test_a_share_is_part_of_a_whole(part: int, whole: int, width: str) -> None:
    *_, bar = ElementTree.fromstring(charts.share(part, whole, "share"))
    assert bar.get("width") == width
