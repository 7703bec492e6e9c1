"""The export over HTTP of a hundred thousand events: as many lines, in the memory of a page."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from .million import EVENTS

pytestmark = pytest.mark.slow

LINES = 100_000
MEBIBYTES = 12
"""Room for two pages of a thousand events; a hundred thousand lines have 50, as Python objects far more."""


@pytest.mark.usefixtures("million")
def test_an_export_is_read_and_sent_in_bounded_memory() -> None:
    client = Client()
    client.force_login(get_user_model()._default_manager.create_superuser("root"))
    response: Any = client.get(f"/eventstore/events/?format=jsonl&after={EVENTS - LINES}")
    tracemalloc.start()
    try:
        lines = sum(chunk.count(b"\n") for chunk in response.streaming_content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == LINES
    assert peak < MEBIBYTES * 2**20
