from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from eventstore_django import EventStore, InvalidEvent, NewEvent
from eventstore_django.encoding import Refused, decode, encode

from .examples import collected, thorough
from .payloads import ANY_PAYLOADS, GOOD_PAYLOADS, canonical

if TYPE_CHECKING:
    from pytest_django import Settings

Payload = dict[str, Any]

STORES = [("default", True), ("default", False), ("sqlite", True)]
AT_A_TIME = 100


@pytest.fixture(scope="module")
def payloads() -> tuple[list[Payload], list[Payload]]:
    """Give random payloads: those that can be stored, and those that are refused."""
    taken: list[Payload] = []
    refused: list[Payload] = []
    for payload in collected(ANY_PAYLOADS):
        (taken if _is_taken(payload) else refused).append(payload)
    assert min(len(taken), len(refused)) > 100
    assert len(taken) + len(refused) >= 1000
    return taken, refused


@pytest.fixture(params=STORES, ids=["postgresql", "postgresql without functions", "sqlite"])
def database(request: pytest.FixtureRequest, settings: Settings, db: None) -> EventStore:
    alias, append_function = request.param
    settings.EVENTSTORE = {"APPEND_FUNCTION": append_function}
    return EventStore(using=alias)


def _is_taken(payload: Payload) -> bool:
    try:
        encode(payload)
    except Refused:
        return False
    return True


def _exactly(value: object) -> str:
    """Text that differs where types do: in Python 1, 1.0 and True are equal."""
    return json.dumps(value, sort_keys=True)


def _assert_comes_back(store: EventStore, stream_id: str, payloads: list[Payload]) -> None:
    """Store payloads in one call, read them, and repeat the call."""
    events = [NewEvent("Noted", payload, metadata=payload) for payload in payloads]
    stored = store.append(stream_id, events, 0).events
    read = store.get_events(stream_id)
    for payload, result, found in zip(payloads, stored, read, strict=True):
        expected = _exactly(canonical(payload))
        texts = [_exactly(part) for event in (result, found) for part in (event.payload, event.metadata)]
        assert texts == [expected] * 4
    again = store.append(stream_id, events, 0)
    assert (again.replayed, list(again.events)) == (True, read)


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_payloads_in_large_calls_come_back(database: EventStore, payloads: tuple[list[Payload], list[Payload]]) -> None:
    taken, _ = payloads
    for start in range(0, len(taken), AT_A_TIME):
        _assert_comes_back(database, f"Many-{start}", taken[start : start + AT_A_TIME])


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_payloads_in_calls_of_their_own_come_back(
    database: EventStore, payloads: tuple[list[Payload], list[Payload]]
) -> None:
    taken, _ = payloads
    for number, payload in enumerate(taken[-AT_A_TIME:]):
        _assert_comes_back(database, f"One-{number}", [payload])


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_the_others_are_refused_before_any_sql(
    database: EventStore, payloads: tuple[list[Payload], list[Payload]]
) -> None:
    _, refused = payloads
    with CaptureQueriesContext(connections[database.using]) as queries:
        for payload in refused:
            with pytest.raises(InvalidEvent) as caught:
                database.append("Account-1", [NewEvent("Noted", {}), NewEvent("Noted", payload)])
            assert caught.value.index == 1
            assert caught.value.path.startswith("payload")
    assert len(queries) == 0


@thorough
@given(payload=GOOD_PAYLOADS)
def test_what_json_and_the_special_values_can_say_is_never_refused(payload: Payload) -> None:
    assert _exactly(decode(encode(payload))) == _exactly(canonical(payload))


@thorough
@given(payload=ANY_PAYLOADS)
def test_a_payload_is_encoded_without_loss_or_refused_with_a_path(payload: Payload) -> None:
    try:
        text = encode(payload)
    except Refused as refused:
        path, reason = refused.path, refused.reason
        assert isinstance(path, str)  # both outcomes are right
        assert reason  # as above
    else:
        assert _exactly(decode(text)) == _exactly(canonical(payload))
