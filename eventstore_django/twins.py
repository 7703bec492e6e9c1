"""Async twins of sync methods, made from them: there is one logic, and it is the sync one.

Django's database layer has no async transactions; what its own ``a`` methods do is what these do,
the sync method in a thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from itertools import islice
from typing import Any, Concatenate, ParamSpec, TypeVar

from asgiref.sync import sync_to_async

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")

_AT_A_TIME = 500


def async_twin(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make the async form of a method. A subclass that overrides the method changes both."""
    name = method.__name__

    @wraps(method)
    async def twin(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        result: R = await sync_to_async(getattr(self, name))(*args, **kwargs)
        return result

    return _renamed(twin, name)


def async_iterator_twin(
    method: Callable[Concatenate[S, P], Iterator[R]],
) -> Callable[Concatenate[S, P], AsyncIterator[R]]:
    """Make the async form of a method that returns an iterator; memory stays bounded."""
    name = method.__name__

    @wraps(method)
    async def twin(self: S, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        items = await sync_to_async(getattr(self, name))(*args, **kwargs)
        while chunk := await sync_to_async(_taken)(items):
            for item in chunk:
                yield item

    return _renamed(twin, name)


def _taken(items: Iterator[R]) -> list[R]:
    return list(islice(items, _AT_A_TIME))


def _renamed(twin: Callable[P, R], name: str) -> Callable[P, R]:
    twin.__name__ = f"a{name}"
    twin.__qualname__ = f"{twin.__qualname__.rpartition('.')[0]}.a{name}"
    twin.__doc__ = f"Async twin of ``{name}``."
    return twin
