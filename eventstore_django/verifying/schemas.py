"""The installed schema, as far as promises stand on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .findings import Finding
from .kinds import Kind


def faults_of(faults: Iterable[str], missing_guards: Iterable[str]) -> Iterator[Finding]:
    """Tell what the backend says of the schema."""
    for fault in faults:
        yield Finding(Kind.SCHEMA, f"{fault[:1].upper()}{fault[1:]}.")
    for guard in missing_guards:
        of_streams = "_stream_" in guard
        danger = "streams can lose their versions" if of_streams else "stored events can be changed without a trace"
        yield Finding(Kind.SCHEMA, f"The trigger {guard} is missing or disabled: {danger}.")
