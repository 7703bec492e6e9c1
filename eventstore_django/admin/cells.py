"""The small things that tables and pages are made of: links, chips, times."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zlib import crc32

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..encoding import Undecodable
from ..models import Event
from .causation import noted
from .visible import visible

HUES = 8
"""Colours that the style sheet has for types and streams."""


def hue(text: object) -> int:
    """Return the number of a text's colour: the same on every page, for ever."""
    return crc32(str(text).encode("utf-8", "surrogatepass")) % HUES


def link(address: str, text: str) -> SafeString:
    """Link a stranger's text."""
    return format_html('<a href="{}">{}</a>', address, visible(text))


def chip(text: str) -> SafeString:
    """Show a type of events, with the colour that it has everywhere."""
    return format_html('<span class="es-chip es-hue-{}">{}</span>', hue(text), visible(text))


def moment(at: datetime | Undecodable | None, timespec: str = "milliseconds", zone: bool = False) -> SafeString:
    """Show a time in the time zone of the admin, or why it can't be read; ``zone`` says which zone that is."""
    if at is None:
        return format_html('<span class="es-none">{}</span>', "-")
    if isinstance(at, Undecodable):
        return format_html('<span class="es-more">{}</span>', visible(at.reason))
    local = _local(at)
    shown = local.replace(tzinfo=None).isoformat(" ", timespec) + (f" {local:%Z}" if zone else "")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), f"{local:%Z} (UTC{local:%z})", shown)


def _local(at: datetime) -> datetime:
    try:
        return timezone.localtime(at)
    except OverflowError:
        # In the zone of the admin it is the year 0 or 10000 already.
        return at


def correlation(address: str, event: Event) -> SafeString:
    """Link to the correlation that an event carries."""
    correlation_id = noted(event, "correlation_id")
    if correlation_id is None:
        return format_html('<span class="es-none">{}</span>', "-")
    return format_html(
        '<a class="es-id" href="{}?{}">{}</a>', address, urlencode({"id": correlation_id}), visible(correlation_id)
    )
