"""Registering classes and upcasters: what is taken, what is refused, and when."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import pytest

from eventstore_django import InvalidEvent, NewEvent, PayloadMismatch, RecordedEvent, register_event, upcaster
from eventstore_django.eventtypes.registry import registry
from eventstore_django.instances import as_new_event
from eventstore_django.testing.event_types import temporary_event_types


@pytest.fixture(autouse=True)
def nothing_is_registered() -> Iterator[None]:
    with registry.kept(empty=True):
        yield


@dataclass(frozen=True)
class Opened:
    owner: str


@dataclass
class One:
    value: int


@dataclass
class Two:
    value: int


class Pair(NamedTuple):
    left: int


class Options(TypedDict):
    name: str


class Twin(Enum):
    DAY = date(2024, 1, 1)
    TEXT = "2024-01-01"


class Odd(Enum):
    THING = object()


def recorded(event_type: str, payload: dict[str, Any], schema_version: int = 1) -> RecordedEvent:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return RecordedEvent(
        1, UUID(int=1), "A-1", 1, event_type, payload, {}, "1", "A", "A", None, moment, moment, schema_version
    )


UNKEEPABLE: dict[str, tuple[Any, str]] = {
    "complex": (complex, "complex can't be kept without loss"),
    "bytes": (bytes, "bytes can't be kept without loss"),
    "timedelta": (timedelta, "timedelta can't be kept"),
    "a bare tuple": (tuple, "tuple can't be kept"),
    "a bare set": (set, "set can't be kept"),
    "Sequence": (Sequence[int], "Sequence[int] can't be kept"),
    "Mapping": (Mapping[str, int], "can't be kept"),
    "NamedTuple": (Pair, "Pair can't be kept"),
    "TypedDict": (Options, "Options can't be kept"),
    "a plain class": (Path, "Path can't be kept"),
    "number keys": (dict[int, str], "the keys of an object are texts"),
    "two texts": (str | UUID, "two of its types are stored as a text"),
    "two objects": (One | Two, "two of its types are stored as an object"),
    "two dates": (date | datetime, "two of its types are stored as a text"),
    "deep inside": (list[dict[str, tuple[complex, ...]]], "complex can't be kept"),
    "members stored alike": (Twin, "are stored alike"),
    "a member that JSON lacks": (Odd, "is a object, which JSON does not have"),
    "a literal that JSON lacks": (Literal[b"a"], "is a bytes, which JSON does not have"),
}


@pytest.mark.parametrize("name", UNKEEPABLE)
def test_a_field_that_could_not_be_kept_is_refused_at_once(name: str) -> None:
    hint, reason = UNKEEPABLE[name]

    @dataclass
    class Holder:
        value: hint  # type: ignore[valid-type]  # a variable on purpose

    with pytest.raises(TypeError) as caught:
        register_event("Held")(Holder)
    assert reason in str(caught.value)
    assert str(caught.value).startswith("event type 'Held': ")
    assert "Holder.value: " in str(caught.value)
    assert registry.types == ()


def test_the_field_of_a_nested_class_is_named() -> None:
    @dataclass
    class Inner:
        weight: complex

    @dataclass
    class Outer:
        parts: list[Inner]

    with pytest.raises(TypeError, match=r"Outer\.parts: .*Inner\.weight: complex"):
        register_event("Held")(Outer)


def test_a_field_that_the_constructor_does_not_take_is_refused() -> None:
    @dataclass
    class Holder:
        value: int = field(init=False, default=1)

    with pytest.raises(TypeError, match="value: a field with init=False"):
        register_event("Held")(Holder)


def test_a_variable_of_the_constructor_alone_is_refused() -> None:
    @dataclass
    class Holder:
        value: int
        seed: InitVar[int] = 1

    with pytest.raises(TypeError, match="InitVar"):
        register_event("Held")(Holder)


@pytest.mark.parametrize("kind", [int, Pair, lambda: None, Opened("Ada"), Twin])
def test_only_dataclasses_and_models_can_be_registered(kind: Any) -> None:
    with pytest.raises(TypeError, match="neither a dataclass nor a pydantic model"):
        register_event("Opened")(kind)


@pytest.mark.parametrize("name", ["", "a" * 101, "a\0", "a\n", "\ud800", None, 1])
def test_a_name_that_can_not_be_stored_is_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="event type"):
        register_event(name)
    with pytest.raises(ValueError, match="event type"):
        upcaster(name, from_version=1)


@pytest.mark.parametrize("version", [0, -1, 2**31, True, 1.0, "1", None])
def test_a_version_that_can_not_be_stored_is_refused(version: Any) -> None:
    with pytest.raises(ValueError, match="a version is a whole number"):
        register_event("Opened", version=version)
    with pytest.raises(ValueError, match="a version is a whole number"):
        upcaster("Opened", from_version=version)


def test_an_upcaster_that_is_async_is_refused() -> None:
    async def later(payload: dict[str, Any]) -> dict[str, Any]:
        return payload

    with pytest.raises(TypeError, match="plain function"):
        upcaster("Opened", from_version=1)(later)  # type: ignore[type-var]


def test_a_class_may_name_itself_and_what_stands_beside_it_in_a_function() -> None:
    @dataclass
    class Leaf:
        name: str

    @register_event("Tree")
    @dataclass
    class Tree:
        leaf: Leaf
        branches: list[Tree]

    event = NewEvent.of(Tree(Leaf("a"), [Tree(Leaf("b"), [])]))
    assert event.payload["branches"][0]["leaf"] == {"name": "b"}


def test_a_class_may_name_what_comes_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "later_events.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from eventstore_django import register_event\n"
        "@register_event('Ordered')\n@dataclass\nclass Ordered:\n    lines: list[Line]\n"
        "@dataclass\nclass Line:\n    price: int\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("later_events")
    assert NewEvent.of(module.Ordered([module.Line(3)])).payload == {"lines": [{"price": 3}]}


def test_a_module_that_is_loaded_anew_takes_the_place_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events_of_mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from eventstore_django import register_event, upcaster\n"
        "@register_event('Opened', version=2)\n@dataclass\nclass Opened:\n    owner: str\n"
        "@upcaster('Opened', from_version=1)\ndef _(payload):\n    return payload\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("events_of_mine")
    importlib.reload(module)
    assert [declared.kind for declared in registry.types] == [module.Opened]
    assert len(registry.upcasters) == 1
    assert NewEvent.of(module.Opened("Ada")).schema_version == 2


def test_an_instance_of_a_class_whose_field_can_not_be_found_is_refused() -> None:
    @register_event("Opened")
    @dataclass
    class Late:
        owner: Nowhere  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(InvalidEvent, match="Nowhere"):
        NewEvent.of(Late(1))
    with pytest.raises(PayloadMismatch, match="Nowhere"):
        _ = recorded("Opened", {"owner": 1}).typed


def test_an_instance_of_a_subclass_is_refused() -> None:
    register_event("Opened")(Opened)

    @dataclass(frozen=True)
    class Reopened(Opened):
        reason: str

    with pytest.raises(InvalidEvent, match="is a Reopened, neither a NewEvent nor"):
        as_new_event(Reopened("Ada", "b"))


def test_an_instance_that_holds_itself_is_refused() -> None:
    register_event("One")(One)

    @register_event("Ring")
    @dataclass
    class Ring:
        next: list[Ring]

    ring = Ring([])
    ring.next.append(ring)
    with pytest.raises(InvalidEvent, match="nested too deep"):
        NewEvent.of(ring)


def test_a_new_event_is_taken_as_it_is_and_an_instance_is_another_event_each_time() -> None:
    register_event("Opened")(Opened)
    event = NewEvent("Opened", {"owner": "Ada"})
    assert as_new_event(event) is event
    first, second = as_new_event(Opened("Ada")), as_new_event(Opened("Ada"))
    assert first.payload == second.payload
    assert first.event_id != second.event_id


def test_what_is_registered_in_a_block_is_forgotten_at_its_end() -> None:
    register_event("Opened")(Opened)
    with temporary_event_types():
        register_event("One", version=2)(One)
        upcaster("Opened", from_version=1)(lambda payload: payload)
        assert set(registry.by_name) == {"Opened", "One"}
    assert set(registry.by_name) == {"Opened"}
    assert (registry.upcasters, registry.chains, set(registry.by_class)) == ((), {}, {Opened})


def test_nothing_is_imported_because_an_event_says_so() -> None:
    before = set(sys.modules)
    for name in ("antigravity", "this", "os.system", "antigravity.fly"):
        with pytest.raises(LookupError):
            _ = recorded(name, {"__type__": name, "__class__": name}).typed
    assert set(sys.modules) == before


def test_pydantic_is_not_imported_by_the_event_store() -> None:
    code = "import sys, eventstore_django, eventstore_django.eventtypes.declaring; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
