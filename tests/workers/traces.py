"""The tables in which the handlers of these tests leave their traces, and what is read from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from eventstore_django.models import Event, SubscriptionShard
from tests.concurrency.material import last_position
from tests.concurrency.sessions import execute, rows

_CREATE = """
CREATE TABLE worker_effects (
    id bigserial PRIMARY KEY, subscription text, shard int, position bigint, stream text, version int,
    attempt int, pid int, at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE worker_counts (
    subscription text, stream text, number bigint, PRIMARY KEY (subscription, stream)
);
CREATE TABLE worker_owners (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), shard bigint, owner uuid,
    worker text, epoch bigint, position bigint, moved boolean
);
CREATE FUNCTION worker_note_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO worker_owners (shard, owner, worker, epoch, position, moved)
    VALUES (NEW.id, NEW.owner, (SELECT w.name FROM eventstore_workers w WHERE w.worker_id = NEW.owner), NEW.epoch,
        NEW.position, NEW.position <> OLD.position);
    RETURN NULL;
END $$;
CREATE TRIGGER worker_note_owner AFTER UPDATE ON eventstore_subscription_shards FOR EACH ROW
    WHEN ((OLD.owner, OLD.epoch, OLD.position) IS DISTINCT FROM (NEW.owner, NEW.epoch, NEW.position))
    EXECUTE FUNCTION worker_note_owner();
"""

_DROP = """
DROP TRIGGER IF EXISTS worker_note_owner ON eventstore_subscription_shards;
DROP FUNCTION IF EXISTS worker_note_owner;
DROP TABLE IF EXISTS worker_effects, worker_counts, worker_owners;
"""


class Effect(NamedTuple):
    """What a handler wrote for one event, in its transaction."""

    position: int
    stream: str
    version: int
    attempt: int
    pid: int


@dataclass(frozen=True, slots=True)
class Tenure:
    """One owner's time with a shard, as the rows tell that it wrote."""

    owner: UUID
    moves: list[int]
    """Positions that the checkpoint was moved to."""


def create() -> None:
    """Create the tables, and a trigger that notes whatever happens to a shard."""
    drop()
    execute(_CREATE)


def drop() -> None:
    """Remove all of it."""
    execute(_DROP)


def effects(subscription: str) -> list[Effect]:
    """Return what the handlers of a subscription have written, in the order in which they did."""
    found = rows(
        "SELECT position, stream, version, attempt, pid FROM worker_effects WHERE subscription = %s ORDER BY id",
        subscription,
    )
    return [Effect(*row) for row in found]


def handled(subscription: str) -> list[int]:
    """Return the positions that a subscription has handled, in the order in which it did."""
    return [effect.position for effect in effects(subscription)]


def handled_by(subscription: str) -> set[int]:
    """Return the process ids that have handled anything of a subscription."""
    return {effect.pid for effect in effects(subscription)}


def lag(subscription: str) -> int:
    """Return how many positions its shards are behind the log, all together; before it has any, the whole log."""
    last = last_position()
    found = SubscriptionShard.objects.filter(subscription=subscription).values_list("position", flat=True)
    return sum(max(0, last - position) for position in found) if found else last


def assert_exactly_once(subscription: str) -> None:
    """Each event of the log has taken effect once, in the order of its stream."""
    found = effects(subscription)
    stored = dict(Event.objects.values_list("position", "stream_id"))
    positions = [effect.position for effect in found]
    assert len(positions) == len(set(positions)), "events took effect twice"
    assert set(positions) == set(stored), f"missing: {sorted(set(stored) - set(positions))[:20]}"
    streams: dict[str, list[int]] = defaultdict(list)
    for effect in found:
        streams[effect.stream].append(effect.version)
    assert all(versions == list(range(1, len(versions) + 1)) for versions in streams.values()), "out of order"
    counts = dict(rows("SELECT stream, number FROM worker_counts WHERE subscription = %s", subscription))
    assert counts == {stream: len(versions) for stream, versions in streams.items()}


def tenures() -> dict[int, dict[int, Tenure]]:
    """Return by shard and epoch who owned it. Fail if two did, or if anything went back."""
    found: dict[int, dict[int, Tenure]] = defaultdict(dict)
    highest: dict[int, tuple[int, int]] = {}
    for shard, owner, epoch, position, moved in rows(
        "SELECT shard, owner, epoch, position, moved FROM worker_owners ORDER BY id"
    ):
        assert highest.get(shard, (0, 0)) <= (epoch, position), f"shard {shard} went back"
        highest[shard] = (epoch, position)
        if owner is None:
            assert not moved, f"shard {shard} was moved by nobody"
            continue
        tenure = found[shard].setdefault(epoch, Tenure(owner, []))
        assert tenure.owner == owner, f"shard {shard} had two owners in epoch {epoch}"
        if moved:
            tenure.moves.append(position)
    return dict(found)
