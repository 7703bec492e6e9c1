"""Sharing the shards among the workers: how many of them are one worker's part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil


def hands_for(subscriptions: Iterable[str], workers: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return how many workers run each of these subscriptions.

    ``workers`` are the subscriptions of each worker that is alive.
    """
    hands = dict.fromkeys(subscriptions, 0)
    for names in workers:
        for name in set(names) & hands.keys():
            hands[name] += 1
    return hands


def fair_share(shards: Mapping[str, int], hands: Mapping[str, int]) -> int:
    """Return how many shards a worker should own, if there are so many of each subscription that it runs.

    Each shard counts as a part for each of those that run its subscription. A worker gives back those
    that most others could take, and takes those first that fewest could: else some would be nobody's.
    """
    # Rounded before: sums of thirds are not whole.
    return ceil(round(sum(count / max(1, hands[name]) for name, count in shards.items()), 6))
