"""Dataclasses of every kind that can be registered, with the values that they may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum, auto
from typing import Annotated, Any, Generic, Literal, NewType, Optional, TypeAlias, TypeVar, Union
from uuid import UUID

from hypothesis import strategies as st

T = TypeVar("T")
OrderId = NewType("OrderId", UUID)


class Colour(Enum):
    RED = "red"
    ONE = 1
    TRUE = True
    NONE = None
    PRICE = Decimal("1.50")
    DAY = date(2024, 2, 29)


class Word(StrEnum):
    YES = "yes"
    NO = "no"


class Digit(IntEnum):
    ONE = 1
    TWO = 2


class Right(Flag):
    READ = auto()
    WRITE = auto()


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: Literal["EUR", "USD"] = "EUR"


@dataclass(frozen=True, slots=True)
class Box(Generic[T]):
    content: T
    more: tuple[T, ...] = ()


@dataclass
class Tree:
    name: str
    branches: list[Tree] = field(default_factory=list)


Lines: TypeAlias = "tuple[Box[Money], ...]"


@dataclass(frozen=True, slots=True)
class Scalars:
    text: str
    whole: int
    fraction: float
    yes: bool
    nothing: None
    amount: Decimal
    identity: UUID
    moment: datetime
    day: date
    hour: time
    order: OrderId
    short: Annotated[str, "at most a line"]


@dataclass(frozen=True, kw_only=True)
class Choices:
    colour: Colour
    word: Word
    digit: Digit
    right: Right
    literal: Literal["a", 1, True, None]
    literal_member: Literal[Word.YES, Digit.TWO]


@dataclass(kw_only=True, slots=True)
class Containers:
    texts: list[str]
    moments: tuple[datetime, ...]
    pair: tuple[int, Decimal]
    empty: tuple[()]
    numbers: set[int]
    words: frozenset[Word]
    monies: frozenset[Money]
    by_name: dict[str, Money]
    by_id: dict[UUID, list[Digit]]
    plain: dict[str, Any]
    untyped: Any
    lines: Lines
    tree: Tree


@dataclass
class Unions:
    maybe: str | None
    old_style: Optional[Money]  # noqa: UP045  # what is tested
    either: int | str
    number: Union[float, int]  # noqa: UP007  # what is tested
    parts: list[Money] | Money | Decimal | None
    anything: Any | None = None
    plain: dict | list | None = None  # type: ignore[type-arg]  # what is tested
    number_or_flag: bool | int | list[int] = 0


_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_floats = st.floats(-9.9e15, 9.9e15).filter(lambda number: repr(number) != "-0.0")
_decimals = st.decimals(allow_nan=False, allow_infinity=False)
_zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.datetimes(timezones=_zones)
_monies = st.builds(Money, _decimals, st.sampled_from(["EUR", "USD"]))
_json = st.dictionaries(
    _text, st.recursive(st.none() | st.booleans() | st.integers() | _floats | _text, st.lists, max_leaves=3), max_size=2
)
_trees = st.recursive(
    st.builds(Tree, _text), lambda inner: st.builds(Tree, _text, st.lists(inner, max_size=2)), max_leaves=4
)

INSTANCES: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Scalars,
        text=_text,
        whole=st.integers(),
        fraction=_floats,
        yes=st.booleans(),
        nothing=st.none(),
        amount=_decimals,
        identity=st.uuids(),
        moment=_moments,
        day=st.dates(),
        hour=st.times(),
        order=st.uuids().map(OrderId),
        short=_text,
    ),
    st.builds(
        Choices,
        colour=st.sampled_from(Colour),
        word=st.sampled_from(Word),
        digit=st.sampled_from(Digit),
        right=st.sampled_from([Right(0), Right.READ, Right.WRITE, Right.READ | Right.WRITE]),
        literal=st.sampled_from(["a", 1, True, None]),
        literal_member=st.sampled_from([Word.YES, Digit.TWO]),
    ),
    st.builds(
        Containers,
        texts=st.lists(_text, max_size=3),
        moments=st.lists(_moments, max_size=2).map(tuple),
        pair=st.tuples(st.integers(), _decimals),
        empty=st.just(()),
        numbers=st.sets(st.integers(), max_size=3),
        words=st.frozensets(st.sampled_from(Word)),
        monies=st.frozensets(_monies, max_size=2),
        by_name=st.dictionaries(_text, _monies, max_size=2),
        by_id=st.dictionaries(st.uuids(), st.lists(st.sampled_from(Digit), max_size=2), max_size=2),
        plain=_json,
        untyped=_json | _text | st.none() | st.lists(st.integers(), max_size=2),
        lines=st.lists(st.builds(Box, _monies, st.lists(_monies, max_size=2).map(tuple)), max_size=2).map(tuple),
        tree=_trees,
    ),
    st.builds(
        Unions,
        maybe=st.none() | _text,
        old_style=st.none() | _monies,
        either=st.integers() | _text,
        number=_floats | st.integers(),
        parts=st.none() | _monies | _decimals | st.lists(_monies, max_size=2),
        anything=st.none() | _text,
        plain=st.none() | _json | st.lists(st.integers(), max_size=2),
        number_or_flag=st.booleans() | st.integers() | st.lists(st.integers(), max_size=2),
    ),
)
"""Every one of these must come back as it went in."""

SHAPES = {"Scalars": Scalars, "Choices": Choices, "Containers": Containers, "Unions": Unions}
