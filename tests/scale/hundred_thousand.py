"""A log of a hundred thousand events, for the plans of what is read: skewed as logs are.

| | events | where |
|---|---|---|
| stream ``here/Ledger/1``, the one of its category | 15,999 | everywhere |
| categories ``Account``, ``Cart``, ``Order``, ``Payment``: 9,000 streams of up to 12 events | 63,998 | everywhere |
| category ``Ended``, partition ``gone``, type ``LastSeen``: 500 streams of 40 events | 20,000 | up to position 40,000 |
| category ``Rare`` | 3 | at both ends and in the middle |

Each stream has snapshots at its versions 1, 2 and 3. ``hundred_thousand`` gives it as the database ``default``, in a
transaction that is rolled back after the test. Use it in place of ``db``. It is filled once in a run, in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from .filled import filled_database, in_transaction

EVENTS = 100_000
ENDED_AT = 40_000


@pytest.fixture(scope="session")
def hundred_thousand_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to the database, which is made when it is first asked for."""
    with filled_database("hundred_thousand", django_db_blocker) as connection:
        yield connection


@pytest.fixture
def hundred_thousand(
    hundred_thousand_database: BaseDatabaseWrapper, django_db_blocker: Any
) -> Iterator[BaseDatabaseWrapper]:
    """Let ``default`` be the log of a hundred thousand events, in a transaction that is rolled back."""
    with in_transaction(hundred_thousand_database, django_db_blocker) as connection:
        yield connection
