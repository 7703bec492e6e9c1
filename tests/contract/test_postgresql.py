"""The contract on PostgreSQL, with the stored functions."""

from __future__ import annotations

import pytest

from eventstore_django.testing.contract import CommittedContract, EventStoreContract


@pytest.mark.django_db(databases=["default"])
class TestPostgreSQL(EventStoreContract):
    using = "default"
    append_queries = 1


@pytest.mark.django_db(databases=["default"], transaction=True)
class TestPostgreSQLCommitted(CommittedContract):
    using = "default"
    append_queries = 1
