"""Filters of the admin's templates: whatever a writer put into an event is shown through them."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

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
