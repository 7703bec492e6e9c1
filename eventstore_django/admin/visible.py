"""Texts that strangers wrote, made safe to look at: escaped, and with nothing invisible in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Characters that show nothing, or move what stands around them, and that the category does not tell.
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_SPECIAL = re.compile(f"[{_BLANK}]")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_HARMLESS = frozenset(" \n\t")
SUSPECTS = re.compile("[^\x20-\x7e\xa1-\xac\xae-\u02ff]")
"""All but plain Latin: what has to be looked at one by one."""

_PIECES = re.compile("([^\x20-\x7e\xa1-\xac\xae-\u02ff]+)")  # all but plain Latin, to be looked at one by one


def is_hidden(character: str) -> bool:
    """Whether a character would not be seen, or would change how others are seen."""
    if character in _HARMLESS:
        return False
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or _SPECIAL.match(character) is not None


def code_point(character: str) -> str:
    """Name a character as Unicode does: ``U+202E``."""
    return f"U+{ord(character):04X}"


def visible_text(text: object) -> str:
    """Return a text with each hidden character as ``[U+202E]``, for places that take no markup."""
    return "".join(f"[{code_point(c)}]" if is_hidden(c) else c for c in str(text))


def visible(text: object) -> SafeString:
    """Return a text as HTML: isolated from the direction of what is around it, hidden characters marked."""
    return format_html('<bdi class="es-text">{}</bdi>', marked(str(text), code_point))


def marked(text: str, name: Callable[[str], str]) -> SafeString:
    """Return a text escaped, each hidden character replaced by its marked ``name(character)``."""
    return format_html_join("", "{}", ((_marked(piece, name),) for piece in _PIECES.split(text)))


def _marked(piece: str, name: Callable[[str], str]) -> SafeString | str:
    if not any(map(is_hidden, piece)):
        return piece
    return format_html_join("", "{}", ((_mark(c, name(c)) if is_hidden(c) else c,) for c in piece))


def _mark(character: str, text: str) -> SafeString:
    title = unicodedata.name(character, "a character without a name").lower()
    return format_html('<span class="es-hidden" title="{}">{}</span>', title, text)
