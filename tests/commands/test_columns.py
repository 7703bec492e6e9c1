"""Rows as text in columns, and the line that names an error."""

from __future__ import annotations

import traceback

import pytest

from eventstore_django.management.columns import columns, error_line, printable


def test_texts_stand_at_the_left_and_numbers_at_the_right() -> None:
    assert columns(("name", "n"), [("a", 5), ("longer", 1000)]) == [
        "name       n",
        "a          5",
        "longer  1000",
    ]


def test_without_rows_there_are_headings() -> None:
    assert columns(("name", "n"), []) == ["name  n"]


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    assert printable("red \x1b[31m, new\nline, Grüße, 漢") == "red \\x1b[31m, new\\nline, Grüße, 漢"
    assert columns(("a",), [("\x07",)]) == ["a", "\\x07"]


def raised(error: Exception, cause: Exception | None = None) -> str:
    try:
        try:
            raise cause or error
        except type(cause or error) as first:
            raise error from first if cause else None
    except Exception as caught:
        return "".join(traceback.format_exception(caught))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (raised(ValueError("wrong")), "ValueError: wrong"),
        (raised(ValueError("two\nlines")), "ValueError: two"),
        (raised(ValueError("indented\n    ^")), "ValueError: indented"),
        (raised(ValueError("effect"), KeyError("cause")), "ValueError: effect"),
        (raised(ValueError("\x1b[2J")), "ValueError: \\x1b[2J"),
        ("one line", "one line"),
        ("first\nlast", "last"),
        ("... cut off\n  File\nValueError: wrong", "ValueError: wrong"),
        ("Traceback (most recent call last):\n  File", "  File"),
        ("", ""),
    ],
)
def test_the_line_that_names_an_error(text: str, expected: str) -> None:
    assert error_line(text) == expected
