"""The operators' pages of a store that lives in another database than the users: here on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from eventstore_django.models import ParkedEvent, Subscription

from .operating import NAME, OVERVIEW, PARKED, SUBSCRIPTIONS, append, employ, follow, logged, run

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])


class EventsOnSQLite:
    """Sends the event store's tables to SQLite, and leaves everything else to the default."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "sqlite" if model._meta.app_label == "eventstore" else None

    db_for_write = db_for_read


@pytest.fixture(autouse=True)
def routed() -> Iterator[None]:
    with override_settings(DATABASE_ROUTERS=[EventsOnSQLite()]):
        yield


def test_every_page_shows_what_is_there(admin_client: Client) -> None:
    append("Broken", "A")
    follow()
    run()
    employ(NAME, shards=1, publishes=True)
    assert not Subscription.objects.using("default").exists()
    row = ParkedEvent.objects.using("sqlite").get(status="parked")
    for address in (OVERVIEW, SUBSCRIPTIONS, f"{SUBSCRIPTIONS}{NAME}/change/", PARKED, f"{PARKED}{row.pk}/change/"):
        response = admin_client.get(address)
        assert response.status_code == 200
        assert NAME in response.content.decode()


@pytest.mark.parametrize(
    ("slug", "status"), [("pause", "paused"), ("reset", "running"), ("retry-parked", "running"), ("rebuild", "running")]
)
def test_a_subscription_is_operated_on_where_it_is(admin_client: Client, slug: str, status: str) -> None:
    append("Broken", "A")
    follow()
    run()
    given = {"position": "0", "typed_name": NAME}
    assert admin_client.get(f"{SUBSCRIPTIONS}{NAME}/{slug}/").status_code == 200
    assert admin_client.post(f"{SUBSCRIPTIONS}{NAME}/{slug}/", given).status_code == 302
    assert Subscription.objects.using("sqlite").get().status == status
    assert len(logged()) == (slug != "rebuild")


def test_a_parked_event_is_discarded_where_it_is(admin_client: Client) -> None:
    append("Broken", "A")
    follow()
    run()
    row = ParkedEvent.objects.using("sqlite").get(status="parked")
    admin_client.post(f"{PARKED}{row.pk}/discard/", {"reason": "no use"})
    row.refresh_from_db(using="sqlite")
    assert (row.status, row.actor) == ("discarded", "admin")
    assert len(logged()) == 1


def test_a_replica_is_not_asked_for_what_is_operated_on(admin_client: Client) -> None:
    class ReadsElsewhere(EventsOnSQLite):
        def db_for_read(self, model: Any, **hints: Any) -> str | None:
            return None

    append("A")
    follow()
    run()
    with override_settings(DATABASE_ROUTERS=[ReadsElsewhere()]):
        assert NAME in admin_client.get(SUBSCRIPTIONS).content.decode()
        assert admin_client.post(f"{SUBSCRIPTIONS}{NAME}/pause/").status_code == 302
    assert Subscription.objects.using("sqlite").get().status == "paused"
