"""Events that subscriptions have not handled in their turn: seeing them, retrying them, giving up on them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from ..encoding import text_fault
from ..models import ParkedEvent
from ..workers import operations
from .base import EventStoreView
from .bodies import optional_body, read_object
from .links import link
from .listing import NAME_PAGING, NumberPage
from .parameters import choice, known_only, text
from .permissions import OPERATE
from .problems import InvalidField, OperationRefused
from .times import written

_LONGEST_REASON = 1000


class ParkedEventView(EventStoreView):
    """What concerns events that were kept aside."""

    write_permission = OPERATE

    def rows(self) -> QuerySet[ParkedEvent]:
        """Return those in scope, of the versions of subscriptions that are in use."""
        rows = ParkedEvent.objects.using(self.alias).filter(version=F("subscription__version"))
        return self.scope().select_named(rows)

    def row(self, parked_id: int) -> ParkedEvent:
        """Return one of them. Raise Http404."""
        row = self.rows().filter(pk=parked_id).first() if parked_id < 2**63 else None
        if row is None:
            raise Http404
        return row


class ParkedEventListView(ParkedEventView):
    """``GET parked-events/``."""

    def get(self, request: Request) -> Response:
        """Return a page of them, the oldest row first."""
        query = request.query_params
        known_only(query, (*NAME_PAGING, "subscription", "status", "stream_id"))
        page = NumberPage.read(query)
        wanted = {
            "subscription": text(query, "subscription"),
            "status": choice(query, "status", ParkedEvent.Status.values),
            "stream_id": text(query, "stream_id"),
        }
        rows = self.rows().filter(**{name: value for name, value in wanted.items() if value is not None})
        found = list(page.of(rows, "pk"))
        following = link(request, page.next([row.pk for row in found]))
        return Response({"next": following, "results": [_body(row) for row in found]})


class RetryView(ParkedEventView):
    """``POST parked-events/{id}/retry/``."""

    def post(self, request: Request, parked_id: int) -> Response:
        """Have it tried again, and what waits behind it after it."""
        known_only(request.query_params, ())
        read_object(optional_body(request), ())
        row = self.row(parked_id)
        if not operations.retry_parked(self.alias, row.subscription_id, position=row.position):
            raise OperationRefused(f"The event is {row.status}: only one that is parked can be retried.")
        return Response(_body(self.row(parked_id)))


class DiscardView(ParkedEventView):
    """``POST parked-events/{id}/discard/`` with ``{"reason"}``."""

    def post(self, request: Request, parked_id: int) -> Response:
        """Give up on it: the subscription never handles it, and what waits behind it goes on."""
        known_only(request.query_params, ())
        reason = _reason(read_object(request.data, {"reason"}))
        row = self.row(parked_id)
        actor = request.user.get_username() if request.user else ""
        operations.discard_parked(self.alias, row.subscription_id, row.position, reason=reason, actor=actor)
        return Response(_body(self.row(parked_id)))


def _reason(fields: dict[str, Any]) -> str:
    reason = fields.get("reason")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > _LONGEST_REASON:
        raise InvalidField("reason", f"must be a text of 1 to {_LONGEST_REASON} characters")
    if fault := text_fault(reason):
        raise InvalidField("reason", fault)
    return reason


def _body(row: ParkedEvent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "subscription": row.subscription_id,
        "shard": row.shard,
        "position": row.position,
        "event_id": str(row.event_id),
        "stream_id": row.stream_id,
        "event_type": row.event_type,
        "status": row.status,
        "attempts": row.attempts,
        "error": row.error,
        "retry_at": written(row.retry_at) if row.retry_at else None,
        "reason": row.reason,
        "actor": row.actor,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
    }
