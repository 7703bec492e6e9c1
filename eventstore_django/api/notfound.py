"""What is under the API's address and is nothing of it."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from .base import EventStoreView


class NotFoundView(EventStoreView):
    """Answers as the endpoints do: asks who it is, then says as a problem that there is nothing."""

    def get(self, request: Request, rest: str) -> Response:
        """Raise Http404."""
        raise Http404

    post = get
