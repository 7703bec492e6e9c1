"""One writer, one event a call, outside of a transaction, in a process of its own: so are those of applications."""

from __future__ import annotations

from functools import partial

from . import writers
from .measuring import Figure, in_turns
from .together import together

CALLS = 3000

bare = partial(together, writers.bare, calls=CALLS, writers=1)
"""Let one process insert; return the rate."""
recommended = partial(together, writers.store, "prepared", calls=CALLS, writers=1)
"""Let one process append through the recommended connection; return the rate."""


def run(rounds: int) -> list[Figure]:
    """Append to a new stream, with Django's default connection and with the recommended one."""
    contenders = {
        "bare prepared INSERT": bare,
        "append, Django's defaults": partial(together, writers.store, "default", calls=CALLS, writers=1),
        "append, recommended": recommended,
    }
    return in_turns("append one event, one writer", contenders, rounds)
