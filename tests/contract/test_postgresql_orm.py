"""The contract on PostgreSQL, with appends in the words of the ORM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventstore_django.testing.contract import CommittedContract, EventStoreContract

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.django_db(databases=["default"])
class TestPostgreSQLWithoutFunctions(EventStoreContract):
    using = "default"

    @pytest.fixture(autouse=True)
    def without_functions(self, settings: Settings) -> None:
        settings.EVENTSTORE = {"APPEND_FUNCTION": False}


@pytest.mark.django_db(databases=["default"], transaction=True)
class TestPostgreSQLWithoutFunctionsCommitted(CommittedContract):
    using = "default"

    @pytest.fixture(autouse=True)
    def without_functions(self, settings: Settings) -> None:
        settings.EVENTSTORE = {"APPEND_FUNCTION": False}
