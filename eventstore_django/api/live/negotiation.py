"""Answering clients that accept nothing but events."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from ..base import Negotiation


class FirstRenderer(Negotiation):
    """Whatever is accepted: a browser's EventSource asks for events, and gets its errors as JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
