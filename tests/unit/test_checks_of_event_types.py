"""The system checks of event types and upcasters, and how declarations are found at start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, run_checks

from eventstore_django import register_event, upcaster
from eventstore_django.checks.eventtypes import check_event_types, check_upcasters
from eventstore_django.eventtypes.registry import registry


@pytest.fixture(autouse=True)
def nothing_is_registered() -> Iterator[None]:
    with registry.kept(empty=True):
        yield


@dataclass
class Opened:
    owner: str


@dataclass
class Other:
    owner: str


def same(payload: dict[str, Any]) -> dict[str, Any]:
    return payload


def found() -> list[CheckMessage]:
    return [*check_event_types(), *check_upcasters()]


def only() -> CheckMessage:
    (message,) = found()
    assert type(message) is Error
    assert message.hint
    assert message in run_checks()
    return message


def test_types_with_whole_chains_are_no_error() -> None:
    register_event("Opened", version=3)(Opened)
    register_event("Other")(Other)
    for version in (2, 1):
        upcaster("Opened", from_version=version)(same)
    upcaster("Untyped", from_version=1)(same)
    assert found() == []


def test_two_classes_for_one_name_are_an_error_that_names_both() -> None:
    register_event("Opened")(Opened)
    register_event("Opened")(Other)
    message = only()
    assert message.id == "eventstore.E011"
    assert f"{__name__}.Opened, {__name__}.Other" in message.msg


def test_two_names_for_one_class_are_an_error_that_names_both() -> None:
    register_event("Opened")(Opened)
    register_event("Begun")(Opened)
    message = only()
    assert message.id == "eventstore.E012"
    assert "'Opened', 'Begun'" in message.msg


def test_the_same_class_again_is_no_error() -> None:
    register_event("Opened")(Opened)
    register_event("Opened")(Opened)
    assert found() == []


@pytest.mark.parametrize(("there", "missing"), [([], "1, 2, 3"), ([1, 3], "2"), ([2, 3], "1"), ([1, 2], "3")])
def test_a_missing_upcaster_is_an_error(there: list[int], missing: str) -> None:
    register_event("Opened", version=4)(Opened)
    for version in there:
        upcaster("Opened", from_version=version)(same)
    message = only()
    assert message.id == "eventstore.E013"
    assert f"from version {missing} " in message.msg


def test_a_hole_between_upcasters_without_a_class_is_an_error() -> None:
    upcaster("Opened", from_version=1)(same)
    upcaster("Opened", from_version=3)(same)
    assert (only().id, "'Opened' is at version 4" in only().msg) == ("eventstore.E013", True)


@pytest.mark.parametrize("version", [2, 5])
def test_an_upcaster_at_or_beyond_the_version_of_the_class_is_an_error(version: int) -> None:
    register_event("Opened", version=2)(Opened)
    upcaster("Opened", from_version=1)(same)
    upcaster("Opened", from_version=version)(same)
    message = only()
    assert message.id == "eventstore.E014"
    assert f"from version {version}" in message.msg


def test_two_upcasters_of_one_version_are_an_error_even_under_one_name() -> None:
    @upcaster("Opened", from_version=1)
    def _(payload: dict[str, Any]) -> dict[str, Any]:
        return payload

    @upcaster("Opened", from_version=1)
    def _(payload: dict[str, Any]) -> dict[str, Any]:
        return {}

    message = only()
    assert message.id == "eventstore.E015"
    assert message.msg.count("test_checks_of_event_types") == 2


def test_a_field_whose_type_can_not_be_found_is_an_error() -> None:
    @register_event("Opened")
    @dataclass
    class Late:
        owner: Nowhere  # type: ignore[name-defined]  # noqa: F821

    message = only()
    assert message.id == "eventstore.E016"
    assert "Nowhere" in message.msg


APP = """
from dataclasses import dataclass
from eventstore_django import register_event

@register_event("Found")
@dataclass
class Found:
    name: str
"""

START = """
import django
from django.conf import settings
settings.configure(
    USE_TZ=True,
    INSTALLED_APPS=["shop", "eventstore_django"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
from eventstore_django.eventtypes.registry import registry
print(*registry.by_name)
"""


def test_the_event_types_of_an_app_are_found_at_start(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "event_types.py").write_text(APP)
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.split() == ["Found"], done.stderr


def test_a_fault_in_the_event_types_of_an_app_is_raised_at_start(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "event_types.py").write_text(APP.replace("name: str", "name: complex"))
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "TypeError: event type 'Found': Found.name: complex can't be kept without loss" in done.stderr
