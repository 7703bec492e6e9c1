"""Dataclasses and pydantic models as objects of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..encoding import Refused, decode, encode
from .codecs import KINDS, Codec, other_kind, other_type


class Field(NamedTuple):
    """One field of a dataclass. A field with a default may be missing in what is stored."""

    name: str
    codec: Codec
    has_default: bool


class Struct(Codec):
    """A dataclass. Fields that it does not have are left out; they stay in what is stored."""

    __slots__ = ("_fields", "_type")
    kinds = frozenset({dict})

    def __init__(self, kind: type) -> None:
        self._type = kind
        self._fields: tuple[Field, ...] = ()

    def fill(self, fields: Sequence[Field]) -> None:
        """Take the fields over. Not at once: a dataclass may hold others of its own type."""
        self._fields = tuple(fields)

    def encode(self, value: Any) -> Any:
        """Return an object with all fields."""
        # A subclass may have more fields than would come back.
        if type(value) is not self._type:
            raise other_type(value, self._type.__name__)
        found = {}
        for field in self._fields:
            try:
                found[field.name] = field.codec.encode(getattr(value, field.name))
            except Refused as refused:
                refused.steps.append(field.name)
                raise
        return found

    def decode(self, stored: Any) -> Any:
        """Return an instance, made by its constructor."""
        if type(stored) is not dict:
            raise other_kind(stored, KINDS[dict])
        found = {}
        for field in self._fields:
            if field.name in stored:
                try:
                    found[field.name] = field.codec.decode(stored[field.name])
                except Refused as refused:
                    refused.steps.append(field.name)
                    raise
            elif not field.has_default:
                raise Refused("is missing").within(field.name)
        try:
            return self._type(**found)
        except Exception as error:  # whatever the checks of a class raise
            raise Refused(f"{self._type.__name__} refused it: {told(error)}") from error


class Model(Codec):
    """A pydantic model, by its own rules: known by its methods, so that pydantic need not be there."""

    __slots__ = ("_type",)
    kinds = frozenset({dict})

    def __init__(self, kind: type) -> None:
        self._type: Any = kind

    def encode(self, value: Any) -> Any:
        """Return the object that pydantic makes of it, if pydantic makes the same model of that again."""
        if type(value) is not self._type:
            raise other_type(value, self._type.__name__)
        try:
            text = encode(value.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False))
        except ValueError as error:
            raise Refused(f"can't be written by pydantic: {told(error)}") from error
        if self._read(text) != value:
            raise Refused(f"is a {self._type.__name__} that comes back changed from JSON")
        return decode(text)

    def decode(self, stored: Any) -> Any:
        """Return the model of an object."""
        if type(stored) is not dict:
            raise other_kind(stored, KINDS[dict])
        return self._read(json.dumps(stored))

    def _read(self, text: str) -> Any:
        try:
            return self._type.model_validate_json(text)
        except ValueError as error:
            raise _refused(error) from error


def is_model(kind: Any) -> bool:
    """Whether a class is a pydantic model."""
    return isinstance(kind, type) and hasattr(kind, "model_validate_json") and hasattr(kind, "model_dump")


def told(error: Exception) -> str:
    """Return an error as one line."""
    try:
        text = f"{type(error).__name__}: {error}".splitlines()[0]
    except Exception:
        return f"{type(error).__name__}, whose text can't be told"
    return text if len(text) <= 200 else f"{text[:197]}..."


def _refused(error: ValueError) -> Refused:
    if not hasattr(error, "errors"):
        return Refused(told(error))
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    refused = Refused(str(first["msg"]))
    refused.steps = [step if isinstance(step, int) else str(step) for step in reversed(first["loc"])]
    return refused
