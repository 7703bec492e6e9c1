from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest

from eventstore_django.identifiers import derived_event_id, new_event_id

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)


def _milliseconds(event_id: UUID) -> int:
    return event_id.int >> 80


def test_a_new_id_is_a_uuid_of_version_7() -> None:
    event_id = new_event_id()
    assert (event_id.version, event_id.variant) == (7, RFC_4122)


def test_a_new_id_begins_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_709_209_815_123_456_789)
    assert _milliseconds(new_event_id()) == 1_709_209_815_123


def test_later_ids_are_greater(monkeypatch: pytest.MonkeyPatch) -> None:
    # A step of the fraction is a 4096th of a millisecond.
    moments = iter(range(1_709_209_815_000_000_000, 1_709_209_815_010_000_000, 250))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    ids = [new_event_id() for _ in range(1000)]
    assert ids == sorted(ids)


def test_ids_of_one_instant_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_709_209_815_123_456_789)
    assert len({new_event_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("nanoseconds", [0, 999_999, 1_000_000, (2**48 - 1) * 1_000_000 + 999_999])
def test_a_new_id_is_valid_at_every_time(monkeypatch: pytest.MonkeyPatch, nanoseconds: int) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: nanoseconds)
    event_id = new_event_id()
    assert (event_id.version, event_id.variant, _milliseconds(event_id)) == (7, RFC_4122, nanoseconds // 1_000_000)


def test_a_derived_id_is_a_uuid_of_version_8() -> None:
    event_id = derived_event_id(MOMENT, b"a")
    assert (event_id.version, event_id.variant) == (8, RFC_4122)


def test_a_derived_id_is_always_the_same() -> None:
    assert derived_event_id(MOMENT, b"a", b"b") == derived_event_id(MOMENT, b"a", b"b")
    # Written down: ids that an import stored must be found again by later releases.
    assert str(derived_event_id(MOMENT, b"a", b"b")) == "018df4d8-0853-83c9-9644-116f221dbe74"


def test_a_derived_id_does_not_depend_on_the_time_zone() -> None:
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert derived_event_id(elsewhere, b"a") == derived_event_id(MOMENT, b"a")


def test_other_times_and_parts_make_other_ids() -> None:
    later = MOMENT + timedelta(milliseconds=1)
    ids = {
        derived_event_id(MOMENT),
        derived_event_id(MOMENT, b"a"),
        derived_event_id(MOMENT, b"b"),
        derived_event_id(MOMENT, b"a", b"b"),
        derived_event_id(MOMENT, b"b", b"a"),
        derived_event_id(MOMENT, b"ab"),
        derived_event_id(MOMENT, b"a", b""),
        derived_event_id(later, b"a"),
    }
    assert len(ids) == 8


def test_derived_ids_are_in_the_order_of_time() -> None:
    ids = [derived_event_id(MOMENT + timedelta(milliseconds=step), b"a") for step in range(100)]
    assert ids == sorted(ids)


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_derived_id_is_valid_at_every_time(moment: datetime) -> None:
    assert derived_event_id(moment, b"a").version == 8


def test_parts_are_told_apart() -> None:
    assert derived_event_id(datetime(2024, 1, 1, tzinfo=UTC), b"a\0b") != derived_event_id(
        datetime(2024, 1, 1, tzinfo=UTC), b"a", b"b"
    )
