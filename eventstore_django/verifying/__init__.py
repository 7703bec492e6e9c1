"""Whether a log is whole: what is stored, held against what the store promises."""
