from __future__ import annotations

from typing import Any

import pytest

from eventstore_django import testdatabases


class _Other:
    vendor = "mysql"


def test_databases_of_other_kinds_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testdatabases, "connections", {"other": _Other()})
    testdatabases.allow_flush_in_tests(using="other")


def test_nothing_is_opened_outside_of_a_test_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(using: str) -> Any:
        pytest.fail("asked for the backend")

    monkeypatch.setattr(testdatabases, "_under_test_runner", lambda: False)
    monkeypatch.setattr(testdatabases, "backend_for", refuse)
    testdatabases.allow_flush_in_tests(using="default")
