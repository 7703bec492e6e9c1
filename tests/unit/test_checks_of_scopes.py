from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventstore_django import checks

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("tests.api.tenants.nobody", "can't be imported"),
        ("tests.nothing.first", "can't be imported"),
        ("tests.api.test_tenants.OWN", "is no function"),
    ],
)
def test_a_scope_that_is_not_there_is_an_error(path: str, fault: str, settings: Settings) -> None:
    settings.EVENTSTORE = {"API_SCOPE": path}
    (error,) = checks.check_scope()
    assert error.id == "eventstore.E018"
    assert path in error.msg
    assert fault in error.msg


@pytest.mark.parametrize(
    "value", [{"API_SCOPE": "tests.api.tenants.first"}, {"API_SCOPE": None}, {}, {"API_SCOPE": 7}, 7]
)
def test_a_scope_that_is_there_or_told_of_by_another_check_is_none(value: Any, settings: Settings) -> None:
    settings.EVENTSTORE = value
    assert checks.check_scope() == []
