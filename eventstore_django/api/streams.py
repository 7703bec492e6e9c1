"""Streams: the list of them, by name, and one with its version as entity tag."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Stream
from ..names import StreamName
from .base import EventStoreView
from .etags import EntityTags, etag
from .links import link
from .listing import NAME_PAGING, NamePage
from .parameters import known_only, text
from .paths import stream_of_path
from .representations import stream_body


class StreamView(EventStoreView):
    """What concerns streams: finding them in scope, and whether the client has the newest version."""

    def streams(self) -> QuerySet[Stream]:
        """Return the streams in scope that have events; others are only rows that an append holds locked."""
        return self.scope().select_named(Stream._default_manager.using(self.alias).filter(version__gt=0))

    def version_of(self, stream_id: str) -> int:
        """Return the version of a stream in scope. Raise Http404 if there is none."""
        version = self.streams().filter(pk=stream_id).values_list("version", flat=True).first()
        if version is None:
            raise Http404
        return version

    def known_to_client(self, version: int) -> bool:
        """Return whether the client has this version already: ``If-None-Match``."""
        tags = EntityTags.read("If-None-Match", self.request.headers.get("If-None-Match"))
        return tags is not None and tags.match_weakly(version)


class StreamListView(StreamView):
    """``GET streams/``: by name; ``stream_id`` finds one, whatever its name, with its version as ETag."""

    def get(self, request: Request) -> Response:
        """Return a page of streams, in the order of their names as code points."""
        query = request.query_params
        known_only(query, (*NAME_PAGING, "stream_id", "category", "partition"))
        if "stream_id" in query:
            return self._one(query)
        page = NamePage.read(query)
        found = list(page.of(self._filtered(query), "stream_id"))
        following = link(request, page.next([stream.stream_id for stream in found]))
        return Response({"next": following, "results": [stream_body(stream) for stream in found]})

    def _one(self, query: QueryDict) -> Response:
        name = StreamName.parse(text(query, "stream_id") or "")
        found = self._filtered(query).filter(pk=name.text).first()
        if found is None:
            return Response({"next": None, "results": []})
        if self.known_to_client(found.version):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=etag(found.version))
        return Response({"next": None, "results": [stream_body(found)]}, headers=etag(found.version))

    def _filtered(self, query: QueryDict) -> QuerySet[Stream]:
        streams = self.streams()
        category, partition = text(query, "category"), text(query, "partition")
        if category is not None:
            streams = streams.filter(category=category)
        if partition is not None:
            # By name too: names of a partition are a range of the primary key.
            streams = streams.filter(partition=partition, pk__gte=f"{partition}/", pk__lt=f"{partition}0")
        return streams


class StreamDetailView(StreamView):
    """``GET streams/{stream_id}/``."""

    def get(self, request: Request, stream_id: str) -> Response:
        """Return a stream, or 304 if the client has its version."""
        known_only(request.query_params, ())
        stream = self.streams().filter(pk=stream_of_path(stream_id)).first()
        if stream is None:
            raise Http404
        if self.known_to_client(stream.version):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=etag(stream.version))
        return Response(stream_body(stream), headers=etag(stream.version))
