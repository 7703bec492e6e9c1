"""Saving aggregates of several types, all or none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..aggregates.aggregate import Aggregate
from ..operations import AppendResult
from .saving import Saving

if TYPE_CHECKING:
    from .repository import Repository


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
        saving.accept(result, repository._manager._after_append)
        for saving, result, (repository, _) in zip(savings, results, saves, strict=True)
    ]


def _refuse_misfits(saves: tuple[tuple[Repository[Any], Aggregate], ...]) -> None:
    for repository, aggregate in saves:
        if not isinstance(aggregate, repository.aggregate_class):
            raise TypeError(f"{aggregate!r} is not of {repository!r}.")
