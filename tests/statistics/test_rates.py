"""Where the log stood at a moment, and what that says of the last hour and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from eventstore_django.backends import backend_for
from eventstore_django.backends.moments import positions_at
from eventstore_django.models import Event
from eventstore_django.statistics.rates import rates

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def stored(using: str, *moments: datetime, holes: Sequence[int] = ()) -> list[int]:
    """Store an event at each moment, in this order; return their positions. Some positions may be left out."""
    first = backend_for(using).drawn_position() + 1
    positions = [number for number in range(first, first + len(moments) + len(holes)) if number - first not in holes]
    Event._base_manager.using(using).bulk_create(
        Event(
            position=position,
            event_id=uuid4(),
            stream_id="A-1",
            category="A",
            aggregate_id="1",
            aggregate_type="A",
            event_type="Noted",
            event_version=position,
            payload={},
            occurred_at=moment,
            created_at=moment,
        )
        for position, moment in zip(positions, moments, strict=True)
    )
    return positions


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def positions(using: str, *moments: datetime) -> list[int]:
    return positions_at(backend_for(using), moments)


def test_an_empty_log_stands_at_0(using: str) -> None:
    assert positions(using, NOW, ago(days=1)) == [0, 0]


def test_the_position_at_a_moment_is_that_of_the_last_event_before_it(using: str) -> None:
    found = stored(using, *(ago(minutes=minutes) for minutes in (40, 30, 20, 10)))
    moments = [ago(minutes=minutes) for minutes in (50, 35, 25, 15, 5)]
    assert positions(using, *moments) == [found[0] - 1, *found]


def test_an_event_at_the_moment_itself_comes_after_it(using: str) -> None:
    found = stored(using, ago(minutes=2), ago(minutes=1))
    assert positions(using, ago(minutes=1)) == [found[0]]


def test_each_of_many_moments_is_found_between_any_two_events(using: str) -> None:
    found = stored(using, *(ago(seconds=300 - number) for number in range(300)))
    moments = [ago(seconds=300.5 - number) for number in range(301)]
    assert positions(using, *moments) == [found[0] - 1, *found]


def test_holes_between_positions_do_no_harm(using: str) -> None:
    found = stored(using, *(ago(minutes=minutes) for minutes in (40, 30, 20, 10)), holes=[1, 2, 5, 6])
    at = positions(using, ago(minutes=35), ago(minutes=25), ago(minutes=15), NOW)
    assert [max(position for position in found if position <= limit) for limit in at] == found


def test_times_that_go_back_end_the_search_all_the_same(using: str) -> None:
    found = stored(using, ago(minutes=10), ago(minutes=30), ago(minutes=20), ago(minutes=5))
    assert found[0] - 1 <= positions(using, ago(minutes=15))[0] <= found[-1]


def test_the_hour_is_told_by_minutes_and_the_day_by_half_hours(using: str) -> None:
    stored(using, ago(days=2), ago(hours=23.9), ago(hours=2), ago(minutes=59.5), ago(seconds=90), ago(seconds=1))
    hour, day = rates(backend_for(using), NOW)
    assert (len(hour.counts), hour.span_seconds, hour.begins_at) == (60, 60.0, ago(hours=1))
    assert (hour.counts[0], hour.counts[58], hour.counts[59], hour.total) == (1, 1, 1, 3)
    assert (len(day.counts), day.span_seconds, day.begins_at) == (48, 1800.0, ago(days=1))
    assert (day.counts[0], day.counts[43], day.counts[44], day.counts[46], day.counts[47]) == (1, 0, 1, 1, 2)
    assert day.per_second == 5 / 86_400


def test_all_of_it_is_one_statement(using: str) -> None:

    stored(using, *(ago(seconds=300 - number) for number in range(300)))
    with CaptureQueriesContext(connections[using]) as captured:
        rates(backend_for(using), NOW)
    assert len(captured) == 1
