"""A scope as a project would name it in its settings."""

from __future__ import annotations

from django.http import HttpRequest


def second_tenant(request: HttpRequest) -> list[str]:
    return ["tenant-2"]
