"""From a type hint to its codec. What could not come back as it went in is refused when it is declared."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum, Flag
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from .codecs import SCALARS, Codec
from .containers import Distinct, Items, OneOf, Pairs, Places
from .members import Flags, Members
from .structs import Field, Model, Struct, is_model

_Parameters: TypeAlias = Mapping[Any, Any]


class Resolver:
    """Finds codecs. ``names`` are those that a function adds to the ones of its ``module``, for classes made in it."""

    def __init__(self, module: str, names: Mapping[str, Any]) -> None:
        self._module = module
        self._names = names
        self._structs: dict[Any, Struct] = {}

    def codec_of_class(self, kind: Any) -> Struct | Model:
        """Return the codec of a dataclass or model.

        Raise TypeError for a type that could not be kept, NameError for one that can't be found (yet).
        """
        return Model(kind) if is_model(kind) else self._struct(kind, {})

    def _codec(self, hint: Any, given: _Parameters) -> Codec:
        if isinstance(hint, TypeVar) and hint in given:
            return self._codec(given[hint], {})
        if isinstance(hint, NewType):
            return self._codec(hint.__supertype__, given)
        if hasattr(hint, "__value__"):  # type X = ..., from Python 3.12 on
            return self._codec(hint.__value__, _parameters(hint, given))
        if (scalar := _scalar(hint)) is not None:
            return scalar
        if (origin := get_origin(hint)) is not None:
            return self._of_parameters(hint, origin, given)
        if isinstance(hint, type) and (found := self._of_class(hint)):
            return found
        raise _unsupported(hint)

    def _of_class(self, hint: Any) -> Codec | None:
        if is_model(hint):
            return Model(hint)
        if dataclasses.is_dataclass(hint):
            return self._struct(hint, {})
        if issubclass(hint, Flag):
            return Flags(hint)
        if issubclass(hint, Enum):
            return Members(hint.__name__, hint)
        return None

    def _of_parameters(self, hint: Any, origin: Any, given: _Parameters) -> Codec:
        arguments = get_args(hint)
        if origin in (Annotated, Final):
            return self._codec(arguments[0], given)
        if origin is Literal:
            return Members(f"one of {', '.join(map(repr, arguments))}", arguments)
        if origin in (Union, UnionType):
            return self._one_of(hint, arguments, given)
        if origin is tuple and arguments[1:] != (Ellipsis,):
            return Places([self._codec(argument, given) for argument in arguments])
        if origin in (list, tuple):
            return Items(origin, self._codec(arguments[0], given))
        if origin in (set, frozenset):
            return Distinct(origin, self._codec(arguments[0], given))
        if origin is dict:
            return self._pairs(hint, *(self._codec(argument, given) for argument in arguments))
        if dataclasses.is_dataclass(origin):
            return self._struct(origin, _parameters(hint, given))
        raise _unsupported(hint)

    def _one_of(self, hint: Any, arguments: tuple[Any, ...], given: _Parameters) -> Codec:
        if Any in arguments:  # Optional[Any]
            return self._codec(Any, given)
        inner = [self._codec(argument, given) for argument in arguments]
        try:
            return OneOf(inner)
        except TypeError as error:
            raise TypeError(f"{_named(hint)}: {error}") from None

    def _pairs(self, hint: Any, keys: Codec, inner: Codec) -> Codec:
        if keys.kinds != {str}:
            raise TypeError(f"{_named(hint)}: the keys of an object are texts, and these are stored as something else")
        return Pairs(keys, inner)

    def _struct(self, kind: Any, given: _Parameters) -> Struct:
        key = (kind, *given.values())
        if key in self._structs:
            return self._structs[key]
        struct = self._structs[key] = Struct(kind)
        # While it is being decorated a class is not yet there under its own name.
        scope = {**(self._names if kind.__module__ == self._module else {}), kind.__name__: kind}
        hints = get_type_hints(kind, localns=scope, include_extras=True)
        if any(isinstance(hint, dataclasses.InitVar) for hint in hints.values()):
            raise TypeError(f"{kind.__qualname__}: what is an InitVar is not kept, and would be missing on reading")
        struct.fill([self._field(kind, field, hints[field.name], given) for field in dataclasses.fields(kind)])
        return struct

    def _field(self, kind: Any, field: Any, hint: Any, given: _Parameters) -> Field:
        try:
            if not field.init:
                raise TypeError("a field with init=False can't be given back; make it a property")
            codec = self._codec(hint, given)
        except TypeError as error:
            raise TypeError(f"{kind.__qualname__}.{field.name}: {error}") from None
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        return Field(field.name, codec, has_default)


def _parameters(hint: Any, given: _Parameters) -> _Parameters:
    names = getattr(hint, "__parameters__", ()) if get_origin(hint) is None else get_origin(hint).__parameters__
    return dict(zip(names, (given.get(argument, argument) for argument in get_args(hint)), strict=False))


def _scalar(hint: Any) -> Codec | None:
    return next((codec for known, codec in SCALARS if known is hint), None)


def _unsupported(hint: Any) -> TypeError:
    return TypeError(
        f"{_named(hint)} can't be kept without loss. Use str, int, float, bool, None, Decimal, UUID, datetime, date, "
        "time, enumerations, Literal, dataclasses, pydantic models, list[...], tuple[...], set[...], frozenset[...], "
        "dict[str, ...], unions of them, or Any for plain JSON"
    )


def _named(hint: Any) -> str:
    return hint.__qualname__ if isinstance(hint, type) and get_origin(hint) is None else str(hint)
