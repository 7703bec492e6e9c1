"""What feeds and drivers are tested with: a clock that is set, a head that is told, windows of texts."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Future
from typing import Any

from eventstore_django.api.live.feeds import Feed, Pace
from eventstore_django.api.live.windows import Window


def done(result: Any) -> Future[Any]:
    """Return a future with this result, or this error."""
    future: Future[Any] = Future()
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


class Told:
    """Stands for the head, the windows and whoever is asked for permission; notes what it is asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.position = 0
        self.asked: list[Any] = []

    def clock(self) -> float:
        return self.now

    def ask(self, selection: Any, after: int) -> Future[Window]:
        self.asked.append((selection, after))
        return Future()

    def ask_again(self) -> Future[Any]:
        self.asked.append("permission")
        return Future()

    def feed(self, position: int = 0, *, life: float | None = None, heartbeat: float = 15.0) -> Walk:
        pace = Pace(heartbeat, heartbeat, life)
        return Walk(Feed(self, self, "all", position, self.ask_again, pace, self.clock))  # type: ignore[arg-type]  # stand-ins


class Walk:
    """Takes steps one by one."""

    def __init__(self, feed: Feed) -> None:
        self._steps: Generator[Any, Any, None] = feed.steps()
        opening: Any = next(self._steps)
        assert opening.startswith(b"retry: ")

    def go_on(self, result: Any = None) -> Any:
        """Take a step; None at the end."""
        try:
            return self._steps.throw(result) if isinstance(result, BaseException) else self._steps.send(result)
        except StopIteration:
            return None
