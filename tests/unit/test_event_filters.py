"""Which events a subscription wants, as a filter of a queryset."""

from __future__ import annotations

from typing import Any

import pytest

from eventstore_django.subscriptions.filters import EventFilter

OPTIONS = ["categories", "event_types", "partitions"]


def test_nothing_named_means_all() -> None:
    assert EventFilter.of().conditions() == {}
    assert EventFilter.of() == EventFilter()


@pytest.mark.parametrize(
    ("option", "field"), [("categories", "category"), ("event_types", "event_type"), ("partitions", "partition")]
)
def test_one_name_is_an_equality_and_several_are_a_list(option: str, field: str) -> None:
    assert EventFilter.of(**{option: ["a"]}).conditions() == {field: "a"}
    assert EventFilter.of(**{option: ["a", "b"]}).conditions() == {f"{field}__in": ["a", "b"]}


def test_all_that_is_named_must_fit() -> None:
    wanted = EventFilter.of(categories=["a"], event_types=["b", "c"], partitions=["d"])
    assert wanted.conditions() == {"category": "a", "event_type__in": ["b", "c"], "partition": "d"}


@pytest.mark.parametrize("option", OPTIONS)
def test_any_iterable_of_names_is_taken_once(option: str) -> None:
    wanted = EventFilter.of(**{option: (name for name in ("a", "b"))})
    assert getattr(wanted, option) == ("a", "b")
    assert wanted.conditions() == wanted.conditions()


@pytest.mark.parametrize("option", OPTIONS)
def test_a_text_is_no_list_of_names(option: str) -> None:
    with pytest.raises(ValueError, match=f"^{option} must be a list"):
        EventFilter.of(**{option: "Account"})


@pytest.mark.parametrize("name", ["", "a\x00", "\ud800", None, 7, b"a"], ids=ascii)
@pytest.mark.parametrize("option", OPTIONS)
def test_a_name_that_no_event_can_have_is_refused(option: str, name: Any) -> None:
    with pytest.raises(ValueError, match=f"^{option} holds"):
        EventFilter.of(**{option: ["Account", name]})
