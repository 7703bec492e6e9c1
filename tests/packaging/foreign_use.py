"""What the foreign project does with the event store; prints what happened as JSON."""

import json

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

import eventstore_django  # noqa: E402
from eventstore_django import EventStore, NewEvent  # noqa: E402
from eventstore_django.models import Event  # noqa: E402

EventStore().append("Account-1", [NewEvent("AccountOpened", {"owner": "Ada"})])
client = Client()
client.force_login(User.objects.create_superuser("ada"))
print(
    json.dumps(
        {
            "package": eventstore_django.__file__,
            "using": EventStore().using,
            "owners": [event.payload["owner"] for event in EventStore().get_all_events()],
            "orm": Event.objects.count(),
            "tables in default": [
                name for name in connections["default"].introspection.table_names() if name.startswith("eventstore_")
            ],
            "admin": client.get("/admin/eventstore/event/").status_code,
            "api": client.get("/eventstore/events/").json()["results"][0]["stream_id"],
        }
    )
)
