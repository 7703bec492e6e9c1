"""What ``@subscription`` takes, refuses and notes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from eventstore_django import RetryPolicy, subscription
from eventstore_django.events import RecordedEvent
from eventstore_django.subscriptions import declarations
from eventstore_django.subscriptions.declarations import MAX_NAME_LENGTH, Declaration, Registry
from eventstore_django.subscriptions.sharding import MAX_SHARDS

RIGHT: list[dict[str, Any]] = [
    {"name": "x" * MAX_NAME_LENGTH},
    {"name": "balances of tenant/7, é 日本"},
    {"shards": 1},
    {"shards": MAX_SHARDS},
    {"start": "beginning"},
    {"start": "now"},
    {"start": 0},
    {"start": 1},
    {"start": 2**63 - 1},
    {"on_error": "park"},
    {"on_error": "stop"},
    {"transaction": "batch"},
    {"transaction": "event"},
    {"batch_size": 1},
    {"batch_size": 10_000},
    {"batch": True},
    {"time_limit": 0.1},
    {"time_limit": 86_400},
    {"categories": ["Account"], "event_types": ("Opened",), "partitions": iter(["t-1"])},
]

WRONG: list[Any] = [
    ("name", ""),
    ("name", "x" * (MAX_NAME_LENGTH + 1)),
    ("name", "a\nb"),
    ("name", "a\x00"),
    ("name", "\ud800"),
    ("name", "\u202e"),
    ("name", b"balances"),
    ("name", None),
    ("shards", 0),
    ("shards", -1),
    ("shards", MAX_SHARDS + 1),
    ("shards", True),
    ("shards", 2.0),
    ("shards", "2"),
    ("start", -1),
    ("start", 2**63),
    ("start", True),
    ("start", 1.0),
    ("start", "end"),
    ("start", None),
    ("on_error", "skip"),
    ("on_error", None),
    ("transaction", "none"),
    ("transaction", True),
    ("batch_size", 0),
    ("batch_size", 10_001),
    ("batch_size", True),
    ("batch_size", 5.0),
    ("time_limit", 0),
    ("time_limit", -1),
    ("time_limit", math.nan),
    ("time_limit", math.inf),
    ("time_limit", 30 * 86_400),
    ("time_limit", "5"),
]


def _handle(event: RecordedEvent) -> None:
    """Handle nothing."""


class _Handler:
    def handle(self, event: RecordedEvent) -> None:
        """Handle nothing."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """What is declared in a test is forgotten after it."""
    registry = Registry()
    monkeypatch.setattr(declarations, "registry", registry)
    return registry


def _declared(handler: Any = _handle, **options: Any) -> Declaration:
    """Declare a subscription and return what was noted of it."""
    subscription(**{"name": "balances", **options})(handler)
    return declarations.registry.all()[-1]


@pytest.mark.parametrize("handler", [_handle, _Handler])
def test_the_decorator_leaves_the_handler_as_it_is(handler: Any, registry: Registry) -> None:
    assert subscription("balances")(handler) is handler
    assert _declared(handler).handler is handler


def test_what_is_left_out_has_its_default(registry: Registry) -> None:
    declared = _declared()
    assert (declared.events.categories, declared.events.event_types, declared.events.partitions) == ((), (), ())
    assert (declared.shards, declared.start, declared.on_error) == (1, "beginning", "park")
    assert (declared.batch, declared.batch_size, declared.transaction) == (False, None, "batch")
    assert (declared.time_limit, declared.models, declared.versioned) == (None, (), False)
    assert declared.retries == RetryPolicy()


def test_the_options_are_noted(registry: Registry) -> None:
    retries = RetryPolicy(attempts=2)
    declared = _declared(
        categories=["Account"], event_types=["Opened", "Closed"], partitions=["t-1"], retries=retries, models=[_Handler]
    )
    assert declared.events.categories == ("Account",)
    assert declared.events.event_types == ("Opened", "Closed")
    assert declared.events.partitions == ("t-1",)
    assert (declared.retries, declared.models) == (retries, (_Handler,))


@pytest.mark.parametrize("options", RIGHT, ids=repr)
def test_a_right_option_is_taken(options: dict[str, Any], registry: Registry) -> None:
    _declared(**options)
    assert len(registry.all()) == 1


@pytest.mark.parametrize(("option", "value"), WRONG, ids=ascii)
def test_a_wrong_option_is_a_value_error_that_names_it(option: str, value: Any, registry: Registry) -> None:
    with pytest.raises(ValueError, match=rf"^subscription .*: {option} must be "):
        _declared(**{option: value})
    assert registry.all() == ()


@pytest.mark.parametrize("option", ["categories", "event_types", "partitions"])
def test_a_text_in_place_of_a_list_is_refused(option: str, registry: Registry) -> None:
    with pytest.raises(ValueError, match=option):
        _declared(**{option: "Account"})
    assert registry.all() == ()


@pytest.mark.parametrize("handler", [_handle, _Handler])
def test_the_settings_are_json_and_name_the_handler(handler: Any, registry: Registry) -> None:
    settings = _declared(handler, categories=["Account"], shards=3, start=7, on_error="stop").settings()
    assert json.loads(json.dumps(settings)) == settings
    assert settings["handler"] == f"{__name__}.{handler.__name__}"
    assert (settings["categories"], settings["event_types"], settings["partitions"]) == (["Account"], [], [])
    assert (settings["shards"], settings["start"], settings["on_error"]) == (3, 7, "stop")
    assert (settings["attempts"], settings["batch"], settings["transaction"]) == (5, False, "batch")


# The registry


def test_declarations_are_kept_in_order(registry: Registry) -> None:
    declared = [_declared(name=name) for name in ("b", "a", "c")]
    assert registry.all() == tuple(declared)


def test_a_declaration_is_found_by_its_name(registry: Registry) -> None:
    declared = [_declared(name=name) for name in ("b", "a")]
    assert [registry.get(name) for name in ("a", "b", "c")] == [declared[1], declared[0], None]


def test_two_handlers_of_one_name_are_both_kept(registry: Registry) -> None:
    first, second = _declared(_handle), _declared(_Handler)
    assert registry.all() == (first, second)


def test_a_module_that_is_loaded_anew_declares_the_same_subscription_once(registry: Registry) -> None:
    _declared(_handle, shards=1)
    again = _declared(_handle, shards=2)
    assert registry.all() == (again,)


def test_one_handler_can_serve_two_subscriptions(registry: Registry) -> None:
    declared = [_declared(_handle, name=name) for name in ("a", "b")]
    assert registry.all() == tuple(declared)


def test_only_the_very_declaration_is_removed(registry: Registry) -> None:
    first, second = _declared(_handle), _declared(_Handler)
    registry.remove(first)
    registry.remove(first)
    assert registry.all() == (second,)
