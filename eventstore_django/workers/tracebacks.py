"""What is worth a line of a long error."""

from __future__ import annotations


def error_line(text: str) -> str:
    """Return the line of a traceback that names the error; the last line of any other text."""
    lines = text.splitlines() or [""]
    begins = [number for number, line in enumerate(lines) if line.startswith("Traceback ")]
    # Below it stand the frames, indented. What the error says may have several lines.
    below = lines[begins[-1] + 1 :] if begins else []
    return next((line for line in below if not line.startswith(" ")), lines[-1])
