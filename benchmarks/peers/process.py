"""A contender that runs: its process, and the pipe to it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).resolve().parent.parent.parent


class PeerError(Exception):
    """A contender could not do what it was told; the text is its own."""


class Process:
    """A process of a contender, started and told its configuration."""

    def __init__(self, command: list[str], configuration: str, log: Path) -> None:
        self._log = log
        with log.open("a") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=_ROOT
            )
        self.tell(configuration)

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ask(self, line: str) -> float:
        """Tell and wait for the answer: seconds, by the clock of the contender."""
        self.tell(line)
        return self.answer()

    def tell(self, line: str) -> None:
        """Write a line."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None

    def answer(self) -> float:
        """Return the seconds that the next answer tells.

        Raises:
            PeerError: the contender failed, or ended.

        """
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # What else a library prints is passed over.
            verdict, _, text = line.strip().partition(" ")
            if verdict == "ok":
                return float(text)
            if verdict == "error":
                raise PeerError(text)
        raise self._died()

    def _died(self) -> PeerError:
        lines = self._log.read_text().strip().splitlines()
        return PeerError(lines[-1] if lines else "the process ended")
