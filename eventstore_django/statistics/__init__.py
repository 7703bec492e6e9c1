"""How the event store is doing, at a price that does not grow with the log.

``statistics(alias)`` is what the overview in the admin, ``GET stats/`` and ``manage.py eventstore_stats``
show; ``document(statistics)`` is the same as values that JSON can hold.
"""

from __future__ import annotations

from .documents import document
from .health import Problem, problems
from .rates import Rate
from .reports import StoreStatistics, statistics
from .unprocessed import Unprocessed
from .watermarks import WatermarkStatus
from .workforce import WorkerStatus

__all__ = [
    "Problem",
    "Rate",
    "StoreStatistics",
    "Unprocessed",
    "WatermarkStatus",
    "WorkerStatus",
    "document",
    "problems",
    "statistics",
]
