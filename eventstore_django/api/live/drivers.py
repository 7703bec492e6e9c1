"""Taking the steps of a feed: in a thread, or on an event loop. What the steps are is not known here."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any, Protocol
from weakref import finalize

from asgiref.sync import sync_to_async

from .heads import Head
from .idling import close_connections


class Steps(Protocol):
    """What a driver needs of a feed."""

    def steps(self) -> Generator[Any, Any, None]:
        """Give bytes to send, futures to wait for, and seconds to wait unless the bell rings."""


class _Content:
    """Content of a streaming response; ``leave`` is called when it is closed, is at its end, or is dropped.

    Dropped without having been closed is the response to a client that has left before it was ready.
    """

    def __init__(self, feed: Steps, head: Head, leave: Callable[[], None]) -> None:
        self._steps = feed.steps()
        self._head = head
        self._held = ExitStack()
        self._held.callback(leave)
        self.close = finalize(self, self._held.close)
        """What Django calls at the end of a response, also while the iterator below still stands somewhere."""
        self.close.atexit = False

    def _be_rung(self, bell: Callable[[], None]) -> None:
        self._head.join(bell)
        self._held.callback(self._head.leave, bell)

    def _take(self, result: Any, error: BaseException | None) -> Any:
        """Go on with the outcome of the last step; return the next one, None at the end."""
        try:
            return self._steps.throw(error) if error is not None else self._steps.send(result)
        except StopIteration:
            return None


class ThreadContent(_Content):
    """For WSGI: the thread of the request waits."""

    def __iter__(self) -> Iterator[bytes]:
        close_connections()
        rung = threading.Event()
        self._be_rung(rung.set)
        try:
            step = self._take(None, None)
            while step is not None:
                result, error = None, None
                if isinstance(step, bytes):
                    yield step
                elif isinstance(step, Future):
                    error = step.exception()
                    result = None if error else step.result()
                else:
                    rung.wait(step)
                    rung.clear()
                step = self._take(result, error)
        finally:
            self._held.close()


class LoopContent(_Content):
    """For ASGI: nothing waits but a task on the event loop."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # In the thread of this request, where the view and the middleware have been.
        await sync_to_async(close_connections)()
        rung = asyncio.Event()
        self._be_rung(_bell_on(asyncio.get_running_loop(), rung))
        try:
            step = self._take(None, None)
            while step is not None:
                result, error = None, None
                if isinstance(step, bytes):
                    yield step
                elif isinstance(step, Future):
                    result, error = await _outcome(step)
                else:
                    # Not wait_for(): on Python 3.11 it forgets that a client has left if the bell rings meanwhile.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(step):
                            await rung.wait()
                    rung.clear()
                step = self._take(result, error)
        finally:
            self._held.close()


def _bell_on(loop: asyncio.AbstractEventLoop, rung: asyncio.Event) -> Callable[[], None]:
    def bell() -> None:
        # A loop that has ended without asking its tasks to: nobody waits there any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(rung.set)

    return bell


async def _outcome(future: Future[Any]) -> tuple[Any, BaseException | None]:
    if future.done():
        error = future.exception()
        return (None, error) if error else (future.result(), None)
    # Shielded: the same future is waited for by others, who do not leave with this client.
    waiting = asyncio.shield(asyncio.wrap_future(future))
    try:
        return await waiting, None
    except Exception as error:
        return None, error
