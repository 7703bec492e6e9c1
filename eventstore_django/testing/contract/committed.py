"""Outside of transactions, where an append commits by itself, and what ``flush`` leaves."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import Error, connections, transaction

from ...erasure import erasure
from ...exceptions import ConcurrencyError, DuplicateEventError
from ...models import Erasure, Event, Stream
from ...operations import AppendOperation
from ...versions import NO_STREAM
from ..signals import captured_signals
from .aggregates import AggregateContract
from .case import noted, numbers, several
from .subscriptions_checkpoints import CheckpointContract
from .subscriptions_owners import OwnerContract


class _Stop(Exception):
    pass


class CommittedContract(CheckpointContract, OwnerContract, AggregateContract):
    """What needs real commits: mark the class with ``django_db(transaction=True)``."""

    def reconnect(self) -> None:
        """Lose all that was not committed; a database in memory lives on."""
        assert not connections[self.using].in_atomic_block
        connections[self.using].close()

    @pytest.mark.parametrize("count", [1, 3])
    def test_an_append_is_committed_when_it_returns(self, count: int) -> None:
        events = self.store.append("A-1", several(count), NO_STREAM).events
        self.reconnect()
        assert self.store.get_events("A-1") == list(events)

    def test_an_append_on_its_own_takes_no_more_statements_than_declared(self) -> None:
        self.store.append("A-1", several(1))
        # Without the hint to workers, which may follow the commit.
        with self.configured(NOTIFICATIONS=False), self.captured() as queries:
            self.store.append("A-1", [noted()], 1)
        assert len(queries) <= self.append_queries

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_conflict_writes_nothing_and_the_next_append_works(self, count: int) -> None:
        self.store.append("A-1", several(1))
        with pytest.raises(ConcurrencyError):
            self.store.append("A-1", several(count), NO_STREAM)
        with pytest.raises(ConcurrencyError):
            self.store.append("B-1", several(count), 5)
        assert self.store.append("A-1", [noted(2)], 1).version == 2
        self.reconnect()
        assert numbers(self.store.get_events("A-1")) == [1, 2]
        assert not self.has_stream_row("B-1")

    def test_a_batch_with_a_conflict_commits_nothing(self) -> None:
        with pytest.raises(ConcurrencyError):
            self.store.append_batch([AppendOperation("A-1", several(2)), AppendOperation("B-1", several(1), 5)])
        self.reconnect()
        assert not self.has_stream_row("A-1")
        assert self.store.get_all_events() == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_retry_returns_the_committed_result(self, count: int) -> None:
        events = several(count)
        first = self.store.append("A-1", events, NO_STREAM)
        self.reconnect()
        assert self.store.append("A-1", events, NO_STREAM) == replace(first, replayed=True)
        with pytest.raises(DuplicateEventError):
            self.store.append("A-1", [replace(event, event_type="Other") for event in events])
        assert self.store.get_stream_version("A-1") == count

    def test_a_rolled_back_transaction_leaves_nothing(self) -> None:
        kept = self.store.append("A-1", several(2)).events
        with pytest.raises(_Stop), transaction.atomic(using=self.using, durable=True):
            self.store.append("A-1", several(3))
            self.store.append("B-1", several(1))
            raise _Stop
        assert self.store.get_all_events() == list(kept)
        assert self.store.append("A-1", [noted(3)], 2).version == 3

    def test_a_transaction_is_committed_with_all_its_appends(self) -> None:
        with transaction.atomic(using=self.using, durable=True):
            self.store.append("A-1", [noted(1)])
            with pytest.raises(ConcurrencyError):
                self.store.append("A-1", several(1), NO_STREAM)
            self.store.append("B-1", [noted(2)])
        self.reconnect()
        assert numbers(self.store.get_all_events()) == [1, 2]

    def test_an_async_append_is_committed_when_it_returns(self) -> None:
        async_to_sync(self.store.aappend)("A-1", several(2))
        self.reconnect()
        assert numbers(self.store.get_events("A-1")) == [1, 2]

    def test_a_snapshot_is_committed_and_told_when_the_save_returns(self) -> None:
        with captured_signals() as sent:
            self.noted_sum(2, interval=2)
            assert [told.snapshot.version for told in sent.snapshot_saved] == [2]
        self.reconnect()
        assert self.snapshot_versions() == [2]

    def test_reads_leave_no_transaction_open(self) -> None:
        self.store.append("A-1", several(5))
        with self.configured(READ_BATCH_SIZE=2):
            assert numbers(list(self.store.iter_all_events())) == [1, 2, 3, 4, 5]
            assert numbers(list(self.store.iter_events("A-1", backwards=True))) == [5, 4, 3, 2, 1]
        assert not connections[self.using].in_atomic_block

    def test_an_erasure_is_a_transaction_of_its_own(self) -> None:
        self.store.append("A-1", several(2))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1").filter(event_version=1))
        self.reconnect()
        assert numbers(self.store.get_events("A-1")) == [2]
        with pytest.raises(Error):
            Event._base_manager.using(self.using).update(event_type="Other")

    def test_an_erasure_that_fails_leaves_nothing(self) -> None:
        self.store.append("A-1", several(2))
        with pytest.raises(_Stop), erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1"))
            raise _Stop
        self.reconnect()
        assert numbers(self.store.get_events("A-1")) == [1, 2]
        assert not Erasure.objects.using(self.using).exists()

    def test_a_test_database_can_be_flushed(self) -> None:
        self.store.append("A-1", several(2))
        call_command("flush", database=self.using, interactive=False, verbosity=0)
        assert self.store.get_all_events() == []
        assert not Stream._base_manager.using(self.using).exists()
        assert self.store.append("A-1", several(1), NO_STREAM).version == 1
        assert numbers(self.store.get_all_events()) == [1]
