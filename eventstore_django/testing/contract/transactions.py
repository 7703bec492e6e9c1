"""Appends inside the caller's transaction: a part of it, visible to it, gone with it."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

import pytest
from django.db import transaction

from ...exceptions import ConcurrencyError, DuplicateEventError
from ...operations import AppendOperation
from ...versions import NO_STREAM
from .case import ContractCase, noted, numbers, several


class _Stop(Exception):
    pass


class TransactionContract(ContractCase):
    """``transaction.atomic()`` around appends and reads."""

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_rollback_takes_the_events_along(self, count: int) -> None:
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append("A-1", several(count))
            raise _Stop
        assert self.store.get_events("A-1") == []
        assert not self.has_stream_row("A-1")

    def test_a_rollback_takes_the_version_back(self) -> None:
        self.store.append("A-1", several(2))
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append("A-1", several(3), 2)
            raise _Stop
        assert self.store.get_stream_version("A-1") == 2
        assert self.store.append("A-1", [noted(3)], 2).version == 3

    def test_a_rollback_takes_a_whole_batch_along(self) -> None:
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append_batch([AppendOperation(name, several(2)) for name in ("A-1", "B-1")])
            raise _Stop
        assert not self.has_stream_row("A-1")
        assert not self.has_stream_row("B-1")

    def test_events_that_were_rolled_back_can_be_appended_again(self) -> None:
        events = several(2)
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append("A-1", events, NO_STREAM)
            raise _Stop
        result = self.store.append("A-1", events, NO_STREAM)
        assert (result.replayed, result.version) == (False, 2)

    def test_an_inner_rollback_leaves_the_outer_events(self) -> None:
        start = self.next_position()
        with transaction.atomic(using=self.using):
            self.store.append("A-1", [noted(1)])
            with pytest.raises(_Stop), transaction.atomic(using=self.using):
                self.store.append("A-1", [noted(99)])
                self.store.append("B-1", [noted(99)])
                raise _Stop
            self.store.append("A-1", [noted(2)], 1)
        assert numbers(self.store.get_events("A-1")) == [1, 2]
        assert numbers(self.store.get_all_events(start)) == [1, 2]

    def test_appends_of_one_transaction_follow_each_other(self) -> None:
        with transaction.atomic(using=self.using):
            for number in range(1, 6):
                assert self.store.append("A-1", [noted(number)], number - 1).version == number
        assert numbers(self.store.get_events("A-1")) == [1, 2, 3, 4, 5]

    def test_a_transaction_sees_its_own_appends_in_every_read(self) -> None:
        start = self.next_position()
        with transaction.atomic(using=self.using):
            written = list(self.store.append("A-1", several(3)).events)
            assert self.store.get_events("A-1") == written
            assert self.store.get_all_events(start) == written
            assert self.store.get_category_events("A", start) == written
            assert list(self.store.iter_all_events(start)) == written
            assert list(self.events.settled().after(start - 1).recorded()) == written
            assert self.store.head_position() >= written[-1].position

    def test_a_transaction_sees_its_appends_after_an_inner_rollback(self) -> None:
        start = self.next_position()
        with transaction.atomic(using=self.using):
            with pytest.raises(_Stop), transaction.atomic(using=self.using):
                self.store.append("A-1", [noted(99)])
                raise _Stop
            self.store.append("A-1", [noted(1)])
            assert numbers(self.store.get_all_events(start)) == [1]

    def test_what_was_rolled_back_is_in_no_read(self) -> None:
        start = self.next_position()
        with pytest.raises(_Stop), transaction.atomic(using=self.using):
            self.store.append("A-1", several(3))
            raise _Stop
        assert self.store.get_all_events(start) == []
        assert self.store.get_category_events("A", start) == []

    @pytest.mark.parametrize("count", [1, 2])
    def test_refusals_leave_the_transaction_able_to_commit(self, count: int) -> None:
        with transaction.atomic(using=self.using):
            self.store.append("A-1", (events := several(count)))
            with pytest.raises(ConcurrencyError):
                self.store.append("A-1", several(count), NO_STREAM)
            with pytest.raises(DuplicateEventError):
                self.store.append("A-1", [noted(9, event_id=event.event_id) for event in events])
            with pytest.raises(ConcurrencyError):
                self.store.append("C-1", several(count), 1)
            self.store.append("B-1", several(1))
        assert self.store.get_stream_version("A-1") == count
        assert self.store.get_stream_version("B-1") == 1
        assert not self.has_stream_row("C-1")

    def test_reads_leave_the_transaction_able_to_commit(self) -> None:
        with transaction.atomic(using=self.using):
            self.store.append("A-1", [noted(1)])
            self.store.get_all_events()
            self.store.head_position()
            self.store.append("A-1", [noted(2)])
        assert numbers(self.store.get_events("A-1")) == [1, 2]
