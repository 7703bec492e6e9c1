from __future__ import annotations

import unicodedata

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from eventstore_django import (
    NO_STREAM,
    AppendOperation,
    EventStore,
    InvalidStreamName,
    NewEvent,
    RecordedEvent,
    StreamName,
)

from .examples import collected, thorough
from .payloads import EVERY_CHARACTER

# Names that differ in case, composition and spaces, made of what the patterns are made of.
_structured = st.text(st.sampled_from("/:-.$ aAé\u0301e%_'\"\\1"), max_size=10)
_long = st.builds(lambda character, size: character * size, EVERY_CHARACTER, st.integers(250, 260))
NAMES = st.text(EVERY_CHARACTER, max_size=20) | _structured | _long

both = pytest.mark.parametrize("alias", ["default", "sqlite"])
with_databases = pytest.mark.django_db(databases=["default", "sqlite"])


def _is_legal(name: str) -> bool:
    """The rule in other words than the package's: by Unicode's own categories."""
    categories = {unicodedata.category(character) for character in name}
    return 1 <= len(name) <= 255 and not categories & {"Cc", "Cs"} and not name.startswith("$")


@pytest.fixture(scope="module")
def names() -> tuple[list[str], list[str]]:
    """Give random names, each once: the legal ones and the others."""
    found = sorted(set(collected(NAMES)))
    legal = [name for name in found if _is_legal(name)]
    illegal = [name for name in found if not _is_legal(name)]
    assert min(len(legal), len(illegal)) > 100
    return legal, illegal


def _written(store: EventStore, names: list[str]) -> list[RecordedEvent]:
    """Append an event to each stream, all in one call, as the first of its stream."""
    operations = [AppendOperation(name, [NewEvent("Noted", {"name": name})], NO_STREAM) for name in names]
    return [result.events[0] for result in store.append_batch(operations)]


@with_databases
@both
def test_every_legal_name_is_a_stream_of_its_own(alias: str, names: tuple[list[str], list[str]]) -> None:
    store = EventStore(using=alias)
    legal, _ = names
    for event, name in zip(_written(store, legal), legal, strict=True):
        assert event.stream_id == name
        assert event.payload == {"name": name}
        assert store.get_events(name) == [event]


@with_databases
@both
def test_every_other_name_is_refused_before_any_sql(alias: str, names: tuple[list[str], list[str]]) -> None:
    store = EventStore(using=alias)
    _, illegal = names
    with CaptureQueriesContext(connections[alias]) as queries:
        for name in illegal:
            with pytest.raises(InvalidStreamName):
                store.append(name, [NewEvent("Noted", {})])
            if name != "$all":
                with pytest.raises(InvalidStreamName):
                    store.get_events(name)
    assert len(queries) == 0


@with_databases
@both
def test_categories_and_partitions_select_by_the_names_of_the_streams(
    alias: str, names: tuple[list[str], list[str]]
) -> None:
    store = EventStore(using=alias)
    legal, _ = names
    written = _written(store, legal)
    start = written[0].position
    for event in written[::4]:
        same = [other for other in written if other.category == event.category]
        assert store.get_category_events(event.category, start) == same
        if event.partition:
            tenant = [other for other in written if other.partition == event.partition]
            assert list(store.iter_all_events(start, partition=event.partition)) == tenant


@thorough
@given(name=NAMES)
def test_a_name_is_legal_or_refused(name: str) -> None:
    if name == "$all":
        return
    if _is_legal(name):
        assert StreamName.parse(name).text == name
    else:
        with pytest.raises(InvalidStreamName):
            StreamName.parse(name)


@thorough
@given(name=NAMES.filter(_is_legal))
def test_the_parts_of_a_name_make_up_the_name(name: str) -> None:
    parsed = StreamName.parse(name)
    whole = {
        f"{parsed.partition}/{parsed.category}/{parsed.aggregate_id}",
        f"{parsed.category}:{parsed.aggregate_id}",
        f"{parsed.category}-{parsed.aggregate_id}",
        parsed.category if parsed.category == parsed.aggregate_id else None,
    }
    assert name in whole
    assert all([parsed.category, parsed.aggregate_id, parsed.partition != ""])
