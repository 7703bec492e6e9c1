"""The contract on SQLite."""

from __future__ import annotations

import pytest
from django.db import Error, transaction

from eventstore_django.erasure import erasure
from eventstore_django.exceptions import ReadOnlyDatabase
from eventstore_django.sqlfiles import SQL_DIRECTORY
from eventstore_django.testing.contract import CommittedContract, EventStoreContract
from eventstore_django.testing.contract.case import several

_FILE = (SQL_DIRECTORY / "sqlite" / "append_only.sql").read_text()
_GUARD = _FILE[_FILE.index("CREATE TRIGGER eventstore_no_delete") : _FILE.index("CREATE TRIGGER eventstore_no_update")]
_GUARD_OF_STREAMS = (SQL_DIRECTORY / "sqlite" / "guard_streams.sql").read_text()


@pytest.mark.django_db(databases=["sqlite"])
class TestSQLite(EventStoreContract):
    using = "sqlite"
    refuses_raw_delete = False

    def test_the_guard_that_test_databases_lack_refuses_delete(self) -> None:
        self.store.append("A-1", several(2))
        self.execute(_GUARD)
        with pytest.raises(Error):
            self.execute("DELETE FROM eventstore_events")
        assert self.store.get_stream_version("A-1") == 2
        assert len(self.store.get_events("A-1")) == 2

    def test_the_guard_of_streams_that_test_databases_lack_refuses_delete(self) -> None:
        self.store.append("A-1", several(2))
        self.execute(_GUARD_OF_STREAMS)
        with pytest.raises(Error):
            self.execute("DELETE FROM eventstore_streams")
        assert self.store.get_stream_version("A-1") == 2

    def test_an_append_where_nothing_may_be_written_names_the_database(self) -> None:
        self.execute("PRAGMA query_only = ON")
        try:
            with pytest.raises(ReadOnlyDatabase, match="'sqlite'"), transaction.atomic(using=self.using):
                self.store.append("A-1", several(1))
        finally:
            self.execute("PRAGMA query_only = OFF")

    def test_an_erasure_passes_the_guard_that_test_databases_lack(self) -> None:
        self.store.append("A-1", several(2))
        self.execute(_GUARD)
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1"))
        assert self.store.get_events("A-1") == []


@pytest.mark.django_db(databases=["sqlite"], transaction=True)
class TestSQLiteCommitted(CommittedContract):
    using = "sqlite"
