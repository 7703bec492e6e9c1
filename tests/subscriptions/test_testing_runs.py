"""``run_subscriptions_to_head`` and ``temporary_subscriptions``, in each kind of test that Django has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase

from eventstore_django import (
    EventStore,
    NewEvent,
    RecordedEvent,
    RetryPolicy,
    SubscriptionError,
    UnknownSubscription,
    subscription,
)
from eventstore_django.models import ParkedEvent, Snapshot, SubscriptionShard
from eventstore_django.subscriptions.declarations import registry
from eventstore_django.testing.subscriptions import run_subscriptions_to_head, temporary_subscriptions


@pytest.fixture(autouse=True)
def declarations_are_forgotten() -> Iterator[None]:
    with temporary_subscriptions():
        yield


@pytest.fixture(params=["default", "sqlite"])
def using(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def noted(number: int = 1) -> NewEvent:
    return NewEvent("Noted", {"number": number})


def declare_keeper(name: str = "keeper", using: str = "default") -> None:
    """Declare a subscription that writes a row for each event."""

    @subscription(name)
    def keep(event: RecordedEvent) -> None:
        Snapshot.objects.using(using).create(
            stream_id=f"{name}/{event.stream_id}",
            aggregate_id=event.aggregate_id,
            aggregate_type=event.aggregate_type,
            version=event.event_version,
            data=event.payload,
        )


def kept(using: str = "default") -> list[tuple[str, int]]:
    return list(Snapshot.objects.using(using).order_by("pk").values_list("stream_id", "version"))


class InATestCase(TestCase):
    def test_declared_subscriptions_handle_what_the_test_appended(self) -> None:
        declare_keeper()
        EventStore().append("A-1", [noted(), noted()])
        run_subscriptions_to_head("keeper")
        assert kept() == [("keeper/A-1", 1), ("keeper/A-1", 2)]

    def test_the_test_of_before_left_nothing(self) -> None:
        assert kept() == []
        assert not SubscriptionShard.objects.exists()
        assert registry.get("keeper") is None

    def test_a_second_run_handles_only_what_came_since(self) -> None:
        declare_keeper()
        EventStore().append("A-1", [noted()])
        run_subscriptions_to_head("keeper")
        EventStore().append("B-1", [noted()])
        run_subscriptions_to_head("keeper")
        assert kept() == [("keeper/A-1", 1), ("keeper/B-1", 1)]

    def test_a_failed_run_leaves_the_transaction_of_the_test_usable(self) -> None:
        @subscription("broken")
        def broken(event: RecordedEvent) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT no_such_column")

        EventStore().append("A-1", [noted()])
        with pytest.raises(Exception, match="no_such_column"):
            run_subscriptions_to_head("broken")
        assert EventStore().append("A-1", [noted()]).version == 2


class InATransactionTestCase(TransactionTestCase):
    def test_declared_subscriptions_handle_what_was_committed(self) -> None:
        declare_keeper()
        EventStore().append("A-1", [noted(), noted()])
        run_subscriptions_to_head("keeper")
        connection.close()
        assert kept() == [("keeper/A-1", 1), ("keeper/A-1", 2)]

    def test_nothing_stays_owned(self) -> None:
        declare_keeper()
        run_subscriptions_to_head("keeper")
        assert list(SubscriptionShard.objects.values_list("owner", flat=True)) == [None]


@pytest.mark.django_db(databases=["default", "sqlite"])
def test_a_run_is_on_the_database_that_is_named(using: str) -> None:
    declare_keeper(using=using)
    EventStore(using=using).append("A-1", [noted()])
    run_subscriptions_to_head("keeper", using=using)
    assert kept(using) == [("keeper/A-1", 1)]
    assert SubscriptionShard.objects.using(using).count() == 1
    assert SubscriptionShard.objects.using({"default": "sqlite", "sqlite": "default"}[using]).count() == 0


@pytest.mark.django_db(databases=["sqlite"], transaction=True)
def test_a_run_on_sqlite_commits() -> None:
    declare_keeper(using="sqlite")
    EventStore(using="sqlite").append("A-1", [noted()])
    run_subscriptions_to_head("keeper", using="sqlite")
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="sqlite", durable=True):
        Snapshot.objects.using("sqlite").all().delete()
        raise ZeroDivisionError
    assert kept("sqlite") == [("keeper/A-1", 1)]


@pytest.mark.django_db
def test_without_names_all_that_are_declared_run() -> None:
    declare_keeper("one")
    declare_keeper("other")
    EventStore().append("A-1", [noted()])
    run_subscriptions_to_head()
    assert sorted(kept()) == [("one/A-1", 1), ("other/A-1", 1)]


@pytest.mark.django_db
def test_only_those_that_are_named_run() -> None:
    declare_keeper("one")
    declare_keeper("other")
    EventStore().append("A-1", [noted()])
    run_subscriptions_to_head("other")
    assert kept() == [("other/A-1", 1)]


@pytest.mark.django_db
def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    declare_keeper("one")
    with pytest.raises(UnknownSubscription, match="one"):
        run_subscriptions_to_head("other")


@pytest.mark.django_db
def test_what_a_handler_raises_comes_out() -> None:
    @subscription("broken")
    def broken(event: RecordedEvent) -> None:
        raise ZeroDivisionError

    EventStore().append("A-1", [noted()])
    with pytest.raises(ZeroDivisionError):
        run_subscriptions_to_head("broken")
    assert not ParkedEvent.objects.exists()


@pytest.mark.django_db
def test_what_a_handler_raises_can_be_kept_for_the_worker_to_deal_with() -> None:
    @subscription("broken", retries=RetryPolicy(attempts=1))
    def broken(event: RecordedEvent) -> None:
        raise ZeroDivisionError

    EventStore().append("A-1", [noted()])
    run_subscriptions_to_head("broken", raises=False)
    assert list(ParkedEvent.objects.values_list("stream_id", "status")) == [("A-1", "parked")]


@pytest.mark.django_db
@pytest.mark.parametrize("batch_size", [None, 1])
def test_what_handlers_append_is_handled_by_all_that_run(batch_size: int | None) -> None:
    seen: list[int] = []

    @subscription("asking", categories=["Answers"], batch_size=batch_size)
    def ask(event: RecordedEvent) -> None:
        EventStore().append("Questions-1", [noted(event.payload["number"] - 1)])

    @subscription("answering", categories=["Questions"], batch_size=batch_size)
    def answer(event: RecordedEvent) -> None:
        seen.append(event.payload["number"])
        if event.payload["number"]:
            EventStore().append("Answers-1", [noted(event.payload["number"])])

    EventStore().append("Questions-1", [noted(20)])
    run_subscriptions_to_head("asking", "answering")
    assert seen == list(range(20, -1, -1))


@pytest.mark.django_db
def test_handlers_that_append_without_an_end_are_told_so() -> None:
    @subscription("circle")
    def circle(event: RecordedEvent) -> None:
        EventStore().append("A-1", [noted()])

    EventStore().append("A-1", [noted()])
    with pytest.raises(SubscriptionError, match="circle"):
        run_subscriptions_to_head("circle", max_appended=20)
    assert 20 < EventStore().get_stream_version("A-1") < 50


@pytest.mark.django_db
def test_what_was_declared_inside_is_forgotten_and_what_was_there_before_is_as_it_was() -> None:
    declare_keeper("before")
    declared = registry.all()
    with temporary_subscriptions():
        declare_keeper("before")
        declare_keeper("inside")
        assert registry.get("inside") is not None
    assert registry.all() == declared
    assert all(one is other for one, other in zip(registry.all(), declared, strict=True))


def test_what_was_declared_inside_is_forgotten_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), temporary_subscriptions():
        declare_keeper("inside")
        raise ZeroDivisionError
    assert registry.get("inside") is None
