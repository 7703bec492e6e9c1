"""How far the log is, how far its readers are, and how the store is doing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ..backends import backend_for
from ..backends.columns import as_text
from ..statistics import document, statistics
from ..workers.statuses import statuses
from .base import EventStoreView
from .parameters import known_only
from .times import written


class StatsView(EventStoreView):
    """``GET stats/``."""

    def get(self, request: Request) -> Response:
        """Return positions, the first and the last event in scope, the lag of subscriptions, and what is measured."""
        known_only(request.query_params, ())
        # Of all tenants together: not for who may see but some.
        measured = statistics(self.alias) if self.scope().partitions is None else None
        subscriptions = [
            {"name": found.name, "status": found.status, "lag": found.lag, "lag_seconds": found.lag_seconds}
            for found in (measured.subscriptions if measured else statuses(self.alias))
        ]
        body = {
            "head_position": self.store.head_position(),
            "first_event": self._end("position"),
            "last_event": self._end("-position"),
            "subscriptions": subscriptions,
            "statistics": document(measured) if measured else None,
        }
        return Response(body)

    def _end(self, order: str) -> dict[str, Any] | None:
        found = self.events().settled().order_by(order).values_list("position", as_text("created_at")).first()
        if found is None:
            return None
        moment = backend_for(self.alias).moment(found[1])
        return {"position": found[0], "created_at": written(moment) if isinstance(moment, datetime) else None}
