"""The text of Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

CONTENT_TYPE = "text/event-stream"
RETRY_SECONDS = 2.0
"""When clients come back after the end of a feed."""


def opening(position: int) -> bytes:
    """Begin a feed: tell when to come back, and from where, should it end before anything happens."""
    return b"retry: %d\nid: %d\n\n" % (RETRY_SECONDS * 1000, position)


def message(position: int, body: bytes) -> bytes:
    """Tell of an event; ``body`` is JSON without line breaks."""
    return b"id: %d\ndata: %s\n\n" % (position, body)


def heartbeat(position: int | None = None) -> bytes:
    """Show that the feed lives, and with a position how far the client has come.

    An id without data moves ``Last-Event-ID`` and calls no handler: a client whose filter matches
    seldom does not begin at its last event again. A comment would not move it.
    """
    return b":\n\n" if position is None else b":\nid: %d\n\n" % position
