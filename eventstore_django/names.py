"""Stream names: which texts are legal, and what the patterns say of category, tenant and aggregate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .exceptions import InvalidStreamName

MAX_LENGTH = 255
"""Characters (code points) that a stream name may have."""

ALL = "$all"
"""The name under which everything is read, in the global order. Nothing can be appended to it."""

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def forbidden_character(text: str) -> str | None:
    """Return the first character that no name may hold (a control character or a lone surrogate)."""
    found = _FORBIDDEN.search(text)
    return found.group() if found else None


def plain(text: str) -> str:
    """Return a text of a subclass (a member of an enumeration of names, say) as a plain one."""
    return text if type(text) is str else str.__str__(text)


@dataclass(frozen=True, slots=True)
class StreamName:
    """A legal stream name and what it says of its stream.

    | pattern                          | category, type | partition | id   |
    |----------------------------------|----------------|-----------|------|
    | ``{partition}/{type}/{id}``      | type           | partition | id   |
    | ``{category}:{id}``              | category       | None      | id   |
    | ``{type}-{id}``                  | type           | None      | id   |
    | any other                        | the name       | None      | name |

    They are tried in this order. Names are compared as code points and never normalised.
    """

    text: str
    category: str
    aggregate_id: str
    partition: str | None = None

    @classmethod
    def parse(cls, text: str) -> StreamName:
        """Read a name. Raise InvalidStreamName for a text that is none."""
        if not isinstance(text, str):
            raise InvalidStreamName(text, "a name is a text")
        return _parse(plain(text))

    @classmethod
    def to_append(cls, text: str) -> StreamName:
        """Read a name that is to be written to: like ``parse``, but ``$all`` is refused."""
        name = cls.parse(text)
        if name.is_all:
            raise InvalidStreamName(text, "it stands for all streams and can only be read")
        return name

    @classmethod
    def of(cls, aggregate_type: str, aggregate_id: str, partition: str | None = None) -> StreamName:
        """Return the name of an aggregate's stream: ``type-id``, or ``partition/type/id``.

        Raise InvalidStreamName for parts whose name would be read as another aggregate's.
        """
        # As plain texts: a member of an enumeration would be written as its name.
        parts = [plain(part) for part in (partition, aggregate_type, aggregate_id) if part is not None]
        text = "/".join(parts) if partition is not None else "-".join(parts)
        name = cls.to_append(text)
        if (name.partition, name.category, name.aggregate_id) != (partition, aggregate_type, aggregate_id):
            raise InvalidStreamName(text, f"it is read as aggregate {name.aggregate_id!r} of type {name.category!r}")
        return name

    @property
    def aggregate_type(self) -> str:
        """The type of aggregate that the stream belongs to: in every pattern the category."""
        return self.category

    @property
    def is_all(self) -> bool:
        """Whether this is ``$all``, the name of everything."""
        return self.text == ALL

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def _parse(text: str) -> StreamName:
    _refuse_illegal(text)
    parts = text.split("/")
    if len(parts) == 3 and all(parts):
        return StreamName(text, category=parts[1], aggregate_id=parts[2], partition=parts[0])
    for separator in ":-":
        category, found, aggregate_id = text.partition(separator)
        if found and category and aggregate_id:
            return StreamName(text, category=category, aggregate_id=aggregate_id)
    return StreamName(text, category=text, aggregate_id=text)


def _refuse_illegal(text: str) -> None:
    if not text:
        raise InvalidStreamName(text, "it is empty")
    if len(text) > MAX_LENGTH:
        raise InvalidStreamName(text, f"it has {len(text)} characters, more than {MAX_LENGTH}")
    if character := forbidden_character(text):
        raise InvalidStreamName(text, f"it holds the character U+{ord(character):04X}")
    if text.startswith("$") and text != ALL:
        raise InvalidStreamName(text, "names that begin with $ are reserved")
