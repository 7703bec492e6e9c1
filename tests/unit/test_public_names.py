from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal

import eventstore_django
from eventstore_django import EventStoreError, exceptions, models, signals
from eventstore_django.cache.erasures import drop_erased
from eventstore_django.testing.contract import CommittedContract, EventStoreContract

# What other people's code imports: a name may be added, never taken away.
PROMISED = [
    "ANY",
    "NO_STREAM",
    "STREAM_EXISTS",
    "Aggregate",
    "AggregateNotFound",
    "AggregateSnapshot",
    "AmbiguousAggregate",
    "AppendOperation",
    "AppendResult",
    "CachedEventStore",
    "AppliedEvent",
    "CheckpointMismatch",
    "ConcurrencyError",
    "Decider",
    "DuplicateEventError",
    "Edit",
    "EventContext",
    "EventStore",
    "EventStoreError",
    "EventSubscription",
    "IntervalSnapshotStrategy",
    "InvalidEvent",
    "InvalidSnapshot",
    "InvalidStreamName",
    "NeverSnapshotStrategy",
    "NewEvent",
    "PayloadMismatch",
    "ReadOnlyAggregate",
    "ReadOnlyDatabase",
    "RecordedEvent",
    "Repository",
    "RetryPolicy",
    "SnapshotManager",
    "SnapshotStrategy",
    "StreamName",
    "SubscriptionError",
    "TimedSnapshotStrategy",
    "UndecodableEvent",
    "UndecodableSnapshot",
    "UnhandledEvent",
    "UnknownEventType",
    "UnknownSubscription",
    "WaitTimedOut",
    "applies",
    "await_for",
    "event_context",
    "register_event",
    "save_all",
    "subscription",
    "upcaster",
    "wait_for",
]

MODELS = [
    "ErasedEvent",
    "Erasure",
    "Event",
    "LogHead",
    "Overview",
    "ParkedEvent",
    "Snapshot",
    "Stream",
    "Subscription",
    "SubscriptionShard",
    "Worker",
]

SIGNALS = ["event_parked", "events_appended", "events_erased", "snapshot_saved"]

# Raised by the command that imports, which prints it; and inside of a worker, which goes on without the shard.
INTERNAL = {"ImportRefused", "LeaseLost"}

# A fresh interpreter: this one has run django.setup() already.
_IMPORT_ALL = """
import eventstore_django
from eventstore_django import *
from eventstore_django import signals, subscriptions
from importlib import import_module
from pkgutil import iter_modules
for module in iter_modules(subscriptions.__path__, "eventstore_django.subscriptions."):
    import_module(module.name)
missing = [name for name in eventstore_django.__all__ if name not in globals()]
assert not missing, missing
from django.apps import apps
from django.conf import settings
assert not apps.ready and not settings.configured
import sys
print("psycopg" in sys.modules, "rest_framework" in sys.modules, "pytest" in sys.modules)
"""

_SET_UP = """
import django, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "eventstore_django"])
django.setup()
heavy = ("repositories", "cache.store", "aggregates.aggregate", "workers.runner", "api", "admin", "testing", "transfer")
print(*[module for name in heavy if (module := f"eventstore_django.{name}") in sys.modules])
"""


def _group(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest, as linters sort names."""
    if name.isupper():
        return 0, name
    return (1 if name[0].isupper() else 2), name


def test_the_public_names_can_be_imported_before_setup() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_no_driver_and_no_framework_for_apis() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.split() == ["False", "False", "False"]


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_there(name: str) -> None:
    assert name in eventstore_django.__all__


@pytest.mark.parametrize("name", MODELS)
def test_a_promised_model_is_there(name: str) -> None:
    assert getattr(models, name)._meta.app_label == "eventstore"


@pytest.mark.parametrize("name", SIGNALS)
def test_a_promised_signal_is_there(name: str) -> None:
    assert isinstance(getattr(signals, name), Signal)


def test_the_list_of_models_is_complete() -> None:
    assert set(models.__all__) == set(MODELS)


def test_the_list_of_names_is_sorted() -> None:
    assert eventstore_django.__all__ == sorted(eventstore_django.__all__, key=_group)


def test_the_list_of_names_is_complete() -> None:
    assert {name for names in _imports().values() for name in names} == set(eventstore_django.__all__)


def test_names_come_from_where_type_checkers_look_for_them() -> None:
    for module, names in _imports().items():
        found = import_module(f".{module}", eventstore_django.__name__)
        for name in names:
            assert getattr(eventstore_django, name) is getattr(found, name), name


def test_a_name_that_is_none_is_refused_as_usual() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'EventStor'"):
        eventstore_django.EventStor  # type: ignore[attr-defined]  # noqa: B018  # that is the test


def test_names_are_listed_before_they_are_asked_for() -> None:
    listed = "import eventstore_django as package; assert {*package.__all__} <= {*dir(package)}"
    subprocess.run([sys.executable, "-c", listed], check=True, cwd="/")


def test_django_starts_without_what_only_an_application_asks_for() -> None:
    done = subprocess.run([sys.executable, "-c", _SET_UP], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.split() == []


def test_every_process_drops_from_the_caches_what_was_erased() -> None:
    assert drop_erased in [receiver() for _, receiver, *_ in signals.events_erased.receivers]


def _imports() -> dict[str, list[str]]:
    """Return the imports that are there for type checkers: modules and names."""
    tree = ast.parse(Path(eventstore_django.__file__).read_text("utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    froms = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {node.module or "": [alias.name for alias in node.names] for node in froms}


def test_every_error_that_callers_can_meet_is_public() -> None:
    errors = {
        name
        for name, value in vars(exceptions).items()
        if inspect.isclass(value) and issubclass(value, EventStoreError) and value.__module__ == exceptions.__name__
    }
    assert errors >= INTERNAL
    assert errors - INTERNAL == errors & set(eventstore_django.__all__)


def test_every_public_class_and_function_has_a_docstring() -> None:
    named = {name: getattr(eventstore_django, name) for name in eventstore_django.__all__}
    objects = {name: value for name, value in named.items() if inspect.isclass(value) or inspect.isfunction(value)}
    assert [name for name, value in objects.items() if not inspect.getdoc(value)] == []


def test_the_contract_is_no_test_until_it_is_bound() -> None:
    parts = EventStoreContract.__mro__[1:-1]
    assert [part.__name__ for part in parts if part.__name__.startswith("Test")] == []


def test_no_part_of_the_contract_hides_a_name_of_another() -> None:
    parts = [*EventStoreContract.__mro__[1:-1], CommittedContract]
    names = [name for part in parts for name in vars(part) if not name.startswith("__")]
    assert sorted(names) == sorted(set(names))
