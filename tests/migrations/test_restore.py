"""A dump of the data alone is loaded with an empty search_path."""

from __future__ import annotations

import pytest
from django.db import connection

from eventstore_django import EventStore, NewEvent

pytestmark = pytest.mark.django_db

_COLUMNS = (
    "event_version, occurred_at, event_id, stream_id, category, aggregate_type, aggregate_id, event_type, "
    "event_data, metadata"
)


def test_events_are_inserted_with_an_empty_search_path() -> None:
    EventStore().append("Account-1", [NewEvent("Noted", {})])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute(
            f"INSERT INTO public.eventstore_events ({_COLUMNS}) "
            f"SELECT event_version, occurred_at, gen_random_uuid(), 'Account-2', category, aggregate_type, aggregate_id, "
            "event_type, event_data, metadata FROM public.eventstore_events"
        )
        cursor.execute("SET LOCAL search_path TO DEFAULT")
    assert [event.stream_id for event in EventStore().get_all_events()][-2:] == ["Account-1", "Account-2"]
