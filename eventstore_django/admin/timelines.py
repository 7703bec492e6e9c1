"""The events of one stream, a page at a time, by their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..encoding import Undecodable
from ..models import Event, Stream
from . import jsontrees
from .jsontrees import escape, scalar
from .visible import marked

PAGE = 25
_DIGEST_MEMBERS = 4
_DIGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some events of a stream, the newest first."""

    events: Sequence[Event]
    newer: int | None
    """The version that the page of newer events ends at, None if there are none."""
    older: int | None
    """The version that the page of older events begins at, None if there are none."""

    @classmethod
    def of(cls, stream: Stream, top: int | None) -> Timeline:
        """Read the events from a version on downwards; from the last one without it."""
        events = Event.objects.using(stream._state.db).filter(stream=stream.pk).order_by("-event_version")
        begin = stream.version if top is None else min(max(top, 1), stream.version)
        found = list(events.filter(event_version__lte=begin)[: PAGE + 1])
        older = found[PAGE].event_version if len(found) > PAGE else None
        newer = min(begin + PAGE, stream.version) if begin < stream.version else None
        return cls(found[:PAGE], newer, older)

    first_page = PAGE
    """The version that the page of the oldest events begins at."""


def digest(payload: Any) -> SafeString:
    """Return the first plain members of a payload on one line."""
    if isinstance(payload, Undecodable):
        return jsontrees.tree(payload)
    if not isinstance(payload, dict):
        return SafeString("")
    members = list(payload.items())[:_DIGEST_MEMBERS]
    parts = ((_short_key(key), _short(value)) for key, value in members)
    line = format_html_join("", '<span class="es-member"><span class="es-key">{}</span>{}</span>', parts)
    return format_html("{}{}", line, " …") if len(payload) > len(members) else line


def _short_key(key: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", marked(_cut(key), escape))


def _short(value: Any) -> SafeString:
    if isinstance(value, dict | list):
        brackets = "{…}" if isinstance(value, dict) else "[…]"
        return format_html('<span class="es-empty">{}</span>', brackets if value else brackets.replace("…", ""))
    return scalar(_cut(value) if isinstance(value, str) else value)


def _cut(text: str) -> str:
    return text if len(text) <= _DIGEST_TEXT else text[: _DIGEST_TEXT - 1] + "…"
