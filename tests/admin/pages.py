"""What the tests do with the admin's pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from eventstore_django import EventStore, NewEvent

ADMIN = "/admin/eventstore"


def listed(client: Client, model: str, **parameters: Any) -> list[Any]:
    """Return the keys of the rows of a list's page."""
    response = client.get(f"{ADMIN}/{model}/", parameters)
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def write(stream_id: str, *event_types: str, **metadata: Any) -> list[int]:
    """Append events; return their positions."""
    events = [NewEvent(name, {"n": n}, metadata=metadata or None) for n, name in enumerate(event_types)]
    return [event.position for event in EventStore().append(stream_id, events).events]
