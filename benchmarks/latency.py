"""From the commit of an append to the start of its handler, at 100 appends a second, by another process."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.db import connections

from eventstore_django import RecordedEvent, subscription
from eventstore_django.models import Subscription
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.workers.runner import SubscriptionRunner
from eventstore_django.workers.stopping import StopFlag

from . import floor
from .appender import APPENDS, Appender
from .measuring import Figure, in_turns


def run(rounds: int) -> list[Figure]:
    """Measure one over the median: what could follow each other in a second if each waited for the last."""
    contenders: dict[str, Callable[[], float]] = {
        "bare LISTEN, one SELECT": _bare,
        "worker with LISTEN, defaults": lambda: _worker("default", notifications=True),
        "worker with LISTEN, recommended": lambda: _worker("prepared", notifications=True),
        "worker without LISTEN": lambda: _worker("default", notifications=False),
    }
    return in_turns("append to handler, 1/latency", contenders, rounds)


def _rate(sent: dict[str, float], seen: dict[str, float]) -> float:
    return 1 / statistics.median(seen[name] - at for name, at in sent.items())


def _bare() -> float:
    with floor.connect() as listener, listener.cursor() as cursor:
        listener.execute("LISTEN bare_appended")
        seen: dict[str, float] = {}
        with Appender("bare", notifications=True) as appender:
            while len(seen) < APPENDS:
                for notice in list(listener.notifies(timeout=10, stop_after=1)):
                    floor.read(cursor, notice.payload)
                    seen[notice.payload] = time.time()
        return _rate(appender.sent, seen)


def _worker(alias: str, *, notifications: bool) -> float:
    settings.EVENTSTORE = {"NOTIFICATIONS": notifications}
    name, stop, seen = f"benchmark-{uuid4()}", StopFlag(), {}

    @subscription(name, start="now", categories=["Latency"])
    def handle(event: RecordedEvent) -> None:
        seen[event.stream_id] = time.time()
        if len(seen) == APPENDS:
            stop.set()

    declaration = registry.get(name)
    assert declaration is not None  # declared above
    registry.remove(declaration)
    runner = SubscriptionRunner(alias, [declaration], stop=stop)
    thread = threading.Thread(target=_run, args=(runner,))
    thread.start()
    while not runner.holdings.shards:
        time.sleep(0.01)
    with Appender("default", notifications=notifications) as appender:
        thread.join()
    Subscription.objects.using(alias).filter(pk=name).delete()
    settings.EVENTSTORE = {}
    return _rate(appender.sent, seen)


def _run(runner: SubscriptionRunner) -> None:
    try:
        runner.run()
    finally:
        connections.close_all()
