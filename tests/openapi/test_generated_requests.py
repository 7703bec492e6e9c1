"""Requests made up from the OpenAPI document: none ends in a server error, none is answered otherwise than it says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.slow

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 70, GenerationMode.NEGATIVE: 45}
"""For each call: what the document allows, and what it does not."""

# What is there: made-up names alone would be answered by 404 only.
KNOWN = {"stream_id": "Account-1", "name": "totals", "key": "1"}


def test_no_request_is_answered_by_an_error_of_the_server_or_outside_of_the_document(
    log: None, credentials: dict[str, str], kept_connection: None, impatience: None
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api-schema/?format=json", WSGIHandler())
    codes: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # an operation that can't be read has no ok()
        if operation.path.endswith("/live/"):
            # It goes on, and has tests of its own.
            continue
        for mode, examples in EXAMPLES.items():
            _try(operation, mode, examples, credentials, codes)
    assert sum(codes.values()) >= 2000
    assert {200, 201, 304, 400, 404, 409} <= set(codes), codes


def _try(operation: Any, mode: GenerationMode, examples: int, headers: dict[str, str], codes: Counter[int]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(case: Any) -> None:
        if isinstance(case.body, dict) and sum(codes.values()) % 3 == 0:
            # Without what is expected: else hardly an append would be let through.
            case.headers = {}
            for item in (case.body, *_operations(case.body)):
                item.pop("expected_version", None)
        known = {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
        if sum(codes.values()) % 2:
            case.path_parameters.update(known)
        response = case.call(headers=headers)
        codes[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    attempt()


def _operations(body: dict[str, Any]) -> list[dict[str, Any]]:
    operations = body.get("operations")
    return [item for item in operations if isinstance(item, dict)] if isinstance(operations, list) else []
