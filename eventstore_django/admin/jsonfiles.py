"""JSON as a file: what is too long for a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse


def json_file(value: Any, name: str) -> HttpResponse:
    """Return a response that a browser saves and never shows."""
    response = JsonResponse(value, safe=False)
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
