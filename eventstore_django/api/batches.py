"""Appending to several streams at once, all or nothing."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ..exceptions import InvalidEvent
from .base import EventStoreView
from .bodies import batch_body
from .parameters import known_only
from .preconditions import demand
from .problems import OutsideScope
from .streamevents import code_of, result_body


class BatchView(EventStoreView):
    """``POST batch/``."""

    def post(self, request: Request) -> Response:
        """Append; 201, or 200 if nothing was written: a repeat, or operations that only check."""
        known_only(request.query_params, ())
        operations = batch_body(request.data)
        scope = self.scope()
        for number, operation in enumerate(operations):
            if not scope.covers_stream(operation.stream_id):
                field = f"operations[{number}].stream_id"
                raise OutsideScope("A stream belongs to a partition that you may not write to.", field=field)
            if operation.events:
                demand(operation.expected_version, f"operations[{number}].expected_version")
        results = self.store.append_batch(operations)
        return Response({"results": [result_body(result) for result in results]}, status=code_of(results))

    def field_of(self, error: InvalidEvent) -> str:
        """Return where in the body the fault of an event stands."""
        return f"operations[{error.operation}].{super().field_of(error)}".rstrip(".")
