"""Who asks, looked up anew: sessions, tokens, users and permissions as they are stored now."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user
from django.http import HttpRequest


def asked_again(request: HttpRequest) -> HttpRequest:
    """Return the request as it would come in now.

    ``request`` is as the middleware left it: authentication by the framework has not touched it yet.
    """
    again = copy(request)
    session: Any = getattr(request, "session", None)
    if session is not None and SESSION_KEY in session:
        again.session = type(session)(session.session_key)
        again.user = get_user(again)
    elif (user := getattr(request, "user", None)) is not None and user.is_authenticated:
        again.user = _reloaded(user)
    return again


def _reloaded(user: Any) -> Any:
    """Return a user whom some other middleware has found, as stored now; one without a row stays."""
    if not hasattr(user, "_meta"):
        return user
    # Not type(): that of a lazy object is not the user's.
    return user.__class__._default_manager.filter(pk=user.pk).first()
