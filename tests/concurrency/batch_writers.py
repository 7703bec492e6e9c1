"""What the processes of the batch tests do."""

from __future__ import annotations

import random
from typing import Any

from django.test import override_settings

from eventstore_django import ANY, NO_STREAM, AppendOperation, AppendResult, ConcurrencyError, EventStore, NewEvent

DEADLINE = 60.0


def write_batches(barrier: Any, number: int, batches: int, streams: int, append_function: bool) -> dict[str, int]:
    """Append batches to random sets of streams, each in random order; return the events of each stream."""
    choice = random.Random(number)
    store = EventStore()
    written: dict[str, int] = {}
    # Without retries: a deadlock would be put right by them, unseen.
    with override_settings(EVENTSTORE={"APPEND_FUNCTION": append_function, "RETRIES": 0}):
        for batch in range(batches):
            barrier.wait(DEADLINE)
            operations = [
                # Every writer meets the same new names in the same batch, beside streams that exist.
                _operation(f"New-{batch}-{stream}" if choice.random() < 0.5 else f"Old-{stream}", choice)
                for stream in choice.sample(range(streams), streams // 2)
            ]
            for result in store.append_batch(operations):
                _check_order(result)
                written[result.stream_id] = written.get(result.stream_id, 0) + len(result.events)
    return written


def write_exactly_once(barrier: Any, number: int, streams: int) -> int:
    """Try to begin all of a set of streams in one batch, several times; return how often it worked."""
    store = EventStore()
    choice = random.Random(number)
    won = 0
    for batch in range(20):
        names = [f"Once-{batch}-{stream}" for stream in range(streams)]
        choice.shuffle(names)
        barrier.wait(DEADLINE)
        try:
            store.append_batch([AppendOperation(name, [NewEvent("Begun", {})], NO_STREAM) for name in names])
            won += 1
        except ConcurrencyError as error:
            _check_conflicts(error, names)
    return won


def _operation(name: str, choice: random.Random) -> AppendOperation:
    events = [NewEvent("Happened", {}) for _ in range(choice.randrange(4))]
    return AppendOperation(name, events, ANY)


def _check_conflicts(error: ConcurrencyError, names: list[str]) -> None:
    assert {conflict.stream_id for conflict in error.conflicts} == set(names)


def _check_order(result: AppendResult) -> None:
    positions = [event.position for event in result.events]
    versions = [event.event_version for event in result.events]
    assert positions == sorted(set(positions))
    assert versions == list(range(result.version - len(versions) + 1, result.version + 1))
