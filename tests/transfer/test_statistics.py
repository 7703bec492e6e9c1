"""After a long import the planner knows how large the tables are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eventstore_django import EventStore
from eventstore_django.transfer.importing import EventImport

from .support import line, lines_of

pytestmark = pytest.mark.django_db


def _analysed(count: int, **options: Any) -> bool:
    with CaptureQueriesContext(connection) as captured:
        job = EventImport(EventStore(), chunk_size=10, **options)
        # reset_queries() after each chunk leaves only what follows the last one.
        job.run(lines_of(*(line(number) for number in range(count))))
    return any(query["sql"].startswith("ANALYZE") for query in captured.captured_queries)


def test_an_import_of_many_chunks_ends_with_statistics() -> None:
    assert _analysed(25)


def test_an_import_of_a_few_events_leaves_them_to_the_database() -> None:
    assert not _analysed(5)


def test_a_dry_run_leaves_them_too() -> None:
    assert not _analysed(25, dry_run=True)
