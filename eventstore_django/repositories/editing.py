"""Editing an aggregate: load, decide, save, and again on fresh state when somebody else was quicker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from inspect import iscoroutinefunction
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from asgiref.sync import sync_to_async

from ..aggregates.aggregate import Aggregate
from ..aggregates.ledger import AggregateId, id_text
from ..aggregates.recording import Recorder
from ..exceptions import ConcurrencyError
from ..operations import AppendResult
from .retrying import Retrying

if TYPE_CHECKING:
    from .repository import Repository

A = TypeVar("A", bound=Aggregate)

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
        or_new: bool,
        retrying: Retrying,
    ) -> None:
        self.result: AppendResult | None = None
        """What was stored, once it is."""
        self._repository = repository
        self._aggregate_id = aggregate_id
        self._or_new = or_new
        self._retrying = retrying
        self._aggregate: A | None = None
        self._recorder: Recorder | None = None

    def run(self, decision: Callable[[A], object]) -> AppendResult:
        """Call a decision with the aggregate and save it; again after each conflict."""
        if iscoroutinefunction(decision):
            raise TypeError("edit() takes a plain function; what awaits goes into async for (docs/aggregates.md).")

        def attempt() -> None:
            aggregate = self.load()
            decision(aggregate)
            self.save(aggregate)

        self._retrying.run(attempt)
        assert self.result is not None  # noqa: S101  # saved, or raised
        return self.result

    # for attempt in edit

    def __iter__(self) -> Iterator[Attempt[A]]:
        for number in count():
            attempt = Attempt(self, number)
            yield attempt
            if not attempt.is_lost:
                return
            self._retrying.pause(number)

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

    def is_over(self, number: int, error: ConcurrencyError) -> bool:
        """Whether the attempt of this number, from 0 on, was the last."""
        return self._retrying.is_over(number, error)

    def _save(self, aggregate: A, recorder: Recorder) -> None:
        tried: list[A] = []

        def attempt() -> None:
            current = self.load() if tried else aggregate
            if tried:
                recorder.repeat(current)
            tried.append(current)
            self.save(current)

        if recorder.has_learned:
            self._save_once(aggregate)
            return
        self._retrying.run(attempt)
        if tried[-1] is not aggregate:
            # Who holds on to the object of the block sees what was saved.
            vars(aggregate).clear()
            vars(aggregate).update(vars(tried[-1]))

    def _save_once(self, aggregate: A) -> None:
        try:
            self.save(aggregate)
        except ConcurrencyError as error:
            error.add_note(_NOT_REPEATABLE)
            raise


def _next(attempts: Iterator[Attempt[A]]) -> Attempt[A] | None:
    # An exhausted iterator would raise StopIteration, which can't pass through a coroutine.
    return next(attempts, None)


class Attempt(Generic[A]):
    """One run of a decision."""

    def __init__(self, edit: Edit[A], number: int) -> None:
        self.is_lost = False
        """Whether somebody else was quicker."""
        self._edit = edit
        self._number = number
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
            if self._edit.is_over(self._number, conflict):
                raise
            self.is_lost = True
        return self.is_lost

    async def __aenter__(self) -> A:
        return await sync_to_async(self.__enter__)()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        return await sync_to_async(self.__exit__)(kind, error, traceback)
