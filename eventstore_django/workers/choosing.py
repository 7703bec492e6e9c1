"""Which of the declared subscriptions to run."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..exceptions import UnknownSubscription
from ..subscriptions.declarations import Declaration, registry


def chosen(names: Collection[str]) -> Sequence[Declaration]:
    """Return the declarations of these names, or all. Raise UnknownSubscription, which tells those there are."""
    declared = {declaration.name: declaration for declaration in reversed(registry.all())}
    for name in names:
        if name not in declared:
            raise UnknownSubscription(name, sorted(declared))
    return [declaration for name, declaration in reversed(declared.items()) if not names or name in names]
