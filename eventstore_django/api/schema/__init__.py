"""The OpenAPI document of the API, for drf-spectacular (extra ``openapi``): loaded only where that is installed."""

from __future__ import annotations

from . import batches, events, kinds, notfound, operating, snapshots, stats, streams

__all__ = ["batches", "events", "kinds", "notfound", "operating", "snapshots", "stats", "streams"]
