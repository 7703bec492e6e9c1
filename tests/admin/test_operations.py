"""What operators do from the admin: asked first, permitted one by one, logged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eventstore_django import event_context, subscription
from eventstore_django.models import ParkedEvent, Subscription, SubscriptionShard
from eventstore_django.subscriptions.declarations import registry

from .operating import NAME, PARKED, SUBSCRIPTIONS, append, follow, logged, parked, row, run, user

pytestmark = pytest.mark.django_db

SUBSCRIPTION_ACTIONS = {
    "pause": "pause_subscription",
    "resume": "resume_subscription",
    "retry-parked": "retry_parkedevent",
    "rebuild": "rebuild_subscription",
    "reset": "reset_subscription",
}
PARKED_ACTIONS = {
    "retry": "retry_parkedevent",
    "retry-stream": "retry_parkedevent",
    "discard": "discard_parkedevent",
}
GIVEN = {"position": "0", "typed_name": NAME, "reason": "no use"}
EVERY = [
    (kind, slug, needed)
    for kind, actions in (("subscription", SUBSCRIPTION_ACTIONS), ("parkedevent", PARKED_ACTIONS))
    for slug, needed in actions.items()
]
EACH = pytest.mark.parametrize(("kind", "slug", "needed"), EVERY)


def address(kind: str, slug: str) -> str:
    return f"{SUBSCRIPTIONS}{NAME}/{slug}/" if kind == "subscription" else f"{PARKED}{event().pk}/{slug}/"


def event() -> ParkedEvent:
    return ParkedEvent.objects.order_by("position")[0]


def ready_for(slug: str) -> None:
    """Bring everything into a state in which the action has an effect."""
    parked("Account-1", "A", "B", versioned=True)
    if slug == "resume":
        Subscription.objects.update(status="paused")
    if slug == "rebuild":
        SubscriptionShard.objects.create(subscription=row(), version=2, number=0)


def everything() -> list[Any]:
    tables: list[Any] = [Subscription, SubscriptionShard, ParkedEvent]
    return [list(table.objects.order_by("pk").values()) for table in tables] + [logged()]


def client_of(*permissions: str) -> Client:
    client = Client()
    client.force_login(user(*permissions))
    return client


@EACH
def test_an_action_is_done_and_logged_for_who_is_permitted(kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    client, before = client_of(f"view_{kind}", needed), everything()
    where = address(kind, slug)
    key = where.split("/")[-3]
    response = client.post(where, GIVEN, follow=True)
    assert (response.status_code, response.redirect_chain[0][0]) == (200, where.replace(f"{slug}/", "change/"))
    ((actor, object_id, message),) = logged()
    assert (actor, object_id) == ("grace", key)
    assert message.lower().startswith(slug.split("-")[0])
    assert everything()[:-1] != before[:-1]
    assert [str(told) for told in response.context["messages"]] == [message.split(": ", 1)[1]]
    assert message.split(": ", 1)[1].split("'")[0] in response.content.decode()


@EACH
def test_without_its_own_permission_an_action_is_refused(kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    others = {*SUBSCRIPTION_ACTIONS.values(), *PARKED_ACTIONS.values(), f"change_{kind}", f"delete_{kind}"} - {needed}
    client, before, where = client_of(f"view_{kind}", *others), everything(), address(kind, slug)
    assert client.post(where, GIVEN).status_code == 403
    assert client.get(where).status_code == 403
    assert everything() == before


@EACH
def test_who_may_not_see_may_not_act(kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    client, before, where = client_of(needed), everything(), address(kind, slug)
    assert client.post(where, GIVEN).status_code == 403
    assert everything() == before


@EACH
def test_a_stranger_is_sent_to_the_login(client: Client, kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    before = everything()
    response = client.post(address(kind, slug), GIVEN)
    assert (response.status_code, "login" in response.headers["Location"]) == (302, True)
    assert everything() == before


@EACH
def test_reading_the_page_that_asks_changes_nothing(admin_client: Client, kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    before, where = everything(), address(kind, slug)
    for method in ("get", "head"):
        assert getattr(admin_client, method)(where).status_code == 200
    for method in ("put", "patch", "delete"):
        assert getattr(admin_client, method)(where).status_code == 403
    assert admin_client.get(where, GIVEN).status_code == 200
    assert everything() == before


@EACH
def test_a_post_without_the_token_is_refused(kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    client, before, where = Client(enforce_csrf_checks=True), everything(), address(kind, slug)
    client.force_login(user(f"view_{kind}", needed))
    assert client.post(where, GIVEN).status_code == 403
    assert everything() == before


@EACH
def test_the_page_offers_only_what_the_user_may_do(kind: str, slug: str, needed: str) -> None:
    ready_for(slug)
    allowed = {"subscription": SUBSCRIPTION_ACTIONS, "parkedevent": PARKED_ACTIONS}[kind]
    expected = {other for other, permission in allowed.items() if permission == needed}
    response = client_of(f"view_{kind}", needed).get(address(kind, "change"))
    assert {action.slug for action, _ in response.context["actions"]} == expected


@pytest.mark.parametrize("slug", ["pause", "resume"])
def test_what_has_no_effect_any_more_is_told_and_not_logged(admin_client: Client, slug: str) -> None:
    ready_for("pause" if slug == "resume" else "resume")
    response = admin_client.post(address("subscription", slug), follow=True)
    assert "nothing was changed" in response.content.decode()
    assert logged() == []


# Reset


@pytest.mark.parametrize(
    "given",
    [
        {"position": "0", "typed_name": "balance"},
        {"position": "0"},
        {"position": "-1", "typed_name": NAME},
        {"position": "x", "typed_name": NAME},
        {"position": str(2**63), "typed_name": NAME},
    ],
)
def test_a_reset_asks_for_the_name_and_a_position(admin_client: Client, given: dict[str, str]) -> None:
    ready_for("reset")
    before = everything()
    response = admin_client.post(address("subscription", "reset"), given)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert everything() == before


def test_a_reset_begins_behind_the_position_that_was_given(admin_client: Client) -> None:
    first, *_ = append("A", "B", "C")
    follow()
    run()
    admin_client.post(address("subscription", "reset"), {"position": str(first), "typed_name": NAME})
    assert SubscriptionShard.objects.get().position == first


def test_a_reset_beyond_the_log_is_told_and_not_done(admin_client: Client) -> None:
    ready_for("reset")
    before = everything()
    given = {"position": "99999999999", "typed_name": NAME}
    response = admin_client.post(address("subscription", "reset"), given, follow=True)
    assert "nothing was changed. The log ends at position" in response.content.decode()
    assert everything() == before


def test_a_reset_that_the_handler_fails_at_is_told_and_not_done(admin_client: Client) -> None:
    class Careless:
        def handle(self, event: object) -> None: ...

        def reset(self) -> None:
            raise RuntimeError("no <table>")

    append("A")
    subscription(NAME)(Careless)
    run()
    before = everything()
    response = admin_client.post(address("subscription", "reset"), GIVEN, follow=True)
    assert "Its reset failed: RuntimeError: no &lt;table&gt;" in response.content.decode()
    assert everything() == before


def test_the_page_of_a_reset_tells_what_it_does(admin_client: Client) -> None:
    ready_for("reset")
    text = admin_client.get(address("subscription", "reset")).content.decode()
    assert "Events that are parked or held back are so no longer: 3." in text


# Rebuild


def versioned() -> None:
    class Versioned:
        def handle(self, event: object) -> None:
            assert event_context().version

    append("A")
    subscription(NAME, versioned=True)(Versioned)
    run()


def test_the_page_of_a_rebuild_tells_the_command(admin_client: Client) -> None:
    versioned()
    response = admin_client.get(address("subscription", "rebuild"))
    assert response.context["command"] == f"python manage.py rebuild_subscription {NAME}"
    assert '<button type="submit" class="button' not in response.content.decode()


def test_what_is_not_versioned_has_no_command(admin_client: Client) -> None:
    follow()
    run()
    response = admin_client.get(address("subscription", "rebuild"))
    assert response.context["command"] == ""
    assert "versioned=True" in response.content.decode()


def test_a_rebuild_that_was_begun_is_told_with_how_far_it_is(admin_client: Client) -> None:
    versioned()
    (live,) = SubscriptionShard.objects.all()
    SubscriptionShard.objects.create(subscription=row(), version=2, number=0, position=live.position // 2)
    for slug in ("rebuild", "change"):
        assert "Version 2 was begun" in admin_client.get(address("subscription", slug)).content.decode()
    admin_client.post(address("subscription", "rebuild"))
    assert list(SubscriptionShard.objects.all()) == [live]


def test_there_is_nothing_to_throw_away_where_nothing_was_begun(admin_client: Client) -> None:
    versioned()
    text = admin_client.post(address("subscription", "rebuild"), follow=True).content.decode()
    assert "There is nothing to throw away" in text
    assert logged() == []


# Retry and discard


def test_the_whole_stream_is_retried_in_order(admin_client: Client) -> None:
    first, _ = append("Broken", "Broken"), append("Broken", stream="Account-2")
    handled: list[int] = follow()
    run()
    ParkedEvent.objects.filter(stream_id="Account-1").update(status="parked")
    text = admin_client.post(address("parkedevent", "retry-stream"), follow=True).content.decode()
    assert "2 marked to be tried again, in order" in text
    states = dict(ParkedEvent.objects.values_list("position", "status"))
    assert [states[position] for position in first] == ["retrying", "retrying"]
    assert list(states.values()).count("parked") == 1
    assert handled == []


def test_of_several_parked_events_one_is_retried(admin_client: Client) -> None:
    (first,), (second,) = append("Broken"), append("Broken", stream="Account-2")
    follow()
    run()
    admin_client.post(address("parkedevent", "retry"))
    states = dict(ParkedEvent.objects.values_list("position", "status"))
    assert states == {first: "retrying", second: "parked"}


def test_what_was_retried_is_handled_by_the_next_run(admin_client: Client) -> None:
    ready_for("retry")
    registry.remove(registry.all()[0])
    handled: list[int] = []
    subscription(NAME)(lambda event: handled.append(event.position))
    admin_client.post(address("parkedevent", "retry"))
    run()
    assert len(handled) == 3
    assert ParkedEvent.objects.count() == 0


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_discarding_asks_for_a_reason(admin_client: Client, reason: str) -> None:
    ready_for("discard")
    before = everything()
    response = admin_client.post(address("parkedevent", "discard"), {"reason": reason})
    assert response.context["form"].errors
    assert everything() == before


def test_a_discarded_event_keeps_reason_and_actor(admin_client: Client) -> None:
    ready_for("discard")
    where = address("parkedevent", "discard")
    admin_client.post(where, {"reason": "a <b>test</b>"})
    assert (event().status, event().reason, event().actor) == ("discarded", "a <b>test</b>", "admin")
    assert "a <b>test</b>" in logged()[0][2]
    text = admin_client.get(where.replace("discard/", "change/")).content.decode()
    assert "<b>test" not in text
    assert "a &lt;b&gt;test&lt;/b&gt;" in text


def test_an_event_of_another_version_is_left_alone(admin_client: Client) -> None:
    ready_for("discard")
    ParkedEvent.objects.update(version=7)
    before = everything()
    for slug in PARKED_ACTIONS:
        text = admin_client.post(address("parkedevent", slug), GIVEN, follow=True).content.decode()
        assert "nothing was changed" in text
    assert everything() == before


@pytest.mark.parametrize("kind", ["subscription", "parkedevent"])
def test_what_is_not_there_can_not_be_operated_on(admin_client: Client, kind: str) -> None:
    actions = SUBSCRIPTION_ACTIONS if kind == "subscription" else PARKED_ACTIONS
    base = SUBSCRIPTIONS if kind == "subscription" else PARKED
    for slug in actions:
        assert admin_client.post(f"{base}7/{slug}/", GIVEN).status_code == 404


def test_what_cant_be_logged_is_not_done(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_for("pause")
    before = everything()
    monkeypatch.setattr("django.contrib.admin.options.ModelAdmin.log_change", _fails)
    with pytest.raises(OSError, match="full"):
        admin_client.post(address("subscription", "pause"))
    assert everything() == before


def _fails(*args: Any) -> None:
    raise OSError("full")
