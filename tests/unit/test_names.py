from __future__ import annotations

from dataclasses import FrozenInstanceError
from enum import Enum
from typing import Any

import pytest

from eventstore_django import InvalidStreamName, StreamName
from eventstore_django.testing.contract.streamnames import ILLEGAL_NAMES, ODD_NAMES, PATTERNS, SIMILAR_NAMES


@pytest.mark.parametrize(("text", "partition", "category", "aggregate_id"), PATTERNS.values(), ids=PATTERNS)
def test_parse_reads_the_patterns(text: str, partition: str | None, category: str, aggregate_id: str) -> None:
    name = StreamName.parse(text)
    assert (name.partition, name.category, name.aggregate_id) == (partition, category, aggregate_id)
    assert name.aggregate_type == category


@pytest.mark.parametrize("text", [*ODD_NAMES, *SIMILAR_NAMES, "$all"], ids=ascii)
def test_a_name_is_its_text(text: str) -> None:
    name = StreamName.parse(text)
    assert (str(name), name.text) == (text, text)


@pytest.mark.parametrize("text", ILLEGAL_NAMES.values(), ids=ILLEGAL_NAMES)
def test_an_illegal_name_is_refused_with_a_reason(text: Any) -> None:
    with pytest.raises(InvalidStreamName) as caught:
        StreamName.parse(text)
    assert caught.value.name is text
    assert caught.value.reason in str(caught.value)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("control", [*range(0x20), *range(0x7F, 0xA0)])
def test_no_control_character_is_legal(control: int) -> None:
    with pytest.raises(InvalidStreamName, match=f"U\\+{control:04X}"):
        StreamName.parse(f"a{chr(control)}b")


@pytest.mark.parametrize("surrogate", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_no_lone_surrogate_is_legal(surrogate: int) -> None:
    with pytest.raises(InvalidStreamName, match=f"U\\+{surrogate:04X}"):
        StreamName.parse(f"a{chr(surrogate)}b")


@pytest.mark.parametrize("neighbour", [0x20, 0x7E, 0xA0, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF])
def test_what_lies_beside_the_forbidden_characters_is_legal(neighbour: int) -> None:
    assert StreamName.parse(f"a{chr(neighbour)}b").text == f"a{chr(neighbour)}b"


def test_the_length_counts_code_points() -> None:
    assert StreamName.parse("😀" * 255).category == "😀" * 255
    with pytest.raises(InvalidStreamName, match="256"):
        StreamName.parse("e\u0301" * 128)


def test_all_can_be_read_but_not_written() -> None:
    assert StreamName.parse("$all").is_all
    assert not StreamName.parse("all").is_all
    with pytest.raises(InvalidStreamName, match="read"):
        StreamName.to_append("$all")


def test_to_append_reads_other_names_like_parse() -> None:
    assert StreamName.to_append("t/Account/1") == StreamName.parse("t/Account/1")


def test_names_are_equal_if_their_texts_are() -> None:
    assert StreamName.parse("Account-1") == StreamName.parse("Account-1")
    assert len({StreamName.parse(text) for text in (*SIMILAR_NAMES, *SIMILAR_NAMES)}) == len(SIMILAR_NAMES)


def test_a_name_cannot_be_changed() -> None:
    name: Any = StreamName.parse("Account-1")
    with pytest.raises(FrozenInstanceError):
        name.text = "Account-2"


def test_an_illegal_name_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(InvalidStreamName):
            StreamName.parse("")


class _Names(str, Enum):  # noqa: UP042  # StrEnum would print as its value
    FIRST = "Account-1"


class _Parts(str, Enum):  # noqa: UP042  # as above
    TENANT = "t"
    TYPE = "Account"
    ID = "1"


def test_a_name_made_of_members_of_an_enumeration_is_made_of_their_values() -> None:
    assert StreamName.of(_Parts.TYPE, _Parts.ID) == StreamName.parse("Account-1")
    assert StreamName.of(_Parts.TYPE, _Parts.ID, _Parts.TENANT) == StreamName.parse("t/Account/1")


def test_a_name_from_an_enumeration_becomes_a_plain_text() -> None:
    assert type(StreamName.parse(_Names.FIRST).text) is str
    assert str(StreamName.parse(_Names.FIRST)) == "Account-1"
