"""Batches, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ..batches import BatchView
from .describing import describe, writing
from .streams import AppendedSerializer, ExpectedVersionField, NewEventSerializer


class OperationSerializer(serializers.Serializer[None]):
    """Events for one stream. Without events it only checks the version."""

    stream_id = serializers.CharField(max_length=255)
    events = NewEventSerializer(many=True, required=False)
    expected_version = ExpectedVersionField(required=False)


class BatchSerializer(serializers.Serializer[None]):
    """Operations, all or nothing."""

    operations = OperationSerializer(many=True)


class BatchResultSerializer(serializers.Serializer[None]):
    """A result for each operation, in order."""

    results = AppendedSerializer(many=True)


describe(
    BatchView,
    post=writing(
        BatchSerializer,
        {200: BatchResultSerializer, 201: BatchResultSerializer},
        428,
        summary="Append to several streams, all or nothing",
        id="appendBatch",
        tag="Streams",
    ),
)
