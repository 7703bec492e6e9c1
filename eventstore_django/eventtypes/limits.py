"""What the name and the version of an event type may be."""

from __future__ import annotations

from functools import lru_cache

from ..encoding import text_fault
from ..names import forbidden_character

MAX_EVENT_TYPE_LENGTH = 100
"""Characters of a name."""

MAX_SCHEMA_VERSION = 2**31 - 1
"""What the column holds."""


@lru_cache(maxsize=1024)  # the names of an application are few, and checked with each event
def name_fault(text: str, longest: int = MAX_EVENT_TYPE_LENGTH) -> str | None:
    """Say why a text can't be the name of an event type, or of an aggregate; None for one that can."""
    if not text:
        return "is empty"
    if len(text) > longest:
        return f"has {len(text)} characters, more than {longest}"
    if fault := text_fault(text):
        return fault
    if character := forbidden_character(text):
        return f"holds the control character U+{ord(character):04X}"
    return None


def is_schema_version(version: object) -> bool:
    """Whether it is a whole number from 1 on that can be stored."""
    return isinstance(version, int) and not isinstance(version, bool) and 1 <= version <= MAX_SCHEMA_VERSION
