"""Calling a handler, whichever of its forms it has."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asgiref.sync import async_to_sync

from ..context import caused_by
from ..events import RecordedEvent
from ..exceptions import SubscriptionError
from .context import EventContext, handling
from .declarations import Declaration


class BoundHandler:
    """The handler of a declaration, ready to be called. A class is instantiated here, once for each worker."""

    def __init__(self, declaration: Declaration) -> None:
        target: Any = declaration.handler
        if inspect.isclass(target):
            target = target()
        self.takes_batches = declaration.batch or hasattr(target, "handle_batch")
        if inspect.isfunction(target) or inspect.isbuiltin(target):
            call = target
        elif self.takes_batches and hasattr(target, "handle_batch"):
            call = target.handle_batch
        else:
            call = getattr(target, "handle", target)
        self._call = _synchronous(call)
        self._target = target

    def handle(self, event: RecordedEvent, context: EventContext) -> None:
        """Handle one event. What the handler appends is marked as caused by it."""
        with handling(context), caused_by(event):
            self._hand([event] if self.takes_batches else event)

    def handle_batch(self, events: Sequence[RecordedEvent], context: EventContext) -> None:
        """Hand a list of events to a handler that takes lists."""
        with handling(context):
            self._hand(list(events))

    def _hand(self, given: RecordedEvent | list[RecordedEvent]) -> None:
        try:
            answer = self._call(given)
            if answer is not None and inspect.isawaitable(answer):
                # An async function behind a plain one: nothing has been done yet.
                async_to_sync(_awaited)(answer)
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as ended:
            # sys.exit() in a handler is a failure of this event, not the end of the worker.
            raise SubscriptionError(f"The handler raised {type(ended).__name__}.") from ended

    @property
    def can_reset(self) -> bool:
        """Whether the handler can empty its read model."""
        return hasattr(self._target, "reset")

    def reset(self) -> None:
        """Let the handler empty its read model, if it can."""
        self._tell("reset")

    def prepare(self, version: int) -> None:
        """Let the handler make an empty read model for a new version, if it wants to."""
        self._tell("prepare", version)

    def switch(self, version: int) -> None:
        """Let the handler put the read model of a version into use, if it wants to."""
        self._tell("switch", version)

    def _tell(self, method: str, *args: int) -> None:
        if hasattr(self._target, method):
            _synchronous(getattr(self._target, method))(*args)


async def _awaited(answer: Awaitable[Any]) -> Any:
    return await answer


def _synchronous(call: Callable[..., Any]) -> Callable[..., Any]:
    return async_to_sync(call) if inspect.iscoroutinefunction(call) else call
