"""Projects that are set up otherwise than most: the API answers there as anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.test import Client

from eventstore_django import EventStore, NewEvent

from .conftest import Login
from .routes import PREFIX

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.parametrize("address", ["events/1/", "events/?limit=x", "subscriptions/x/"])
def test_an_error_leaves_the_transaction_around_a_request_usable(
    reader: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    assert reader.get(PREFIX + address).status_code in (400, 404)
    assert reader.get(f"{PREFIX}events/").status_code == 200


def test_a_refused_append_leaves_the_transaction_around_a_request_usable(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    body = {"events": [{"event_type": "Noted", "payload": {}}]}
    address = f"{PREFIX}streams/Account-1/events/"
    response = login("view_event").post(address, body, content_type="application/json")
    assert response.status_code == 403
    assert EventStore().append("Account-1", [NewEvent("Noted", {})]).version == 1


def test_where_no_parameter_names_the_format_it_is_refused_as_any_unknown_one(
    reader: Client, settings: Settings
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "URL_FORMAT_OVERRIDE": None}
    assert reader.get(f"{PREFIX}events/?limit=1").status_code == 200
    response = reader.get(f"{PREFIX}events/?format=jsonl")
    assert (response.status_code, response.json()["field"]) == (400, "format")
    assert reader.get(f"{PREFIX}events/", headers={"Accept": "application/jsonl"}).status_code == 200
