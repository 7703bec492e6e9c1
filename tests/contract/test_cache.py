"""The contract of reads, with closed ranges from the cache."""

from __future__ import annotations

import pytest

from eventstore_django import CachedEventStore, EventStore
from eventstore_django.testing.contract.append import AppendContract
from eventstore_django.testing.contract.asynchronous import AsyncContract
from eventstore_django.testing.contract.batches import BatchContract
from eventstore_django.testing.contract.erasures import ErasureContract
from eventstore_django.testing.contract.idempotency import IdempotencyContract
from eventstore_django.testing.contract.iterators import IteratorContract
from eventstore_django.testing.contract.reads import ReadContract
from eventstore_django.testing.contract.streamnames import StreamNameContract
from eventstore_django.testing.contract.transactions import TransactionContract
from eventstore_django.testing.contract.values import ValueContract


class _Cached(
    AppendContract,
    BatchContract,
    IdempotencyContract,
    ValueContract,
    StreamNameContract,
    ReadContract,
    IteratorContract,
    ErasureContract,
    TransactionContract,
    AsyncContract,
):
    @property
    def store(self) -> EventStore:
        return CachedEventStore(EventStore(using=self.using))


@pytest.mark.django_db(databases=["default"])
class TestCachedPostgreSQL(_Cached):
    using = "default"
    append_queries = 1


@pytest.mark.django_db(databases=["sqlite"])
class TestCachedSQLite(_Cached):
    using = "sqlite"
    refuses_raw_delete = False
