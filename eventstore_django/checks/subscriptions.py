"""What the stored subscriptions must be, seen from the log and from the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from shlex import quote
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db.models import F

from ..backends import Backend
from ..backends.eventtypes import stored_event_types
from ..exceptions import CheckpointMismatch
from ..models import Event, Subscription, SubscriptionShard
from ..subscriptions.declarations import Declaration, registry
from ..workers.registration import check_against_log
from .databases import backends_of, home_alias, is_recent


def check_subscriptions(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Compare what is declared, what is stored and what the log holds."""
    return [message for backend in backends_of(databases) if _is_ready(backend) for message in _messages(backend)]


def _is_ready(backend: Backend) -> bool:
    # migrate asks before it makes the tables, the first time and after an update.
    tables = backend.connection.introspection.table_names
    return is_recent(backend) and Subscription._meta.db_table in tables() and not backend.faults()


def _messages(backend: Backend) -> Iterator[CheckMessage]:
    shards = _shards(backend.alias)
    declared = {declaration.name: declaration for declaration in registry.all()}
    for name, rows in shards.items():
        if declaration := declared.get(name):
            yield from _wrong_checkpoint(backend.alias, rows)
            yield from _other_shards(backend.alias, declaration, rows)
        else:
            yield _undeclared(backend.alias, name)
    run_here = [declared[name] for name in declared if name in shards or backend.alias == home_alias()]
    yield from _unknown_event_types(backend, run_here)


def _shards(alias: str) -> dict[str, list[SubscriptionShard]]:
    """Return the shards that are in use, by subscription."""
    found: dict[str, list[SubscriptionShard]] = {}
    for name in Subscription.objects.using(alias).order_by("pk").values_list("pk", flat=True):
        found[name] = []
    in_use = SubscriptionShard.objects.using(alias).filter(version=F("subscription__version"))
    for shard in in_use.order_by("subscription", "number"):
        found[shard.subscription_id].append(shard)
    return found


def _wrong_checkpoint(alias: str, shards: list[SubscriptionShard]) -> Iterator[CheckMessage]:
    for shard in shards:
        try:
            check_against_log(alias, shard)
        except CheckpointMismatch as mismatch:
            yield Error(
                f"Database {alias!r}: {mismatch}",
                hint="The log is not the one that the checkpoint was taken from, as after a restore or a failover: a "
                "worker stops here. Find out what is missing, then let it begin anew: 'manage.py reset_subscription "
                f"{quote(shard.subscription_id)}'.",
                id="eventstore.E009",
            )
            return


def _undeclared(alias: str, name: str) -> CheckMessage:
    return Warning(
        f"Database {alias!r} holds subscription {name!r}, which nobody declares any more.",
        hint="Under a new name it begins anew: declare it as before if its checkpoint counts. If it is gone for good: "
        f"Subscription.objects.using({alias!r}).filter(pk={name!r}).delete().",
        id="eventstore.W004",
    )


def _other_shards(alias: str, declaration: Declaration, shards: list[SubscriptionShard]) -> Iterator[CheckMessage]:
    if len(shards) != declaration.shards:
        yield Warning(
            f"Database {alias!r}: subscription {declaration.name!r} is declared with shards={declaration.shards}, and "
            f"runs with {len(shards)}.",
            hint="The number is taken when a subscription is first run or rebuilt: 'manage.py rebuild_subscription "
            f"{quote(declaration.name)}'.",
            id="eventstore.W005",
        )


def _unknown_event_types(backend: Backend, declarations: list[Declaration]) -> Iterator[CheckMessage]:
    wanted = {name for declaration in declarations for name in declaration.events.event_types}
    stored = stored_event_types(backend) if wanted else []
    if not stored:
        return
    events = Event.objects.using(backend.alias)
    # Of very many types not all are listed.
    unknown = {name for name in wanted.difference(stored) if not events.filter(event_type=name).exists()}
    for declaration in declarations:
        for name in declaration.events.event_types:
            if name in unknown:
                yield _unknown_event_type(backend.alias, declaration, name, get_close_matches(name, stored, n=1))


def _unknown_event_type(alias: str, declaration: Declaration, name: str, similar: list[str]) -> CheckMessage:
    meant = f"Did you mean {similar[0]!r}? " if similar else ""
    return Warning(
        f"Database {alias!r}: subscription {declaration.name!r} wants events of type {name!r}, and none is stored.",
        hint=f"{meant}All is well if the first one is still to come.",
        id="eventstore.W003",
    )
