"""The system check of defined aggregates: no database is looked into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eventstore_django import Aggregate
from eventstore_django.aggregates.registry import aggregate_class, registry
from eventstore_django.checks.aggregates import check_aggregates


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    before = registry.all()
    yield
    for kind in set(registry.all()) - set(before):
        registry.remove(kind)


def test_two_classes_of_one_type_are_told_and_none_is_found() -> None:
    class First(Aggregate):
        aggregate_type = "ParcelOfTheTest"

    assert check_aggregates() == []

    class Second(Aggregate):
        aggregate_type = "ParcelOfTheTest"

    (message,) = check_aggregates()
    assert message.id == "eventstore.E017"
    assert "First" in message.msg
    assert "Second" in message.msg
    assert aggregate_class("ParcelOfTheTest") is None


def test_one_that_is_not_registered_stands_in_nobodys_way() -> None:
    class First(Aggregate):
        aggregate_type = "ParcelOfTheTest"

    class Second(First, registered=False):
        aggregate_type = "ParcelOfTheTest"

    assert check_aggregates() == []
    assert aggregate_class("ParcelOfTheTest") is First
