"""What is no endpoint is not in the document."""

from __future__ import annotations

from ..notfound import NotFoundView
from .describing import describe

describe(NotFoundView, get={"exclude": True}, post={"exclude": True})
