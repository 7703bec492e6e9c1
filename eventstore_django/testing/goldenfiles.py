"""One stored example of an event type and version, as a file that people can read and compare."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from ..encoding import JSONObject

Key: TypeAlias = tuple[str, int]
"""Event type and schema version."""

_LONGEST_NAME = 80


class Damaged(Exception):
    """A file that holds no example."""


@dataclass(slots=True)
class Example:
    """What was stored once, and what became of it at each later version.

    ``upcast`` holds the payload of each version after ``schema_version`` up to the newest;
    ``typed`` what the class of that version wrote again for the instance it read.
    """

    event_type: str
    schema_version: int
    payload: JSONObject
    upcast: dict[int, JSONObject] = field(default_factory=dict)
    typed: JSONObject | None = None
    path: Path | None = None

    @property
    def key(self) -> Key:
        """What there is one file for."""
        return self.event_type, self.schema_version

    @property
    def newest(self) -> int:
        """The version that was the newest when the file was written."""
        return max(self.upcast, default=self.schema_version)

    def write(self, directory: Path) -> Path:
        """Write the file, under its old name if it had one."""
        path = self.path or _free_path(directory, self.event_type, self.schema_version)
        fields = {
            "event_type": self.event_type,
            "schema_version": self.schema_version,
            "payload": self.payload,
            "upcast": {str(version): payload for version, payload in sorted(self.upcast.items())},
            "typed": self.typed,
        }
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def read_examples(directory: Path) -> Iterator[Example | tuple[Path, Damaged]]:
    """Give what the files of a directory hold, in the order of their names."""
    for path in sorted(directory.glob("*.json")):
        try:
            yield _read(path)
        except Damaged as damaged:
            yield path, damaged


def _read(path: Path) -> Example:
    try:
        fields: Any = json.loads(path.read_text(encoding="utf-8"))
        upcast = {int(version): payload for version, payload in fields.get("upcast", {}).items()}
        example = Example(
            fields["event_type"], fields["schema_version"], fields["payload"], upcast, fields.get("typed"), path
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{type(error).__name__}: {error}") from None
    if not (isinstance(example.payload, dict) and isinstance(example.schema_version, int)):
        raise Damaged("payload must be an object, schema_version a whole number")
    return example


def _free_path(directory: Path, event_type: str, version: int) -> Path:
    name = quote(event_type, safe=" ")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}~{_digest(event_type)}"
    path = directory / f"{name}.v{version}.json"
    # Some file systems take "opened" and "Opened" for the same name.
    return directory / f"{name}~{_digest(event_type)}.v{version}.json" if path.exists() else path


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
