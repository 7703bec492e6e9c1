from __future__ import annotations

import pytest

from eventstore_django import EventStore, Repository

from .banking import Ledger


@pytest.fixture
def ledgers(store: EventStore) -> Repository[Ledger]:
    return Repository(Ledger, store=store)
