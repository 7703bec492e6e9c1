"""Letting clients in: a place for each, or 503 with the time to come back."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from .places import NoPlace, Places
from .wire import RETRY_SECONDS


class NoPlaceLeft(APIException):
    """As many wait as may; ``wait`` becomes ``Retry-After``."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, error: NoPlace) -> None:
        super().__init__(str(error))
        self.wait = RETRY_SECONDS


def place_for(request: Request, places: Places) -> Callable[[], None]:
    """Take a place for the user of a request; return what gives it back. Raise NoPlaceLeft."""
    try:
        return places.take(request.user.pk if request.user else None)
    except NoPlace as error:
        raise NoPlaceLeft(error) from None
