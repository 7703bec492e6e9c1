"""The subscriptions of these tests. Only the processes that they start know them, and run those that are named."""

from __future__ import annotations

from time import sleep

from eventstore_django import RecordedEvent, subscription
from eventstore_django.subscriptions.retrying import RetryPolicy

from .handling import count, handle, leave_trace

IDLE = [f"idle-{number}" for number in range(30)]

_SOON = RetryPolicy(attempts=3, first_delay=0.05, longest_delay=0.05)

subscription("four", shards=4, retries=_SOON)(handle)
subscription("eight", shards=8, retries=_SOON)(handle)
subscription("one", retries=_SOON)(handle)
subscription("impatient", shards=4, retries=_SOON, time_limit=1.0)(handle)
subscription("brief", retries=_SOON, time_limit=1.0)(handle)
subscription("single", transaction="event", retries=RetryPolicy(attempts=1))(handle)
subscription("strict", transaction="event", on_error="stop", retries=RetryPolicy(attempts=1))(handle)

for name in IDLE:
    subscription(name)(handle)


@subscription("crowd", shards=8, batch_size=40, retries=RetryPolicy(first_delay=0.05))
def crowd(event: RecordedEvent) -> None:
    """Take a moment for each event, so that a process that is killed is in the middle of one."""
    leave_trace(event)
    count(event)
    sleep(0.002)
