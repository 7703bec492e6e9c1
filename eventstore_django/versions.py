"""Expected versions: what a writer says a stream must look like for its append to be valid.

A stream's version is the number of its last event: 1, 2, 3 ...; a stream without events is at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from .exceptions import InvalidExpectedVersion

MAX_VERSION = 2**63 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedVersion:
    """A condition on a stream's version. Equal to the plain number, where it is one."""

    name: str
    number: int

    @classmethod
    def parse(cls, value: ExpectedVersionLike) -> ExpectedVersion:
        """Turn what callers pass (None, a number, a constant) into an ExpectedVersion."""
        if value is None:
            return ANY
        if isinstance(value, ExpectedVersion):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_VERSION:
            raise InvalidExpectedVersion(value)
        return cls(str(value), value)

    @property
    def told(self) -> int | ExpectedVersion:
        """What errors show: the plain number where there is one, else the constant."""
        return self.number if self.number >= 0 else self

    def accepts(self, actual: int) -> bool:
        """Return whether a stream at version ``actual`` meets the condition."""
        return self.number == _ANY or self.number == actual or (self.number == _EXISTS and actual > 0)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ExpectedVersion):
            return self.number == other.number
        return self.number >= 0 and self.number == other

    def __hash__(self) -> int:
        return hash(self.number)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name


# The numbers travel to the database, where the append function tests the same condition.
_ANY = -1
_EXISTS = -2

ANY: Final = ExpectedVersion("ANY", _ANY)
"""No condition: append after whatever is there."""

NO_STREAM: Final = ExpectedVersion("NO_STREAM", 0)
"""The stream must have no events yet."""

STREAM_EXISTS: Final = ExpectedVersion("STREAM_EXISTS", _EXISTS)
"""The stream must have at least one event."""

ExpectedVersionLike: TypeAlias = int | ExpectedVersion | None
