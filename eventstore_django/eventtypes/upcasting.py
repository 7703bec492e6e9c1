"""Taking the payload of an older version to the newest, step by step. What is stored is never changed."""

from __future__ import annotations

from collections.abc import Iterator

from ..encoding import JSONObject, Refused, decode, encode
from .registry import Upcast, registry
from .structs import told


def is_outdated(name: str, version: int) -> bool:
    """Whether payloads of this version have to be upcast. Asked for each event that is read."""
    chain = registry.chains.get(name)
    return chain is not None and version < chain.target


def upcast(name: str, version: int, payload: JSONObject) -> JSONObject:
    """Return the payload in its newest shape. Raise Refused where there is no way to it."""
    newest = payload
    for _, upcast_once in steps(name, version, payload):
        newest = upcast_once
    return newest


def steps(name: str, version: int, payload: JSONObject) -> Iterator[tuple[int, JSONObject]]:
    """Give each later version with the payload in its shape. Raise Refused where the next one can't be reached."""
    chain = registry.chains.get(name)
    for step in range(version, chain.target if chain else version):
        call = chain.steps.get(step) if chain else None
        if call is None:
            raise Refused(f"there is no upcaster from version {step}")
        payload = _step(call, step, payload)
        yield step + 1, payload


def _step(call: Upcast, version: int, payload: JSONObject) -> JSONObject:
    # Through JSON and back: a copy that the function may change, and a result that is what a store gives.
    given = decode(encode(payload))
    try:
        result = call(given)
    except Exception as error:
        raise Refused(f"the upcaster from version {version} raised {told(error)}") from error
    if result is None:
        raise Refused(f"the upcaster from version {version} returned nothing; it must return the payload")
    try:
        return decode(encode(result))
    except Refused as refused:
        refused.reason = f"what the upcaster from version {version} returned {refused.reason}"
        raise
