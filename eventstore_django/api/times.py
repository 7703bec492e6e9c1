"""Times as the API takes and gives them: ISO 8601 with a time zone, to the microsecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Narrower than datetime.fromisoformat(), which drops digits after the sixth without a word.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(?P<zone>Z|[ +-][0-9]{2}(:?[0-9]{2})?)?"
)


def read_time(text: str) -> datetime:
    """Return the time that a text tells, in UTC. Raise ValueError, saying why, if it tells none."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("must be a time in ISO 8601 with at most six decimals, such as 2024-01-31T12:00:00Z")
    if found["zone"] is None:
        raise ValueError("needs a time zone, such as Z or +02:00")
    # A plus that was not escaped in a URL arrives as a space.
    zone = found["zone"].replace(" ", "+")
    try:
        return datetime.fromisoformat(text[: found.start("zone")] + zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is no time: {error}") from None


def written(moment: datetime) -> str:
    """Return a time as JSON shows it: in UTC, with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
