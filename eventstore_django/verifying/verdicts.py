"""How a verification ended, in lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .findings import Finding
from .kinds import Kind

MOST_TYPES = 20
"""Event types without a class that are named one by one."""


@dataclass(slots=True)
class Verdict:
    """Counts what was found."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    unregistered: dict[str, int] = field(default_factory=dict)
    """Events by type, of those types that have no class here. That is no finding: such events are read untyped."""

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        self.kinds[finding.kind] += 1

    @property
    def findings(self) -> int:
        """How many there were."""
        return self.kinds.total()

    def lines(self, streams: int, events: int) -> Iterator[str]:
        """Tell it, with how much was seen."""
        if self.unregistered:
            others = sum(self.unregistered.values())
            yield f"{others} events are of types that no class is registered for: {self._types()}."
        seen = f"{streams} streams, {events} events"
        if self.findings:
            kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.kinds.items()))
            yield f"{seen}: {self.findings} findings ({kinds})."
        else:
            yield f"{seen}: whole."

    def _types(self) -> str:
        frequent = Counter(self.unregistered).most_common(MOST_TYPES)
        more = len(self.unregistered) - len(frequent)
        return ", ".join(f"{name} {number}" for name, number in frequent) + (f" and {more} types more" if more else "")
