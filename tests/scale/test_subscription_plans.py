"""How PostgreSQL reads the next batch of a subscription: in the order of an index, and no further than it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventstore_django.backends import backend_for
from eventstore_django.models import Event
from eventstore_django.subscriptions.filters import EventFilter

from .hundred_thousand import EVENTS
from .plans import PLANNED, Run, sent

if TYPE_CHECKING:
    from eventstore_django.querysets import EventQuerySet

pytestmark = pytest.mark.usefixtures("hundred_thousand")

BATCH = 1000
MIDDLE = 60_000
SHARDS = 4

FULL: dict[str, tuple[EventFilter, int]] = {
    "everything": (EventFilter(), MIDDLE),
    "a category": (EventFilter(categories=("Ledger",)), MIDDLE),
    "a category in many streams": (EventFilter(categories=("Order",)), MIDDLE),
    "a category that has ended": (EventFilter(categories=("Ended",)), 0),
    "two categories": (EventFilter(categories=("Cart", "Order")), MIDDLE),
    "a type": (EventFilter(event_types=("Noted",)), MIDDLE),
    "a type that has ended": (EventFilter(event_types=("LastSeen",)), 0),
    "a tenant": (EventFilter(partitions=("here",)), MIDDLE),
    "a tenant's category": (EventFilter(categories=("Order",), partitions=("here",)), MIDDLE),
}


def _events(wanted: EventFilter) -> EventQuerySet:
    events: EventQuerySet = Event.objects.filter(**wanted.conditions()).order_by("position")
    return events


def _read(events: EventQuerySet, after: int) -> list[Any]:
    return list(backend_for("default").reader(events, BATCH)(after, EVENTS))


@PLANNED
@pytest.mark.parametrize("name", FULL)
def test_a_batch_is_read_in_order(name: str, planned: Run) -> None:
    wanted, after = FULL[name]
    with sent() as statements:
        assert len(_read(_events(wanted), after)) == BATCH
    (statement,) = statements
    plan = planned(statement)
    assert (plan.scans_of_whole_tables, plan.sorts) == ([], 0)
    assert plan.rows_passed_over < 10 * BATCH


@PLANNED
def test_a_batch_of_a_shard_is_read_in_order(planned: Run) -> None:
    in_shard = backend_for("default").in_shard(0, SHARDS)
    with sent() as statements:
        assert len(_read(_events(EventFilter()).filter(in_shard), MIDDLE)) == BATCH
    (statement,) = statements
    plan = planned(statement)
    assert (plan.scans_of_whole_tables, plan.sorts) == ([], 0)
    assert plan.rows_passed_over < 10 * BATCH


@PLANNED
def test_a_rare_category_is_found_by_its_index(planned: Run) -> None:
    with sent() as statements:
        assert len(_read(_events(EventFilter(categories=("Rare",))), 0)) == 3
    (statement,) = statements
    plan = planned(statement)
    assert plan.indexes == ["eventstore_event_category"]
    assert plan.rows_passed_over == 0
