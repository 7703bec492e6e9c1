"""Workers on connections that are configured for a stricter isolation level, or for commits by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
from psycopg import IsolationLevel

from eventstore_django import EventStore, NewEvent, RecordedEvent, SubscriptionError, subscription
from eventstore_django.models import ParkedEvent, SubscriptionShard
from eventstore_django.testing.subscriptions import temporary_subscriptions
from eventstore_django.workers.choosing import chosen
from eventstore_django.workers.runner import SubscriptionRunner
from tests.concurrency.sessions import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def strict(request: pytest.FixtureRequest) -> Iterator[None]:
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = {**before, "OPTIONS": {**before["OPTIONS"], "isolation_level": request.param}}
    yield
    connection.close()
    connection.settings_dict = before


@pytest.fixture
def session() -> Iterator[Session]:
    opened = Session()
    yield opened
    opened.close()


def _renew() -> None:
    SubscriptionShard.objects.update(lease_until=F("lease_until"))


def test_a_lease_that_is_renewed_while_a_handler_works_is_no_failure(strict: None, session: Session) -> None:
    handled: list[int] = []

    with temporary_subscriptions():

        @subscription("strict")
        def handle(event: RecordedEvent) -> None:
            list(SubscriptionShard.objects.all())
            session.run(_renew)
            handled.append(event.position)

        EventStore().append("Account-1", [NewEvent("Noted", {})])
        SubscriptionRunner("default", chosen(["strict"]), raises=True).run_to_head(threaded=False)
    assert len(handled) == 1
    assert not ParkedEvent.objects.exists()


def test_commits_by_hand_are_refused(monkeypatch: Any) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "AUTOCOMMIT", False)
    with temporary_subscriptions():

        @subscription("manual")
        def handle(event: RecordedEvent) -> None:
            pass

        with pytest.raises(SubscriptionError, match="AUTOCOMMIT"):
            SubscriptionRunner("default", chosen(["manual"])).run_to_head(threaded=False)
