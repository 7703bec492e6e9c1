"""Batches, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ...names import MAX_LENGTH
from ..batches import BatchView
from .describing import PRINTABLE, describe, writing
from .streams import AppendedSerializer, ExpectedVersionField, NewEventSerializer
from .strict import StrictSerializer


class OperationSerializer(StrictSerializer):
    """Events for one stream. Without events it only checks the version."""

    stream_id = serializers.RegexField(PRINTABLE, max_length=MAX_LENGTH)
    events = NewEventSerializer(many=True, required=False)
    expected_version = ExpectedVersionField(required=False)


class BatchSerializer(StrictSerializer):
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
