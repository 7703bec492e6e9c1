"""Taking the payload of an older version to the newest, step by step. What is stored is never changed."""

from __future__ import annotations

from ..encoding import JSONObject, Refused, decode, encode
from .registry import Upcast, registry
from .structs import told


def is_outdated(name: str, version: int) -> bool:
    """Whether payloads of this version have to be upcast. Asked for each event that is read."""
    chain = registry.chains.get(name)
    return chain is not None and version < chain.target


def upcast(name: str, version: int, payload: JSONObject) -> JSONObject:
    """Return the payload in its newest shape. Raise Refused where there is no way to it."""
    chain = registry.chains.get(name)
    if chain is None:
        return payload
    for step in range(version, chain.target):
        call = chain.steps.get(step)
        if call is None:
            raise Refused(f"there is no upcaster from version {step}, and the newest is {chain.target}")
        payload = _step(call, step, payload)
    return payload


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
