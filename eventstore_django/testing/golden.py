"""Golden files: proof that every version of every event type that was ever stored can still be read.

A directory of the repository holds one stored example of each. A test compares them with the code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from ..encoding import JSONObject, Refused, decode, encode
from ..events import NewEvent, RecordedEvent
from ..eventtypes.conversion import instance_of, payload_of
from ..eventtypes.registry import registry
from ..eventtypes.upcasting import steps
from ..instances import EventLike, as_new_event
from .goldenfiles import Damaged, Example, Key, read_examples

RECORD = "EVENTSTORE_RECORD_GOLDEN"
"""Environment variable that lets ``assert_golden_events`` write: ``missing`` or ``changed``."""

Record: TypeAlias = Literal["missing", "changed"]


def assert_golden_events(
    directory: str | os.PathLike[str],
    *,
    examples: Iterable[EventLike | RecordedEvent] = (),
    record: Record | None = None,
) -> None:
    """Demand a stored example of each registered event type and version, and that all become what they became before.

    ``directory`` holds the files, and belongs into the repository. ``examples`` are what new ones are
    made of: instances, NewEvents (of older versions too), or events that a store has given.
    ``record`` lets it write, by default the environment variable ``EVENTSTORE_RECORD_GOLDEN``:
    ``"missing"`` adds files and versions, ``"changed"`` also replaces what examples become, never what
    was stored.

    Raise AssertionError that names every file with what is wrong with it and what to do; ValueError for
    another value of the variable.
    """
    record = record or _wanted()
    golden = _Golden(Path(directory), examples)
    if record:
        golden.record(replace=record == "changed")
    problems = list(golden.problems())
    if problems:
        raise AssertionError(f"{len(problems)} golden events are not as they should be:\n" + "\n".join(problems))


class _Golden:
    def __init__(self, directory: Path, examples: Iterable[EventLike | RecordedEvent]) -> None:
        self._directory = directory
        self._given = {example.key: example for example in map(_example, examples)}
        self._damaged: list[tuple[Path, Damaged]] = []
        self._found: dict[Key, Example] = {}
        self._doubled: list[tuple[Path | None, Path | None]] = []
        for entry in read_examples(directory):
            if not isinstance(entry, Example):
                self._damaged.append(entry)
            elif (first := self._found.setdefault(entry.key, entry)) is not entry:
                self._doubled.append((first.path, entry.path))

    def record(self, *, replace: bool) -> None:
        """Write files for what has none, and add later versions to what was recorded before them."""
        for key in _required():
            if key not in self._found and key in self._given:
                self._found[key] = self._given[key]
        for example in self._found.values():
            with suppress(Refused):  # told with the other problems
                now = _as_of_now(example)
                differs = _difference(example, now) is not None
                if example.path is None or (replace if differs else example.newest < now.newest):
                    now.path = now.write(self._directory)
                    self._found[now.key] = now

    def problems(self) -> Iterator[str]:
        for path, damaged in self._damaged:
            yield f"{path}: can't be read ({damaged}). Restore it from your version control."
        for first, second in self._doubled:
            yield f"{second}: is an example of the same type and version as {first}. Delete one of them."
        for key in _required():
            if key not in self._found and not any(path.name.endswith(".json") for path, _ in self._damaged):
                yield self._missing(*key)
        for example in self._found.values():
            yield from _faults(example)

    def _missing(self, event_type: str, version: int) -> str:
        if (event_type, version) in self._given:
            return f"{self._directory}: has no example of {event_type!r}, version {version}. {_HOW_TO_RECORD}"
        how = (
            f"pass an instance of {registry.by_name[event_type].kind.__name__}"
            if event_type in registry.by_name and registry.by_name[event_type].version == version
            else f"pass one that is stored, or NewEvent({event_type!r}, {{...}}, schema_version={version}),"
        )
        where = f"{self._directory}: has no example of {event_type!r}, version {version}"
        return f"{where}: {how} in examples=. {_HOW_TO_RECORD}"


_HOW_TO_RECORD = f"To write it, run this test once with {RECORD}=missing, and commit the file."


def _wanted() -> Record | None:
    value = os.environ.get(RECORD, "")
    if value not in ("", "missing", "changed"):
        raise ValueError(f"{RECORD} must be 'missing' or 'changed', not {value!r}.")
    return value or None  # type: ignore[return-value]  # one of the two


def _example(given: EventLike | RecordedEvent) -> Example:
    if isinstance(given, RecordedEvent):
        return Example(given.event_type, given.schema_version, given.stored_payload)
    event: NewEvent = as_new_event(given)
    return Example(event.event_type, event.schema_version, decode(encode(event.payload)))


def _required() -> list[Key]:
    newest = {declared.name: declared.version for declared in registry.types}
    newest.update((name, chain.target) for name, chain in registry.chains.items())
    return [(name, version) for name, target in sorted(newest.items()) for version in range(1, target + 1)]


def _as_of_now(example: Example) -> Example:
    """Return what the code makes of an example. Raise Refused if it makes nothing."""
    upcast = dict(steps(example.event_type, example.schema_version, example.payload))
    declared = registry.by_name.get(example.event_type)
    newest = max(upcast, default=example.schema_version)
    typed = None
    if declared is not None:
        payload = upcast.get(newest, example.payload)
        typed = payload_of(declared, instance_of(declared, newest, payload))
    elif example.event_type not in registry.chains:
        raise Refused("no class and no upcaster is registered for it")
    return replace(example, upcast=upcast, typed=typed)


def _faults(example: Example) -> Iterator[str]:
    where = f"{example.path}: {example.event_type!r}, version {example.schema_version},"
    try:
        now = _as_of_now(example)
    except Refused as refused:
        reason = f"{refused.path}: {refused.reason}" if refused.path else refused.reason
        yield f"{where} can no longer be read: {reason}. Events like it are stored: restore the code that read them."
        return
    if difference := _difference(example, now):
        yield (
            f"{where} {difference}. Stored events now read differently: undo that, or raise the version and write an "
            f"upcaster. If it is meant, run this test once with {RECORD}=changed, and look at the difference."
        )
    elif example.newest < now.newest:
        yield f"{where} was recorded when version {example.newest} was the newest. {_HOW_TO_RECORD}"


def _difference(before: Example, now: Example) -> str | None:
    for version, payload in before.upcast.items():
        if version in now.upcast and _text(payload) != _text(now.upcast[version]):
            return f"becomes {_text(now.upcast[version])} at version {version}, and was {_text(payload)}"
    if before.newest > now.newest:
        return f"was recorded at version {before.newest}, and the newest is {now.newest}"
    if before.newest == now.newest and _text(before.typed) != _text(now.typed):
        return f"is read as {_text(now.typed)}, and was {_text(before.typed)}"
    return None


def _text(value: JSONObject | None) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
