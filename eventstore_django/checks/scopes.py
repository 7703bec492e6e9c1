"""Whether what the settings name for the HTTP API can be found."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from .. import conf


def check_scope(**kwargs: Any) -> list[CheckMessage]:
    """Import the function that tells whose events a request may see: without it no request would be answered."""
    configured = conf.configured()
    path = configured.get("API_SCOPE") if isinstance(configured, dict) else None
    if path is None or not conf.SETTINGS["API_SCOPE"].accepts(path):
        return []
    try:
        fault = None if callable(import_string(path)) else "is no function"
    except ImportError as error:
        fault = f"can't be imported ({error})"
    return [Error(f"EVENTSTORE['API_SCOPE'] = {path!r} {fault}.", id="eventstore.E018")] if fault else []
