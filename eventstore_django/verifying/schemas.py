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
        text = f"The trigger {guard} is missing or disabled: stored events can be changed without a trace."
        yield Finding(Kind.SCHEMA, text)
