"""What changed between two JSON values, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

MAX_DIFFERENCES = 300
"""Places that are told; states that differ in more are better looked at whole."""

Path = tuple[str | int, ...]

_MISSING = object()


class Change(StrEnum):
    """What happened at a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs: ``path`` leads to it by keys and indexes."""

    path: Path
    change: Change
    before: Any
    after: Any

    @property
    def place(self) -> str:
        """The path as it is written: ``lines[2].price``."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")


def differences(before: Any, after: Any) -> list[Difference]:
    """Return the places where two JSON values differ, in the order of the later one; bounded."""
    return list(islice(_differences((), before, after), MAX_DIFFERENCES))


def _differences(path: Path, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _differences((*path, key), before.get(key, _MISSING), after.get(key, _MISSING))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            yield from _differences((*path, index), _item(before, index), _item(after, index))
    elif before is _MISSING:
        yield Difference(path, Change.ADDED, None, after)
    elif after is _MISSING:
        yield Difference(path, Change.REMOVED, before, None)
    elif not _same(before, after):
        yield Difference(path, Change.CHANGED, before, after)


def _item(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _MISSING


def _same(before: Any, after: Any) -> bool:
    # For Python True is 1, for JSON it is not.
    return type(before) is type(after) and bool(before == after)
