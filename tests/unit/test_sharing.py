"""How many shards are one worker's part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore_django.workers.sharing import fair_share, hands_for
from tests.property.examples import thorough

_NAMES = st.sampled_from("abcdefg")
_SHARDS = st.dictionaries(_NAMES, st.integers(1, 256))
_WORKERS = st.lists(st.sets(_NAMES), min_size=1, max_size=12)


def share_of(shards: Mapping[str, int], workers: Sequence[Iterable[str]]) -> int:
    return fair_share(shards, hands_for(shards, workers))


randomly = settings(thorough, max_examples=200)


@pytest.mark.parametrize(("workers", "share"), [(1, 8), (2, 4), (3, 3), (4, 2), (5, 2), (8, 1), (9, 1), (100, 1)])
def test_eight_shards_are_shared_by_so_many_workers(workers: int, share: int) -> None:
    assert share_of({"balances": 8}, [["balances"]] * workers) == share


def test_a_shard_is_shared_by_those_that_run_its_subscription() -> None:
    workers = [["a"], ["a", "b"], ["b"]]
    assert share_of({"a": 6}, workers) == 3
    assert share_of({"a": 6, "b": 4}, workers) == 5
    assert share_of({"b": 4}, workers) == 2


def test_small_parts_of_several_subscriptions_are_added_up() -> None:
    names = ["a", "b", "c"]
    assert share_of(dict.fromkeys(names, 1), [names] * 3) == 1
    assert share_of(dict.fromkeys(names, 1), [names] * 2) == 2


def test_sums_of_thirds_are_whole() -> None:
    names = [f"s{number}" for number in range(30)]
    assert share_of(dict.fromkeys(names, 1), [names] * 3) == 10


def test_a_worker_that_does_not_see_itself_yet_counts_on_no_help() -> None:
    assert share_of({"a": 4}, []) == 4
    assert share_of({"a": 4}, [["b"]]) == 4


def test_a_subscription_that_a_worker_names_twice_counts_once() -> None:
    assert share_of({"a": 4}, [["a", "a"], ["a"]]) == 2


def test_a_worker_that_runs_nothing_owns_nothing() -> None:
    assert share_of({}, [["a"]]) == 0


@randomly
@given(shards=_SHARDS, workers=_WORKERS)
def test_the_parts_of_all_workers_are_enough_for_all_shards(shards: dict[str, int], workers: list[set[str]]) -> None:
    parts = [share_of({name: shards[name] for name in names & shards.keys()}, workers) for names in workers]
    run = set().union(*workers) & shards.keys()
    assert sum(parts) >= sum(shards[name] for name in run)


@randomly
@given(shards=_SHARDS, workers=_WORKERS)
def test_no_part_is_more_than_there_is(shards: dict[str, int], workers: list[set[str]]) -> None:
    for names in workers:
        mine = {name: shards[name] for name in names & shards.keys()}
        assert 0 <= share_of(mine, workers) <= sum(mine.values())
