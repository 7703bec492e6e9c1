"""What the declared subscriptions must be, as far as the code alone can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning
from django.db import router
from django.db.models import Model

from ..subscriptions.declarations import Declaration, registry
from .databases import home_alias


def check_names(**kwargs: Any) -> list[CheckMessage]:
    """Refuse subscriptions of one name: they would share a checkpoint, and one of them would not run."""
    handlers: dict[str, list[str]] = {}
    for declaration in registry.all():
        handlers.setdefault(declaration.name, []).append(declaration.settings()["handler"])
    return [
        Error(
            f"{len(paths)} subscriptions have the name {name!r}: {', '.join(paths)}.",
            hint="Only one of them would get the events. Give each a name of its own; the one that runs already must "
            "keep it, since its checkpoint is stored under it.",
            id="eventstore.E008",
        )
        for name, paths in handlers.items()
        if len(paths) > 1
    ]


def check_models(**kwargs: Any) -> list[CheckMessage]:
    """Warn of handlers whose writes and checkpoint lie in different databases."""
    return [message for declaration in registry.all() for message in _model_messages(declaration)]


def _model_messages(declaration: Declaration) -> Iterator[CheckMessage]:
    home = home_alias()
    for entry in declaration.models:
        model = _model(entry)
        if model is None:
            yield Error(
                f"Subscription {declaration.name!r} names {entry!r} in its models, which is no model.",
                hint="Name model classes, or texts like 'bank.Balance'.",
                id="eventstore.E010",
            )
        elif (alias := router.db_for_write(model)) != home:
            yield Warning(
                f"Subscription {declaration.name!r} writes to {model._meta.label} in database {alias!r}; its "
                f"checkpoint is in {home!r}.",
                hint="The two can't commit together: after a crash events are handled again. Route the model to "
                f"{home!r}, or let the handler bear the same event twice.",
                id="eventstore.W001",
            )


def _model(entry: Any) -> type[Model] | None:
    if isinstance(entry, type) and issubclass(entry, Model):
        return entry
    try:
        return apps.get_model(entry) if isinstance(entry, str) else None
    except (LookupError, ValueError):
        return None
