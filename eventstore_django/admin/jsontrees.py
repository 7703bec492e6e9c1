"""JSON as a tree of HTML that folds without a script, and as text: of bounded size, whatever a writer stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..encoding import Undecodable
from .visible import SUSPECTS, is_hidden, marked

MAX_NODES = 1500
"""Values that a tree shows; what is beyond is told as a number."""
MAX_DEPTH = 80
MAX_TEXT = 64 * 1024
"""Characters of JSON that a page holds; more is fetched as a file."""
_LONG = 400
_OPEN = SafeString(" open")
_OPEN_LEVELS = 4
_OPEN_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A JSON value as a page shows it: a tree, and the text unless it is too long for a page."""

    tree: SafeString
    text: str
    is_cut: bool

    @classmethod
    def of(cls, value: Any) -> Shown:
        """Make what a page shows of a value."""
        written = value.text if isinstance(value, Undecodable) else json.dumps(value, indent=2, ensure_ascii=False)
        is_cut = len(written) > MAX_TEXT
        return cls(tree(value), "" if is_cut else _visible(written), is_cut)


def tree(value: Any) -> SafeString:
    """Return a value as nested lists in HTML."""
    return _Tree().node(value, 0)


def text(value: Any) -> str:
    """Return a value as JSON text; hidden characters are escaped, so that nothing in it is invisible."""
    return _visible(json.dumps(value, indent=2, ensure_ascii=False))


def _visible(written: str) -> str:
    return SUSPECTS.sub(lambda found: escape(found[0]) if is_hidden(found[0]) else found[0], written)


def escape(character: str) -> str:
    r"""Return a character as JSON escapes it, such as ``\u202e``."""
    return json.dumps(character)[1:-1]


class _Tree:
    """One tree, and how many values it may still show."""

    def __init__(self) -> None:
        self._left = MAX_NODES
        self._text_left = 2 * MAX_TEXT

    def node(self, value: Any, depth: int) -> SafeString:
        if isinstance(value, dict):
            return self._members([(_key(key), member) for key, member in value.items()], "{}", depth)
        if isinstance(value, list):
            keys = (format_html('<span class="es-index">{}</span>', number) for number in range(len(value)))
            return self._members(list(zip(keys, value, strict=True)), "[]", depth)
        if isinstance(value, str):
            self._text_left = max(0, self._text_left - len(value))
            return _string(value, MAX_TEXT if self._text_left else _LONG)
        if isinstance(value, Undecodable):
            return format_html('<span class="es-more">{}</span>', value.reason)
        return scalar(value)

    def _members(self, members: list[tuple[SafeString, Any]], brackets: str, depth: int) -> SafeString:
        if not members:
            return format_html('<span class="es-empty">{}</span>', brackets)
        if depth >= MAX_DEPTH:
            return format_html('<span class="es-more">{} more inside</span>', len(members))
        shown = members[: max(1, self._left)]
        self._left -= len(shown)
        items = format_html_join("", "<li>{}</li>", ((self._member(key, member, depth),) for key, member in shown))
        if len(shown) < len(members):
            rest = len(members) - len(shown)
            items = format_html('{}<li class="es-more">and {} more: see the JSON</li>', items, rest)
        return format_html('<ul class="es-tree">{}</ul>', items)

    def _member(self, key: SafeString, value: Any, depth: int) -> SafeString:
        if not isinstance(value, dict | list) or not value:
            return format_html("{} {}", key, self.node(value, depth + 1))
        is_open = depth + 1 < _OPEN_LEVELS and len(value) <= _OPEN_MEMBERS
        size = f"{{{len(value)}}}" if isinstance(value, dict) else f"[{len(value)}]"
        return format_html(
            '<details class="es-fold"{}><summary>{} <span class="es-size">{}</span></summary>{}</details>',
            _OPEN if is_open else "",
            key,
            size,
            self.node(value, depth + 1),
        )


def _key(key: str) -> SafeString:
    shown = key if len(key) <= _LONG else key[:_LONG] + "…"
    return format_html('<bdi class="es-key">{}</bdi>', marked(shown, escape) or '""')


def scalar(value: Any) -> SafeString:
    """Return a text, number, truth value or null as HTML."""
    if isinstance(value, str):
        return _string(value, MAX_TEXT)
    kind = "null" if value is None else "boolean" if isinstance(value, bool) else "number"
    return format_html('<span class="es-{}">{}</span>', kind, json.dumps(value))


def _string(value: str, most: int) -> SafeString:
    literal = json.dumps(value[: most + 1], ensure_ascii=False)
    if len(literal) <= _LONG:
        return format_html('<bdi class="es-string">{}</bdi>', marked(literal, escape))
    return format_html(
        '<details class="es-long"><summary><bdi class="es-string">{}…</bdi> <span class="es-more">{} characters</span>'
        '</summary><bdi class="es-string">{}</bdi></details>',
        marked(literal[: _LONG // 2], escape),
        len(value),
        marked(literal[:most], escape),
    )
