"""An aggregate of 10,000 events: replayed from the first one, and from a snapshot with 10 events after it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from uuid import uuid4

from eventstore_django import (
    Aggregate,
    AppliedEvent,
    EventStore,
    IntervalSnapshotStrategy,
    NeverSnapshotStrategy,
    Repository,
    applies,
)
from eventstore_django.encoding import JSONObject

from . import floor
from .measuring import Figure, in_turns, timed

SNAPSHOT_AT = 9_990
TAIL = 10
SHORT = 10


class Account(Aggregate, registered=False):
    """A balance."""

    aggregate_type = "Account"
    balance = Decimal(0)

    @applies("Deposited")
    def _deposited(self, event: AppliedEvent) -> None:
        self.balance += Decimal(event.payload["amount"])

    def to_snapshot(self) -> JSONObject:
        """Return the state."""
        return {"balance": self.balance}

    def from_snapshot(self, data: JSONObject) -> None:
        """Take the state."""
        self.balance = Decimal(data["balance"])


class Replayed(Account, registered=False):
    """The same, without snapshots."""

    aggregate_type = "Account"
    to_snapshot = Aggregate.to_snapshot
    from_snapshot = Aggregate.from_snapshot


def run(rounds: int) -> list[Figure]:
    """Load a long aggregate in both ways, and a short one beside a bare read of its events."""
    store = EventStore(using="prepared")
    long, short = str(uuid4()), str(uuid4())
    _fill(store, long, [*[999] * 10, TAIL])
    _fill(store, short, [SHORT])
    figures = in_turns(
        "load an aggregate of 10,000",
        {
            "replay of all events": partial(timed, _loads(Repository(Replayed, store=store), long, 1)),
            "snapshot and 10 events": partial(timed, _loads(Repository(Account, store=store), long, 100)),
        },
        rounds,
    )
    return figures + in_turns(
        f"load an aggregate of {SHORT}",
        {
            "get_events": partial(timed, _reads(store, short, 100)),
            "without snapshots": partial(timed, _loads(Repository(Replayed, store=store), short, 100)),
            "with snapshots, none there": partial(timed, _loads(Repository(Account, store=store), short, 100)),
        },
        rounds,
    )


def _fill(store: EventStore, account_id: str, sizes: list[int]) -> None:
    account = Account(account_id)
    for size in sizes:
        for _ in range(size):
            account.raise_event("Deposited", floor.PAYLOAD)
        is_before_tail = account.version + size == SNAPSHOT_AT
        strategy = IntervalSnapshotStrategy(SNAPSHOT_AT) if is_before_tail else NeverSnapshotStrategy()
        Repository(Account, store=store, snapshots=strategy).save(account)


def _loads(repository: Repository[Account] | Repository[Replayed], account_id: str, repeats: int) -> Callable[[], int]:
    return lambda: sum(repository.get(account_id).version > 0 for _ in range(repeats))


def _reads(store: EventStore, account_id: str, repeats: int) -> Callable[[], int]:
    return lambda: sum(len(store.get_events(f"Account-{account_id}")) > 0 for _ in range(repeats))
