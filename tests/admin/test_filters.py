from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from eventstore_django.admin import eventlists, filters
from eventstore_django.models import Event

from .pages import ADMIN, listed, write


def _choices(client: Client, title: str, query: str = "") -> list[str]:
    specs = client.get(f"{ADMIN}/event/{query}").context["cl"].filter_specs
    found = next(spec for spec in specs if spec.title == title)
    return [value for value, _ in found.lookup_choices]


def test_the_choices_are_what_the_log_holds(admin_client: Client) -> None:
    write("acme/Order/1", "Placed", "Paid")
    write("Account-1", "Opened")
    assert _choices(admin_client, "type") == ["Opened", "Paid", "Placed"]
    assert _choices(admin_client, "category") == ["Account", "Order"]
    assert _choices(admin_client, "tenant") == ["acme"]


def test_the_number_of_choices_is_bounded_and_others_are_reached_by_the_address(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MOST", 2)
    position = write("Account-1", "A", "B", "C", "D")[3]
    assert _choices(admin_client, "type") == ["A", "B"]
    assert _choices(admin_client, "type", "?event_type=D") == ["D", "A", "B"]
    assert listed(admin_client, "event", event_type="D") == [position]


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({"event_type": "Placed"}, [0]),
        ({"category": "Order"}, [1, 0]),
        ({"partition": "acme"}, [1, 0]),
        ({"partition": "acme-1"}, [2]),
        ({"event_type": "Paid", "category": "Order"}, [1]),
        ({"event_type": "Opened", "category": "Order"}, []),
        ({"event_type": "nothing"}, []),
        ({"event_type": "a\0b"}, []),
        ({"event_type": "%"}, []),
    ],
)
def test_filters_leave_what_has_exactly_the_value(
    admin_client: Client, parameters: dict[str, str], wanted: list[int]
) -> None:
    positions = [*write("acme/Order/1", "Placed", "Paid"), *write("acme-1/Cart/1", "Paid"), *write("A-1", "Opened")]
    assert listed(admin_client, "event", **parameters) == [positions[index] for index in wanted]


def test_streams_are_filtered_by_category_and_tenant(admin_client: Client) -> None:
    for name in ("acme/Order/1", "acme/Cart/1", "globex/Order/1", "Order-1"):
        write(name, "Noted")
    assert listed(admin_client, "stream", category="Order") == ["Order-1", "acme/Order/1", "globex/Order/1"]
    assert listed(admin_client, "stream", category="Order", partition="acme") == ["acme/Order/1"]


def _stored(position: int, **shift: float) -> str:
    moment: datetime = Event.objects.get(pk=position).created_at + timedelta(**shift)
    return moment.isoformat()


def test_a_range_of_times_takes_its_start_and_leaves_out_its_end(admin_client: Client) -> None:
    positions = write("Account-1", "A") + write("Account-1", "B") + write("Account-1", "C")
    start, end = _stored(positions[0]), _stored(positions[2])
    assert listed(admin_client, "event", stored_from=start, stored_to=end) == positions[1::-1]
    assert listed(admin_client, "event", stored_from=_stored(positions[0], microseconds=1)) == positions[:0:-1]
    assert listed(admin_client, "event", stored_to=start) == []
    assert listed(admin_client, "event", stored_from=_stored(positions[2], days=1)) == []


def test_a_time_that_is_none_is_told_and_finds_nothing(admin_client: Client) -> None:
    write("Account-1", "A")
    for text in ("yesterday", "2026-13-01", "0001-01-01T00:00", "9999-12-31T23:59:59", "<script>"):
        response = admin_client.get(f"{ADMIN}/event/", {"stored_from": text})
        assert "is no time" in response.content.decode()
        assert list(response.context["cl"].result_list) == []


def test_conditions_without_an_index_look_through_a_part_of_the_log_and_offer_to_go_on(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions = write("acme/Order/1", "Rare", *["Paid"] * 20)
    monkeypatch.setattr(eventlists, "WINDOW", 5)
    query = f"{ADMIN}/event/?event_type=Rare&category=Order"
    seen, pages, address = [], 0, ""
    while True:
        page = admin_client.get(f"{query}{address}").context["cl"]
        pages += 1
        seen += [row.pk for row in page.result_list]
        if not page.older_url:
            break
        assert "were looked through" in page.note
        address = "&" + page.older_url.removeprefix("?")
    assert (seen, pages) == ([positions[0]], 5)


def test_the_way_up_through_parts_finds_the_same(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    positions = write("acme/Order/1", *["Paid"] * 20, "Rare")
    monkeypatch.setattr(eventlists, "WINDOW", 5)
    address, seen = "&_last=1", []
    while address:
        page = admin_client.get(f"{ADMIN}/event/?event_type=Rare&category=Order{address}").context["cl"]
        seen += [row.pk for row in page.result_list]
        address = "&" + page.newer_url.removeprefix("?") if page.newer_url else ""
    assert seen == [positions[20]]


@pytest.mark.parametrize(
    "condition",
    ["payload__owner__contains=Ada", "event_type__contains=A", "stream__category=x", "z=1"],
)
def test_conditions_other_than_those_of_the_filters_are_refused(admin_client: Client, condition: str) -> None:
    write("Account-1", "A")
    for model in ("event", "stream", "snapshot", "erasedevent"):
        assert admin_client.get(f"{ADMIN}/{model}/?{condition}").status_code == 400
