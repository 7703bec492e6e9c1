"""Events that another client has written, of which Python can't read a part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db.models.expressions import RawSQL
from django.test import Client

from eventstore_django import EventStore, NewEvent
from eventstore_django.models import Event, Snapshot, Stream
from eventstore_django.testing.contract.undecodable import LONG, write_between, write_undecodable
from eventstore_django.testing.contract.undecodablesnapshots import write_undecodable_snapshot

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

URL = "/admin/eventstore"


@pytest.fixture(autouse=True, params=["payload", "metadata"])
def part(request: pytest.FixtureRequest, store: EventStore) -> str:
    """Put one behind another in a stream, and return which part of it can't be read."""
    part: str = request.param
    write_between(store, part=part, event_version=2)
    Stream.objects.filter(pk="A-1").update(version=2)
    return part


def position() -> int:
    found: int = Event.objects.get(stream="A-1", event_version=2).position
    return found


def test_the_page_of_the_event_says_why_it_can_not_be_read(admin_client: Client) -> None:
    text = admin_client.get(f"{URL}/event/{position()}/change/").content.decode()
    assert "can&#x27;t be decoded: Exceeds the limit (4300 digits)" in text


def test_the_lists_show_it_among_the_others(admin_client: Client) -> None:
    for path in ("event/", "event/?q=type:Noted"):
        text = admin_client.get(f"{URL}/{path}").content.decode()
        assert f"event/{position()}/change/" in text


def test_the_timeline_of_its_stream_shows_it(admin_client: Client, part: str) -> None:
    answer = admin_client.get(f"{URL}/stream/A-1/change/")
    assert answer.status_code == 200
    assert ("Exceeds the limit" in answer.content.decode()) == (part == "payload")


def test_its_file_holds_what_is_stored(admin_client: Client, part: str) -> None:
    text = admin_client.get(f"{URL}/event/{position()}/json/").content.decode()
    assert f'"{part}": {{' in text
    assert LONG.split()[-1].strip("}") in text


@pytest.mark.parametrize("name", ["occurred_at", "created_at"])
def test_a_time_that_python_has_not_is_told_on_every_page(admin_client: Client, store: EventStore, name: str) -> None:
    metadata = {"correlation_id": "c-1"}
    first = store.append("C-1", [NewEvent("Noted", {}, metadata=metadata)]).events[0]
    write_undecodable("default", first, "infinity", name, event_version=2)
    Stream.objects.filter(pk="C-1").update(version=2, created_at=RawSQL("'infinity'", ()))  # no input
    number = Event.objects.filter(stream="C-1").order_by("-position").values_list("pk", flat=True)[0]
    pages = ["event/", "event/?q=type:Noted", f"event/{number}/change/", f"event/{first.position}/change/"]
    pages += ["event/correlation/?id=c-1", "stream/", "stream/C-1/change/", "stream/C-1/change/?version=2", ""]
    answers = {page: admin_client.get(f"{URL}/{page}") for page in pages}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert "Invalid isoformat string" in answers[f"event/{number}/change/"].content.decode()


def test_a_time_that_is_beyond_the_years_in_the_zone_of_the_admin_is_shown_in_utc(
    admin_client: Client, store: EventStore, settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    moment = datetime(9999, 12, 31, 23, tzinfo=UTC)
    position = store.append("C-1", [NewEvent("Noted", {}, occurred_at=moment)]).events[0].position
    answer = admin_client.get(f"{URL}/event/{position}/change/")
    assert (answer.status_code, "9999-12-31 23:00" in answer.content.decode()) == (200, True)


def test_a_snapshot_is_in_the_list_and_its_page_says_why_it_can_not_be_read(admin_client: Client) -> None:
    write_undecodable_snapshot("default", 2)
    number = Snapshot.objects.get(version=2).pk
    assert f"snapshot/{number}/change/" in admin_client.get(f"{URL}/snapshot/").content.decode()
    text = admin_client.get(f"{URL}/snapshot/{number}/change/").content.decode()
    assert "can&#x27;t be decoded: Exceeds the limit (4300 digits)" in text
    assert LONG.split()[-1].strip("}") in admin_client.get(f"{URL}/snapshot/{number}/json/").content.decode()
