"""Numbers, spans and states as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import override_settings
from django.utils.safestring import SafeString

from eventstore_django.admin import telling
from eventstore_django.backends.tallies import Precision, Tally


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Tally(0, Precision.EXACT), "0"),
        (Tally(9_999, Precision.EXACT), "9,999"),
        (Tally(1_234_567, Precision.ESTIMATED), "about 1,230,000"),
        (Tally(10_001, Precision.AT_LEAST), "at least 10,001"),
    ],
)
def test_an_estimate_says_so_and_is_round(value: Tally, told: str) -> None:
    assert telling.tally(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "-"),
        (0, "0 s"),
        (0.04, "0.0 s"),
        (9.96, "10.0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7_199, "120 min"),
        (7_200, "2 h"),
        (172_800, "2 d"),
    ],
)
def test_a_span_is_told_in_the_unit_that_fits(value: float | None, told: str) -> None:
    assert telling.seconds(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "-"),
        (0, "0 /s"),
        (0.004, "0.00 /s"),
        (0.256, "0.26 /s"),
        (1.55, "1.6 /s"),
        (99, "99 /s"),
        (1234.5, "1,234 /s"),
    ],
)
def test_a_rate_is_told_as_exactly_as_it_matters(value: float | None, told: str) -> None:
    assert telling.rate(value) == told


def test_a_moment_is_told_in_the_time_zone_of_the_project() -> None:
    with override_settings(TIME_ZONE="Europe/Berlin"):
        assert telling.moment(datetime(2026, 11, 25, 23, 30, tzinfo=UTC)) == "2026-11-26 00:30:00 CET"
    assert telling.moment(None) == "-"


def test_facts_are_escaped_unless_they_are_markup() -> None:
    ((name, text), (_, markup)) = telling.facts(("<b>", "<i>\u202e"), ("State", SafeString("<em>")))
    assert "&lt;b&gt;" in name
    assert "&lt;i&gt;" in text
    assert "\u202e" not in text
    assert markup == "<em>"
