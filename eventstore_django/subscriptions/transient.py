"""Following the log in a thread, remembered nowhere: ``store.subscribe``."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import InterfaceError, OperationalError, connections

from .. import conf
from ..backends import backend_for
from ..backends.listening import Listener
from ..events import RecordedEvent
from ..exceptions import ConnectionLost, SubscriptionError, TransactionAborted
from .filters import EventFilter
from .tempo import Tempo

logger = logging.getLogger("eventstore_django.subscriptions")

_RECONNECT_SECONDS = 1.0
_LONGEST_SLICE = 0.25


class EventSubscription:
    """Calls a handler for each event from a position on, in order, then for each new one, in a thread.

    Nothing is stored: the next process begins where its caller says. What the handler raises ends the
    subscription, and stands in ``error``. As a context manager it stops at the end of the block and
    raises SubscriptionError if the handler failed.
    """

    def __init__(
        self, alias: str, from_position: int, handler: Callable[[RecordedEvent], Any], events: EventFilter
    ) -> None:
        if from_position < 0:
            raise ValueError(f"from_position must be a position, or 0 for the beginning, not {from_position}.")
        self._alias = alias
        self._handler = handler
        self._filter = events
        self._position = max(from_position - 1, 0)
        self._error: BaseException | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eventstore-subscription", daemon=True)

    def start(self) -> Self:
        """Begin. ``store.subscribe`` has done it already."""
        self._thread.start()
        return self

    @property
    def position(self) -> int:
        """Up to here the log was considered: all events that are wanted were handled."""
        return self._position

    @property
    def is_running(self) -> bool:
        """Whether events are still handled."""
        return self._thread.is_alive()

    @property
    def error(self) -> BaseException | None:
        """What the handler raised, if it did."""
        return self._error

    def stop(self) -> None:
        """Ask to end after the event at hand. Does not wait: ``join()`` does."""
        self._stopped.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for ``timeout`` seconds."""
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    async def ajoin(self, timeout: float | None = None) -> None:  # as its twin
        """Async twin of ``join``: the event loop goes on, and with it an async handler."""
        await sync_to_async(self.join, thread_sensitive=False)(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.join()
        self._raise_if_failed(error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        await self.ajoin()
        self._raise_if_failed(error)

    def _raise_if_failed(self, other: BaseException | None) -> None:
        if self._error is not None and other is None:
            raise SubscriptionError(f"The handler failed behind position {self._position}.") from self._error

    # In the thread

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._follow_until_broken()
        except BaseException as error:
            self._error = error
            logger.exception("A subscription ended behind position %s.", self._position)
        finally:
            connections[self._alias].close()

    def _follow_until_broken(self) -> None:
        try:
            self._follow()
        except _HandlerFailed as failed:
            raise failed.error from None
        except (ConnectionLost, TransactionAborted, OperationalError, InterfaceError):
            logger.warning("A subscription lost its database; trying again.", exc_info=True)
            connections[self._alias].close()
            self._stopped.wait(_RECONNECT_SECONDS)

    def _follow(self) -> None:
        backend = backend_for(self._alias)
        with backend.translated():
            # Where the order can't be read at all this says why: a standby would refuse to listen, too.
            backend.watermark()
        listener = backend.listener()
        limit = conf.subscription_batch_size()
        read = backend.reader(self._wanted(), limit)
        tempo = Tempo(conf.poll_interval())
        heard = False
        while not self._stopped.is_set():
            before = self._position
            with backend.translated():
                watermark = backend.watermark()
                page = list(read(before, watermark)) if watermark > before else []
            self._handle(page)
            if self._stopped.is_set():
                return
            if len(page) == limit:
                continue
            self._position = max(self._position, watermark)
            heard = self._wait(listener, tempo.pause(self._position - before, heard))

    def _wanted(self) -> Any:
        events = apps.get_model("eventstore", "Event").objects.using(self._alias)
        return events.filter(**self._filter.conditions()).order_by("position")

    def _handle(self, page: list[RecordedEvent]) -> None:
        for event in page:
            try:
                self._handler(event)
            except Exception as error:
                raise _HandlerFailed(error) from error
            self._position = event.position
            if self._stopped.is_set():
                return

    def _wait(self, listener: Listener | None, seconds: float) -> bool:
        if listener is None or not listener.is_heard:
            self._stopped.wait(seconds)
            return False
        # In slices: nothing wakes the listener when somebody stops it.
        while seconds > 0 and not self._stopped.is_set():
            if listener.wait(min(seconds, _LONGEST_SLICE)):
                return True
            seconds -= _LONGEST_SLICE
        return False


class _HandlerFailed(Exception):
    """Tells the handler's error from one of the reading around it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def on_loop(handler: Callable[[RecordedEvent], Any], loop: asyncio.AbstractEventLoop) -> Callable[[RecordedEvent], Any]:
    """Make a handler for the thread of one that is a coroutine function, to run on its caller's event loop."""

    def call(event: RecordedEvent) -> Any:
        return asyncio.run_coroutine_threadsafe(handler(event), loop).result()

    return call
