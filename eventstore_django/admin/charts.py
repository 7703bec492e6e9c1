"""Charts as SVG, drawn by the server: attributes only, no style and no script, colours from the style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BAR = 10
GAP = 2
HEIGHT = 80
LINE_WIDTH, LINE_HEIGHT = 120, 28
_MARGIN = 2


def bars(counts: Sequence[int], titles: Sequence[str], label: str) -> SafeString:
    """Draw a bar for each number, with a title that is shown when it is pointed at; ``label`` says it in words."""
    highest = max(counts, default=0) or 1
    drawn = format_html_join(
        "",
        '<g><title>{}</title><rect class="es-slot" {}/><rect class="es-bar" {}/></g>',
        (
            (title, _rectangle(number, HEIGHT), _rectangle(number, _scaled(count, highest)))
            for number, (count, title) in enumerate(zip(counts, titles, strict=True))
        ),
    )
    width = max(1, len(counts) * (BAR + GAP) - GAP)
    return format_html(
        '<svg class="es-bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        str(width),
        str(HEIGHT),
        label,
        drawn,
    )


def line(values: Sequence[float], label: str) -> SafeString:
    """Draw a small line through values, the newest at the right, 0 at the bottom; ``label`` says it in words."""
    if len(values) < 2:
        return SafeString("")
    highest = max(values) or 1
    step = (LINE_WIDTH - 2 * _MARGIN) / (len(values) - 1)
    points = " ".join(
        f"{_MARGIN + number * step:.1f},{_MARGIN + (1 - value / highest) * (LINE_HEIGHT - 2 * _MARGIN):.1f}"
        for number, value in enumerate(values)
    )
    return format_html(
        '<svg class="es-line" viewBox="0 0 {} {}" role="img" aria-label="{}"><polyline points="{}"/></svg>',
        str(LINE_WIDTH),
        str(LINE_HEIGHT),
        label,
        points,
    )


def share(part: int, whole: int, label: str) -> SafeString:
    """Draw how much of a whole a part is, as a bar."""
    width = 100 * part / whole if whole else 0
    return format_html(
        '<svg class="es-share" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="es-slot" width="100" height="10"/><rect class="es-bar" width="{}" height="10"/></svg>',
        label,
        f"{min(100.0, width):.1f}",
    )


def _scaled(count: int, highest: int) -> float:
    # What is there can be seen, however little it is.
    return max(2.0, HEIGHT * count / highest) if count else 0.0


def _rectangle(number: int, height: float) -> SafeString:
    x, y = str(number * (BAR + GAP)), f"{HEIGHT - height:.1f}"
    return format_html('x="{}" y="{}" width="{}" height="{}"', x, y, str(BAR), f"{height:.1f}")
