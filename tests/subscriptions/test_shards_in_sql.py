"""The shard of a stream in SQL: the very formula of ``subscriptions.sharding``, in each database."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import strategies as st

from eventstore_django import AppendOperation, EventStore
from eventstore_django.backends import backend_for
from eventstore_django.models import Event
from eventstore_django.subscriptions.sharding import MAX_SHARDS, shard_of
from tests.concurrency.material import event
from tests.property.examples import collected
from tests.property.payloads import EVERY_CHARACTER

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

PLAIN = [f"Account-{number}" for number in range(300)]
STRANGE = [
    "100%",
    "%s",
    "%%",
    "%(a)s",
    "O'Brien",
    '"',
    "\\",
    "{}",
    "é",
    "e\u0301",
    "日本語-1",
    "\U0001d11e",
    " ",
    "a" * 255,
]


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Give names of streams, each once: usual ones, strange ones, and random ones of every character."""
    random = collected(st.text(EVERY_CHARACTER, min_size=1, max_size=20))
    found = sorted({*PLAIN, *STRANGE, *filter(_is_legal, random)})
    assert len(found) > len(PLAIN) + len(STRANGE) + 100
    return found


def _is_legal(name: str) -> bool:
    return not (name.startswith("$") or any(unicodedata.category(character) in ("Cc", "Cs") for character in name))


@pytest.mark.parametrize("shards", [1, 2, 3, 16, MAX_SHARDS])
@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_a_database_finds_the_same_shard_for_every_name(using: str, shards: int, names: list[str]) -> None:
    EventStore(using).append_batch([AppendOperation(name, [event()]) for name in names])
    backend = backend_for(using)
    for number in {*range(min(shards, 16)), shards - 1}:
        found = Event.objects.using(using).filter(backend.in_shard(number, shards)).values_list("stream_id", flat=True)
        assert sorted(found) == [name for name in names if shard_of(name, shards) == number]


@pytest.mark.parametrize("using", ["default", "sqlite"])
def test_the_shard_is_one_condition_among_others(using: str) -> None:
    EventStore(using).append_batch([AppendOperation(name, [event("A"), event("100%")]) for name in PLAIN[:20]])
    in_shard = backend_for(using).in_shard(1, 2)
    found = Event.objects.using(using).filter(in_shard, event_type="100%").values_list("stream_id", "event_type")
    assert sorted(found) == [(name, "100%") for name in sorted(PLAIN[:20]) if shard_of(name, 2) == 1]
