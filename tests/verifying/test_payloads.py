"""Payloads, held against the types that are registered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import override_settings

from eventstore_django import EventStore, NewEvent, register_event, upcaster
from eventstore_django.testing.contract.undecodable import INFINITE, write_undecodable
from eventstore_django.testing.event_types import temporary_event_types
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.kinds import Kind
from eventstore_django.verifying.scopes import Scope
from eventstore_django.verifying.verification import Verification

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

OPENED, CLOSED = "VerifiedOpened", "VerifiedClosed"


@pytest.fixture(autouse=True)
def types() -> Iterator[None]:
    with temporary_event_types():

        @register_event(OPENED, version=2)
        @dataclass(frozen=True)
        class Opened:
            owner: str

        upcaster(OPENED, from_version=1)(lambda payload: {"owner": payload["name"]})
        upcaster(CLOSED, from_version=1)(lambda payload: {"why": payload["reason"]})
        yield


def found(store: EventStore, scope: Scope | None = None) -> list[Finding]:
    return list(Verification(store, scope).payloads().findings())


def put(store: EventStore, kind: str, payload: dict[str, object], version: int = 1, stream: str = "a-1") -> int:
    return store.append(stream, [NewEvent(kind, payload, schema_version=version)]).events[0].position


def test_payloads_that_are_upcast_and_fit_are_whole(store: EventStore) -> None:
    put(store, OPENED, {"name": "Ada"})
    put(store, OPENED, {"owner": "Ada"}, version=2)
    put(store, CLOSED, {"reason": "moved"})
    put(store, "Stranger", {"anything": 1})
    assert found(store) == []


def test_a_payload_that_does_not_fit_its_class_is_found_with_its_field(store: EventStore) -> None:
    where = put(store, OPENED, {"owner": 7}, version=2)
    [finding] = found(store)
    assert (finding.kind, finding.stream, finding.version, finding.position) == (Kind.PAYLOAD, "a-1", 1, where)
    assert finding.text.startswith("stream 'a-1', event 1 ('VerifiedOpened' of version 2): owner: ")


@pytest.mark.parametrize(("kind", "version"), [(OPENED, 1), (CLOSED, 1), (OPENED, 3)])
def test_a_payload_that_can_not_be_upcast_is_found(store: EventStore, kind: str, version: int) -> None:
    put(store, kind, {}, version)
    assert [finding.kind for finding in found(store)] == [Kind.PAYLOAD]


def test_events_of_types_without_a_class_are_counted(store: EventStore) -> None:
    for kind in ("Stranger", "Other", "Stranger", OPENED):
        put(store, kind, {"name": "Ada"})
    put(store, "Stranger", {}, stream="b-1")
    assert Verification(store).payloads().unregistered() == {"Other": 1, "Stranger": 3}
    assert Verification(store, Scope("b-1")).payloads().unregistered() == {"Stranger": 1}


def test_the_scope_selects_events(store: EventStore) -> None:
    first, second = put(store, OPENED, {}), put(store, OPENED, {}, stream="b-1")
    assert [finding.position for finding in found(store)] == [first, second]
    assert [finding.position for finding in found(store, Scope("b-1"))] == [second]
    assert [finding.position for finding in found(store, Scope(from_position=second))] == [second]
    assert found(store, Scope("a-1", second)) == []


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_every_event_is_read_once_whatever_the_size_of_the_pages(store: EventStore, size: int) -> None:
    positions = [put(store, OPENED, {}) for _ in range(4)]
    check = Verification(store, Scope(from_position=positions[0])).payloads()
    told: list[tuple[int, int]] = []
    with override_settings(EVENTSTORE={"READ_BATCH_SIZE": size}):
        findings = list(check.findings(lambda done, events: told.append((done, events))))
    assert [finding.position for finding in findings] == positions
    assert (check.events, told[-1]) == (4, (check.length, 4))


def test_what_is_appended_meanwhile_is_not_waited_for(store: EventStore) -> None:
    put(store, OPENED, {})
    check = Verification(store).payloads()
    put(store, OPENED, {})
    put(store, "Stranger", {})
    assert len(list(check.findings())) == 1
    assert check.unregistered() == {}


def test_an_empty_log_has_nothing_to_go_through(store: EventStore) -> None:
    check = Verification(store).payloads()
    assert (check.length, list(check.findings()), check.unregistered()) == (0, [], {})


@pytest.mark.parametrize("part", ["payload", "metadata"])
@pytest.mark.parametrize("kind", [OPENED, "Stranger"])
def test_what_can_not_be_decoded_is_found_whatever_its_type(store: EventStore, kind: str, part: str) -> None:
    store.append("a-1", [NewEvent(kind, {"owner": "Ada"}, schema_version=2)])
    write_undecodable(store.using, store.get_events("a-1")[0], part=part)
    [finding] = found(store)
    assert (finding.kind, finding.version) == (Kind.PAYLOAD, 1000)
    assert f"{part}: can't be decoded" in finding.text


@pytest.mark.parametrize("part", ["payload", "metadata"])
@pytest.mark.parametrize("kind", [OPENED, "Stranger"])
def test_what_python_reads_and_json_can_not_hold_is_found_too(store: EventStore, kind: str, part: str) -> None:
    store.append("a-1", [NewEvent(kind, {"owner": "Ada"}, schema_version=2)])
    write_undecodable(store.using, store.get_events("a-1")[0], INFINITE, part)
    [finding] = found(store)
    assert (finding.kind, finding.version) == (Kind.PAYLOAD, 1000)
    assert f"{part}: can't be written as JSON" in finding.text


@pytest.mark.parametrize("name", ["occurred_at", "created_at"])
def test_a_time_that_python_has_not_is_found(store: EventStore, name: str) -> None:
    store.append("a-1", [NewEvent("Stranger", {})])
    write_undecodable(store.using, store.get_events("a-1")[0], "infinity", name)
    [finding] = found(store)
    assert f"{name}: can't be decoded" in finding.text
