"""Snapshots, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ..snapshots import SnapshotListView
from .describing import LIMIT, describe, number, parameter, reading


class SnapshotSerializer(serializers.Serializer[None]):
    """The state of an aggregate at a version of its stream."""

    id = serializers.IntegerField()
    stream_id = serializers.CharField()
    aggregate_id = serializers.CharField()
    aggregate_type = serializers.CharField()
    version = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    data = serializers.JSONField(allow_null=True, help_text="What it made of itself.")  # type: ignore[assignment]  # also a property
    created_at = serializers.DateTimeField(allow_null=True)
    undecodable = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Only where another client has written what can't be read: the members that are null, and why.",
    )


class SnapshotPageSerializer(serializers.Serializer[None]):
    """A page of snapshots, by stream and version."""

    next = serializers.URLField(allow_null=True)
    results = SnapshotSerializer(many=True)


describe(
    SnapshotListView,
    get=reading(
        SnapshotPageSerializer,
        summary="Snapshots",
        id="listSnapshots",
        tag="Snapshots",
        parameters=[
            parameter("after", "The stream of the last snapshot of the page before; with after_version."),
            number("after_version", "The version of that snapshot.", 1),
            LIMIT,
            parameter("stream_id", "The name of a stream."),
            parameter("aggregate_id", "The id of an aggregate."),
            parameter("aggregate_type", "The type of aggregates."),
        ],
    ),
)
