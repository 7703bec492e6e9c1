from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from eventstore_django import Aggregate, AggregateSnapshot, AppliedEvent, EventStore, NewEvent, applies
from eventstore_django.admin import states, timelines
from eventstore_django.admin.standings import standings
from eventstore_django.aggregates.registry import registry
from eventstore_django.erasure import erasure
from eventstore_django.models import Event, ParkedEvent, Stream, Subscription, SubscriptionShard
from eventstore_django.subscriptions.sharding import shard_of

from .pages import ADMIN


class Tally(Aggregate, registered=False):
    """Counts; fails at the event that says so."""

    aggregate_type = "Tally"

    def __init__(self, aggregate_id: Any) -> None:
        super().__init__(aggregate_id)
        self.total = 0
        self.seen: list[int] = []

    @applies("Added")
    def _added(self, event: AppliedEvent) -> None:
        if event.payload["n"] == 13:
            raise RuntimeError("thirteen <b>is</b> unlucky")
        self.total += event.payload["n"]
        self.seen = [*self.seen, event.payload["n"]]


@pytest.fixture
def _tally() -> Iterator[None]:
    registry.add(Tally)
    yield
    registry.remove(Tally)


pytestmark = pytest.mark.usefixtures("db", "_tally")


def _add(*numbers: int, stream: str = "Tally-1") -> None:
    EventStore().append(stream, [NewEvent("Added", {"n": number}) for number in numbers])


def _step(client: Client, query: str = "", stream: str = "Tally-1") -> states.Step:
    step: states.Step = client.get(f"{ADMIN}/stream/{stream}/state/{query}").context["step"]
    return step


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_state_is_that_at_the_version(admin_client: Client, version: int) -> None:
    _add(5, 7, 1)
    step = _step(admin_client, f"?version={version}")
    assert step.after.data == {"total": sum((5, 7, 1)[:version]), "seen": [5, 7, 1][:version]}


def test_without_a_version_it_is_the_last_one(admin_client: Client) -> None:
    _add(5, 7)
    assert _step(admin_client).after.data == {"total": 12, "seen": [5, 7]}


@pytest.mark.parametrize(("query", "version"), [("0", 1), ("99", 2), ("x", 2), ("9" * 40, 2), ("-1", 2), ("", 2)])
def test_a_version_outside_of_the_stream_is_brought_inside(admin_client: Client, query: str, version: int) -> None:
    _add(5, 7)
    assert _step(admin_client, f"?version={query}").version == version


def test_a_step_shows_what_its_event_changed(admin_client: Client) -> None:
    _add(5, 7)
    assert [(each.place, each.before, each.after) for each in _step(admin_client).changes] == [
        ("total", 5, 12),
        ("seen[1]", None, 7),
    ]


def test_the_first_step_begins_with_nothing(admin_client: Client) -> None:
    _add(5)
    assert [each.place for each in _step(admin_client).changes] == ["total", "seen"]


def test_any_two_versions_can_be_compared(admin_client: Client) -> None:
    _add(5, 7, 1, 2)
    step = _step(admin_client, "?version=4&since=1")
    assert step.changes[0].before == 5
    assert step.changes[0].after == 15
    assert not step.is_plain


def test_versions_can_be_compared_backwards(admin_client: Client) -> None:
    _add(5, 7)
    assert _step(admin_client, "?version=1&since=2").changes[0].after == 5


def test_a_type_without_a_class_shows_the_payload_and_says_so(admin_client: Client) -> None:
    _add(5, stream="Other-1")
    content = admin_client.get(f"{ADMIN}/stream/Other-1/change/").content.decode()
    assert "No aggregate class is registered" in content
    assert 'class="es-number">5' in content


def test_a_class_that_fails_is_told_and_hides_nothing(admin_client: Client) -> None:
    _add(5, 13)
    content = admin_client.get(f"{ADMIN}/stream/Tally-1/change/").content.decode()
    assert "RuntimeError: thirteen &lt;b&gt;is&lt;/b&gt; unlucky" in content
    assert 'class="es-number">13' in content
    assert _step(admin_client, "?version=1").after.data == {"total": 5, "seen": [5]}


def test_a_state_that_is_far_from_a_snapshot_is_not_replayed(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MOST_REPLAYED", 3)
    _add(1, 1, 1, 1, 1)
    assert "It takes 5 events" in _step(admin_client).after.fault
    assert _step(admin_client, "?version=3").after.data == {"total": 3, "seen": [1, 1, 1]}
    EventStore().save_snapshot(AggregateSnapshot("1", "Tally", 4, {}))
    assert _step(admin_client).after.fault == ""


def test_an_erased_event_is_said_to_be_erased(admin_client: Client) -> None:
    _add(5, 7, 1)
    with erasure(reason="r", actor="a") as door:
        door.remove(Event.objects.filter(event_version=2))
    content = admin_client.get(f"{ADMIN}/stream/Tally-1/state/?version=2").content.decode()
    assert "it was erased" in content
    event = Event.objects.get(event_version=3)
    context = admin_client.get(f"{ADMIN}/event/{event.pk}/change/").context
    assert context["before"].event_version == 1


def test_a_timeline_is_paged_by_versions(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "PAGE", 3)
    _add(*range(8))
    pages, top = [], None
    stream = Stream.objects.get(pk="Tally-1")
    while True:
        page = timelines.Timeline.of(stream, top)
        pages.append([event.event_version for event in page.events])
        if page.older is None:
            break
        top = page.older
    assert pages == [[8, 7, 6], [5, 4, 3], [2, 1]]
    assert [timelines.Timeline.of(stream, top).newer for top in (None, 8, 5, 2)] == [None, None, 8, 5]


def _subscription(name: str, positions: list[int], **settings: Any) -> None:
    row = Subscription.objects.create(name=name, settings=settings)
    for number, position in enumerate(positions):
        SubscriptionShard.objects.create(subscription=row, number=number, position=position)


def _standings() -> dict[str, str]:
    return {each.name: each.told for each in standings(Stream.objects.get(pk="Tally-1"))}


def test_subscriptions_stand_where_the_shard_of_the_stream_stands() -> None:
    _add(5, 7, 1)
    first, _, last = Event.objects.order_by("position").values_list("pk", flat=True)
    shards = [0, 0, 0]
    shards[shard_of("Tally-1", 3)] = last
    _subscription("done", shards, categories=["Tally"])
    _subscription("behind", [first])
    _subscription("other", [0], categories=["Account"])
    _subscription("tenant", [0], partitions=["acme"])
    assert _standings() == {"behind": "2 to go", "done": "up to date"}


def test_events_that_are_held_back_are_told() -> None:
    _add(5)
    event = Event.objects.get()
    _subscription("mails", [event.position])
    values = {"shard": 0, "position": event.position, "event_id": event.event_id, "stream_id": "Tally-1"}
    row = ParkedEvent.objects.create(subscription_id="mails", event_type="Added", status="parked", **values)
    assert _standings() == {"mails": "1 held back"}
    ParkedEvent.objects.filter(pk=row.pk).update(status="discarded")
    assert _standings() == {"mails": "up to date"}
