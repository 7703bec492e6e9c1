from __future__ import annotations

from django.http import HttpRequest


def tenant_one(request: HttpRequest) -> list[str]:
    return ["tenant-1"]


def tenant_of_user(request: HttpRequest) -> list[str]:
    """The tenant stands in the user's first name."""
    return [request.user.first_name]  # type: ignore[union-attr]
