"""Subscriptions and parked events, in the document."""

from __future__ import annotations

from rest_framework import serializers

from ...models import ParkedEvent, Subscription
from ..parked import DiscardView, ParkedEventListView, RetryView
from ..subscriptions import PauseView, ResetView, ResumeView, SubscriptionDetailView, SubscriptionListView
from .describing import LARGEST, LIMIT, describe, in_path, number, parameter, reading, writing

_SUBSCRIPTION = in_path("name", "The name of the subscription.")
_PARKED = in_path("parked_id", "The id of the parked event.", {"type": "integer", "minimum": 0, "maximum": LARGEST})


class ShardSerializer(serializers.Serializer[None]):
    """A part of the streams of a subscription."""

    number = serializers.IntegerField()
    position = serializers.IntegerField()
    lag = serializers.IntegerField(help_text="Positions that the settled log is ahead.")
    lag_seconds = serializers.FloatField()
    owner = serializers.CharField(allow_null=True, help_text="Host and process of the worker.")
    handled = serializers.IntegerField()


class SubscriptionSerializer(serializers.Serializer[None]):
    """A durable subscription."""

    name = serializers.CharField()
    status = serializers.ChoiceField(Subscription.Status.choices)
    version = serializers.IntegerField()
    position = serializers.IntegerField()
    lag = serializers.IntegerField()
    lag_seconds = serializers.FloatField()
    parked = serializers.IntegerField(help_text="Events that wait for an operator.")
    held = serializers.IntegerField(help_text="Events that are retried, or wait behind one.")
    last_error = serializers.CharField(allow_blank=True)
    last_error_at = serializers.DateTimeField(allow_null=True)
    shards = ShardSerializer(many=True)


class SubscriptionListSerializer(serializers.Serializer[None]):
    """All subscriptions, by name."""

    results = SubscriptionSerializer(many=True)


class ParkedEventSerializer(serializers.Serializer[None]):
    """An event that a subscription has not handled in its turn."""

    id = serializers.IntegerField()
    subscription = serializers.CharField()
    shard = serializers.IntegerField()
    position = serializers.IntegerField()
    event_id = serializers.UUIDField()
    stream_id = serializers.CharField()
    event_type = serializers.CharField()
    status = serializers.ChoiceField(ParkedEvent.Status.choices)
    attempts = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True)
    retry_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    actor = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ParkedEventPageSerializer(serializers.Serializer[None]):
    """A page of parked events."""

    next = serializers.URLField(allow_null=True)
    results = ParkedEventSerializer(many=True)


class NothingSerializer(serializers.Serializer[None]):
    """An object without fields; no body at all is the same."""


class ResetSerializer(serializers.Serializer[None]):
    """Where to begin anew."""

    position = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST, default=0)


class DiscardSerializer(serializers.Serializer[None]):
    """Why the event is given up."""

    reason = serializers.CharField(max_length=1000)


describe(
    SubscriptionListView,
    get=reading(SubscriptionListSerializer, summary="Subscriptions", id="listSubscriptions", tag="Subscriptions"),
)
describe(
    SubscriptionDetailView,
    get=reading(
        SubscriptionSerializer,
        summary="One subscription",
        id="getSubscription",
        tag="Subscriptions",
        parameters=[_SUBSCRIPTION],
    ),
)
for view, verb, body in (
    (PauseView, "pause", NothingSerializer),
    (ResumeView, "resume", NothingSerializer),
    (ResetView, "reset", ResetSerializer),
):
    describe(
        view,
        post=writing(
            body,
            {200: SubscriptionSerializer},
            summary=f"{verb.capitalize()} a subscription",
            id=f"{verb}Subscription",
            tag="Subscriptions",
            parameters=[_SUBSCRIPTION],
        ),
    )
describe(
    ParkedEventListView,
    get=reading(
        ParkedEventPageSerializer,
        summary="Parked events",
        id="listParkedEvents",
        tag="Subscriptions",
        parameters=[
            number("after", "The last id of the page before.", 0),
            LIMIT,
            parameter("subscription", "The name of a subscription."),
            parameter("status", "Where the event stands.", enum=ParkedEvent.Status.values),
            parameter("stream_id", "The name of a stream."),
        ],
    ),
)
describe(
    RetryView,
    post=writing(
        NothingSerializer,
        {200: ParkedEventSerializer},
        summary="Retry a parked event",
        id="retryParkedEvent",
        tag="Subscriptions",
        parameters=[_PARKED],
    ),
)
describe(
    DiscardView,
    post=writing(
        DiscardSerializer,
        {200: ParkedEventSerializer},
        summary="Give up on a parked event",
        id="discardParkedEvent",
        tag="Subscriptions",
        parameters=[_PARKED],
    ),
)
