"""Pydantic models as event types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr, computed_field, model_validator

from eventstore_django import EventStore, InvalidEvent, NewEvent, PayloadMismatch, register_event
from eventstore_django.testing.event_types import temporary_event_types


class Line(BaseModel):
    price: Decimal = Field(gt=0)


class Ordered(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    order_id: UUID
    placed_at: datetime
    lines: tuple[Line, ...]
    named: str = Field(default="", alias="name")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> Decimal:
        return sum((line.price for line in self.lines), Decimal(0))


class Closed(Ordered):
    model_config = ConfigDict(extra="forbid")


class Hidden(BaseModel):
    password: SecretStr


class Names(RootModel[list[str]]):
    pass


class Endless(BaseModel):
    size: float


class Picky(BaseModel):
    text: str

    @model_validator(mode="after")
    def _is_short(self) -> Picky:
        if len(self.text) > 3:
            raise ValueError("is too long")
        return self


@dataclass(frozen=True)
class Mixed:
    lines: list[Line]


@pytest.fixture(autouse=True)
def event_types() -> Any:
    with temporary_event_types():
        for kind in (Ordered, Closed, Hidden, Names, Endless, Picky, Mixed):
            register_event(kind.__name__)(kind)
        yield


def ordered(kind: type[Ordered] = Ordered) -> Ordered:
    moment = datetime(2024, 2, 29, 1, 2, 3, 456789, tzinfo=UTC)
    return kind(order_id=UUID(int=7), placed_at=moment, lines=(Line(price=Decimal("1.50")),), name="a")


@pytest.mark.parametrize("kind", [Ordered, Closed])
def test_a_model_comes_back_as_it_went_in(store: EventStore, kind: type[Ordered]) -> None:
    store.append("Order-1", [ordered(kind)])
    (found,) = store.get_events("Order-1")
    assert found.typed == ordered(kind)
    assert type(found.typed) is kind
    assert found.payload["lines"] == [{"price": "1.50"}]
    assert (found.payload["name"], "total" in found.payload) == ("a", False)


def test_a_model_may_stand_in_a_dataclass(store: EventStore) -> None:
    event = Mixed([Line(price=Decimal("1.50"))])
    store.append("Order-1", [event])
    assert store.get_events("Order-1")[0].typed == event


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        (Hidden(password=SecretStr("secret")), "is a Hidden that comes back changed from JSON"),
        (Names(["a"]), "must be an object"),
        (Endless(size=float("inf")), "size: is inf, which is not a number that JSON has"),
        (Line.model_construct(price="x"), "neither a NewEvent nor an instance"),
        (Picky.model_construct(text="too long"), "is too long"),
    ],
)
def test_a_model_that_would_not_come_back_is_refused(instance: Any, reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        NewEvent.of(instance)


@pytest.mark.filterwarnings("error")
def test_a_model_that_was_never_validated_is_refused_with_the_path() -> None:
    with pytest.raises(InvalidEvent) as caught:
        NewEvent.of(Mixed([Line(price=Decimal(1)), Line.model_construct(price="x")]))
    assert caught.value.path == "payload.lines[1].price"


def test_a_payload_that_does_not_fit_the_model_tells_the_path(store: EventStore) -> None:
    event = NewEvent.of(ordered())
    event.payload["lines"].append({"price": "-1"})
    store.append("Order-1", [event])
    with pytest.raises(PayloadMismatch) as caught:
        _ = store.get_events("Order-1")[0].typed
    assert caught.value.path == "lines[1].price"
    assert "greater than 0" in str(caught.value)


def test_whether_unknown_fields_are_refused_is_said_by_the_model(store: EventStore) -> None:
    for kind in (Ordered, Closed):
        event = NewEvent.of(ordered(kind))
        event.payload["extra"] = 1
        store.append("Order-1", [event])
    first, second = store.get_events("Order-1")
    assert first.typed == ordered()
    with pytest.raises(PayloadMismatch, match="extra: "):
        _ = second.typed
