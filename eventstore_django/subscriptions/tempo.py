"""How soon the publisher looks for new events again."""

from __future__ import annotations

BUSY_SECONDS = 0.002
QUIET_AFTER = 30
"""Looks without anything new, after which the pauses grow: longer than a process may keep back its hints."""
LONGEST_BUSY_SECONDS = 0.02


class Tempo:
    """Short pauses while events come, longer ones when they come in plenty, and long ones when none do."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._quiet = QUIET_AFTER
        self._pause = longest

    def pause(self, moved: int, heard: bool) -> float:
        """Return the seconds to wait after a look that found ``moved`` new positions, or after a hint."""
        if moved or heard:
            self._quiet = 0
            # Many at once are collected: each publication wakes all workers.
            self._pause = min(BUSY_SECONDS * max(1, moved), LONGEST_BUSY_SECONDS, self._longest)
            return self._pause
        self._quiet += 1
        if self._quiet > QUIET_AFTER:
            self._pause = min(self._pause * 2, self._longest)
        return self._pause
