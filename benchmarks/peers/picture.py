"""The ratios as an SVG picture: a panel for each work, a bar for each contender; it follows light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from ..measuring import Figure

_OWN = "eventstore-django"
_COLUMN, _GAP, _MARGIN = 400, 40, 20
_LABELS, _BARS, _RATIO = 192, 165, 36
_ROW, _HEADING, _BETWEEN = 20, 30, 26
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.ratio { font-variant-numeric: tabular-nums }
.own .label, .own .ratio { font-weight: 600 }
.bar { fill: #a8b3c0 }
.own .bar { fill: #0a66c2 }
.floor { stroke: #57606a; stroke-dasharray: 3 3 }
.note { fill: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .bar { fill: #5b6673 }
  .own .bar { fill: #58a6ff }
  .floor { stroke: #9aa4af }
  .note { fill: #9aa4af }
}
"""


def picture(figures: Sequence[Figure]) -> str:
    """Return the figures as SVG, two panels beside each other; the floor is a line at 1."""
    panels = [(title, list(found)[1:]) for title, found in groupby(figures, key=lambda figure: figure.benchmark)]
    height, body = _MARGIN + 16, []
    for pair in (panels[first : first + 2] for first in range(0, len(panels), 2)):
        for column, (title, found) in enumerate(pair):
            body.append(_panel(_MARGIN + column * (_COLUMN + _GAP), height, title, found))
        height += _HEADING + _ROW * max(len(found) for _, found in pair) + _BETWEEN
    width = 2 * _MARGIN + 2 * _COLUMN + _GAP
    note = "Rate as a ratio to the floor of the same run (dashed: bare psycopg, nothing checked); longer is faster."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
            "<title>Event stores beside each other, as ratios to bare psycopg</title>",
            f"<style>{_STYLE}</style>",
            f'<text class="note" x="{_MARGIN}" y="{_MARGIN}">{note}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _panel(left: int, top: int, title: str, figures: Sequence[Figure]) -> str:
    longest = max([1.0, *(figure.ratio for figure in figures)])
    bottom = top + _HEADING + _ROW * len(figures)
    floor = left + _LABELS + _BARS / longest
    bars = [
        _bar(left, top + _HEADING + _ROW * number, figure, longest)
        for number, figure in enumerate(sorted(figures, key=lambda figure: -figure.ratio))
    ]
    line = f'<line class="floor" x1="{floor:.1f}" x2="{floor:.1f}" y1="{top + _HEADING - 4}" y2="{bottom}"/>'
    return "\n".join([f'<text class="title" x="{left}" y="{top + 18}">{escape(title)}</text>', *bars, line])


def _bar(left: int, top: int, figure: Figure, longest: float) -> str:
    width = _BARS * figure.ratio / longest
    own = ' class="own"' if figure.contender.startswith(_OWN) else ""
    start, base = left + _LABELS, top + 13
    return (
        f'<g{own}><text class="label" x="{start - 8}" y="{base}" text-anchor="end">{escape(figure.contender)}</text>'
        f'<rect class="bar" x="{start}" y="{top + 2}" width="{width:.1f}" height="{_ROW - 6}" rx="2"/>'
        f'<text class="ratio" x="{start + _BARS + _RATIO}" y="{base}" text-anchor="end">{figure.ratio:.2f}</text></g>'
    )
