"""The live feed, in the document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes

from ..live.views import LiveView
from ..live.wire import CONTENT_TYPE
from .describing import JSON, describe, header, number, reading
from .events import FILTERS

_FEED = reading(
    OpenApiTypes.STR,
    summary="Events as they are settled, as Server-Sent Events",
    id="followEvents",
    tag="Events",
    parameters=[
        number("after", "The position behind which to begin; without it, now.", 0),
        header("Last-Event-ID", "The id seen last, which browsers send by themselves; it goes before `after`."),
        *FILTERS,
    ],
    responses={(200, CONTENT_TYPE): OpenApiTypes.STR},
)
del _FEED["responses"][200, JSON]

describe(LiveView, get=_FEED)
