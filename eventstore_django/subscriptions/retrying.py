"""How often and how soon a failed handler is tried again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``attempts`` in all, the first included; between them seconds that double up to ``longest_delay``."""

    attempts: int = 5
    first_delay: float = 0.5
    longest_delay: float = 60.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first_delay < 0 or self.longest_delay < self.first_delay:
            raise ValueError(f"attempts from 1, delays from 0 and ascending: {self} is neither.")

    def delay(self, attempts: int) -> float:
        """Return how many seconds to wait after so many failed attempts (from 1 on)."""
        # An exponent above this is past every limit that fits a float.
        doublings = min(attempts - 1, 60)
        return float(min(self.longest_delay, self.first_delay * 2.0**doublings))

    def is_used_up(self, attempts: int) -> bool:
        """Whether so many failed attempts were the last."""
        return attempts >= self.attempts
