"""Subscriptions in an application's own tests: declared for one test, and run to the end of the log.

All of it happens on the connection of the test, inside its transaction if it has one, and needs no pytest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ..exceptions import SubscriptionError
from ..store import EventStore
from ..subscriptions.declarations import registry
from ..workers.choosing import chosen
from ..workers.reports import Report
from ..workers.runner import SubscriptionRunner

MAX_APPENDED = 1000
"""Positions that handlers may take for events of their own before it looks like a circle."""


def run_subscriptions_to_head(
    *names: str, using: str | None = None, raises: bool = True, max_appended: int = MAX_APPENDED
) -> None:
    """Let the declared subscriptions, or those of these names, handle all events that are there.

    What a handler appends is handled as well, until nothing is left. What a handler raises comes out
    here; with ``raises=False`` the event is retried, parked, or stops its subscription, as it would be
    by a worker: what is due later stays for a later call. ``using`` names a database as for EventStore.

    Raise UnknownSubscription; SubscriptionError if the handlers append more than ``max_appended`` events.
    """
    store = EventStore(using=using)
    declarations = chosen(names)
    head = store.head_position()
    report = _AppendsCounted(store, head + max_appended, [declaration.name for declaration in declarations])
    while True:
        SubscriptionRunner(store.using, declarations, report=report, raises=raises).run_to_head(threaded=False)
        if store.head_position() == head:
            return
        head = store.head_position()


@contextmanager
def temporary_subscriptions() -> Iterator[None]:
    """Forget at the end of the block the subscriptions that were declared inside of it."""
    before = registry.all()
    try:
        yield
    finally:
        for declared in registry.all():
            registry.remove(declared)
        for declared in before:
            registry.add(declared)


class _AppendsCounted(Report):
    """Ends a run whose handlers append without an end: asked after each turn, since it would have no other."""

    def __init__(self, store: EventStore, limit: int, names: Collection[str]) -> None:
        super().__init__()
        self._store = store
        self._limit = limit
        self._names = names

    def progress(self, position: int, head: int) -> None:
        """Look at the log itself: ``position`` and ``head`` are sums over shards."""
        if self._store.head_position() > self._limit:
            raise SubscriptionError(
                f"The handlers of {', '.join(self._names)} have appended up to position {self._store.head_position()}, "
                f"past {self._limit}, and there is no end of it: does one of them handle what it appends? "
                "If they have to append so many events, raise max_appended."
            )
