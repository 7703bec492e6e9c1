"""Errors, in the document."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class ExpectedField(serializers.Field):  # type: ignore[type-arg]  # it converts nothing
    """A version, or what stands for several."""


class ConflictSerializer(serializers.Serializer[None]):
    """A stream that had not the version that was expected."""

    stream_id = serializers.CharField()
    expected = ExpectedField()
    actual = serializers.IntegerField(allow_null=True, help_text="null where the database does not tell.")


class ProblemSerializer(serializers.Serializer[None]):
    """An error (RFC 9457). ``title`` is its kind, for programs; ``detail`` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False, help_text="The parameter, header or path in the body at fault.")
    stream_id = serializers.CharField(required=False)
    expected = ExpectedField(required=False)
    actual = serializers.IntegerField(required=False, allow_null=True)
    conflicts = ConflictSerializer(many=True, required=False)
    event_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    positions = serializers.ListField(child=serializers.IntegerField(), required=False)
    streams = serializers.ListField(child=serializers.CharField(), required=False)
