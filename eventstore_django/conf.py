"""The settings of the event store: the dict ``EVENTSTORE``, read each time a value is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of ``EVENTSTORE``: its default, and what a value must be."""

    default: Any
    must_be: str
    accepts: Callable[[Any], bool]


def _is_int(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count_or_none(value: Any) -> bool:
    return value is None or _is_int(1, 1_000_000)(value)


def _is_header(value: Any) -> bool:
    return isinstance(value, str) and value.replace("-", "").isalnum() and value.isascii()


def _is_path(value: Any) -> bool:
    return value is None or (isinstance(value, str) and "." in value and all(map(str.isidentifier, value.split("."))))


SETTINGS = {
    "API_REQUIRE_PRECONDITION": Setting(False, "True or False", _is_bool),
    "API_SCOPE": Setting(None, "None or the dotted path of a function", _is_path),
    "APPEND_FUNCTION": Setting(True, "True or False", _is_bool),
    "HANDLER_TIME_LIMIT": Setting(60.0, "a number of seconds from 0.1 to 86400", _is_number(0.1, 86_400)),
    "LEASE_SECONDS": Setting(15.0, "a number of seconds from 0.5 to 3600", _is_number(0.5, 3600)),
    "NOTIFICATIONS": Setting(True, "True or False", _is_bool),
    "POLL_INTERVAL": Setting(0.5, "a number of seconds from 0.01 to 60", _is_number(0.01, 60)),
    "POSITION_LOCK_CLASS": Setting(0x45565354, "a whole number from 1 to 2147483647", _is_int(1, 2**31 - 1)),
    "READ_BATCH_SIZE": Setting(1000, "a whole number from 1 to 10000", _is_int(1, 10_000)),
    "SNAPSHOTS_KEPT": Setting(3, "a whole number from 1 to 1000000, or None", _is_count_or_none),
    "SUBSCRIPTION_BATCH_SIZE": Setting(500, "a whole number from 1 to 10000", _is_int(1, 10_000)),
    "RETRIES": Setting(5, "a whole number from 0 to 100", _is_int(0, 100)),
    "REQUEST_ID_HEADER": Setting("X-Request-ID", "the name of an HTTP header", _is_header),
    "CORRELATION_ID_HEADER": Setting("X-Correlation-ID", "the name of an HTTP header", _is_header),
}


def configured() -> Any:
    """Return what the project put into ``EVENTSTORE``: a dict, or what the check refuses."""
    return getattr(settings, "EVENTSTORE", {})


def get(key: str) -> Any:
    """Return the value of a setting, as it is at this moment."""
    return configured().get(key, SETTINGS[key].default)


def api_require_precondition() -> bool:
    """Whether an append over HTTP must say which version it expects."""
    return bool(get("API_REQUIRE_PRECONDITION"))


def api_scope() -> str | None:
    """Dotted path of the function that tells which partitions a request may see and write to."""
    path = get("API_SCOPE")
    return None if path is None else str(path)


def append_function() -> bool:
    """Whether appends on PostgreSQL use the stored functions (one round trip) or the ORM."""
    return bool(get("APPEND_FUNCTION"))


def position_lock_class() -> int:
    """First key of the advisory locks by which writers show their positions; fixed at ``migrate``."""
    return int(get("POSITION_LOCK_CLASS"))


def read_batch_size() -> int:
    """Events that iterators fetch at a time."""
    return int(get("READ_BATCH_SIZE"))


def retries() -> int:
    """How often an append of its own transaction, or an edit, is tried again after a lost race."""
    return int(get("RETRIES"))


def snapshots_kept() -> int | None:
    """How many snapshots of a stream are kept; None: all of them."""
    kept: int | None = get("SNAPSHOTS_KEPT")
    return kept


def request_id_header() -> str:
    """Request header that the middleware takes the request id from."""
    return str(get("REQUEST_ID_HEADER"))


def correlation_id_header() -> str:
    """Request header that the middleware takes the correlation id from."""
    return str(get("CORRELATION_ID_HEADER"))


def notifications() -> bool:
    """Whether workers are woken by LISTEN/NOTIFY, or only by looking at intervals."""
    return bool(get("NOTIFICATIONS"))


def poll_interval() -> float:
    """Seconds between looks at the log while nothing happens."""
    return float(get("POLL_INTERVAL"))


def lease_seconds() -> float:
    """Seconds after which the shards of a worker that gives no sign of life are taken over."""
    return float(get("LEASE_SECONDS"))


def handler_time_limit() -> float:
    """Seconds that one call of a subscription's handler may take."""
    return float(get("HANDLER_TIME_LIMIT"))


def subscription_batch_size() -> int:
    """Events that a subscription reads at a time."""
    return int(get("SUBSCRIPTION_BATCH_SIZE"))
