"""What writers do in processes of their own."""

from __future__ import annotations

from eventstore_django import AppendOperation, EventStore
from tests.concurrency.material import event, events


def write(number: int, appends: int) -> None:
    """Append one by one, and now and then several streams at once that other writers append to as well."""
    store = EventStore()
    for turn in range(appends):
        store.append(f"Account-{number}-{turn % 5}", [event()])
        if turn % 10 == 0:
            store.append_batch([AppendOperation(f"Batch-{key}", events(2)) for key in range(3)])
