"""What was found to be wrong: a place and a sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .kinds import Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, and where: as far as it has a stream, a version, a position."""

    kind: Kind
    text: str
    """A sentence for people, which names the place as well."""
    stream: str | None = None
    version: int | None = None
    position: int | None = None

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object for programs."""
        return asdict(self)
