"""A log of a million events, for tests of what must not get slower with it.

| | half | one | nothing |
|---|---|---|---|
| stream | ``tenant-1/Account/large`` | ``tenant-3/Rare/one`` | ``tenant-9/None/0`` |
| category, aggregate type | ``Account`` | ``Rare`` | ``None`` |
| partition | ``tenant-1`` (odd positions), ``tenant-2`` (even ones but one) | ``tenant-3`` | ``tenant-9`` |
| event type | ``MoneyDeposited``, ``OrderPlaced`` | ``RareHappened`` | ``NothingHappened`` |
| aggregate id, correlation id | ``large`` | ``one`` | ``none`` |

``tenant-2`` has 50,000 streams ``tenant-2/Order/1`` ... of ten events each. Position ``n`` happened ``n`` seconds after
the start of 2024, and was stored ``n`` milliseconds after that of 2025. The event of ``tenant-3`` is in the middle.

``million`` gives it as the database ``default``, in a transaction that is rolled back after the test: users, sessions
and appends of the test are gone then. Use it in place of ``db``, with the mark ``slow``. It is filled once in a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from .filled import filled_database, in_transaction

EVENTS = 1_000_000
FIRST, LAST, RARE = 1, EVENTS, EVENTS // 2


@pytest.fixture(scope="session")
def million_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to the database, which is made when it is first asked for."""
    with filled_database("million", django_db_blocker) as connection:
        yield connection


@pytest.fixture
def million(million_database: BaseDatabaseWrapper, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Let ``default`` be the log of a million events, in a transaction that is rolled back."""
    with in_transaction(million_database, django_db_blocker) as connection:
        yield connection
