"""Stream names in paths: only those that come through a URL unchanged; the others have the parameter form."""

from __future__ import annotations

from ..exceptions import InvalidStreamName
from ..names import StreamName
from .problems import InvalidField


class NameConverter:
    """A name in a path: all of it, with slashes; also with line breaks, so that the fault can be told."""

    regex = "(?s:.+)"

    def to_python(self, value: str) -> str:
        """Return the text."""
        return value

    def to_url(self, value: str) -> str:
        """Return the text, which Django quotes."""
        return value


def stream_of_path(text: str) -> str:
    """Return the name of the stream that a path means. Raise InvalidField for one that may mean another.

    Clients and proxies resolve ``.`` and ``..`` and merge slashes, before or after this server sees them.
    """
    if any(part in ("", ".", "..") for part in text.split("/")):
        raise InvalidField("stream_id", "does not survive a URL; name it by the parameter or in the body of batch/")
    try:
        return StreamName.parse(text).text
    except InvalidStreamName as error:
        raise InvalidField("stream_id", error.reason) from None
