"""JSON as a file: what is too long for a page."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from ..encoding import Undecodable


def json_file(value: Any, name: str) -> HttpResponse:
    """Return a response that a browser saves and never shows."""
    response = HttpResponse(_written(value), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _written(value: Any) -> str:
    """Return a value as JSON; an Undecodable, which may be the value or a member of it, as it is stored."""
    if isinstance(value, Undecodable):
        return value.text
    if isinstance(value, dict) and any(isinstance(member, Undecodable) for member in value.values()):
        return "{" + ", ".join(f"{json.dumps(key)}: {_written(member)}" for key, member in value.items()) + "}"
    return json.dumps(value)
