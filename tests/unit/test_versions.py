from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from eventstore_django import ANY, NO_STREAM, STREAM_EXISTS, ExpectedVersion, InvalidExpectedVersion
from eventstore_django.testing.contract.append import NOT_EXPECTED_VERSIONS

CONSTANTS = [ANY, NO_STREAM, STREAM_EXISTS]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ANY), (ANY, ANY), (0, NO_STREAM), (NO_STREAM, NO_STREAM), (STREAM_EXISTS, STREAM_EXISTS)],
)
def test_parse_knows_the_constants_and_their_short_forms(value: Any, expected: ExpectedVersion) -> None:
    assert ExpectedVersion.parse(value) == expected


@pytest.mark.parametrize("number", [0, 1, 7, 2**63 - 1])
def test_parse_takes_every_version_that_a_stream_can_have(number: int) -> None:
    assert ExpectedVersion.parse(number).number == number


@pytest.mark.parametrize("value", NOT_EXPECTED_VERSIONS, ids=repr)
def test_parse_refuses_everything_else(value: Any) -> None:
    with pytest.raises(InvalidExpectedVersion) as caught:
        ExpectedVersion.parse(value)
    assert caught.value.value is value


@pytest.mark.parametrize(
    ("expected", "accepted"),
    [(ANY, {0, 1, 2, 3}), (NO_STREAM, {0}), (STREAM_EXISTS, {1, 2, 3}), (2, {2}), (0, {0}), (None, {0, 1, 2, 3})],
)
def test_accepts_says_which_versions_meet_the_condition(expected: Any, accepted: set[int]) -> None:
    version = ExpectedVersion.parse(expected)
    assert {actual for actual in range(4) if version.accepts(actual)} == accepted


@pytest.mark.parametrize(("expected", "told"), [(ANY, ANY), (NO_STREAM, 0), (STREAM_EXISTS, STREAM_EXISTS), (7, 7)])
def test_told_is_a_plain_number_where_there_is_one(expected: Any, told: object) -> None:
    found = ExpectedVersion.parse(expected).told
    assert (found, type(found)) == (told, type(told))


def test_a_constant_equals_its_number_and_nothing_else() -> None:
    assert NO_STREAM == 0
    assert ExpectedVersion.parse(7) == 7
    assert ANY != -1
    assert STREAM_EXISTS != -2
    assert ANY != "ANY"
    assert NO_STREAM != STREAM_EXISTS
    assert ANY is not None


def test_equal_versions_have_equal_hashes() -> None:
    assert hash(NO_STREAM) == hash(0)
    assert {ExpectedVersion.parse(7): "a"}[ExpectedVersion.parse(7)] == "a"


@pytest.mark.parametrize("constant", CONSTANTS, ids=str)
def test_a_constant_survives_being_copied_and_pickled(constant: ExpectedVersion) -> None:
    assert pickle.loads(pickle.dumps(constant)) == constant
    assert copy.deepcopy(constant) == constant


@pytest.mark.parametrize(
    ("version", "text"), [(ANY, "ANY"), (NO_STREAM, "NO_STREAM"), (STREAM_EXISTS, "STREAM_EXISTS")]
)
def test_a_constant_is_printed_by_its_name(version: ExpectedVersion, text: str) -> None:
    assert (str(version), repr(version)) == (text, text)


def test_a_number_is_printed_as_a_number() -> None:
    assert str(ExpectedVersion.parse(7)) == "7"
