"""Events, in the document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from ..events import EventListView, EventView
from ..exports import CONTENT_TYPE, UNTIL
from ..live.waiting import LONGEST_WAIT, WAIT
from .describing import DIRECTION, LIMIT, describe, header, in_path, number, parameter, reading

FILTERS = (
    parameter("stream_id", "The name of a stream, whatever characters it has; $all is every stream."),
    parameter("category", "The category of streams."),
    parameter("partition", "The tenant."),
    parameter("event_type", "The type of events."),
    parameter("aggregate_id", "The id of an aggregate."),
    parameter("aggregate_type", "The type of aggregates."),
    parameter("correlation_id", "What the metadata say belongs together."),
    parameter("occurred_after", "Events that happened later than this.", OpenApiTypes.DATETIME),
    parameter("occurred_before", "Events that happened earlier than this.", OpenApiTypes.DATETIME),
)


class EventSerializer(serializers.Serializer[None]):
    """A stored event."""

    position = serializers.IntegerField(help_text="Place in the global order; ascending, with holes.")
    event_id = serializers.UUIDField()
    stream_id = serializers.CharField()
    event_version = serializers.IntegerField(help_text="Place in its stream: 1, 2, 3 ...")
    event_type = serializers.CharField()
    schema_version = serializers.IntegerField(help_text="Version of the shape that the payload has here.")
    payload = serializers.DictField(allow_null=True, help_text="Null only where undecodable says why.")
    metadata = serializers.DictField(allow_null=True, help_text="Null only where undecodable says why.")
    aggregate_id = serializers.CharField()
    aggregate_type = serializers.CharField()
    category = serializers.CharField()
    partition = serializers.CharField(allow_null=True)
    occurred_at = serializers.DateTimeField(allow_null=True, help_text="As above.")
    created_at = serializers.DateTimeField(allow_null=True, help_text="As above.")
    undecodable = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Only where another client has written what can't be read: the members that are null, and why.",
    )


class EventPageSerializer(serializers.Serializer[None]):
    """A page of the log."""

    next = serializers.URLField(allow_null=True, help_text="The page behind; forward, where new events will be.")
    previous = serializers.URLField(allow_null=True, help_text="The page that leads back, in the other direction.")
    results = EventSerializer(many=True)


describe(
    EventListView,
    get=reading(
        EventPageSerializer,
        summary="The log, in pages or as JSON Lines",
        id="listEvents",
        tag="Events",
        parameters=[
            number("after", "The last position of the page before, in the direction.", 0),
            LIMIT,
            DIRECTION,
            number(WAIT, "Seconds to wait for a first event; forward only.", 0, LONGEST_WAIT, default=0),
            *FILTERS,
            parameter("format", "jsonl: all events behind the cursor, one a line.", enum=["json", "jsonl"]),
            header(UNTIL, "Of JSON Lines: the position up to which the log is exported.", [200]),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.STR},
    ),
)
describe(
    EventView,
    get=reading(
        EventSerializer,
        409,
        summary="One event; an id that stands in several streams is a 409 with their positions",
        id="getEvent",
        tag="Events",
        parameters=[in_path("key", "The position of the event, or its event id.")],
    ),
)
