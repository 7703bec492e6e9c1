"""Which version an append expects: from the body, or from ``If-Match`` and ``If-None-Match``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rest_framework.request import Request

from .. import conf
from ..exceptions import ConcurrencyError, VersionConflict
from ..store import EventStore
from ..versions import NO_STREAM, STREAM_EXISTS, ExpectedVersion, ExpectedVersionLike
from .etags import EntityTags
from .problems import InvalidField, PreconditionFailed, PreconditionRequired


@dataclass(frozen=True, slots=True)
class Precondition:
    """What a request expects of a stream, and whether it said so in a header: then a conflict is a 412."""

    expected: ExpectedVersion | None
    from_header: bool = False

    @classmethod
    def of(cls, request: Request, body: ExpectedVersion | None, store: EventStore, stream_id: str) -> Precondition:
        """Read the headers beside the body's expected version.

        Raise InvalidField for headers that can't be read or contradict the body or each other,
        PreconditionFailed where no tag can match, PreconditionRequired where one is demanded.
        """
        header = _of_headers(request, store, stream_id)
        if header is None:
            demand(body, "expected_version")
            return cls(body)
        if body is not None and body != header:
            raise InvalidField("expected_version", f"is {body}, but the header expects {header}")
        return cls(header, from_header=True)

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Turn a conflict into what the client can tell apart: 412 if a header expected the version."""
        try:
            yield
        except ConcurrencyError as error:
            if self.from_header:
                raise PreconditionFailed.of(error) from error
            raise


def demand(expected: ExpectedVersionLike, field: str) -> None:
    """Refuse an append that expects nothing, where the project demands that each does."""
    if expected is None and conf.api_require_precondition():
        raise PreconditionRequired(
            'Say which version the stream has: expected_version in the body ("any" for whichever), If-Match or '
            "If-None-Match: *.",
            field=field,
        )


def _of_headers(request: Request, store: EventStore, stream_id: str) -> ExpectedVersion | None:
    match = EntityTags.read("If-Match", request.headers.get("If-Match"))
    none_match = EntityTags.read("If-None-Match", request.headers.get("If-None-Match"))
    if match is not None and none_match is not None:
        raise InvalidField("If-None-Match", "contradicts If-Match: give one of them")
    if none_match is not None:
        if not none_match.any:
            raise InvalidField("If-None-Match", "must be * in an append: the stream must not exist")
        return NO_STREAM
    if match is None:
        return None
    return STREAM_EXISTS if match.any else _one_of(match, store, stream_id)


def _one_of(match: EntityTags, store: EventStore, stream_id: str) -> ExpectedVersion:
    versions = match.strong_versions()
    # One is left to the append, which also knows a repeat of what is stored already.
    if len(versions) == 1:
        return ExpectedVersion.parse(versions[0])
    actual = store.get_stream_version(stream_id)
    if actual in versions:
        return ExpectedVersion.parse(actual)
    told = ", ".join(match.tags)
    conflict = VersionConflict(stream_id, told, actual)
    raise PreconditionFailed(
        f"The stream is at {actual}, and no tag of If-Match is equal to it; weak tags never are.",
        stream_id=stream_id,
        expected=told,
        actual=actual,
        conflicts=[conflict._asdict()],
    )
