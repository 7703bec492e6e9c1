"""Answering clients that accept nothing but events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class FirstRenderer(BaseContentNegotiation):
    """Whatever is accepted: a browser's EventSource asks for events, and gets its errors as JSON."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Take the first."""
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
