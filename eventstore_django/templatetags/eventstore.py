"""Filters of the admin's templates: whatever a writer put into an event is shown through them."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from ..admin import cells, jsontrees, timelines
from ..admin import visible as showing
from ..admin.quoting import quoted as quoted_key

register = template.Library()


@register.filter
def visible(text: object) -> SafeString:
    """Show a stranger's text: escaped, isolated, hidden characters marked."""
    return showing.visible(text)


@register.filter
def visible_text(text: object) -> str:
    """Show a stranger's text where no markup can stand: titles, attributes."""
    return showing.visible_text(text)


@register.filter
def quoted(key: object) -> str:
    """Quote a key for ``{% url %}``."""
    return quoted_key(key)


@register.filter
def plain(number: int) -> str:
    """Show a number as digits only, whatever the locale: positions are copied, and SVG takes no commas."""
    return str(number)


@register.filter
def hue(text: object) -> str:
    """Return the class of the colour that a type or stream has everywhere."""
    return f"es-hue-{cells.hue(text)}"


@register.filter
def moment(at: datetime | None) -> SafeString:
    """Show a time to the millisecond."""
    return cells.moment(at)


@register.filter
def zoned_moment(at: datetime | None) -> SafeString:
    """Show a time to the millisecond, and in which time zone."""
    return cells.moment(at, zone=True)


@register.filter
def exact_moment(at: datetime | None) -> SafeString:
    """Show a time to the microsecond."""
    return cells.moment(at, "microseconds", zone=True)


@register.filter
def fact(value: object) -> SafeString:
    """Show a field of a row, whatever its kind."""
    if value is None or isinstance(value, datetime):
        return cells.moment(value, zone=True)
    return showing.visible(value)


@register.filter
def digest(payload: object) -> SafeString:
    """Show the beginning of a payload on one line."""
    return timelines.digest(payload)


@register.filter
def json_tree(value: object) -> SafeString:
    """Show a JSON value as a tree that folds."""
    return jsontrees.tree(value)


@register.filter
def json_text(text: str) -> SafeString:
    """Show a piece of JSON, hidden characters marked as JSON escapes them."""
    return showing.marked(text, jsontrees.escape)
