"""The golden files, as a user's test suite and CI see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import NewEvent, RecordedEvent, register_event, upcaster
from eventstore_django.eventtypes.registry import registry
from eventstore_django.testing.golden import RECORD, assert_golden_events


@dataclass(frozen=True)
class Opened:
    owner: str


@dataclass(frozen=True)
class OpenedTwo:
    owner: str
    limit: Decimal = Decimal("0.00")


@dataclass(frozen=True)
class OpenedThree:
    owners: list[str]


@pytest.fixture(autouse=True)
def only_these_types(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(RECORD, raising=False)
    with registry.kept(empty=True):
        register_event("Opened")(Opened)
        yield


def second_version() -> None:
    with_limit = upcaster("Opened", from_version=1)
    register_event("Opened", version=2)(OpenedTwo)
    with_limit(lambda payload: {**payload, "limit": "5.00"})
    forget(Opened)


def third_version() -> None:
    second_version()
    register_event("Opened", version=3)(OpenedThree)
    upcaster("Opened", from_version=2)(lambda payload: {"owners": [payload["owner"]]})
    forget(OpenedTwo)


def forget(kind: type) -> None:
    registry.remove(kind)


def recorded(tmp_path: Path) -> Path:
    """Return the directory with the example of the first version."""
    assert_golden_events(tmp_path, examples=[Opened("Ada")], record="missing")
    return tmp_path


def told(tmp_path: Path, **options: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_golden_events(tmp_path, **options)
    return str(caught.value)


def content(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_type_without_an_example_is_told_with_what_to_do(tmp_path: Path) -> None:
    message = told(tmp_path)
    assert "has no example of 'Opened', version 1" in message
    assert "pass an instance of Opened in examples=" in message
    assert f"{RECORD}=missing" in message
    assert list(tmp_path.iterdir()) == []


def test_an_example_that_is_given_is_not_written_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert f"{RECORD}=missing" in told(tmp_path, examples=[Opened("Ada")])
    assert list(tmp_path.iterdir()) == []


def test_an_example_is_recorded_and_passes_from_then_on(tmp_path: Path) -> None:
    recorded(tmp_path)
    assert_golden_events(tmp_path)
    assert content(tmp_path / "Opened.v1.json") == {
        "event_type": "Opened",
        "schema_version": 1,
        "payload": {"owner": "Ada"},
        "upcast": {},
        "typed": {"owner": "Ada"},
    }


def test_the_environment_lets_it_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RECORD, "missing")
    assert_golden_events(tmp_path / "new", examples=[Opened("Ada")])
    assert (tmp_path / "new" / "Opened.v1.json").exists()
    monkeypatch.setenv(RECORD, "1")
    with pytest.raises(ValueError, match="'missing' or 'changed'"):
        assert_golden_events(tmp_path)


def test_a_new_version_asks_for_its_example_and_for_what_becomes_of_the_older_one(tmp_path: Path) -> None:
    recorded(tmp_path)
    second_version()
    message = told(tmp_path)
    assert "has no example of 'Opened', version 2: pass an instance of OpenedTwo" in message
    assert "Opened.v1.json: 'Opened', version 1, was recorded when version 1 was the newest" in message
    assert_golden_events(tmp_path, examples=[OpenedTwo("Bob", Decimal("1.50"))], record="missing")
    assert_golden_events(tmp_path)
    old = content(tmp_path / "Opened.v1.json")
    assert (old["payload"], old["upcast"]) == ({"owner": "Ada"}, {"2": {"owner": "Ada", "limit": "5.00"}})
    assert content(tmp_path / "Opened.v2.json")["payload"] == {"owner": "Bob", "limit": "1.50"}


def test_what_an_older_version_became_on_the_way_is_kept_for_good(tmp_path: Path) -> None:
    recorded(tmp_path)
    third_version()
    given = [OpenedThree(["Eve"]), NewEvent("Opened", {"owner": "Bob"}, schema_version=2)]
    assert_golden_events(tmp_path, examples=given, record="missing")
    upcaster("Opened", from_version=1)(lambda payload: {**payload, "limit": "7.00"})
    message = told(tmp_path)
    assert 'becomes {"limit": "7.00", "owner": "Ada"} at version 2' in message
    assert told(tmp_path, record="missing") == message


def test_an_old_version_that_never_had_an_example_is_asked_for_as_it_was_stored(tmp_path: Path) -> None:
    second_version()
    message = told(tmp_path, examples=[OpenedTwo("Bob")])
    assert "NewEvent('Opened', {...}, schema_version=1)" in message
    given = [OpenedTwo("Bob"), NewEvent("Opened", {"owner": "Ada"}, schema_version=1)]
    assert_golden_events(tmp_path, examples=given, record="missing")
    assert content(tmp_path / "Opened.v1.json")["typed"] == {"owner": "Ada", "limit": "5.00"}


def test_an_event_that_a_store_gave_is_an_example_as_it_is_stored(tmp_path: Path) -> None:
    second_version()
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    event = RecordedEvent(1, UUID(int=1), "A-1", 1, "Opened", {"owner": "Ada"}, {}, "1", "A", "A", None, moment, moment)
    assert_golden_events(tmp_path, examples=[event, OpenedTwo("Bob")], record="missing")
    assert content(tmp_path / "Opened.v1.json")["payload"] == {"owner": "Ada"}


def test_a_class_that_no_longer_fits_is_told_with_the_path(tmp_path: Path) -> None:
    recorded(tmp_path)

    @dataclass
    class Opened:
        holder: str

    registry.remove(globals()["Opened"])
    register_event("Opened")(Opened)
    message = told(tmp_path)
    assert "Opened.v1.json: 'Opened', version 1, can no longer be read: holder: is missing" in message


def test_a_class_that_reads_the_same_event_differently_is_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    forget(Opened)
    register_event("Opened")(OpenedTwo)
    message = told(tmp_path)
    assert 'is read as {"limit": "0.00", "owner": "Ada"}, and was {"owner": "Ada"}' in message
    assert told(tmp_path, record="missing") == message


def test_a_change_that_is_meant_is_recorded_on_request_and_the_stored_payload_stays(tmp_path: Path) -> None:
    recorded(tmp_path)
    forget(Opened)
    register_event("Opened")(OpenedTwo)
    assert_golden_events(tmp_path, record="changed")
    assert_golden_events(tmp_path)
    found = content(tmp_path / "Opened.v1.json")
    assert (found["payload"], found["typed"]) == ({"owner": "Ada"}, {"owner": "Ada", "limit": "0.00"})


def test_an_upcaster_that_fails_is_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    register_event("Opened", version=2)(OpenedTwo)
    forget(Opened)
    upcaster("Opened", from_version=1)(lambda payload: {"owner": payload["holder"]})
    assert "can no longer be read: the upcaster from version 1 raised KeyError" in told(tmp_path)
    assert "can no longer be read" in told(tmp_path, record="changed")


def test_a_type_that_is_registered_no_more_is_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    forget(Opened)
    assert "no class and no upcaster is registered" in told(tmp_path)


def test_a_version_that_was_taken_back_is_told(tmp_path: Path) -> None:
    second_version()
    given = [OpenedTwo("Bob"), NewEvent("Opened", {"owner": "Ada"}, schema_version=1)]
    assert_golden_events(tmp_path, examples=given, record="missing")
    with registry.kept(empty=True):
        register_event("Opened")(Opened)
        message = told(tmp_path)
    assert "was recorded at version 2, and the newest is 1" in message
    assert "Opened.v2.json: 'Opened', version 2, can no longer be read" in message


def test_upcasters_alone_need_examples_too(tmp_path: Path) -> None:
    upcaster("Noted", from_version=1)(lambda payload: {"text": payload["note"]})
    given = [Opened("Ada"), NewEvent("Noted", {"note": "a"}), NewEvent("Noted", {"text": "b"}, schema_version=2)]
    assert "'Noted', version 2" in told(tmp_path, examples=given[:2], record="missing")
    assert_golden_events(tmp_path, examples=given, record="missing")
    assert content(tmp_path / "Noted.v1.json")["upcast"] == {"2": {"text": "a"}}


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD\n", "[]", "{}", '{"event_type": "Opened", "schema_version": 1, "payload": 1}']
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    recorded(tmp_path)
    (tmp_path / "Opened.v1.json").write_text(text)
    message = told(tmp_path)
    assert "Opened.v1.json: can't be read" in message
    assert "has no example" not in message
    assert told(tmp_path, examples=[Opened("Ada")]) == message


def test_two_files_for_one_version_are_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    (tmp_path / "other.json").write_text((tmp_path / "Opened.v1.json").read_text())
    message = told(tmp_path)
    assert "other.json: is an example of the same type and version as" in message


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    recorded(tmp_path)
    (tmp_path / "Opened.v1.json").rename(tmp_path / "first.json")
    assert_golden_events(tmp_path)


@pytest.mark.parametrize("name", ["a/b", "..", "é" * 100, "with space", "CON:", "opened"])
def test_every_name_of_an_event_type_makes_a_file_in_the_directory(tmp_path: Path, name: str) -> None:
    recorded(tmp_path)
    register_event(name)(OpenedTwo)
    assert_golden_events(tmp_path, examples=[OpenedTwo("Bob")], record="missing")
    assert_golden_events(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
