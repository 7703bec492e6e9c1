"""Scopes as a project would name them in its settings."""

from __future__ import annotations

from django.http import HttpRequest


def first(request: HttpRequest) -> list[str | None]:
    """Return the first tenant, for everybody."""
    return ["tenant-1"]


def first_and_without(request: HttpRequest) -> list[str | None]:
    return ["tenant-1", None]


def two(request: HttpRequest) -> tuple[str, ...]:
    return ("tenant-1", "tenant-10")


def none(request: HttpRequest) -> set[str]:
    return set()


def everything(request: HttpRequest) -> None:
    return None


def mistaken(request: HttpRequest) -> str:
    return "tenant-1"


asked: list[str] = []


def counted(request: HttpRequest) -> None:
    asked.append(request.path)
