"""Caches that do something at a chosen moment, or fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

CACHES = {
    "default": {"BACKEND": "tests.cache.caches.HookedCache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
    "broken": {"BACKEND": "tests.cache.caches.BrokenCache"},
}


class HookedCache(LocMemCache):
    """A cache in memory, before whose operations something else may happen, once."""

    hooks: ClassVar[dict[str, Callable[[], object]]] = {}

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        _call("get_many")
        return super().get_many(*args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        _call("set_many")
        return super().set_many(*args, **kwargs)


def _call(operation: str) -> None:
    if hook := HookedCache.hooks.pop(operation, None):
        hook()


@contextmanager
def before(operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Do something just before the next operation of that kind, and demand that there was one."""
    HookedCache.hooks[operation] = action
    yield
    assert HookedCache.hooks.pop(operation, None) is None, f"there was no {operation}"


class Away(Exception):
    """What the driver of a cache raises."""


class BrokenCache(BaseCache):
    """A cache that can't be reached."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        raise Away

    set_many = delete_many = get_many
