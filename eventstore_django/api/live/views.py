"""``GET events/live/``: events as they are settled, as Server-Sent Events."""

from __future__ import annotations

import random
from copy import copy
from functools import partial
from threading import BoundedSemaphore
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from ... import conf
from ..base import EventStoreView
from ..filters import FILTERS, EventFilters
from ..parameters import known_only, whole_number
from .access import asked_again
from .drivers import LoopContent, ThreadContent
from .entrance import place_for
from .feeds import Feed, Pace
from .following import LOOP_PLACES, READERS, THREAD_PLACES, following
from .idling import close_connections
from .negotiation import FirstRenderer
from .selections import Selection
from .wire import CONTENT_TYPE

_LET_IN = BoundedSemaphore(4)
"""So many requests begin at a time: each has a connection until it is let in, however many come at once."""

_HEADERS = {
    "Cache-Control": "no-cache, no-transform, private",
    # nginx would collect what is sent.
    "X-Accel-Buffering": "no",
    # GZipMiddleware leaves alone what has an encoding; by itself it would hold back what WSGI sends.
    "Content-Encoding": "identity",
}


class LiveView(EventStoreView):
    """A feed that goes on until the client leaves; under WSGI for ``LIVE_WSGI_SECONDS``."""

    http_method_names = ["get", "options"]
    content_negotiation_class = FirstRenderer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Begin a few at a time, and leave no connection behind: a feed lasts."""
        with _LET_IN:
            try:
                return super().dispatch(request, *args, **kwargs)
            finally:
                close_connections()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Keep the request as it is before anybody is authenticated on it."""
        self.incoming = copy(request)
        return super().initialize_request(request, *args, **kwargs)

    def get(self, request: Request) -> StreamingHttpResponse:
        """Begin behind ``Last-Event-ID``, or else ``after``, or else what is there now."""
        selection = self.selection(request)
        position = self._start(request)
        is_on_loop = isinstance(request._request, ASGIRequest)
        follow = following(self.alias)
        ask_again = partial(READERS.submit, self._selection_now)
        leave = place_for(request, LOOP_PLACES if is_on_loop else THREAD_PLACES)
        feed = Feed(follow.head, follow.windows, selection, position, ask_again, _pace(is_on_loop))
        content = (LoopContent if is_on_loop else ThreadContent)(feed, follow.head, leave)
        return StreamingHttpResponse(content, content_type=CONTENT_TYPE, headers=_HEADERS)

    def selection(self, request: Request) -> Selection:
        """Return what the client asks for, as far as it may see it."""
        known_only(request.query_params, ("after", *FILTERS))
        return Selection(self.source(EventFilters.read(request.query_params)))

    def _start(self, request: Request) -> int:
        # Asked in any case: where the order promise can't be kept nobody is to wait in vain.
        now = self.store.head_position()
        after = whole_number(request.query_params, "after", 0)
        # The header first: a browser that comes back still has its first address.
        if request.headers.get("Last-Event-ID"):
            after = whole_number(request.headers, "Last-Event-ID", 0)  # type: ignore[arg-type]  # read alike
        return now if after is None else after

    def _selection_now(self) -> Selection | None:
        """Authenticate, ask for permission and apply the scope as for a new request; None for a refusal."""
        view = copy(self)
        view.request = request = super().initialize_request(asked_again(self.incoming))
        try:
            view.perform_authentication(request)
            view.check_permissions(request)
            return view.selection(request)
        except (APIException, Http404):
            return None


def _pace(is_on_loop: bool) -> Pace:
    every = conf.live_heartbeat()
    first = every * random.uniform(0.5, 1)  # noqa: S311  # spreads load, hides nothing
    return Pace(every, first, None if is_on_loop else conf.live_wsgi_seconds())
