"""What the declared event types and upcasters must be."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from django.core.checks import CheckMessage, Error

from ..eventtypes.registry import EventType, Upcaster, registry

T = TypeVar("T", EventType, Upcaster)


def check_event_types(**kwargs: Any) -> list[CheckMessage]:
    """Look at names, classes and fields."""
    return [*_classes_of_one_name(), *_names_of_one_class(), *_unreadable_classes()]


def check_upcasters(**kwargs: Any) -> list[CheckMessage]:
    """Look at the way from each version to the newest."""
    return [*_holes(), *_beyond(), *_doubled()]


def _classes_of_one_name() -> Iterator[CheckMessage]:
    for name, types in _several(registry.types, lambda declared: declared.name):
        yield Error(
            f"{len(types)} classes are registered for event type {name!r}: {_paths(types)}.",
            hint="Only one of them would be read. Give each a name of its own; stored events keep theirs.",
            id="eventstore.E011",
        )


def _names_of_one_class() -> Iterator[CheckMessage]:
    for kind, types in _several(registry.types, lambda declared: declared.kind):
        names = ", ".join(repr(declared.name) for declared in types)
        yield Error(
            f"{kind.__module__}.{kind.__qualname__} is registered for {len(types)} event types: {names}.",
            hint="Its instances would be stored under one of them. Derive a class for each.",
            id="eventstore.E012",
        )


def _unreadable_classes() -> Iterator[CheckMessage]:
    for declared in registry.types:
        try:
            _ = declared.codec
        except (NameError, TypeError) as error:
            yield Error(
                f"Event type {declared.name!r}: {declared.path} has a field of a type that can't be found or kept: "
                f"{error}.",
                hint="A name that is imported under TYPE_CHECKING only is not there when events are read.",
                id="eventstore.E016",
            )


def _holes() -> Iterator[CheckMessage]:
    for name, chain in registry.chains.items():
        missing = [version for version in range(1, chain.target) if version not in chain.steps]
        if missing:
            steps = "upcaster" if len(missing) == 1 else "upcasters"
            yield Error(
                f"Event type {name!r} is at version {chain.target}, and the {steps} from version "
                f"{', '.join(map(str, missing))} {'is' if len(missing) == 1 else 'are'} missing.",
                hint=f"Events of these versions could not be read: @upcaster({name!r}, from_version={missing[0]}).",
                id="eventstore.E013",
            )


def _beyond() -> Iterator[CheckMessage]:
    for upcaster in registry.upcasters:
        declared = registry.by_name.get(upcaster.name)
        if declared is not None and upcaster.from_version >= declared.version:
            yield Error(
                f"{upcaster.path} upcasts event type {upcaster.name!r} from version {upcaster.from_version}, and "
                f"{declared.path} is of version {declared.version}.",
                hint=f"It would never run. Was version={upcaster.from_version + 1} meant for the class?",
                id="eventstore.E014",
            )


def _doubled() -> Iterator[CheckMessage]:
    for (name, version), upcasters in _several(registry.upcasters, lambda known: (known.name, known.from_version)):
        yield Error(
            f"{len(upcasters)} upcasters take event type {name!r} from version {version} on: {_paths(upcasters)}.",
            hint="Only one of them would run. Remove the others.",
            id="eventstore.E015",
        )


def _several(declared: Iterable[T], key: Callable[[T], Any]) -> list[tuple[Any, list[T]]]:
    found: dict[Hashable, list[T]] = {}
    for one in declared:
        found.setdefault(key(one), []).append(one)
    return [(name, of_name) for name, of_name in found.items() if len(of_name) > 1]


def _paths(declared: Iterable[EventType | Upcaster]) -> str:
    return ", ".join(one.path for one in declared)
