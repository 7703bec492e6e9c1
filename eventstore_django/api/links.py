"""Links from one page to the next: the request's own URL with other parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request


def link(request: Request, changes: Mapping[str, Any] | None) -> str | None:
    """Return the URL of a request with these query parameters instead (None takes one away); None for None."""
    if changes is None:
        return None
    query = request.query_params.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    path = request.build_absolute_uri(request.path)
    return f"{path}?{query.urlencode()}" if query else path
