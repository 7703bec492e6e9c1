"""Which shard a stream belongs to. The SQL form of it is compared in tests/subscriptions/test_shards_in_sql.py."""

from __future__ import annotations

import pytest

from eventstore_django.subscriptions.sharding import MAX_SHARDS, Floors, shard_of

# The first two bytes of the names' SHA-256, found with sha256sum. Shards in use were divided by them: neither these
# numbers nor the formula may ever change.
FIRST_BYTES = {
    "Account-1": 0x6541,
    "Account-2": 0x772D,
    "tenant-1/Account/7": 0x7D28,
    "order:42": 0xDA68,
    "\u00e9": 0x4A99,
    "e\u0301": 0xBF12,
    "日本語-1": 0x691F,
    "\U0001d11e": 0xE419,
    " ": 0x36A9,
    "O'Brien-100%s\\": 0xE02E,
    "a" * 255: 0xB0F3,
}


@pytest.mark.parametrize(("name", "number"), FIRST_BYTES.items(), ids=ascii)
def test_a_stream_stays_in_its_shard_for_ever(name: str, number: int) -> None:
    assert [shard_of(name, shards) for shards in (2, 3, 7, 16, 256)] == [
        number % shards for shards in (2, 3, 7, 16, 256)
    ]


def test_some_shards_as_plain_numbers() -> None:
    assert [shard_of(name, 2) for name in ("Account-1", "Account-2", "order:42")] == [1, 1, 0]
    assert [shard_of(name, 3) for name in ("Account-1", "Account-2", "tenant-1/Account/7")] == [1, 2, 0]
    assert [shard_of(name, 256) for name in ("Account-1", "日本語-1", "e\u0301")] == [65, 31, 18]


def test_one_shard_has_all_streams() -> None:
    assert {shard_of(f"Account-{number}", 1) for number in range(100)} == {0}


@pytest.mark.parametrize("shards", [2, 3, 10, MAX_SHARDS])
def test_every_shard_has_about_as_many_streams(shards: int) -> None:
    found = [shard_of(f"Account-{number}", shards) for number in range(100 * shards)]
    counts = [found.count(number) for number in range(shards)]
    assert min(counts) > 50
    assert max(counts) < 150


# Floors


@pytest.mark.parametrize("positions", [None, [], ()])
def test_no_positions_are_no_floors(positions: list[int] | None) -> None:
    assert Floors.of(positions) is None


def test_floors_are_made_of_what_a_row_holds() -> None:
    assert Floors.of([3, 5]) == Floors((3, 5))


def test_what_the_earlier_shard_had_handled_is_known_up_to_its_position() -> None:
    floors = Floors((10, 20))
    assert (shard_of("order:42", 2), shard_of("Account-1", 2)) == (0, 1)
    assert [floors.has_handled("order:42", position) for position in (1, 10, 11, 20)] == [True, True, False, False]
    assert [floors.has_handled("Account-1", position) for position in (1, 10, 20, 21)] == [True, True, True, False]


def test_floors_are_not_needed_from_the_highest_on() -> None:
    floors = Floors((10, 20, 15))
    assert [floors.is_past(position) for position in (15, 19, 20, 21)] == [False, False, True, True]
    assert not any(floors.has_handled(f"Account-{number}", 21) for number in range(30))
