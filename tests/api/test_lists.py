"""Streams, categories, event types and snapshots: by name, in pages."""

from __future__ import annotations

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.api.distinct import distinct
from eventstore_django.api.scopes import Scope
from eventstore_django.models import Event, Snapshot, Stream

from .routes import PREFIX

NAMES = ["Account-1", "Account-2", "a//b", "orders:1", "tenant-1/Account/1", "tenant-10/Account/1", "über-1"]


@pytest.fixture(autouse=True)
def streams(db: None) -> None:
    for name in reversed(NAMES):
        EventStore().append(name, [NewEvent(f"{name[:1].upper()}Happened", {})] * 1)
    for name in NAMES[:2]:
        for version in (5, 10):
            Snapshot._default_manager.create(
                stream_id=name, aggregate_id=name[-1], aggregate_type="Account", version=version, data=[version]
            )


def _pages(client: Client, address: str, field: str) -> list[object]:
    found, following = [], f"{PREFIX}{address}"
    while following:
        page = client.get(following).json()
        found += [row[field] for row in page["results"]]
        following = page["next"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
@pytest.mark.parametrize(
    ("address", "field", "expected"),
    [
        ("streams/", "stream_id", NAMES),
        ("categories/", "category", ["Account", "a//b", "orders", "über"]),
        ("event-types/", "event_type", ["AHappened", "OHappened", "THappened", "ÜHappened"]),
    ],
)
def test_lists_are_in_the_order_of_code_points(
    reader: Client, address: str, field: str, expected: list[str], limit: int
) -> None:
    assert _pages(reader, f"{address}?limit={limit}", field) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=Account", ["Account-1", "Account-2", "tenant-1/Account/1", "tenant-10/Account/1"]),
        ("partition=tenant-1", ["tenant-1/Account/1"]),
        ("partition=tenant-1&category=orders", []),
        ("stream_id=a//b", ["a//b"]),
        ("stream_id=a//b&category=orders", []),
        ("stream_id=nothing", []),
        ("after=orders:1&limit=1", ["tenant-1/Account/1"]),
    ],
)
def test_streams_are_filtered(reader: Client, query: str, expected: list[str]) -> None:
    page = reader.get(f"{PREFIX}streams/?{query}").json()
    assert [row["stream_id"] for row in page["results"]] == expected


def test_a_stream_tells_what_its_name_says(reader: Client) -> None:
    body = reader.get(f"{PREFIX}streams/tenant-1/Account/1/").json()
    told = {name: body[name] for name in ("version", "category", "partition", "aggregate_type", "aggregate_id")}
    assert told == {
        "version": 1,
        "category": "Account",
        "partition": "tenant-1",
        "aggregate_type": "Account",
        "aggregate_id": "1",
    }


def test_a_row_that_an_append_only_holds_locked_is_no_stream(reader: Client) -> None:
    Stream._default_manager.create(stream_id="Locked-1", version=0, category="x", aggregate_type="x", aggregate_id="1")
    assert reader.get(f"{PREFIX}streams/Locked-1/").status_code == 404
    assert "Locked-1" not in _pages(reader, "streams/", "stream_id")


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_snapshots_come_by_stream_and_version(reader: Client, limit: int) -> None:
    assert _pages(reader, f"snapshots/?limit={limit}", "version") == [5, 10, 5, 10]
    assert _pages(reader, f"snapshots/?limit={limit}&stream_id=Account-2", "stream_id") == ["Account-2"] * 2
    assert _pages(reader, f"snapshots/?limit={limit}&aggregate_id=1&aggregate_type=Account", "data") == [[5], [10]]


@pytest.mark.parametrize("query", ["after=Account-1", "after_version=5"])
def test_half_a_cursor_of_snapshots_is_refused(reader: Client, query: str) -> None:
    assert reader.get(f"{PREFIX}snapshots/?{query}").status_code == 400


@pytest.mark.django_db(databases=["default", "sqlite"])
@pytest.mark.parametrize(
    ("partitions", "expected"), [(None, ["A", "B"]), ({"t"}, ["B"]), ({"t", None}, ["A", "B"]), ({None}, ["A"])]
)
def test_sqlite_finds_the_same(partitions: set[str | None] | None, expected: list[str]) -> None:
    store, scope = EventStore("sqlite"), Scope(None if partitions is None else frozenset(partitions))
    for name, kind in (("x-1", "A"), ("t/x/1", "B"), ("t/x", "A")):
        store.append(name, [NewEvent(kind, {})])
    assert distinct("sqlite", Event, "event_type", scope, None, 10) == expected
    named = scope.select_named(Stream._default_manager.using("sqlite")).order_by("pk").values_list("pk", flat=True)
    assert {"t/x/1"} & set(named) == ({"t/x/1"} if "B" in expected else set())
    assert ("t/x" in named) == ("A" in expected)
