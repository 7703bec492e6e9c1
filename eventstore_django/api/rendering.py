"""Stored values as strict JSON: a part that can't be written so, for another client stored it, hides no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

from ..encoding import UNDECODABLE

logger = logging.getLogger("eventstore_django.api")

UNREADABLE = "undecodable"
"""The member that says which parts are null in place of what is stored, and why; only where there are any."""


class StoredBody(dict[str, Any]):
    """The members of a row; ``parts`` are the names of those that are JSON as somebody has stored it."""

    def __init__(self, members: Mapping[str, Any], *parts: str) -> None:
        super().__init__(members)
        self.parts = parts

    def writable(self, write: Callable[[Any], object]) -> dict[str, Any]:
        """Return it with null for each part that can't be written, and the reasons."""
        faults = {part: fault for part in self.parts if (fault := _fault(self[part], write))}
        if not faults:
            return self
        logger.warning("A row of %s can't be shown whole: another client has written it.", self["stream_id"])
        return {**self, **dict.fromkeys(faults), UNREADABLE: {**self.get(UNREADABLE, {}), **faults}}


def written(write: Callable[[Any], bytes], value: Any) -> bytes:
    """Return what ``write`` makes of a value; where it fails, of the value without the parts at fault.

    To look at each of them beforehand would cost every page as much as to write it.
    """
    try:
        return write(value)
    except UNDECODABLE:
        return write(_writable(value, write))


class StoredRenderer(JSONRenderer):
    """The framework's own, strict whatever ``STRICT_JSON`` says: infinity is no JSON."""

    strict = True

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return a value as JSON."""
        plain = super().render
        return written(lambda value: bytes(plain(value, accepted_media_type, renderer_context)), data)


def _writable(value: Any, write: Callable[[Any], object]) -> Any:
    if isinstance(value, StoredBody):
        return value.writable(write)
    if isinstance(value, dict):
        return {name: _writable(member, write) for name, member in value.items()}
    return [_writable(item, write) for item in value] if isinstance(value, list) else value


def _fault(part: Any, write: Callable[[Any], object]) -> str | None:
    try:
        # As deep as a part can stand in an answer: what can just be written by itself can't be there.
        write([[[[[[part]]]]]])
    except UNDECODABLE as error:
        return f"can't be written as JSON: {error}"
    return None
