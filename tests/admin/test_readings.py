"""What is stored beside what readers make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent, register_event, upcaster
from eventstore_django.eventtypes.registry import registry

from .pages import ADMIN

pytestmark = pytest.mark.usefixtures("db", "_declared")


@pytest.fixture
def _declared() -> Iterator[None]:
    with registry.kept():

        @register_event("Deposited", version=2)
        @dataclass(frozen=True)
        class Deposited:
            amount: str
            currency: str

        @upcaster("Deposited", from_version=1)
        def _with_currency(payload: dict[str, str]) -> dict[str, str]:
            return {**payload, "currency": payload["country"] and "EUR", "country": payload["country"].upper()}

        yield


def _page(client: Client, event: NewEvent) -> str:
    position = EventStore().append("Account-1", [event]).events[0].position
    return client.get(f"{ADMIN}/event/{position}/change/").content.decode()


def test_a_payload_that_is_upcast_is_shown_beside_the_stored_one(admin_client: Client) -> None:
    page = _page(admin_client, NewEvent("Deposited", {"amount": "1", "country": "at"}))
    assert "Payload as it is stored" in page
    assert "What the upcasters changed" in page


def test_a_payload_of_the_newest_version_is_shown_once_with_its_class(admin_client: Client) -> None:
    page = _page(admin_client, NewEvent("Deposited", {"amount": "1", "currency": "EUR"}, schema_version=2))
    assert "Payload as it is stored" not in page
    assert "Deposited</bdi></code>" in page


def test_an_event_that_can_not_be_read_is_shown_with_the_reason(admin_client: Client) -> None:
    page = _page(admin_client, NewEvent("Deposited", {"amount": "<b>"}))
    assert "Readers can&#x27;t read this event" in page or "Readers can't read this event" in page
    assert "&lt;b&gt;" in page


def test_a_type_without_a_class_is_shown_without_one(admin_client: Client) -> None:
    page = _page(admin_client, NewEvent("Noted", {"a": 1}))
    assert "Read as" not in page
    assert "alert" not in page
