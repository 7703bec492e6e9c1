"""Categories and event types, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ..kinds import CategoryListView, EventTypeListView
from .describing import AFTER_NAME, LIMIT, describe, reading


class CategorySerializer(serializers.Serializer[None]):
    """A category of streams."""

    category = serializers.CharField()


class CategoryPageSerializer(serializers.Serializer[None]):
    """A page of categories."""

    next = serializers.URLField(allow_null=True)
    results = CategorySerializer(many=True)


class EventTypeSerializer(serializers.Serializer[None]):
    """A type of events."""

    event_type = serializers.CharField()


class EventTypePageSerializer(serializers.Serializer[None]):
    """A page of event types."""

    next = serializers.URLField(allow_null=True)
    results = EventTypeSerializer(many=True)


describe(
    CategoryListView,
    get=reading(
        CategoryPageSerializer,
        summary="The categories that streams have",
        id="listCategories",
        tag="Log",
        parameters=[AFTER_NAME, LIMIT],
    ),
)
describe(
    EventTypeListView,
    get=reading(
        EventTypePageSerializer,
        summary="The types that events have",
        id="listEventTypes",
        tag="Log",
        parameters=[AFTER_NAME, LIMIT],
    ),
)
