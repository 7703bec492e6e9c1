"""Reading a body: strictly, bounded, and without letting a hostile one end in a server error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from ..strictjson import NotJSON, read_json
from .problems import InvalidField


class StrictJSONParser(BaseParser):
    """JSON in UTF-8. What it would not keep as it is written is refused by its path."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value. Raise InvalidField, UnsupportedMediaType or RequestDataTooBig."""
        _, parameters = parse_header_parameters(media_type or "")
        if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "", "JSON is read as UTF-8 only.")
        try:
            return read_json(_bounded(stream).decode())
        except UnicodeDecodeError as error:
            raise InvalidField("", f"byte {error.start + 1} of the body is not UTF-8") from None
        except NotJSON as error:
            raise InvalidField(error.path, error.reason) from None


def _bounded(stream: IO[bytes]) -> bytes:
    # Django looks at the limit only where it reads the body itself.
    limit: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit is None:
        return stream.read()
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise RequestDataTooBig
    return content
