"""What the defined aggregates must be, as far as the code alone can tell."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from ..aggregates.registry import path_of, registry


def check_aggregates(**kwargs: Any) -> list[CheckMessage]:
    """Refuse two classes for one aggregate type: whoever finds only the type would have to guess."""
    classes: dict[str, list[str]] = {}
    for kind in registry.all():
        classes.setdefault(kind.aggregate_type, []).append(path_of(kind))
    return [
        Error(
            f"{len(paths)} classes of aggregates have the type {aggregate_type!r}: {', '.join(paths)}.",
            hint="Give each a type of its own. One that stands beside another for the same streams (a base class, one "
            "for tests) is defined with registered=False.",
            id="eventstore.E017",
        )
        for aggregate_type, paths in classes.items()
        if len(paths) > 1
    ]
