"""Statistics as a document."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .health import problems
from .rates import Rate
from .reports import StoreStatistics


def document(statistics: StoreStatistics) -> dict[str, Any]:
    """Return statistics as dicts, lists and values that ``DjangoJSONEncoder`` and DRF can write.

    Names are those of the fields; each subscription has its totals, trend and rate beside its shards.
    """
    values = asdict(statistics)
    trends, rates = values.pop("trends"), values.pop("handled_per_second")
    for told, status in zip(values["subscriptions"], statistics.subscriptions, strict=True):
        told |= {"position": status.position, "lag": status.lag, "lag_seconds": status.lag_seconds}
        told |= {"trend": trends.get(status.name), "handled_per_second": rates.get(status.name)}
    for name, rate in (("hour", statistics.hour), ("day", statistics.day)):
        values[name] |= _totals(rate)
    values["problems"] = [asdict(problem) for problem in problems(statistics)]
    return values


def _totals(rate: Rate) -> dict[str, float]:
    return {"total": rate.total, "per_second": rate.per_second}
