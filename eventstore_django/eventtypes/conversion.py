"""Instances of registered classes as payloads, and back."""

from __future__ import annotations

from typing import Any

from ..encoding import JSONObject, Refused
from .registry import EventType, registry


def type_of(instance: object) -> EventType | None:
    """Return the event type that the class of an instance stands for; a subclass is another class."""
    return registry.by_class.get(type(instance))


def payload_of(declared: EventType, instance: object) -> JSONObject:
    """Return an instance as the payload to store. Raise Refused for what would not come back as it is."""
    try:
        payload: JSONObject = codec_of(declared).encode(instance)
    except RecursionError:
        raise Refused("is nested too deep, or within itself") from None
    return payload


def instance_of(declared: EventType, version: int, payload: JSONObject) -> Any:
    """Return the instance of a payload in its newest shape. Raise Refused for one that does not fit."""
    if version > declared.version:
        raise Refused(f"it was stored with version {version}, and the class here is of version {declared.version}")
    return codec_of(declared).decode(payload)


def codec_of(declared: EventType) -> Any:
    """Return the codec. Raise Refused if a type that its class names can't be found, or can't be kept."""
    try:
        return declared.codec
    except (NameError, TypeError) as error:
        raise Refused(f"{declared.path} can't be read as an event type: {error}") from error
