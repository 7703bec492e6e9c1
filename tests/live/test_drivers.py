from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from eventstore_django.api.live.drivers import LoopContent, ThreadContent

from .standins import done

LONG = 3600.0
SECONDS = 20.0
Rest = Generator[Any, Any, None]


class Bells:
    """Stands for the head: keeps the bells, and rings them on demand."""

    def __init__(self) -> None:
        self.bells: list[Callable[[], None]] = []

    def join(self, bell: Callable[[], None]) -> None:
        self.bells.append(bell)

    def leave(self, bell: Callable[[], None]) -> None:
        self.bells.remove(bell)

    def ring(self) -> None:
        for bell in self.bells:
            bell()


class Script:
    """Steps given by a generator function."""

    def __init__(self, steps: Callable[[], Rest]) -> None:
        self.steps = steps


class Stage:
    """Plays the same script in a thread and on a loop."""

    def __init__(self, on_loop: bool) -> None:
        self.on_loop = on_loop
        self.bells = Bells()
        self.left: list[int] = []

    def content(self, steps: Callable[[], Rest]) -> Any:
        kind: Any = LoopContent if self.on_loop else ThreadContent
        return kind(Script(steps), self.bells, lambda: self.left.append(1))

    def play(self, steps: Callable[[], Rest]) -> list[bytes]:
        content, played = self.content(steps), Future[list[bytes]]()

        def run() -> None:
            try:
                played.set_result(asyncio.run(_all(content)) if self.on_loop else list(content))
            except ValueError as error:
                played.set_exception(error)

        # In a thread that nobody waits for, if it should sleep on.
        threading.Thread(target=run, daemon=True).start()
        return played.result(SECONDS)


def _on_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    # In a thread of its own: in this one another loop may run, of a browser that other tests have left open.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(SECONDS)


async def _all(content: Any) -> list[bytes]:
    return [part async for part in content]


@pytest.fixture(params=[False, True], ids=["thread", "loop"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param)


def test_bytes_are_sent_and_results_come_back(stage: Stage) -> None:
    def steps() -> Rest:
        yield b"first"
        result = yield done("second")
        yield result.encode()
        yield 0.0
        yield b"third"

    assert stage.play(steps) == [b"first", b"second", b"third"]
    assert (stage.bells.bells, stage.left) == ([], [1])


def test_errors_come_back(stage: Stage) -> None:
    def steps() -> Rest:
        try:
            yield done(KeyError("k"))
        except KeyError:
            yield b"caught"

    assert stage.play(steps) == [b"caught"]


def test_a_pause_ends_when_the_bell_rings(stage: Stage) -> None:
    def steps() -> Rest:
        threading.Timer(0.01, stage.bells.ring).start()
        yield LONG
        yield b"awake"

    assert stage.play(steps) == [b"awake"]


def test_a_bell_that_rings_between_pauses_is_not_missed(stage: Stage) -> None:
    def steps() -> Rest:
        stage.bells.ring()
        yield LONG
        yield b"awake"

    assert stage.play(steps) == [b"awake"]


def test_what_the_steps_raise_ends_it_and_gives_the_place_back(stage: Stage) -> None:
    def steps() -> Rest:
        yield b"first"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # the very one
        stage.play(steps)
    assert (stage.bells.bells, stage.left) == ([], [1])


def test_a_response_that_is_closed_before_it_began_gives_its_place_back(stage: Stage) -> None:
    content = stage.content(lambda: iter(()))  # type: ignore[arg-type, return-value]  # never taken
    content.close()
    content.close()
    assert stage.left == [1]


def test_a_response_that_is_dropped_gives_its_place_back(stage: Stage) -> None:
    content = stage.content(lambda: iter(()))  # type: ignore[arg-type, return-value]  # never taken
    del content
    gc.collect()
    assert stage.left == [1]


def test_a_client_that_leaves_a_thread_is_forgotten() -> None:
    stage = Stage(on_loop=False)

    def steps() -> Rest:
        while True:
            yield b"more"

    parts = iter(stage.content(steps))
    next(parts)
    assert len(stage.bells.bells) == 1
    del parts
    gc.collect()
    assert (stage.bells.bells, stage.left) == ([], [1])


def test_a_response_that_is_closed_is_forgotten_while_its_iterator_still_stands() -> None:
    stage = Stage(on_loop=False)

    def steps() -> Rest:
        while True:
            yield b"more"

    content = stage.content(steps)
    parts = iter(content)
    next(parts)
    content.close()
    assert (stage.bells.bells, stage.left) == ([], [1])
    del parts


def test_a_client_that_leaves_a_loop_while_it_waits_is_forgotten() -> None:
    stage = Stage(on_loop=True)

    def steps() -> Rest:
        yield b"first"
        yield LONG

    async def leave() -> None:
        waits = asyncio.create_task(_all(stage.content(steps)))
        while not stage.bells.bells:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits

    _on_a_loop(leave())
    assert (stage.bells.bells, stage.left) == ([], [1])


@pytest.mark.parametrize("turns", range(6))
def test_a_client_that_leaves_while_the_bell_rings_is_forgotten(turns: int) -> None:
    stage = Stage(on_loop=True)

    def steps() -> Rest:
        while True:
            yield LONG

    async def leave() -> None:
        waits = asyncio.create_task(_all(stage.content(steps)))
        while not stage.bells.bells:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        stage.bells.ring()
        for _ in range(turns):
            await asyncio.sleep(0)
        waits.cancel()
        done, _ = await asyncio.wait([waits], timeout=1)
        assert done, "it goes on for a client that has left"

    _on_a_loop(leave())
    assert (stage.bells.bells, stage.left) == ([], [1])


def test_a_client_that_leaves_does_not_take_away_what_others_wait_for() -> None:
    stage, shared = Stage(on_loop=True), Future[bytes]()

    def steps() -> Rest:
        yield (yield shared)

    async def two() -> list[bytes]:
        tasks = [asyncio.create_task(_all(stage.content(steps))) for _ in range(2)]
        while len(stage.bells.bells) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        shared.set_result(b"for the other")
        return await tasks[1]

    assert _on_a_loop(two()) == [b"for the other"]


def test_nothing_is_taken_before_the_client_has_what_was_sent() -> None:
    stage, taken = Stage(on_loop=True), list[int]()

    def steps() -> Rest:
        for number in range(1000):
            taken.append(number)
            yield b"part"

    async def slow() -> None:
        parts = aiter(stage.content(steps))
        await anext(parts)
        await asyncio.sleep(0.01)
        await parts.aclose()

    _on_a_loop(slow())
    assert taken == [0]
