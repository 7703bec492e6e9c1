"""Rebuilds, which a command runs: how far one is, and throwing away what it has done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote
from typing import Any

from ..backends import backend_for
from ..exceptions import SubscriptionError
from ..models import Subscription, SubscriptionShard
from ..subscriptions.declarations import Declaration, registry
from ..workers.rebuilding import Rebuild
from . import telling
from .acting import Action


@dataclass(frozen=True, slots=True)
class RebuildState:
    """A new version that is being built, or that an interrupted run has left."""

    version: int
    position: int
    target: int
    is_running: bool

    @property
    def percent(self) -> str:
        """How far it is."""
        return f"{100 * self.position / self.target:.0f} %" if self.target else "100 %"

    @property
    def told(self) -> str:
        """The state in words."""
        what = "is being built" if self.is_running else "was begun, and nobody is building it now"
        positions = f"position {telling.number(self.position)} of {telling.number(self.target)}"
        return f"Version {self.version} {what}: at {positions}, {self.percent}."


def rebuild_state(alias: str, subscription: Subscription) -> RebuildState | None:
    """Return how far a rebuild is: positions of the shard that is furthest behind; None if there is none."""
    rows = list(SubscriptionShard.objects.using(alias).filter(subscription=subscription))
    new = [row for row in rows if row.version > subscription.version]
    if not new:
        return None
    now = backend_for(alias).now()
    return RebuildState(
        version=max(row.version for row in new),
        position=min(row.position for row in new),
        target=min((row.position for row in rows if row.version == subscription.version), default=0),
        is_running=any(row.owner and row.lease_until and row.lease_until > now for row in new),
    )


class RebuildAction(Action):
    """Show how to rebuild it; throw away what an interrupted rebuild has left."""

    slug, label, permission = "rebuild", "rebuild", "rebuild_subscription"

    @property
    def button(self) -> str:
        """Only what was begun can be thrown away."""
        return "Throw away what was rebuilt" if rebuild_state(self.alias, self.row) else ""

    def consequences(self) -> Iterable[str]:
        """Say what a rebuild is, or why there is none."""
        if self._declaration is None:
            yield "It is declared nowhere in this project: there is no handler to rebuild with."
        elif not self._declaration.versioned:
            yield "It is not declared with versioned=True: a rebuild would write to the read model in use."
            yield "Reset it instead, or let its handler write by event_context().version."
        else:
            yield "The log is replayed into a new version beside the one in use, which goes on meanwhile."
            yield "When the new one has caught up it takes over, in one transaction."
            yield "This takes as long as the log is long, so a command does it: run it where your workers run."
            yield "It can be interrupted, and goes on when it is run again."

    def context(self) -> dict[str, Any]:
        """Return the command, and how far a rebuild is."""
        is_possible = self._declaration is not None and self._declaration.versioned
        return {
            "command": self._command if is_possible else "",
            "rebuild": rebuild_state(self.alias, self.row),
        }

    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Throw away what was rebuilt so far. A rebuild that is running ends with an error."""
        state = rebuild_state(self.alias, self.row)
        if state is None:
            raise SubscriptionError("There is nothing to throw away: no rebuild was begun.")
        if self._declaration is None:
            raise SubscriptionError("It is declared nowhere in this project.")
        Rebuild(self.alias, self._declaration).discard()
        return f"{self.row.pk}: what was rebuilt of version {state.version} is thrown away."

    @property
    def _declaration(self) -> Declaration | None:
        return registry.get(self.row.pk)

    @property
    def _command(self) -> str:
        return f"python manage.py rebuild_subscription {quote(self.row.pk)}"
