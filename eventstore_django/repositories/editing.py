"""Editing an aggregate: load, decide, save, and again on fresh state when somebody else was quicker."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

from .. import conf
from ..aggregates.aggregate import Aggregate
from ..aggregates.ledger import AggregateId, id_text
from ..aggregates.recording import Recorder
from ..exceptions import ConcurrencyError
from ..operations import AppendResult

if TYPE_CHECKING:
    from .repository import Repository

A = TypeVar("A", bound=Aggregate)

_LONGEST_PAUSE = 0.1
_NOT_REPEATABLE = (
    "The block read the aggregate's state, so only you can decide again: give edit() a function, or loop over it "
    "(docs/aggregates.md)."
)


class Edit(Generic[A]):
    """One change of an aggregate, in one of three forms.

    ::

        repository.edit("1", lambda account: account.withdraw(amount))

        for attempt in repository.edit("1"):
            with attempt as account:
                account.withdraw(account.balance / 2)

        with repository.edit("1") as account:
            account.withdraw(amount)

    The first two run the decision again on fresh state, as often as it takes, up to ``retries`` times. A
    ``with`` block alone can't be run again: if all it did was to call methods of the aggregate that
    returned nothing, these calls are made again; if it has read anything of it, or a call has raised, the
    ConcurrencyError comes out. What the block raises comes out always, and nothing is saved then.
    There are ``async with`` and ``async for`` as well.
    """

    def __init__(
        self,
        repository: Repository[A],
        aggregate_id: AggregateId,
        *,
        or_new: bool = False,
        retries: int | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.result: AppendResult | None = None
        """What was stored, once it is."""
        self._repository = repository
        self._aggregate_id = aggregate_id
        self._or_new = or_new
        self._retries = conf.retries() if retries is None else retries
        self._sleep = sleep
        self._aggregate: A | None = None
        self._recorder: Recorder | None = None

    def run(self, decision: Callable[[A], object]) -> AppendResult:
        """Call a decision with the aggregate and save it; again after each conflict."""
        for attempt in self:
            with attempt as aggregate:
                decision(aggregate)
        assert self.result is not None  # noqa: S101  # the loop ends with a result or an error
        return self.result

    # for attempt in edit

    def __iter__(self) -> Iterator[Attempt[A]]:
        for number in range(self._retries + 1):
            attempt = Attempt(self, is_last=number == self._retries)
            yield attempt
            if not attempt.is_lost:
                return
            self._pause(number)

    async def __aiter__(self) -> AsyncIterator[Attempt[A]]:
        attempts = iter(self)
        while attempt := await sync_to_async(_next)(attempts):
            yield attempt

    # with edit

    def __enter__(self) -> A:
        self._aggregate = self.load()
        self._recorder = Recorder(self._aggregate)
        return self._aggregate

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._aggregate is not None  # noqa: S101  # __enter__ has loaded it
        assert self._recorder is not None  # noqa: S101  # as above
        self._recorder.stop()
        if error is None:
            self._save(self._aggregate, self._recorder)

    async def __aenter__(self) -> A:
        return await sync_to_async(self.__enter__)()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await sync_to_async(self.__exit__)(kind, error, traceback)

    # How

    def load(self) -> A:
        """Return the aggregate as it is now."""
        if self._or_new:
            found = self._repository.find(self._aggregate_id)
            return self._repository.aggregate_class(id_text(self._aggregate_id)) if found is None else found
        return self._repository.get(self._aggregate_id)

    def save(self, aggregate: A) -> None:
        """Save the aggregate."""
        self.result = self._repository.save(aggregate)

    def is_hopeless(self, error: ConcurrencyError) -> bool:
        """Whether the transaction around it would see the same state again (REPEATABLE READ, SERIALIZABLE)."""
        return error.actual is None and connections[self._repository.store.using].in_atomic_block

    def _save(self, aggregate: A, recorder: Recorder) -> None:
        current = aggregate
        for number in range(self._retries + 1):
            try:
                self.save(current)
            except ConcurrencyError as error:
                if recorder.has_learned:
                    error.add_note(_NOT_REPEATABLE)
                    raise
                if number == self._retries or self.is_hopeless(error):
                    raise
            else:
                break
            self._pause(number)
            current = self.load()
            recorder.repeat(current)
        if current is not aggregate:
            # Who holds on to the object of the block sees what was saved.
            vars(aggregate).clear()
            vars(aggregate).update(vars(current))

    def _pause(self, number: int) -> None:
        # Losers who come back at the same moment would meet again.
        self._sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**number)))  # noqa: S311  # chance, not secrets


def _next(attempts: Iterator[Attempt[A]]) -> Attempt[A] | None:
    # An exhausted iterator would raise StopIteration, which can't pass through a coroutine.
    return next(attempts, None)


class Attempt(Generic[A]):
    """One run of a decision."""

    def __init__(self, edit: Edit[A], *, is_last: bool) -> None:
        self.is_lost = False
        """Whether somebody else was quicker."""
        self._edit = edit
        self._is_last = is_last
        self._aggregate: A | None = None

    def __enter__(self) -> A:
        self._aggregate = self._edit.load()
        return self._aggregate

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        assert self._aggregate is not None  # noqa: S101  # __enter__ has loaded it
        if error is not None:
            return False
        try:
            self._edit.save(self._aggregate)
        except ConcurrencyError as conflict:
            if self._is_last or self._edit.is_hopeless(conflict):
                raise
            self.is_lost = True
        return self.is_lost

    async def __aenter__(self) -> A:
        return await sync_to_async(self.__enter__)()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        return await sync_to_async(self.__exit__)(kind, error, traceback)
