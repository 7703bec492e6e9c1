"""Sharing the shards among the workers: how many of them are one worker's part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil


def fair_share(shards: Mapping[str, int], workers: Iterable[Iterable[str]]) -> int:
    """Return how many shards a worker should own.

    ``shards`` counts those of each subscription that it runs; ``workers`` are the subscriptions of each
    worker that is alive, this one included. Each shard is shared by those that run its subscription.
    """
    hands = dict.fromkeys(shards, 0)
    for names in workers:
        for name in set(names) & hands.keys():
            hands[name] += 1
    # Rounded before: sums of thirds are not whole.
    return ceil(round(sum(count / max(1, hands[name]) for name, count in shards.items()), 6))
