"""How far the log is settled, and who keeps it from being settled further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..backends import Backend
from ..backends.holders import Holder
from ..models import LogHead


@dataclass(frozen=True, slots=True)
class WatermarkStatus:
    """The watermark (docs/positions.md)."""

    position: int
    """Readers go so far now."""
    drawn: int
    """The last position that was given out, also to transactions that are still open or were rolled back."""
    published: int
    """So far go the workers: what the publisher has told last. 0 if there never was one."""
    published_at: datetime | None
    holders: Sequence[Holder]
    """Open transactions that have appended, the one that holds readers back first."""


def watermark_status(backend: Backend) -> WatermarkStatus:
    """Return how far the log is settled now. Raise UnsafeRead where that can't be told."""
    # First who, then how far: a holder that is gone in between can't be told with a watermark that it kept down.
    holders = backend.holders()
    position = backend.watermark()
    head = LogHead.objects.using(backend.alias).filter(pk=LogHead.ROW).first()
    return WatermarkStatus(
        position=position,
        drawn=backend.drawn_position(),
        published=head.position if head else 0,
        published_at=head.updated_at if head else None,
        holders=[holder for holder in holders if holder.position >= position],
    )
