"""Streams, in the document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema_field
from rest_framework import serializers

from ...eventtypes.limits import MAX_EVENT_TYPE_LENGTH
from ...names import MAX_LENGTH
from ..streamevents import StreamEventsView
from ..streams import StreamDetailView, StreamListView
from .describing import (
    AFTER_NAME,
    DIRECTION,
    LARGEST,
    LIMIT,
    PRINTABLE,
    TAGS,
    describe,
    header,
    in_path,
    number,
    parameter,
    reading,
    writing,
)
from .events import EventSerializer
from .strict import StrictSerializer

_NOT_MODIFIED = {304: OpenApiResponse(description="The client has this version already.")}
_NAME = in_path("stream_id", "The name of the stream, if it survives a URL; else use the query or batch/.")
_HAVE = header("If-None-Match", 'The version that the client has: "7".', pattern=TAGS)
_TAG = header("ETag", 'The version of the stream: "7".', [200, 304])


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": LARGEST},
            {"type": "string", "enum": ["any", "no_stream", "stream_exists"]},
        ],
        "nullable": True,
    }
)
class ExpectedVersionField(serializers.Field):  # type: ignore[type-arg]  # it converts nothing
    """A version, or what stands for several."""


class StreamSerializer(serializers.Serializer[None]):
    """A stream."""

    stream_id = serializers.CharField()
    version = serializers.IntegerField(help_text="The number of its last event.")
    category = serializers.CharField()
    partition = serializers.CharField(allow_null=True)
    aggregate_type = serializers.CharField()
    aggregate_id = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    undecodable = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Only where another client has written what can't be read: the members that are null, and why.",
    )


class StreamPageSerializer(serializers.Serializer[None]):
    """A page of streams, by name."""

    next = serializers.URLField(allow_null=True)
    results = StreamSerializer(many=True)


class StreamEventsSerializer(serializers.Serializer[None]):
    """A page of the events of one stream."""

    stream_id = serializers.CharField()
    version = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventSerializer(many=True)


class NewEventSerializer(StrictSerializer):
    """An event to append."""

    event_type = serializers.RegexField(PRINTABLE, max_length=MAX_EVENT_TYPE_LENGTH)
    payload = serializers.DictField()
    metadata = serializers.DictField(required=False, allow_null=True)
    event_id = serializers.UUIDField(required=False, allow_null=True, help_text="Makes a repeat safe.")
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)


class AppendSerializer(StrictSerializer):
    """Events to append to a stream, if it has the version that is expected."""

    events = NewEventSerializer(many=True)
    expected_version = ExpectedVersionField(required=False)


class AppendedSerializer(serializers.Serializer[None]):
    """What an append stored."""

    stream_id = serializers.CharField(max_length=MAX_LENGTH)
    version = serializers.IntegerField()
    replayed = serializers.BooleanField(help_text="Whether the same call had stored it before.")
    events = EventSerializer(many=True)


describe(
    StreamListView,
    get=reading(
        StreamPageSerializer,
        summary="Streams, by name",
        id="listStreams",
        tag="Streams",
        parameters=[
            AFTER_NAME,
            LIMIT,
            parameter("stream_id", "The name of one stream, whatever characters it has; its version is the ETag."),
            parameter("category", "The category of streams."),
            parameter("partition", "The tenant."),
            _HAVE,
            _TAG,
        ],
        responses=_NOT_MODIFIED,
    ),
)
describe(
    StreamDetailView,
    get=reading(
        StreamSerializer,
        summary="One stream",
        id="getStream",
        tag="Streams",
        parameters=[_NAME, _HAVE, _TAG],
        responses=_NOT_MODIFIED,
    ),
)
describe(
    StreamEventsView,
    get=reading(
        StreamEventsSerializer,
        409,
        summary="The events of a stream",
        id="listStreamEvents",
        tag="Streams",
        parameters=[
            _NAME,
            number("from_version", "The first version.", 1),
            number("to_version", "The last version.", 1),
            LIMIT,
            DIRECTION,
            _HAVE,
            _TAG,
        ],
        responses=_NOT_MODIFIED,
    ),
    post=writing(
        AppendSerializer,
        {200: AppendedSerializer, 201: AppendedSerializer},
        412,
        428,
        summary="Append events to a stream",
        id="appendEvents",
        tag="Streams",
        parameters=[
            _NAME,
            header("If-Match", 'The version that the stream must have: "7"; * if it must exist.', pattern=TAGS),
            header("If-None-Match", "* if the stream must not exist.", pattern=r"^\*$"),
            header("ETag", "The version of the stream now.", [200, 201]),
        ],
    ),
)
