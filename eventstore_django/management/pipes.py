"""Standard output that nobody reads any more."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

# What a shell reports for a program that ended by SIGPIPE.
_CLOSED_PIPE = 141


def end_quietly() -> NoReturn:
    """End the command after a BrokenPipeError, as the others of a shell do."""
    # Python flushes standard output when it ends, and may complain once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(_CLOSED_PIPE)
