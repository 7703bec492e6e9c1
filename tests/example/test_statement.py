from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from eventstore_django import EventStore
from example_project.bank.accounts import Accounts
from example_project.bank.statements import statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened_at(store: EventStore) -> datetime:
    accounts = Accounts(store)
    opened = accounts.open("1", "Ada").events[0].created_at
    accounts.deposit("1", Decimal("100.00"))
    accounts.withdraw("1", Decimal("30.00"))
    return opened


def _printed(*arguments: str) -> str:
    output = StringIO()
    call_command("statement", *arguments, stdout=output)
    return output.getvalue()


def test_a_statement_has_the_balance_after_each_event(store: EventStore, opened_at: datetime) -> None:
    found = statement(store, "1", datetime.now(UTC) + timedelta(minutes=1))
    assert [line.balance for line in found.lines] == [0, 100, 70]
    assert [line.amount for line in found.lines] == [0, 100, -30]
    assert found.account.balance == 70


def test_a_statement_ends_at_its_moment(store: EventStore, opened_at: datetime) -> None:
    found = statement(store, "1", opened_at)
    assert [line.what for line in found.lines] == ["AccountOpened"]
    assert found.account.balance == 0


def test_the_command_prints_it(opened_at: datetime) -> None:
    printed = _printed("1")
    assert "Account 1, Ada, as of" in printed
    assert printed.splitlines()[-1].split() == ["Balance", "70.00"]
    assert _printed("1", "--at", opened_at.isoformat()).splitlines()[-1].split() == ["Balance", "0"]


def test_a_day_is_taken_to_its_end(opened_at: datetime) -> None:
    assert _printed("1", "--at", f"{opened_at:%Y-%m-%d}").splitlines()[-1].split() == ["Balance", "70.00"]


@pytest.mark.parametrize("at", ["yesterday", "2026-02-30", "2026-05-03T25:00"])
def test_a_moment_that_is_none_is_refused(at: str, opened_at: datetime) -> None:
    with pytest.raises(CommandError, match="neither a day"):
        _printed("1", "--at", at)


def test_an_account_that_was_not_there_is_told(opened_at: datetime) -> None:
    with pytest.raises(CommandError, match="had no events at"):
        _printed("1", "--at", f"{opened_at - timedelta(days=2):%Y-%m-%d}")
    with pytest.raises(CommandError, match="there is no Account '2'"):
        _printed("2")
