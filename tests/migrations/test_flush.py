from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import TestCase, TransactionTestCase

from eventstore_django import NO_STREAM, EventStore, NewEvent

BOTH = {"default", "sqlite"}


def _begin(using: str) -> None:
    EventStore(using).append("Account-1", [NewEvent("Opened", {})], NO_STREAM)


class _Twice:
    """Each test begins the same streams: the second one shows that the first one's were removed."""

    def test_begins_the_streams(self) -> None:
        for using in sorted(BOTH):
            _begin(using)

    def test_begins_the_streams_again(self) -> None:
        for using in sorted(BOTH):
            assert EventStore(using).get_all_events() == []
            _begin(using)


class FlushedTests(_Twice, TransactionTestCase):
    databases = BOTH


class FlushedAndResetTests(_Twice, TransactionTestCase):
    databases = BOTH
    reset_sequences = True

    def test_positions_begin_anew(self) -> None:
        _begin("default")
        assert EventStore().head_position() == 1


class RolledBackTests(_Twice, TestCase):
    databases = BOTH


@pytest.mark.django_db(transaction=True, databases=sorted(BOTH))
@pytest.mark.parametrize("using", sorted(BOTH))
def test_the_command_flush_empties_a_test_database(using: str) -> None:
    _begin(using)
    call_command("flush", database=using, interactive=False, verbosity=0)
    assert EventStore(using).get_all_events() == []
    _begin(using)
