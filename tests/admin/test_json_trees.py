from __future__ import annotations

import json
from typing import Any

import pytest

from eventstore_django.admin import jsontrees
from eventstore_django.admin.differences import MAX_DIFFERENCES, Change, differences
from eventstore_django.admin.timelines import digest
from eventstore_django.admin.visible import visible, visible_text


@pytest.mark.parametrize(
    "value", [{}, [], "", 0, -1.5, True, None, {"a": {"b": [1, {"c": None}]}}, "x" * 2000, {"": 1}]
)
def test_the_text_of_a_value_is_that_value(value: Any) -> None:
    assert json.loads(jsontrees.text(value)) == value


def test_the_text_escapes_what_can_not_be_seen() -> None:
    assert jsontrees.text("a\u202eb\u200b\U000e0041") == '"a\\u202eb\\u200b\\udb40\\udc41"'


def test_texts_are_escaped_and_quoted() -> None:
    assert "&quot;&lt;b&gt;&quot;" in jsontrees.tree({"<i>": "<b>"})
    assert "&lt;i&gt;" in jsontrees.tree({"<i>": "<b>"})


def test_a_text_that_looks_like_another_kind_is_told_apart() -> None:
    assert 'class="es-string">&quot;null&quot;' in jsontrees.tree({"a": "null"})
    assert 'class="es-null">null' in jsontrees.tree({"a": None})
    assert 'class="es-boolean">true' in jsontrees.tree({"a": True})


def test_a_tree_has_a_bound_and_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsontrees, "MAX_NODES", 10)
    tree = jsontrees.tree({"list": list(range(100))})
    assert tree.count("<li>") <= 11
    assert "and 91 more" in tree


def test_a_deep_value_ends_somewhere() -> None:
    value: Any = 1
    for _ in range(900):
        value = [value]
    assert "1 more inside" in jsontrees.tree(value)


def test_a_long_text_is_folded_and_whole() -> None:
    tree = jsontrees.tree({"a": "x" * 1000})
    assert "<details" in tree
    assert "x" * 1000 in tree


def test_what_is_too_long_for_a_page_is_not_in_it() -> None:
    shown = jsontrees.Shown.of({"a": "x" * (jsontrees.MAX_TEXT + 1)})
    assert (shown.is_cut, shown.text) == (True, "")
    assert len(shown.tree) < 2 * jsontrees.MAX_TEXT


def test_hidden_characters_are_marked_and_isolated() -> None:
    assert visible("a\u202eb") == (
        '<bdi class="es-text">a<span class="es-hidden" title="right-to-left override">U+202E</span>b</bdi>'
    )
    assert visible_text("a\u202eb\ue000") == "a[U+202E]b[U+E000]"


@pytest.mark.parametrize("text", ["Ada", "état", "日本", "\U0001f600", "a\nb\tc", "\u05d0\u05d1", "a b"])
def test_what_can_be_seen_is_left_as_it_is(text: str) -> None:
    assert visible(text) == f'<bdi class="es-text">{text}</bdi>'
    assert visible_text(text) == text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", Change.CHANGED, 1, 2)]),
        ({"a": 1}, {"a": True}, [("a", Change.CHANGED, 1, True)]),
        ({"a": 1}, {"a": "1"}, [("a", Change.CHANGED, 1, "1")]),
        ({}, {"a": None}, [("a", Change.ADDED, None, None)]),
        ({"a": None}, {}, [("a", Change.REMOVED, None, None)]),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, [("a.b", Change.CHANGED, 1, 2), ("a.c", Change.ADDED, None, 3)]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", Change.REMOVED, 2, None)]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [("a[0].b", Change.CHANGED, 1, 2)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", Change.CHANGED, {"b": 1}, [1])]),
    ],
)
def test_differences_are_told_by_place(before: Any, after: Any, expected: list[Any]) -> None:
    found = [(each.place, each.change, each.before, each.after) for each in differences(before, after)]
    assert found == expected


def test_the_number_of_differences_is_bounded() -> None:
    assert len(differences({}, {str(n): n for n in range(MAX_DIFFERENCES * 2)})) == MAX_DIFFERENCES


def test_a_digest_is_the_beginning_on_one_line() -> None:
    line = digest({"a": "x" * 100, "b": {"c": 1}, "d": [], "e": 1, "f": 2})
    assert "x" * 39 + "…" in line
    assert "{…}" in line
    assert "[]" in line
    assert line.endswith(" …")
    assert digest("no object") == ""
