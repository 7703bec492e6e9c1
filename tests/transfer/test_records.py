"""One line as one event: what it means and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from eventstore_django.exceptions import ImportRefused
from eventstore_django.transfer.records import read_record

from .support import EVENT_ID, TIME, fields, line


def refusal(content: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        read_record(7, content)
    assert refused.value.line == 7
    return refused.value.reason


def test_every_key_is_taken_over() -> None:
    record = read_record(
        3, line(event_id=EVENT_ID, aggregate_id="9", aggregate_type="Purse", schema_version=4, payload={"a": [1]})
    )
    event = record.event
    assert (record.line, record.stream.text, record.has_own_id) == (3, "Account-1", True)
    assert (event.event_id, event.aggregate_id, event.aggregate_type) == (UUID(EVENT_ID), "9", "Purse")
    assert (event.event_type, event.payload, event.metadata) == ("MoneyDeposited", {"a": [1]}, {"resource": "7"})
    assert event.schema_version == 4
    assert event.occurred_at == datetime(2011, 9, 30, 22, 38, 44, 546789, UTC)


def test_what_may_be_missing_has_defaults() -> None:
    record = read_record(1, line(metadata=None))
    event = record.event
    assert (event.metadata, event.aggregate_id, event.aggregate_type, event.schema_version) == (None, None, None, 1)
    assert not record.has_own_id


@pytest.mark.parametrize(
    "text",
    [
        "2011-10-01T00:38:44.546789+02:00",
        "2011-09-30T22:38:44.546789Z",
        "2011-09-30 22:38:44.546789000+00:00",
        "2011-09-30T17:08:44.546789-0530",
    ],
)
def test_times_of_any_zone_are_read_to_the_microsecond(text: str) -> None:
    assert read_record(1, line(occurred_at=text)).event.occurred_at == datetime.fromisoformat(TIME)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2011-09-30T22:38:44", "has no time zone"),
        ("2011-09-30", "not an ISO 8601 time"),
        ("2011-09-30T22:38:44.1234567+00:00", "at most six decimals"),
        ("yesterday", "not an ISO 8601 time"),
        ("1317422324", "not an ISO 8601 time"),
        ("2011-02-30T00:00:00Z", "is no time"),
        ("0001-01-01T00:00:00+14:00", "is no time"),
        ("2011-09-30T22:38:44Z\n", "not an ISO 8601 time"),
    ],
)
def test_times_that_are_none_are_refused(text: str, reason: str) -> None:
    found = refusal(line(occurred_at=text))
    assert found.startswith("occurred_at: ")
    assert reason in found


@pytest.mark.parametrize("key", ["stream_id", "event_type", "payload", "occurred_at"])
def test_a_missing_key_is_named(key: str) -> None:
    assert (
        refusal(json.dumps({name: value for name, value in fields().items() if name != key}).encode())
        == f"{key} missing"
    )


def test_all_missing_keys_are_named() -> None:
    assert refusal(b"{}") == "stream_id, event_type, payload, occurred_at missing"


def test_an_unknown_key_is_named() -> None:
    assert refusal(line(occured_at=TIME)).startswith("unknown key 'occured_at'")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("stream_id", 5, "stream_id must be a text, not a whole number"),
        ("event_type", ["a"], "event_type must be a text, not a list"),
        ("payload", [1], "payload must be an object, not a list"),
        ("metadata", "a", "metadata must be an object, not a text"),
        ("occurred_at", 1.5, "occurred_at must be a text, not a number with a fraction"),
        ("aggregate_id", 12, "aggregate_id must be a text, not a whole number"),
        ("aggregate_type", {}, "aggregate_type must be a text, not an object"),
        ("event_id", 1, "event_id must be a text, not a whole number"),
        ("schema_version", True, "schema_version must be a whole number, not true or false"),
        ("schema_version", "2", "schema_version must be a whole number, not a text"),
        ("schema_version", 2.0, "schema_version must be a whole number, not a number with a fraction"),
    ],
)
def test_values_of_other_types_are_refused(key: str, value: Any, reason: str) -> None:
    assert refusal(line(**{key: value})) == reason


@pytest.mark.parametrize("key", ["metadata", "event_id", "aggregate_id", "aggregate_type", "schema_version"])
def test_null_for_what_may_be_missing_is_the_same_event(key: str) -> None:
    given = {name: value for name, value in fields().items() if name != key}
    without, null = (read_record(1, json.dumps(each).encode()) for each in (given, {**given, key: None}))
    assert null.key == without.key
    assert (null.event.metadata, null.event.aggregate_id) == (without.event.metadata, without.event.aggregate_id)
    assert null.event.schema_version == 1
    assert not null.has_own_id


@pytest.mark.parametrize("key", ["stream_id", "event_type", "payload", "occurred_at"])
def test_null_for_what_is_needed_is_refused(key: str) -> None:
    assert refusal(json.dumps({**fields(), key: None}).encode()).endswith("not null")


@pytest.mark.parametrize("text", ["", "abc", f"{{{EVENT_ID}}}", EVENT_ID.replace("-", ""), f"urn:uuid:{EVENT_ID}"])
def test_event_ids_in_another_form_are_refused(text: str) -> None:
    assert refusal(line(event_id=text)).startswith("event_id: ")


@pytest.mark.parametrize("name", ["", "$all", "$other", "a\x00b", "a" * 256])
def test_names_that_no_stream_can_have_are_refused(name: str) -> None:
    assert refusal(line(stream_id=name)).startswith("stream_id: ")


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"null"])
def test_a_line_that_is_no_object_is_refused(content: bytes) -> None:
    assert refusal(content).startswith("an event must be an object, not ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"stream_id": ', "not JSON: Expecting value at character 15"),
        (line() + b"{}", "not JSON: Extra data at character "),
        (b"stream_id,event_type", "not JSON: Expecting value at character 1"),
    ],
)
def test_a_line_that_is_not_json_is_refused_with_the_place(content: bytes, reason: str) -> None:
    assert refusal(content).startswith(reason)


def test_a_line_that_is_not_utf_8_is_refused_with_the_place() -> None:
    assert refusal(b'{"stream_id": "\xe4"}') == "byte 16 is not UTF-8"


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_lacks_are_refused(constant: str) -> None:
    assert refusal(line().replace(b'"number": 1', b'"number": ' + constant.encode())) == f"{constant} is not JSON"


@pytest.mark.parametrize("part", [b'"event_type": "A"', b'"a": 2'])
def test_a_key_that_stands_twice_is_refused(part: bytes) -> None:
    content = line(event_type="A", payload={"a": 2}).replace(part, part + b", " + part)
    assert "stands twice in one object" in refusal(content)


def test_json_that_is_nested_too_deep_is_refused() -> None:
    depth = 200_000
    assert refusal(line().replace(b'"number": 1', b'"a": ' + b"[" * depth + b"]" * depth)).endswith("too deep")


def test_integers_that_python_does_not_read_are_refused() -> None:
    assert refusal(line().replace(b'"number": 1', b'"number": ' + b"1" * 5000)).startswith("not readable: ")


def test_a_line_without_an_id_always_gets_the_same_one() -> None:
    assert read_record(5, line()).event.event_id == read_record(5, line()).event.event_id


def test_the_derived_id_of_a_line_never_changes() -> None:
    # Else an import that was begun by an earlier version would store its events again.
    content = (
        '{"stream_id":"aä-1","event_type":"\U0001f600","payload":{"b":1.50,"a":[1e3,null,true,'
        '"\\u0001\u2028\x7f\\"\\/"],"c":{}},"occurred_at":"2011-10-01 00:38+02"}'
    )
    assert str(read_record(7, content.encode()).event.event_id) == "0132bc7c-ad40-8a23-bbe9-6bbbe16fe4ae"


def test_equal_lines_at_different_places_are_different_events() -> None:
    assert read_record(5, line()).event.event_id != read_record(6, line()).event.event_id


@pytest.mark.parametrize(
    "change",
    [
        {"stream_id": "Account-2"},
        {"event_type": "MoneyWithdrawn"},
        {"payload": {"number": 1.0}},
        {"metadata": {"resource": "8"}},
        {"occurred_at": "2011-09-30T22:38:44.546788+00:00"},
        {"aggregate_id": "2"},
        {"aggregate_type": "Purse"},
        {"schema_version": 2},
    ],
)
def test_every_part_of_an_event_counts_for_its_derived_id(change: dict[str, Any]) -> None:
    assert read_record(5, line()).event.event_id != read_record(5, line(**change)).event.event_id


@pytest.mark.parametrize(
    "other",
    [
        json.dumps(dict(reversed(fields().items())), indent=None, separators=(" , ", " : ")).encode(),
        line(aggregate_id="1", aggregate_type="Account", schema_version=1),
        line(occurred_at="2011-10-01T00:38:44.546789+02:00"),
    ],
)
def test_how_a_line_is_written_does_not_count_for_its_derived_id(other: bytes) -> None:
    assert read_record(5, line()).event.event_id == read_record(5, other).event.event_id


def test_derived_ids_begin_with_the_time() -> None:
    earlier = read_record(2, line(occurred_at="2011-09-30T22:38:44.545Z")).event.event_id
    assert earlier < read_record(1, line(occurred_at="2011-09-30T22:38:44.546Z")).event.event_id


@pytest.mark.parametrize("number", ["0.12345678901234567890123", "123456789012345678.5", "1e400"])
def test_a_number_that_no_float_holds_is_refused(number: str) -> None:
    text = line(payload={"number": "NUMBER"}).replace(b'"NUMBER"', number.encode())
    with pytest.raises(ImportRefused) as refused:
        read_record(3, text)
    assert refused.value.line == 3


@pytest.mark.parametrize("number", ["0.1", "1.10", "0.30000000000000004", "123456789.123456", "2.5e-10"])
def test_a_number_that_a_float_holds_is_read(number: str) -> None:
    text = line(payload={"number": "NUMBER"}).replace(b'"NUMBER"', number.encode())
    assert read_record(3, text).event.payload == {"number": float(number)}
