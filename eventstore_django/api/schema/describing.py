"""Describing a view beside it: the views know nothing of their document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from ..base import EventStoreView
from ..pages import BACKWARD, DEFAULT_LIMIT, FORWARD, MAX_LIMIT
from ..problems import CONTENT_TYPE
from .problems import ProblemSerializer

JSON = "application/json"
LARGEST = 2**63 - 1

_PROBLEMS = {
    400: "Something in the request can't be read; `field` says what.",
    401: "Nobody is logged in.",
    403: "The user has not the permission, a CSRF token is missing, or the stream is outside of the user's scope.",
    404: "There is no such thing, or it is outside of the user's scope.",
    406: "None of the formats that are accepted is there.",
    409: "The request contradicts what is stored.",
    412: "A header expects another version than the stream has.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    428: "The project demands that an append says which version it expects.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    503: "The database is away, ended the transaction or can't do this, as a standby; or as many wait as may.",
}
_ALWAYS = (400, 401, 403, 404, 406, 429, 503)
_WITH_BODY = (409, 413, 415)


def describe(view: type[EventStoreView], **methods: Mapping[str, Any]) -> None:
    """Give the methods of a view these arguments of ``extend_schema``."""
    described = {method: extend_schema(**arguments) for method, arguments in methods.items()}

    def view_replacement(self: OpenApiViewExtension) -> type:
        return extend_schema_view(**described)(type(view.__name__, (view,), {}))

    # That there is such a class is all that is needed: the framework keeps a list of them.
    members = {"target_class": f"{view.__module__}.{view.__name__}", "view_replacement": view_replacement}
    type(f"{view.__name__}Extension", (OpenApiViewExtension,), members)


def reading(result: Any, *more: int, summary: str, id: str, tag: str, **arguments: Any) -> dict[str, Any]:
    """Return the arguments of a GET that answers with ``result``."""
    responses = {**_answers({200: result}), **_problems((*_ALWAYS, *more)), **arguments.pop("responses", {})}
    return {"operation_id": id, "summary": summary, "tags": [tag], "responses": responses, **arguments}


def writing(
    body: Any, answers: Mapping[int, Any], *more: int, summary: str, id: str, tag: str, **arguments: Any
) -> Any:
    """Return the arguments of a POST."""
    responses = {**_answers(answers), **_problems((*_ALWAYS, *_WITH_BODY, *more))}
    request = {JSON: body} if body is not None else None
    return {
        "operation_id": id,
        "summary": summary,
        "tags": [tag],
        "request": request,
        "responses": responses,
        **arguments,
    }


def parameter(name: str, description: str, type: Any = OpenApiTypes.STR, **arguments: Any) -> OpenApiParameter:
    """Return a query parameter."""
    return OpenApiParameter(name, type, OpenApiParameter.QUERY, description=description, **arguments)


def number(name: str, description: str, low: int, high: int = LARGEST, **arguments: Any) -> OpenApiParameter:
    """Return a query parameter that is a whole number within bounds."""
    schema = {"type": "integer", "minimum": low, "maximum": high, **arguments}
    return parameter(name, description, schema)


def header(
    name: str, description: str, response: bool | Sequence[int] = False, pattern: str | None = None
) -> OpenApiParameter:
    """Return a header of the request, or of these answers."""
    codes = response if isinstance(response, bool) else list(response)
    schema = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description, response=codes)


def in_path(name: str, description: str, type: Any = OpenApiTypes.STR) -> OpenApiParameter:
    """Return a part of the path."""
    return OpenApiParameter(name, type, OpenApiParameter.PATH, description=description)


TAGS = r'^(\*|(W/)?"[0-9]{1,18}"(, ?(W/)?"[0-9]{1,18}")*)$'
"""What a header of entity tags looks like."""
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]+$"
"""What a name looks like: no control characters."""

LIMIT = number("limit", "How many at most.", 1, MAX_LIMIT, default=DEFAULT_LIMIT)
AFTER_NAME = parameter("after", "The last name of the page before.")
DIRECTION = parameter("direction", "Which way to go.", enum=[FORWARD, BACKWARD], default=FORWARD)


def _answers(results: Mapping[int, Any]) -> dict[Any, Any]:
    return {(code, JSON): result for code, result in results.items()}


def _problems(codes: Iterable[int]) -> dict[Any, Any]:
    return {(code, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, _PROBLEMS[code]) for code in codes}
