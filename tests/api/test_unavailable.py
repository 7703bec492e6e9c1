"""A database that can't do what was asked for where it is: the answer is 503, with the reason."""

from __future__ import annotations

import pytest
from django.test import Client

from eventstore_django import UnsafeRead
from eventstore_django.backends.postgresql import PostgreSQLBackend

from .routes import PREFIX


@pytest.mark.parametrize("path", ["events/", "events/?category=A", "events/?format=jsonl", "events/live/", "stats/"])
def test_a_read_that_could_miss_events_is_refused_with_the_reason(
    reader: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def refused(self: PostgreSQLBackend) -> int:
        raise UnsafeRead("A standby server does not show it.")

    monkeypatch.setattr(PostgreSQLBackend, "watermark", refused)
    response = reader.get(PREFIX + path)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response.json() == {
        "type": "about:blank",
        "title": "UnsafeRead",
        "status": 503,
        "detail": "A standby server does not show it.",
    }
