from __future__ import annotations

import json

import pytest

from eventstore_django.strictjson import NotJSON, read_json


@pytest.mark.parametrize(
    "text", ['{"a":[1,1.5,"b",null,true,{}],"c":-0.0}', ' {"a": 1} ', "\r\n\t[1, 2]\n", '"a"', "1", "0.1"]
)
def test_what_nothing_is_wrong_with_is_read_as_python_reads_it(text: str) -> None:
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "reason", "path"),
    [
        ('{"a":[0,{"b":NaN}]}', "NaN is not JSON", "a[1].b"),
        ('{"a":-Infinity}', "-Infinity is not JSON", "a"),
        ('{"a":{"b":1,"b":2}}', "the key 'b' stands twice in one object", "a"),
        ('{"a":0.1234567890123456789}', "0.1234567890123456789 is more than a float can hold", "a"),
        ('{"a":1e999}', "1e999 is more than a float can hold", "a"),
        ('{"a":' + "1" * 5000 + "}", "not readable: Exceeds the limit", "a"),
        ('{"a":1} x', "not JSON: Extra data at character 9", ""),
        ('{"a":1', "not JSON: Expecting ',' delimiter at character 7", ""),
        ("", "not JSON: Expecting value at character 1", ""),
        ("  ", "not JSON: Expecting value at character", ""),
        ("\ufeff1", "not JSON: Expecting value at character 1", ""),
        ("[" * 100_000, "the JSON is nested too deep", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_path(text: str, reason: str, path: str) -> None:
    with pytest.raises(NotJSON) as caught:
        read_json(text)
    assert caught.value.reason.startswith(reason)
    assert caught.value.path == path


def test_the_first_of_several_faults_is_told() -> None:
    with pytest.raises(NotJSON) as caught:
        read_json('{"a":{"c":NaN},"b":1e999}')
    assert caught.value.path == "a.c"
