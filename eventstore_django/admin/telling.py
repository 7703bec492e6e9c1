"""Numbers, times and states as people read them, escaped and apart from the project's localisation."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..backends.tallies import Precision, Tally
from .visible import visible

_PREFIXES = {Precision.EXACT: "", Precision.ESTIMATED: "about ", Precision.AT_LEAST: "at least "}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


Facts = list[tuple[SafeString, SafeString]]


def facts(*given: tuple[str, object]) -> Facts:
    """Return names and values for a list of facts: texts made safe to look at, markup as it is."""
    return [(visible(name), value if isinstance(value, SafeString) else visible(value)) for name, value in given]


def number(value: float) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,.0f}"


def tally(value: Tally) -> str:
    """Return a number of rows, and that it is an estimate if it is one."""
    rounded = float(f"{value.number:.3g}") if value.precision is Precision.ESTIMATED else value.number
    return f"{_PREFIXES[value.precision]}{number(rounded)}"


def seconds(value: float | None) -> str:
    """Return a span of time in the unit that fits it."""
    if value is None:
        return "-"
    for size, unit in _UNITS:
        if value >= 2 * size:
            return f"{value / size:.0f} {unit}"
    return f"{value:.1f} s" if 0 < value < 10 else f"{value:.0f} s"


def rate(value: float | None) -> str:
    """Return a number of events in a second."""
    if value is None:
        return "-"
    return f"{number(value) if value >= 100 else f'{value:.2g}' if value >= 1 or not value else f'{value:.2f}'} /s"


def moment(value: datetime | None) -> str:
    """Return a time in the project's time zone, with seconds."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S %Z}" if value else "-"


def state(value: str) -> SafeString:
    """Show one of the words for a state of a subscription or of a parked event, or a trend."""
    return format_html('<span class="es-state es-state-{}">{}</span>', value.replace(" ", "-"), value)
