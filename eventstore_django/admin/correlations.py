"""What caused what, laid out as a waterfall: a tree at the left, the time to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..models import Event
from .causation import noted
from .cells import HUES
from .visible import visible_text

ROW = 46
HEAD = 34
INDENT = 20
TREE = 330
CHART = 360
WIDTH = 860
_SPAN = WIDTH - CHART - 90
_MOST_INDENTS = 10
_TICKS = 4
_CHARACTER = 7.6
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bar:
    """One event as the picture shows it, in pixels as whole numbers."""

    event: Event
    y: int
    x: int
    """Of its dot in the tree."""
    cause_y: int | None
    cause_x: int
    at: int
    """Of its time in the chart."""
    cause_at: int
    delay: str
    """How long after its cause it happened; after the first event, if it has no cause here."""
    hue: int

    @property
    def middle(self) -> int:
        """The line that the dots stand on."""
        return self.y + ROW // 2

    @property
    def text_x(self) -> int:
        """Where the texts begin."""
        return self.x + 16

    @property
    def label_x(self) -> int:
        """Where the delay stands, beside the dot."""
        return self.at + 10

    @property
    def event_type(self) -> str:
        """The type, as long as there is room."""
        return self._fitting(self.event.event_type, 1.0)

    @property
    def stream(self) -> str:
        """The stream's name, as long as there is room."""
        return self._fitting(self.event.stream_id, 0.84)

    def _fitting(self, text: str, scale: float) -> str:
        whole, room = visible_text(text), int((TREE - self.text_x) / (_CHARACTER * scale))
        return whole if len(whole) <= room else whole[: room - 1] + "…"


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis of time."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The picture of a correlation."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    start: datetime
    streams: int

    width = WIDTH
    chart = CHART
    row = ROW
    head = HEAD

    @classmethod
    def of(cls, events: Sequence[Event]) -> Waterfall:
        """Lay out events, which are in the order of their positions; there is at least one."""
        moments = [event.occurred_at for event in events if isinstance(event.occurred_at, datetime)]
        start = min(moments, default=_UNKNOWN)
        span = max(moments, default=_UNKNOWN) - start
        ticks = [Tick(CHART + _SPAN * n // _TICKS, lasting(span * n / _TICKS)) for n in range(_TICKS + 1)]
        bars = list(_bars(events, start, span))
        return cls(bars, ticks if span else ticks[:1], start, len({event.stream_id for event in events}))

    @property
    def height(self) -> int:
        """Pixels from the top to the bottom."""
        return HEAD + ROW * len(self.bars) + 6


def causes(events: Sequence[Event]) -> list[int | None]:
    """Return for each event the index of the one that caused it, None if that is not among them.

    A cause stands before its effect, so that what writers put into the metadata makes no circle.
    """
    last: dict[str, int] = {}
    found: list[int | None] = []
    for index, event in enumerate(events):
        found.append(last.get((noted(event, "causation_id") or "").lower()))
        last[str(event.event_id)] = index
    return found


def in_tree_order(parents: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Give the indexes so that effects follow their cause, each with its depth."""
    children: dict[int | None, list[int]] = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    waiting = [(index, 0) for index in reversed(children.get(None, []))]
    while waiting:
        index, depth = waiting.pop()
        yield index, depth
        waiting.extend((child, depth + 1) for child in reversed(children.get(index, [])))


def lasting(span: timedelta) -> str:
    """Say how long something lasts, in the unit that suits: ``+340 ms``, ``+2.50 s``, ``+3 d 4 h``."""
    micros = span // timedelta(microseconds=1)
    sign, micros = "+" if micros >= 0 else "-", abs(micros)
    if micros < 1000:
        return f"{sign}{micros} µs" if micros else "+0"
    if micros < 1_000_000:
        return f"{sign}{micros / 1000:.3g} ms"
    seconds = micros // 1_000_000
    if seconds < 60:
        return f"{sign}{micros / 1_000_000:.3g} s"
    for unit, size, smaller, small in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // small
            return f"{sign}{seconds // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    raise AssertionError("a minute is at least one minute")


def _moment(event: Event, start: datetime) -> datetime:
    # One that Python can't read stands at the beginning.
    return event.occurred_at if isinstance(event.occurred_at, datetime) else start


def _bars(events: Sequence[Event], start: datetime, span: timedelta) -> Iterator[Bar]:
    parents = causes(events)
    # By their order on this page: few streams then never share a colour.
    streams = list(dict.fromkeys(event.stream_id for event in events))
    placed: dict[int, Bar] = {}
    for row, (index, depth) in enumerate(in_tree_order(parents)):
        event, parent = events[index], parents[index]
        cause = placed[parent] if parent is not None else None
        at = CHART + int(_SPAN * ((_moment(event, start) - start) / span)) if span else CHART
        since = _moment(cause.event, start) if cause else start
        placed[index] = Bar(
            event=event,
            y=HEAD + row * ROW,
            x=12 + min(depth, _MOST_INDENTS) * INDENT,
            cause_y=cause.middle if cause else None,
            cause_x=cause.x if cause else 0,
            at=at,
            cause_at=cause.at if cause else at,
            delay=lasting(_moment(event, start) - since),
            hue=streams.index(event.stream_id) % HUES,
        )
        yield placed[index]
