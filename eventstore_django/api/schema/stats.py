"""Statistics, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ..stats import StatsView
from .describing import describe, reading


class PlaceSerializer(serializers.Serializer[None]):
    """Where an event is, and when it was stored."""

    position = serializers.IntegerField()
    created_at = serializers.DateTimeField(
        allow_null=True, help_text="Null where another client has written what is no time."
    )


class LagSerializer(serializers.Serializer[None]):
    """How far a subscription is behind."""

    name = serializers.CharField()
    status = serializers.CharField()
    lag = serializers.IntegerField()
    lag_seconds = serializers.FloatField()


class StatsSerializer(serializers.Serializer[None]):
    """How far the log is, and how far its readers are."""

    head_position = serializers.IntegerField(help_text="Up to here the log is settled.")
    first_event = PlaceSerializer(allow_null=True)
    last_event = PlaceSerializer(allow_null=True)
    subscriptions = LagSerializer(many=True)
    statistics = serializers.DictField(
        allow_null=True,
        help_text="What `eventstore_stats --json` tells: totals, rates, categories, the watermark and who holds it "
        "back, subscriptions, workers, problems. Null for who may see some partitions only.",
    )


describe(
    StatsView,
    get=reading(StatsSerializer, summary="How far the log and its readers are", id="getStats", tag="Log"),
)
