"""Random instances of many shapes go through each database unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings

from eventstore_django import EventStore, register_event
from eventstore_django.encoding import decode, encode
from eventstore_django.eventtypes.conversion import instance_of, payload_of, type_of
from eventstore_django.eventtypes.registry import registry
from tests.eventtypes.shapes import INSTANCES, SHAPES

from .examples import collected, thorough


@pytest.fixture(scope="module", autouse=True)
def event_types() -> Iterator[None]:
    with registry.kept(empty=True):
        for name, kind in SHAPES.items():
            register_event(name)(kind)
        yield


@pytest.fixture(scope="module")
def instances() -> list[Any]:
    """Give the examples, found once for all databases."""
    return collected(INSTANCES, max_examples=200)


@settings(thorough, max_examples=200)
@given(instance=INSTANCES)
def test_an_instance_comes_back_from_json_as_it_went_in(instance: Any) -> None:
    declared = type_of(instance)
    assert declared is not None
    payload = payload_of(declared, instance)
    # What the codec writes is what an untyped reader gets: nothing is left for the encoder to convert.
    assert decode(encode(payload)) == payload
    found = instance_of(declared, 1, decode(encode(payload)))
    assert found == instance
    if declared.name != "Containers":  # sets have no order
        # To hypothesis' fold the offset is the answer.
        assert repr(found) == repr(instance).replace(", fold=1", "")


@pytest.mark.parametrize("alias", ["default", "sqlite"])
@pytest.mark.django_db(databases=["default", "sqlite"])
def test_an_instance_goes_through_the_store_unchanged(alias: str, instances: list[Any]) -> None:
    store = EventStore(using=alias)
    store.append("Shape-1", instances)
    found = [event.typed for event in store.iter_events("Shape-1")]
    assert found == instances
    assert [type(instance) for instance in found] == [type(instance) for instance in instances]


def test_equal_sets_are_the_same_content() -> None:
    declared = next(kind for kind in registry.types if kind.name == "Containers")
    codec: Any = declared.codec
    numbers = next(field.codec for field in codec._fields if field.name == "numbers")
    one, other = set(), set()
    for number in (0, 8):  # in a small table they want the same place: who comes first is first
        one.add(number)
        other.add(8 - number)
    assert list(one) != list(other)
    assert numbers.encode(one) == numbers.encode(other)
