"""Nobody changes anything in the admin's history: not a superuser, not at any address, by no method."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from eventstore_django import AggregateSnapshot, EventStore
from eventstore_django.erasure import erasure
from eventstore_django.models import ErasedEvent, Erasure, Event, Snapshot, Stream

from .pages import ADMIN, write

MODELS: dict[str, Any] = {
    "event": Event,
    "stream": Stream,
    "snapshot": Snapshot,
    "erasure": Erasure,
    "erasedevent": ErasedEvent,
}
ADDRESSES = ["", "add/", "{key}/", "{key}/change/", "{key}/delete/", "{key}/history/"]
FORMS = [
    {"event_type": "Other", "stream_id": "x", "payload": "{}", "data": "{}", "_save": "Save"},
    {"action": "delete_selected", "_selected_action": "1", "post": "yes", "index": "0"},
    {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": "1",
        "form-0-event_type": "Other",
        "_save": "Save",
    },
    {"events-TOTAL_FORMS": "1", "events-INITIAL_FORMS": "0", "events-0-event_type": "Other", "_continue": "1"},
    {"post": "yes", "_popup": "1"},
]


@pytest.fixture
def keys(db: None) -> dict[str, Any]:
    write("Account-1", "Noted", "Noted")
    with erasure(reason="request 7", actor="ada") as door:
        door.remove(Event.objects.filter(event_version=2))
    EventStore().save_snapshot(AggregateSnapshot("1", "Account", 1, {"n": 1}))
    return {name: model.objects.values_list("pk", flat=True).first() for name, model in MODELS.items()}


def _everything() -> dict[str, list[Any]]:
    return {name: list(model.objects.order_by("pk").values()) for name, model in MODELS.items()}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_superuser_changes_nothing_by_any_method(
    admin_client: Client, keys: dict[str, Any], model: str, address: str
) -> None:
    before = _everything()
    target = f"{ADMIN}/{model}/{address.format(key=keys[model])}"
    for form in FORMS:
        for method in ("post", "put", "patch", "delete"):
            response = getattr(admin_client, method)(target, form if method == "post" else None)
            assert response.status_code in (302, 403, 405), (method, form)
    assert _everything() == before
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("model", MODELS)
def test_a_redirect_leads_to_the_page_and_not_to_a_form(admin_client: Client, keys: dict[str, Any], model: str) -> None:
    response = admin_client.post(f"{ADMIN}/{model}/{keys[model]}/", FORMS[0])
    assert response.headers["Location"] in (f"{ADMIN}/{model}/{keys[model]}/change/", "../change/")


@pytest.mark.parametrize("model", MODELS)
def test_no_page_offers_to_write(admin_client: Client, keys: dict[str, Any], model: str) -> None:
    for address in (f"{ADMIN}/{model}/", f"{ADMIN}/{model}/{keys[model]}/change/"):
        content = admin_client.get(address).content.decode().split('id="content"')[1]
        for sign in ("add/", "delete", "_save", 'name="action"', "history/"):
            assert sign not in content, (address, sign)


@pytest.mark.parametrize("model", ["event", "stream", "snapshot"])
@pytest.mark.parametrize("page", ["add/", "{key}/delete/", "{key}/history/"])
def test_pages_that_would_write_are_forbidden(
    admin_client: Client, keys: dict[str, Any], model: str, page: str
) -> None:
    assert admin_client.get(f"{ADMIN}/{model}/{page.format(key=keys[model])}").status_code == 403


def test_requests_for_the_parts_of_pages_write_nothing_either(admin_client: Client, keys: dict[str, Any]) -> None:
    for address in (
        f"event/{keys['event']}/json/",
        "event/correlation/?id=x",
        f"snapshot/{keys['snapshot']}/json/",
        "stream/Account-1/state/",
    ):
        assert admin_client.post(f"{ADMIN}/{address}").status_code == 403


ALL_PAGES = [
    "event/",
    "event/{event}/change/",
    "event/{event}/json/",
    "event/correlation/?id=c",
    "stream/",
    "stream/Account-1/change/",
    "stream/Account-1/state/",
    "snapshot/",
    "snapshot/{snapshot}/change/",
    "snapshot/{snapshot}/json/",
    "erasure/",
    "erasure/{erasure}/change/",
    "erasedevent/",
    "erasedevent/{erasedevent}/change/",
]


@pytest.mark.parametrize("page", ALL_PAGES)
def test_a_page_is_shown_to_who_may_view_its_model_and_to_nobody_else(
    client: Client, keys: dict[str, Any], page: str
) -> None:
    write("Account-1", "Noted", correlation_id="c")
    address, model = f"{ADMIN}/{page.format(**keys)}", page.split("/")[0]
    assert client.get(address).status_code == 302  # to the login
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    # Who may change may view as well, as everywhere in the admin.
    others = Permission.objects.exclude(codename__in=[f"view_{model}", f"change_{model}"])
    clerk.user_permissions.set(others)
    assert client.get(address).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename=f"view_{model}"))
    assert client.get(address).status_code == 200


ABSENT = ["event/77777/change/", "event/x/change/", "event/77777/json/", "stream/none/change/", "stream/%00/change/"]


@pytest.mark.parametrize("page", ABSENT)
def test_what_is_not_there_is_not_found(admin_client: Client, db: None, page: str) -> None:
    assert admin_client.get(f"{ADMIN}/{page}").status_code == 404
