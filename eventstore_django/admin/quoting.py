"""Keys in the addresses of the admin: any legal stream name reaches its page."""

from __future__ import annotations

from django.contrib.admin.utils import quote, unquote

_DOT = "_2E"


def quoted(key: object) -> str:
    """Quote a key as the admin does, and names of dots only too: browsers would take ``..`` for a way up."""
    text = quote(str(key))
    return text.replace(".", _DOT) if not text.strip(".") else text


def unquoted(text: str) -> str:
    """Return the key that was quoted."""
    # A quoted key holds no "_2E" but for a dot: the underscore of a key is itself quoted.
    plain: str = unquote(text.replace(_DOT, "."))
    return plain
