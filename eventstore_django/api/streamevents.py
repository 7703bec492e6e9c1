"""The events of one stream: pages by version, and appending."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Event
from ..names import StreamName
from ..operations import AppendResult
from .bodies import append_body
from .etags import etag
from .links import link
from .parameters import known_only
from .paths import stream_of_path
from .preconditions import Precondition
from .problems import AmbiguousPath, OutsideScope
from .representations import event_body
from .streams import StreamView
from .versionpages import VERSION_PAGING, VersionPage


class StreamEventsView(StreamView):
    """``GET`` and ``POST streams/{stream_id}/events/``."""

    def get(self, request: Request, stream_id: str) -> Response:
        """Return a page of a stream, by version, with the version of the stream as ETag."""
        query = request.query_params
        known_only(query, VERSION_PAGING)
        page = VersionPage.read(query)
        name = stream_of_path(stream_id)
        self._refuse_ambiguous(name)
        version = self.version_of(name)
        if self.known_to_client(version):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=etag(version))
        found = page.of(Event.objects.using(self.alias).stream(name), version)
        body = {
            "stream_id": name,
            "version": version,
            "next": link(request, page.next(found, version)),
            "previous": link(request, page.previous(found)),
            "results": [event_body(event) for event in found],
        }
        return Response(body, headers=etag(version))

    def post(self, request: Request, stream_id: str) -> Response:
        """Append; 201, or 200 with the first answer when the same ids were stored before."""
        known_only(request.query_params, ())
        name = StreamName.to_append(stream_of_path(stream_id)).text
        events, in_body = append_body(request.data)
        if not self.scope().covers_stream(name):
            raise OutsideScope("The stream belongs to a partition that you may not write to.", field="stream_id")
        precondition = Precondition.of(request, in_body, self.store, name)
        with precondition.checked():
            result = self.store.append(name, events, precondition.expected)
        return Response(result_body(result), status=code_of([result]), headers=etag(result.version))

    def _refuse_ambiguous(self, name: str) -> None:
        other = f"{name}/events"
        if len(other) <= 255 and self.streams().filter(pk=other).exists():
            raise AmbiguousPath(
                f"There is a stream {other!a:.300} too, which this path could mean: use events/?stream_id= or "
                "streams/?stream_id=.",
                streams=[name, other],
            )


def result_body(result: AppendResult) -> dict[str, Any]:
    """Return what an append stored, or had stored before."""
    return {
        "stream_id": result.stream_id,
        "version": result.version,
        "replayed": result.replayed,
        "events": [event_body(event) for event in result.events],
    }


def code_of(results: list[AppendResult]) -> int:
    """Return 201 if anything was written, else 200."""
    written = any(result.events and not result.replayed for result in results)
    return status.HTTP_201_CREATED if written else status.HTTP_200_OK
