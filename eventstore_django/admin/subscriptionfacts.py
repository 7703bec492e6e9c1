"""How one subscription is doing, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..backends import backend_for
from ..models import Subscription
from ..subscriptions.declarations import registry
from ..workers.sampling import SAMPLE_SECONDS, History, histories
from ..workers.statuses import SubscriptionStatus, statuses
from . import charts, telling
from .rebuilds import rebuild_state

_ORDER = (
    "handler",
    "categories",
    "event_types",
    "partitions",
    "shards",
    "start",
    "on_error",
    "attempts",
    "transaction",
)


def measured_subscription(alias: str, row: Subscription) -> dict[str, Any] | None:
    """Return what the template needs; None if the subscription is gone."""
    with backend_for(alias).translated():
        found = statuses(alias, [row.pk])
        past = histories(alias)[row.pk]
        now = backend_for(alias).now().timestamp()
    if not found:
        return None
    return {
        "facts": _facts(row, found[0], past, now),
        "chart": _chart(past),
        "shards": [_shard(number, past, found[0]) for number in range(len(found[0].shards))],
        "settings": _settings(row),
        "is_declared": registry.get(row.pk) is not None,
        "rebuild": rebuild_state(alias, row),
        "last_error_at": telling.moment(row.last_error_at),
    }


def lag_line(past: History, now: float, lag: int | None) -> SafeString:
    """Draw the lag of the last minutes, with the word for where it is going."""
    lags = [sample.lag for sample in past.samples]
    return format_html(
        '<span class="es-trend">{}{}</span>', charts.line(lags, _in_words(lags)), telling.state(past.trend(now, lag))
    )


def shortened(text: str) -> str:
    """Cut a text that would fill a list."""
    return text if len(text) <= 120 else f"{text[:119]}…"


def _facts(row: Subscription, status: SubscriptionStatus, past: History, now: float) -> telling.Facts:
    return telling.facts(
        ("Status", telling.state(row.status)),
        ("Position", telling.number(status.position)),
        ("Lag", f"{telling.number(status.lag)} positions"),
        ("Lag in time", telling.seconds(status.lag_seconds)),
        ("Trend", telling.state(past.trend(now, status.lag))),
        ("Handles", telling.rate(past.rate(now))),
        ("Handled in all", telling.number(sum(shard.handled for shard in status.shards))),
        ("Parked", telling.number(status.parked)),
        ("Held back", telling.number(status.held)),
        ("Version", str(status.version)),
    )


def _chart(past: History) -> dict[str, Any]:
    lags = [sample.lag for sample in past.samples]
    if len(lags) < 2:
        return {}
    titles = [f"{telling.number(lag)} positions, {_ago(past, number)}" for number, lag in enumerate(lags)]
    span = telling.seconds(past.samples[-1].at - past.samples[0].at)
    return {"drawn": charts.bars(lags, titles, _in_words(lags)), "span": span, "most": telling.number(max(lags))}


def _ago(past: History, number: int) -> str:
    return f"{telling.seconds(past.samples[-1].at - past.samples[number].at)} before the last"


def _shard(number: int, past: History, status: SubscriptionStatus) -> dict[str, Any]:
    shard = status.shards[number]
    lags = [sample.lags[number] for sample in past.samples if number < len(sample.lags)]
    return {
        "number": shard.number,
        "position": telling.number(shard.position),
        "lag": telling.number(shard.lag),
        "lag_seconds": telling.seconds(shard.lag_seconds),
        "line": charts.line(lags, _in_words(lags)),
        "handled": telling.number(shard.handled),
        "owner": shard.owner,
    }


def _settings(row: Subscription) -> telling.Facts:
    """Return what is declared, as words: an empty list of categories means all of them."""
    settings = row.settings if isinstance(row.settings, dict) else {}
    # PostgreSQL keeps keys in an order of its own.
    names = sorted(settings, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return telling.facts(*((name.replace("_", " ").capitalize(), _word(settings[name])) for name in names))


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"
    return {True: "yes", False: "no", None: "default"}.get(value, str(value)) if _is_flag(value) else str(value)


def _is_flag(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _in_words(lags: Sequence[int]) -> str:
    if not lags:
        return ""
    span = telling.seconds((len(lags) - 1) * SAMPLE_SECONDS)
    return f"Lag over {span}: from {lags[0]} to {lags[-1]} positions, at most {max(lags)}"
