from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from eventstore_django import EventStore, NewEvent, RecordedEvent
from eventstore_django.admin import causation
from eventstore_django.admin.correlations import Waterfall, lasting
from eventstore_django.admin.quoting import quoted, unquoted
from eventstore_django.models import Event

from .pages import ADMIN

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _happens(
    name: str, seconds: float = 0, *, cause: RecordedEvent | str | None = None, event_id: UUID | None = None
) -> RecordedEvent:
    metadata: dict[str, Any] = {"correlation_id": "c"}
    if cause is not None:
        metadata["causation_id"] = cause if isinstance(cause, str) else str(cause.event_id)
    at = START + timedelta(seconds=seconds)
    event = NewEvent(name, {}, metadata=metadata, occurred_at=at, event_id=event_id or uuid4())
    return EventStore().append(f"{name}-1", [event]).events[0]


def _picture() -> Waterfall:
    return Waterfall.of(list(Event.objects.correlated_with("c").order_by("position")))


@pytest.mark.usefixtures("db")
def test_effects_stand_below_their_cause_one_step_to_the_right() -> None:
    a = _happens("a")
    b = _happens("b", 1, cause=a)
    _happens("c", 2, cause=a)
    _happens("d", 3, cause=b)
    rows = [(bar.event.event_type, (bar.x - 12) // 20, bar.delay) for bar in _picture().bars]
    assert rows == [("a", 0, "+0"), ("b", 1, "+1 s"), ("d", 2, "+2 s"), ("c", 1, "+2 s")]


@pytest.mark.usefixtures("db")
def test_times_run_to_the_right() -> None:
    a = _happens("a")
    _happens("b", 5, cause=a)
    _happens("c", 10, cause=a)
    at = [bar.at for bar in _picture().bars]
    assert at[1] - at[0] == at[2] - at[1] > 100
    assert [tick.text for tick in _picture().ticks] == ["+0", "+2.5 s", "+5 s", "+7.5 s", "+10 s"]


@pytest.mark.usefixtures("db")
def test_events_of_one_moment_make_a_picture_too() -> None:
    _happens("a")
    _happens("b")
    assert len({bar.at for bar in _picture().bars}) == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("first", ["itself", "the later one", "nobody", "nonsense"])
def test_metadata_that_make_no_tree_make_no_circle(first: str) -> None:
    one, two = uuid4(), uuid4()
    causes = {"itself": str(one), "the later one": str(two), "nobody": str(uuid4()), "nonsense": "x"}
    _happens("a", event_id=one, cause=causes[first])
    _happens("b", event_id=two, cause=str(one))
    assert [(bar.event.event_type, bar.cause_y is None) for bar in _picture().bars] == [("a", True), ("b", False)]


@pytest.mark.usefixtures("db")
def test_a_chain_of_any_length_stays_in_the_picture() -> None:
    last = _happens("a")
    for _ in range(60):
        last = _happens("b", cause=last)
    picture = _picture()
    assert len(picture.bars) == 61
    assert max(bar.text_x for bar in picture.bars) < picture.chart - 60


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "+0"),
        (timedelta(microseconds=7), "+7 µs"),
        (timedelta(microseconds=1500), "+1.5 ms"),
        (timedelta(seconds=2.5), "+2.5 s"),
        (timedelta(seconds=61), "+1 min 1 s"),
        (timedelta(hours=2), "+2 h"),
        (timedelta(days=3, hours=4), "+3 d 4 h"),
        (timedelta(seconds=-5), "-5 s"),
    ],
)
def test_spans_are_told_in_the_unit_that_suits(span: timedelta, text: str) -> None:
    assert lasting(span) == text


@pytest.mark.usefixtures("db")
def test_a_correlation_is_shown_up_to_a_bound(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causation, "MOST", 3)
    for _ in range(5):
        _happens("a")
    content = admin_client.get(f"{ADMIN}/event/correlation/", {"id": "c"}).content.decode()
    assert content.count('class="es-bar') == 3
    assert "(the first ones)" in content


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("correlation", ["", "nothing", "a\0b"])
def test_a_correlation_of_no_events_is_not_found(admin_client: Client, correlation: str) -> None:
    assert admin_client.get(f"{ADMIN}/event/correlation/", {"id": correlation}).status_code == 404


@pytest.mark.usefixtures("db")
def test_an_event_shows_what_caused_it_and_what_it_caused(admin_client: Client) -> None:
    a = _happens("a")
    b = _happens("b", cause=a)
    c, d = _happens("c", cause=b), _happens("d", cause=b)
    context = admin_client.get(f"{ADMIN}/event/{b.position}/change/").context
    assert context["cause"].pk == a.position
    assert [effect.pk for effect in context["effects"]] == [c.position, d.position]


@pytest.mark.usefixtures("db")
def test_what_an_event_without_a_correlation_caused_is_found_by_its_own_id(admin_client: Client) -> None:
    first = EventStore().append("a-1", [NewEvent("a", {})]).events[0]
    metadata = {"correlation_id": str(first.event_id), "causation_id": str(first.event_id)}
    then = EventStore().append("b-1", [NewEvent("b", {}, metadata=metadata)]).events[0]
    context = admin_client.get(f"{ADMIN}/event/{first.position}/change/").context
    assert [effect.pk for effect in context["effects"]] == [then.position]


@pytest.mark.parametrize("value", [None, 1.5, True, ["x"], {"a": 1}, "", "not an id"])
def test_ids_that_another_program_wrote_may_be_anything(value: Any) -> None:
    event = Event(event_id=uuid4(), metadata={"correlation_id": value, "causation_id": value})
    assert causation.cause_of(event) is None
    assert causation.correlation_of(event) in (str(event.event_id), "not an id")
    assert causation.correlation_of(Event(event_id=event.event_id, metadata=value)) == str(event.event_id)


@pytest.mark.parametrize(
    "key", [".", "..", "...", "a.b", "_2E", "_", "_5F", "a/b", "%2e", "\\", "é", " ", "._2E", "x_2Ey"]
)
def test_keys_come_out_of_an_address_as_they_went_in(key: str) -> None:
    assert unquoted(quoted(key)) == key
    assert quoted(key).strip(".")
    assert "/" not in quoted(key)
