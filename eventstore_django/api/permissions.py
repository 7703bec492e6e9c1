"""Who may read and who may append: Django's own model permissions, never open by default."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class EventPermission(BasePermission):
    """Reading needs ``view_event``, appending ``add_event``, whatever the project's defaults are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask for the permission that the method needs."""
        user = request.user
        if user is None or not user.is_authenticated:
            return False
        needed = "eventstore.view_event" if request.method in SAFE_METHODS else "eventstore.add_event"
        return bool(user.has_perm(needed))
