"""Event ids as the API takes them."""

from __future__ import annotations

import re
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def read_uuid(text: str) -> UUID:
    """Return the UUID that a text is. Raise ValueError: UUID() also takes braces, a URN and hyphens anywhere."""
    if not _UUID.fullmatch(text):
        raise ValueError("must be a UUID")
    return UUID(text)
