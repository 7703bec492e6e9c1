"""Repositories: the aggregates of one type, by id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

from ..aggregates.aggregate import Aggregate, has_snapshots, ledger_of
from ..aggregates.deciders import DecidedAggregate, Decider
from ..aggregates.ledger import AggregateId, id_text
from ..aggregates.strategies import IntervalSnapshotStrategy, NeverSnapshotStrategy, SnapshotStrategy
from ..exceptions import AggregateNotFound
from ..names import StreamName
from ..operations import AppendResult
from ..store import EventStore
from ..twins import async_twin
from .editing import Edit
from .loading import Loading, version_as_of
from .manager import SnapshotManager
from .saving import Saving

A = TypeVar("A", bound=Aggregate)
Command = TypeVar("Command")
State = TypeVar("State")


class Repository(Generic[A]):
    """Loads and saves the aggregates of one type, or of a decider.

    ``partition``
        the tenant whose aggregates they are: streams are named ``partition/type/id``, else ``type-id``.
    ``store``
        where they are; by default where the database routers say.
    ``snapshots``
        when to take snapshots; by default each time an append passes a multiple of 100, if the class
        defines ``to_snapshot`` and ``from_snapshot``, and else never.

    Holds nothing but these; make as many as you like. Each method has an async twin with an ``a``
    before its name.
    """

    @overload
    def __init__(
        self: Repository[DecidedAggregate[Command, State]],
        kind: Decider[Command, State],
        partition: str | None = None,
        *,
        store: EventStore | None = None,
        snapshots: SnapshotStrategy | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        kind: type[A],
        partition: str | None = None,
        *,
        store: EventStore | None = None,
        snapshots: SnapshotStrategy | None = None,
    ) -> None: ...

    def __init__(
        self,
        kind: Any,
        partition: str | None = None,
        *,
        store: EventStore | None = None,
        snapshots: SnapshotStrategy | None = None,
    ) -> None:
        self.aggregate_class: type[A] = _class_of(kind)
        self.partition = partition
        self.store = store or EventStore()
        self._manager = SnapshotManager(self.store, _strategy(self.aggregate_class, snapshots))

    def __repr__(self) -> str:
        return f"Repository({self.aggregate_class.__name__}, partition={self.partition!r}, store={self.store!r})"

    def stream_id(self, aggregate_id: AggregateId) -> str:
        """Return the name of an aggregate's stream. Raise InvalidStreamName for an id that makes none."""
        return self._stream(aggregate_id).text

    # Loading

    def get(self, aggregate_id: AggregateId, *, version: int | None = None, as_of: datetime | None = None) -> A:
        """Return an aggregate as it is, or as it was.

        ``version``
            after so many events.
        ``as_of``
            at a moment, aware: from the events that were stored by then (``created_at``).

        One that was loaded as it was raises no events (ReadOnlyAggregate). Raise AggregateNotFound if
        there is none, or was none then.
        """
        if version is not None and as_of is not None:
            raise ValueError("get() takes a version or a moment, not both.")
        stream = self._stream(aggregate_id)
        if as_of is not None:
            return self._as_of(stream, as_of)
        return self._load(stream) if version is None else self._at(stream, version)

    def find(self, aggregate_id: AggregateId) -> A | None:
        """Return an aggregate as it is; None if there is none."""
        return Loading(self.store, self.aggregate_class, self._stream(aggregate_id)).run()

    # Saving

    def add(self, aggregate: A) -> AppendResult:
        """Save an aggregate that is new. Raise ConcurrencyError if its id is taken, ValueError if it was loaded."""
        if aggregate.version:
            raise ValueError(f"{aggregate!r} is not new: use save().")
        return self.save(aggregate)

    def save(self, aggregate: A) -> AppendResult:
        """Append the pending events, expecting the version at which the aggregate was loaded.

        The events stop being pending only when they are stored: after ConnectionLost call again with
        the same object, and nothing is stored twice. Inside ``transaction.atomic()`` it is a part of
        that transaction; if that rolls back, the object is ahead of the store: load it anew.

        Raise ConcurrencyError if somebody else was quicker: load again, decide again, or use ``edit``.
        """
        return self.save_all(aggregate)[0]

    def save_all(self, *aggregates: A) -> list[AppendResult]:
        """Save several aggregates, all or none of them. See ``repositories.save_all`` for those of several types."""
        return save_all(*((self, aggregate) for aggregate in aggregates))

    # Deciding

    @overload
    def edit(
        self,
        aggregate_id: AggregateId,
        decision: None = None,
        *,
        or_new: bool = False,
        retries: int | None = None,
    ) -> Edit[A]: ...

    @overload
    def edit(
        self,
        aggregate_id: AggregateId,
        decision: Callable[[A], object],
        *,
        or_new: bool = False,
        retries: int | None = None,
    ) -> AppendResult: ...

    def edit(
        self,
        aggregate_id: AggregateId,
        decision: Callable[[A], object] | None = None,
        *,
        or_new: bool = False,
        retries: int | None = None,
    ) -> Edit[A] | AppendResult:
        """Load, decide, save; if somebody else was quicker, do it again on what is there now.

        With ``decision``, a function of the aggregate, that is done at once. Without, it is the
        thing to use in ``with`` or ``for`` (see ``Edit``). ``or_new`` begins with a new aggregate where
        there is none, in place of AggregateNotFound. ``retries`` is how often it is done again at most
        (setting ``RETRIES``); then the ConcurrencyError comes out.
        """
        edit = Edit(self, aggregate_id, or_new=or_new, retries=retries)
        return edit if decision is None else edit.run(decision)

    # How

    def _stream(self, aggregate_id: AggregateId) -> StreamName:
        return StreamName.of(self.aggregate_class.aggregate_type, id_text(aggregate_id), self.partition)

    def _load(self, stream: StreamName) -> A:
        aggregate = Loading(self.store, self.aggregate_class, stream).run()
        if aggregate is None:
            raise self._not_found(stream, f"stream {stream.text!r} has no events")
        return aggregate

    def _at(self, stream: StreamName, version: int) -> A:
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise ValueError(f"version must be a whole number from 1 on, not {version!r}.")
        aggregate = Loading(self.store, self.aggregate_class, stream, version).run()
        if aggregate is None or aggregate.version < version:
            raise self._not_found(stream, f"stream {stream.text!r} has no version {version}")
        ledger_of(aggregate).is_past = True
        return aggregate

    def _as_of(self, stream: StreamName, moment: datetime) -> A:
        version = version_as_of(self.store, stream, moment)
        if not version:
            raise self._not_found(stream, f"stream {stream.text!r} had no events at {moment}")
        return self._at(stream, version)

    def _not_found(self, stream: StreamName, reason: str) -> AggregateNotFound:
        return AggregateNotFound(self.aggregate_class.aggregate_type, stream.aggregate_id, reason)

    # Async

    aget = async_twin(get)
    afind = async_twin(find)
    aadd = async_twin(add)
    asave = async_twin(save)
    asave_all = async_twin(save_all)
    aedit = async_twin(edit)


def save_all(*saves: tuple[Repository[Any], Aggregate]) -> list[AppendResult]:
    """Save aggregates of several repositories, all or none of them; return a result for each, in order.

    One without pending events is a condition: it must still have the version at which it was loaded.
    Raise ConcurrencyError with every aggregate that has not (``error.conflicts``), and ValueError for
    repositories on different databases or an aggregate that is named twice.
    """
    if not saves:
        return []
    savings = [Saving(aggregate, repository.partition) for repository, aggregate in saves]
    stores = {repository.store.using: repository.store for repository, _ in saves}
    _refuse_misfits(saves)
    operations = [saving.operation() for saving in savings]
    if len(stores) > 1 or len({operation.stream_id for operation in operations}) < len(operations):
        raise ValueError("save_all() takes each aggregate once, of repositories on one database.")
    results = next(iter(stores.values())).append_batch(operations)
    return [
        saving.accept(result, repository._manager)
        for saving, result, (repository, _) in zip(savings, results, saves, strict=True)
    ]


def _refuse_misfits(saves: tuple[tuple[Repository[Any], Aggregate], ...]) -> None:
    for repository, aggregate in saves:
        if not isinstance(aggregate, repository.aggregate_class):
            raise TypeError(f"{aggregate!r} is not of {repository!r}.")


def _class_of(kind: Any) -> Any:
    if isinstance(kind, Decider):
        return kind.aggregate_class
    if isinstance(kind, type) and issubclass(kind, Aggregate):
        return kind
    raise TypeError(f"a Repository is of a class of aggregates or a Decider, not of {kind!r}.")


def _strategy(kind: type[Aggregate], given: SnapshotStrategy | None) -> SnapshotStrategy:
    if given is None:
        return IntervalSnapshotStrategy() if has_snapshots(kind) else NeverSnapshotStrategy()
    if not has_snapshots(kind) and not isinstance(given, NeverSnapshotStrategy):
        raise TypeError(
            f"{kind.__name__} defines no to_snapshot() and from_snapshot(): no snapshots can be taken of it."
        )
    return given
