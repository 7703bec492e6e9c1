from __future__ import annotations

import copy
import pickle
from typing import Any
from uuid import UUID

import pytest

from eventstore_django import ANY, STREAM_EXISTS, exceptions
from eventstore_django.exceptions import (
    AggregateNotFound,
    AmbiguousAggregate,
    CheckpointMismatch,
    ConcurrencyError,
    ConnectionLost,
    DuplicateEventError,
    EventStoreError,
    ImmutableEventError,
    ImportRefused,
    InvalidEvent,
    InvalidExpectedVersion,
    InvalidSnapshot,
    InvalidStreamName,
    LeaseLost,
    NotMigrated,
    PayloadMismatch,
    ReadOnlyAggregate,
    ReadOnlyDatabase,
    SubscriptionError,
    TransactionAborted,
    UndecodableEvent,
    UndecodableSnapshot,
    UnhandledEvent,
    UnknownEventType,
    UnknownSubscription,
    UnsafeRead,
    UnsupportedDatabase,
    VersionConflict,
    WaitTimedOut,
)

ERRORS: list[EventStoreError] = [
    EventStoreError("reason"),
    InvalidStreamName("$a", "reserved"),
    InvalidExpectedVersion(-1),
    InvalidEvent("is empty", path="event_type", index=3, operation=2),
    InvalidEvent("reason"),
    ConcurrencyError("a", 3, 4),
    ConcurrencyError("a", 3, 4, [VersionConflict("a", 3, 4), VersionConflict("b", ANY, None)]),
    DuplicateEventError("a", [UUID(int=7)], "other content"),
    ImmutableEventError("reason"),
    TransactionAborted("reason"),
    ConnectionLost("reason"),
    UnsafeRead("reason"),
    NotMigrated("reason"),
    UnsupportedDatabase("reason"),
    SubscriptionError("reason"),
    UnknownSubscription("balances", ["accounts", "totals"]),
    UnknownSubscription("balances"),
    LeaseLost("reason"),
    CheckpointMismatch("reason"),
    WaitTimedOut("reason"),
    UnknownEventType("Opened", "Account-1", 3),
    PayloadMismatch("Account-1", 3, "Opened", 2, "lines[2].price", "is null, not a text"),
    PayloadMismatch("Account-1", 3, "Opened", 2, "", "reason"),
    UndecodableEvent("Account-1", 3, "Opened", 2, "metadata", "reason"),
    UndecodableSnapshot("Account-1", 3, "reason"),
    AggregateNotFound("Account", "1"),
    AggregateNotFound("Account", "1", "it was closed"),
    AmbiguousAggregate("1", [f"t{number}/Account/1" for number in range(12)]),
    UnhandledEvent("Account", "Audited", 3),
    ReadOnlyAggregate("reason"),
    ReadOnlyDatabase("standby"),
    InvalidSnapshot("is NaN", "data.sum"),
    InvalidSnapshot("reason"),
    ImportRefused(7, "reason"),
]


def _classes(base: type[EventStoreError]) -> set[type[EventStoreError]]:
    return {base}.union(*[_classes(child) for child in base.__subclasses__()])


def test_every_error_of_the_module_is_tested_here() -> None:
    of_module = {kind for kind in _classes(EventStoreError) if kind.__module__ == exceptions.__name__}
    assert {type(error) for error in ERRORS} == of_module


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_survives_being_pickled_and_copied(error: EventStoreError, again: Any) -> None:
    other = again(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert vars(other) == vars(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_an_event_store_error(error: EventStoreError) -> None:
    assert isinstance(error, EventStoreError)


@pytest.mark.parametrize("kind", [InvalidStreamName, InvalidExpectedVersion, InvalidEvent])
def test_errors_about_arguments_are_value_errors(kind: type[Exception]) -> None:
    assert issubclass(kind, ValueError)


def test_an_invalid_event_says_where() -> None:
    assert str(InvalidEvent("is nan", path="payload.a", index=3)) == "event 3: payload.a: is nan"
    assert str(InvalidEvent("is nan", path="payload.a", index=3, operation=2)) == (
        "operation 2, event 3: payload.a: is nan"
    )
    assert str(InvalidEvent("is nan", index=3)) == "event 3: is nan"
    assert str(InvalidEvent("too many")) == "too many"


def test_a_payload_that_does_not_fit_says_where() -> None:
    assert str(PayloadMismatch("Account-1", 3, "Opened", 2, "lines[2].price", "is null, not a text")) == (
        "stream 'Account-1', event 3 ('Opened' of version 2): lines[2].price: is null, not a text."
    )
    assert str(PayloadMismatch("Account-1", 3, "Opened", 2, "", "no way")) == (
        "stream 'Account-1', event 3 ('Opened' of version 2): no way."
    )


def test_an_unknown_event_type_says_which_and_where() -> None:
    assert str(UnknownEventType("Opened", "Account-1", 3)) == (
        "stream 'Account-1', event 3: no class is registered for event type 'Opened'."
    )


def test_a_concurrency_error_tells_of_one_conflict() -> None:
    error = ConcurrencyError("Account-1", 3, 4)
    assert (error.stream_id, error.expected, error.actual) == ("Account-1", 3, 4)
    assert error.conflicts == (VersionConflict("Account-1", 3, 4),)
    assert str(error) == "stream 'Account-1' is at 4, expected 3."


def test_a_concurrency_error_tells_of_all_conflicts() -> None:
    conflicts = [VersionConflict("a", 3, 4), VersionConflict("b", STREAM_EXISTS, 0), VersionConflict("c", 1, None)]
    error = ConcurrencyError("a", 3, 4, conflicts)
    assert error.conflicts == tuple(conflicts)
    assert str(error) == (
        "stream 'a' is at 4, expected 3; stream 'b' is at 0, expected STREAM_EXISTS; "
        "stream 'c' was changed by another transaction, expected 1."
    )


def test_a_duplicate_event_error_names_the_ids() -> None:
    error = DuplicateEventError("a", [UUID(int=7), UUID(int=8)], "other content")
    assert (error.stream_id, error.event_ids, error.reason) == ("a", (UUID(int=7), UUID(int=8)), "other content")
    assert str(error) == "stream 'a': other content (00000000-0000-0000-0000-000000000007)."


@pytest.mark.parametrize("kind", [UnknownSubscription, LeaseLost, CheckpointMismatch, WaitTimedOut])
def test_errors_about_subscriptions_are_caught_together(kind: type[Exception]) -> None:
    assert issubclass(kind, SubscriptionError)


def test_a_wait_that_took_too_long_is_a_timeout() -> None:
    assert issubclass(WaitTimedOut, TimeoutError)


def test_an_unknown_subscription_tells_which_are_known() -> None:
    error = UnknownSubscription("balances", ["accounts", "totals"])
    assert (error.name, error.known) == ("balances", ("accounts", "totals"))
    assert str(error) == "there is no subscription 'balances' (known: accounts, totals)."
    assert str(UnknownSubscription("balances")) == "there is no subscription 'balances' (known: none)."


def test_an_import_refusal_names_the_line() -> None:
    assert str(ImportRefused(7, "no stream_id")) == "line 7: no stream_id"


@pytest.mark.parametrize(
    "error",
    [
        InvalidStreamName("\ud800" * 9999, "reason"),
        InvalidExpectedVersion("é" * 9999),
        ConcurrencyError("\n" * 9999, 1, 2),
        DuplicateEventError("\u202e" * 9999, [UUID(int=7)], "reason"),
        UnknownSubscription("\x1b" * 9999),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_message_shortens_and_escapes_what_callers_sent(error: Exception) -> None:
    assert len(str(error)) < 400
    assert str(error).isascii()
    assert str(error).isprintable()


def test_errors_about_aggregates_tell_which() -> None:
    assert str(AggregateNotFound("Account", "1")) == "there is no Account '1': it has no events."
    several = AmbiguousAggregate("1", [f"t{number}/Account/1" for number in range(12)])
    assert str(several).startswith("12 aggregates have the id '1': 't0/Account/1', ")
    assert str(several).endswith("'t9/Account/1' and 2 more.")
    assert str(InvalidSnapshot("is NaN", "data.sum")) == "data.sum: is NaN"
    assert "@applies('Audited')" in str(UnhandledEvent("Account", "Audited", 3))
