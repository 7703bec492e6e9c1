"""Which class stands for which aggregate type: for those who find only the type, as in a stream's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .aggregate import Aggregate


class Registry:
    """The classes of aggregates that were defined. Two of one type are kept: a check tells of them."""

    def __init__(self) -> None:
        self._classes: list[type[Aggregate]] = []

    def add(self, kind: type[Aggregate]) -> None:
        """Note a class; the same one of a module that was loaded anew takes its place."""
        self._classes = [known for known in self._classes if _path(known) != _path(kind)]
        self._classes.append(kind)

    def remove(self, kind: type[Aggregate]) -> None:
        """Forget a class: for tests that define their own."""
        self._classes = [known for known in self._classes if known is not kind]

    def all(self) -> tuple[type[Aggregate], ...]:
        """Return all classes."""
        return tuple(self._classes)


registry = Registry()
"""What was defined in this process."""


def aggregate_class(aggregate_type: str) -> type[Aggregate] | None:
    """Return the class of an aggregate type; None if there is none, or more than one."""
    found = [kind for kind in registry.all() if kind.aggregate_type == aggregate_type]
    return found[0] if len(found) == 1 else None


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
