"""The OpenAPI document: valid, complete, and with names that a generated client can have."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import validate

from eventstore_django.api.urls import urlpatterns

PREFIX = "/eventstore/"
METHODS = {"get", "post"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    found: dict[str, Any] = Client().get("/api-schema/", {"format": "json"}).json()
    return found


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_is_made_without_a_warning(document: dict[str, Any]) -> None:
    assert not GENERATOR_STATS._error_cache
    assert not GENERATOR_STATS._warn_cache


def test_every_route_is_in_it(document: dict[str, Any]) -> None:
    described = {re.sub(r"{\w+}", "{}", path) for path in document["paths"]}
    named = [pattern for pattern in urlpatterns if getattr(pattern, "name", None)]
    routes = {PREFIX + re.sub(r"<\w+:\w+>", "{}", str(pattern.pattern)) for pattern in named}
    assert routes - {f"{PREFIX}events/live/"} <= described


def test_only_what_reads_and_appends_is_in_it(document: dict[str, Any]) -> None:
    assert {name.split()[0] for name in _operations(document)} == METHODS


def test_each_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in _operations(document).values()]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name)] == []


def test_each_error_is_described_as_a_problem(document: dict[str, Any]) -> None:
    others = [
        (name, code)
        for name, operation in _operations(document).items()
        for code, answer in operation["responses"].items()
        if int(code) >= 400 and list(answer["content"]) != ["application/problem+json"]
    ]
    assert others == []


def test_each_parameter_is_described(document: dict[str, Any]) -> None:
    given = [parameter for operation in _operations(document).values() for parameter in operation.get("parameters", ())]
    assert given
    assert [parameter["name"] for parameter in given if not parameter.get("description")] == []


def test_the_page_to_try_it_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api-docs/").content.decode()
    assert "swagger" in page
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", page) == []
