"""Entity tags: the version of a stream as ``"7"``, and the headers that compare with it (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .problems import InvalidField

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"[ \t]*(?:{_TAG})(?:[ \t]*,[ \t]*(?:{_TAG}))*[ \t]*")
_EACH = re.compile(_TAG)
_VERSION = re.compile(r"0|[1-9][0-9]{0,18}")
_LARGEST = 2**63 - 1


def etag(version: int) -> dict[str, str]:
    """Return the header that tells the version of a stream."""
    return {"ETag": f'"{version}"'}


@dataclass(frozen=True, slots=True)
class EntityTags:
    """The value of ``If-Match`` or ``If-None-Match``: ``*``, or a list of tags as they stand there."""

    any: bool
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, header: str, value: str | None) -> EntityTags | None:
        """Read a header, None if it is not there. Raise InvalidField for what is no list of tags."""
        if value is None:
            return None
        if value.strip(" \t") == "*":
            return cls(any=True)
        if not _LIST.fullmatch(value):
            raise InvalidField(header, 'must be * or a list of entity tags such as "7"')
        return cls(any=False, tags=tuple(_EACH.findall(value)))

    def strong_versions(self) -> list[int]:
        """Return the versions that a strong comparison can match: a weak tag never does."""
        found = [tag.strip('"') for tag in self.tags if not tag.startswith("W/")]
        return [int(text) for text in found if _VERSION.fullmatch(text) and int(text) <= _LARGEST]

    def match_weakly(self, version: int) -> bool:
        """Return whether a stream at this version is among the tags, weak or not, as a GET compares."""
        return self.any or f'"{version}"' in [tag.removeprefix("W/") for tag in self.tags]
