"""Who may read, append and operate: Django's own model permissions, never open by default."""

from __future__ import annotations

from django.http import HttpRequest

READ = "eventstore.view_event"
APPEND = "eventstore.add_event"
OPERATE = "eventstore.change_subscription"


def may(request: HttpRequest, permission: str) -> bool:
    """Return whether the user of a request is logged in and has a permission. Nobody has none."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and bool(user.has_perm(permission))
