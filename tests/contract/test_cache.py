"""The contract of writes and reads, through a cached store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from eventstore_django import ANY, AppendResult, CachedEventStore, EventStore
from eventstore_django.instances import EventLike
from eventstore_django.testing.contract.append import AppendContract
from eventstore_django.testing.contract.asynchronous import AsyncContract
from eventstore_django.testing.contract.batches import BatchContract
from eventstore_django.testing.contract.case import ContractCase, numbers, several
from eventstore_django.testing.contract.erasures import ErasureContract
from eventstore_django.testing.contract.eventtypes import EventTypeContract
from eventstore_django.testing.contract.idempotency import IdempotencyContract
from eventstore_django.testing.contract.iterators import PAGE, IteratorContract
from eventstore_django.testing.contract.reads import ReadContract
from eventstore_django.testing.contract.streamnames import StreamNameContract
from eventstore_django.testing.contract.times import UndecodableTimeContract
from eventstore_django.testing.contract.transactions import TransactionContract
from eventstore_django.testing.contract.undecodable import UndecodableContract
from eventstore_django.testing.contract.values import ValueContract
from eventstore_django.versions import ExpectedVersionLike

if TYPE_CHECKING:
    from pytest_django import Settings


class _Cached(ContractCase):
    """Two events a chunk, so that the contract's short streams have some."""

    using = "default"
    append_queries = 1

    @pytest.fixture(autouse=True)
    def small_chunks(self, settings: Settings) -> Iterator[None]:
        settings.EVENTSTORE = {"CACHE_CHUNK_SIZE": 2}
        yield
        cache.clear()

    @property
    def store(self) -> EventStore:
        return CachedEventStore(EventStore(using=self.using))


class _Reads(
    ReadContract, IteratorContract, ErasureContract, ValueContract, UndecodableContract, UndecodableTimeContract
):
    # What is not there can't be told from an erased anchor: one statement more, once a walk.
    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_every_number_of_events_is_walked_with_few_statements(self, count: int, backwards: bool) -> None:
        self.store.append("Account-1", several(count))
        list(self.store.iter_events("Account-1"))
        with self.configured(READ_BATCH_SIZE=PAGE), self.captured() as queries:
            found = list(self.store.iter_events("Account-1", backwards=backwards))
        assert sorted(numbers(found)) == list(range(1, count + 1))
        assert len(queries) <= count // PAGE + 2


@pytest.mark.django_db(databases=["default"])
class TestInTransactions(
    _Cached,
    AppendContract,
    BatchContract,
    IdempotencyContract,
    StreamNameContract,
    TransactionContract,
    EventTypeContract,
    AsyncContract,
):
    """Nothing is kept here: what is not committed may be rolled back."""

    def test_nothing_was_kept(self) -> None:
        self.store.append("A-1", several(5))
        self.store.get_events("A-1")
        assert not cache._cache  # type: ignore[attr-defined]  # of the cache in memory only


class _WarmStore(CachedEventStore):
    """Reads what it appends, so that the next read finds it kept."""

    def append(
        self, stream_id: str, events: Iterable[EventLike], expected_version: ExpectedVersionLike = ANY
    ) -> AppendResult:
        result = super().append(stream_id, events, expected_version)
        self.get_events(stream_id)
        return result


@pytest.mark.django_db(databases=["default"], transaction=True)
class TestCommitted(_Cached, _Reads):
    """Here the reads are answered from the cache."""

    @property
    def store(self) -> EventStore:
        return _WarmStore(EventStore(using=self.using))

    def test_it_was_kept(self) -> None:
        self.store.append("A-1", several(5))
        assert len(cache._cache) == 2  # type: ignore[attr-defined]  # as above
