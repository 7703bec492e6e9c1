"""Durable subscriptions: how they are doing, and operating them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ..workers import operations
from ..workers.statuses import SubscriptionStatus, statuses
from .base import EventStoreView
from .bodies import optional_body, read_object
from .parameters import known_only
from .permissions import OPERATE
from .problems import InvalidField, OutsideScope
from .times import written


class SubscriptionView(EventStoreView):
    """What concerns subscriptions."""

    write_permission = OPERATE

    def body_of(self, status: SubscriptionStatus) -> dict[str, Any]:
        """Return how a subscription is doing. The last error may tell of any tenant's event: not in a scope."""
        told = self.scope().partitions is None
        return {
            "name": status.name,
            "status": status.status,
            "version": status.version,
            "position": status.position,
            "lag": status.lag,
            "lag_seconds": status.lag_seconds,
            "parked": status.parked,
            "held": status.held,
            "last_error": status.last_error if told else "",
            "last_error_at": written(status.last_error_at) if status.last_error_at and told else None,
            "shards": [
                {
                    "number": shard.number,
                    "position": shard.position,
                    "lag": shard.lag,
                    "lag_seconds": shard.lag_seconds,
                    "owner": shard.owner,
                    "handled": shard.handled,
                }
                for shard in status.shards
            ],
        }

    def one(self, name: str) -> Response:
        """Answer with one subscription. Raise UnknownSubscription."""
        operations.find(self.alias, name)
        return Response(self.body_of(statuses(self.alias, [name])[0]))


class SubscriptionListView(SubscriptionView):
    """``GET subscriptions/``."""

    def get(self, request: Request) -> Response:
        """Return all of them, by name."""
        known_only(request.query_params, ())
        return Response({"results": [self.body_of(status) for status in statuses(self.alias)]})


class SubscriptionDetailView(SubscriptionView):
    """``GET subscriptions/{name}/``."""

    def get(self, request: Request, name: str) -> Response:
        """Return one subscription with its shards."""
        known_only(request.query_params, ())
        return self.one(name)


class OperationView(SubscriptionView):
    """An operation on a whole subscription, which handles the events of every tenant."""

    fields: frozenset[str] = frozenset()

    def post(self, request: Request, name: str) -> Response:
        """Do it, and return how the subscription is doing then."""
        known_only(request.query_params, ())
        fields = read_object(optional_body(request), self.fields)
        if self.scope().partitions is not None:
            raise OutsideScope("A subscription handles the events of all partitions; you may only see some of them.")
        operations.find(self.alias, name)
        self.operate(name, fields)
        return self.one(name)

    def operate(self, name: str, fields: dict[str, Any]) -> None:
        """Do what the operation is for."""
        raise NotImplementedError


class PauseView(OperationView):
    """``POST subscriptions/{name}/pause/``."""

    def operate(self, name: str, fields: dict[str, Any]) -> None:
        """Let it stand still."""
        operations.pause(self.alias, name)


class ResumeView(OperationView):
    """``POST subscriptions/{name}/resume/``."""

    def operate(self, name: str, fields: dict[str, Any]) -> None:
        """Let it go on."""
        operations.resume(self.alias, name)


class ResetView(OperationView):
    """``POST subscriptions/{name}/reset/`` with ``{"position"?}``."""

    fields = frozenset({"position"})

    def operate(self, name: str, fields: dict[str, Any]) -> None:
        """Let it begin anew behind the position, by default at the beginning."""
        position = fields.get("position", 0)
        if type(position) is not int or not 0 <= position < 2**63:
            raise InvalidField("position", f"must be a whole number from 0 to {2**63 - 1}")
        operations.reset(self.alias, name, position)
