"""How many shards are one worker's part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore_django.workers.sharing import fair_share
from tests.property.examples import thorough

_NAMES = st.sampled_from("abcdefg")
_SHARDS = st.dictionaries(_NAMES, st.integers(1, 256))
_WORKERS = st.lists(st.sets(_NAMES), min_size=1, max_size=12)

randomly = settings(thorough, max_examples=200)


@pytest.mark.parametrize(("workers", "share"), [(1, 8), (2, 4), (3, 3), (4, 2), (5, 2), (8, 1), (9, 1), (100, 1)])
def test_eight_shards_are_shared_by_so_many_workers(workers: int, share: int) -> None:
    assert fair_share({"balances": 8}, [["balances"]] * workers) == share


def test_a_shard_is_shared_by_those_that_run_its_subscription() -> None:
    workers = [["a"], ["a", "b"], ["b"]]
    assert fair_share({"a": 6}, workers) == 3
    assert fair_share({"a": 6, "b": 4}, workers) == 5
    assert fair_share({"b": 4}, workers) == 2


def test_small_parts_of_several_subscriptions_are_added_up() -> None:
    names = ["a", "b", "c"]
    assert fair_share(dict.fromkeys(names, 1), [names] * 3) == 1
    assert fair_share(dict.fromkeys(names, 1), [names] * 2) == 2


def test_sums_of_thirds_are_whole() -> None:
    names = [f"s{number}" for number in range(30)]
    assert fair_share(dict.fromkeys(names, 1), [names] * 3) == 10


def test_a_worker_that_does_not_see_itself_yet_counts_on_no_help() -> None:
    assert fair_share({"a": 4}, []) == 4
    assert fair_share({"a": 4}, [["b"]]) == 4


def test_a_subscription_that_a_worker_names_twice_counts_once() -> None:
    assert fair_share({"a": 4}, [["a", "a"], ["a"]]) == 2


def test_a_worker_that_runs_nothing_owns_nothing() -> None:
    assert fair_share({}, [["a"]]) == 0


@randomly
@given(shards=_SHARDS, workers=_WORKERS)
def test_the_parts_of_all_workers_are_enough_for_all_shards(shards: dict[str, int], workers: list[set[str]]) -> None:
    parts = [fair_share({name: shards[name] for name in names & shards.keys()}, workers) for names in workers]
    run = set().union(*workers) & shards.keys()
    assert sum(parts) >= sum(shards[name] for name in run)


@randomly
@given(shards=_SHARDS, workers=_WORKERS)
def test_no_part_is_more_than_there_is(shards: dict[str, int], workers: list[set[str]]) -> None:
    for names in workers:
        mine = {name: shards[name] for name in names & shards.keys()}
        assert 0 <= fair_share(mine, workers) <= sum(mine.values())
