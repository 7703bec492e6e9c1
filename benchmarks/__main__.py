"""``python -m benchmarks [NAME ...] [--rounds N] [--json FILE]``."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

NAMES = (
    "single",
    "costs",
    "writers",
    "pgbench",
    "batches",
    "importing",
    "reading",
    "loading",
    "following",
    "latency",
    "live",
    "pages",
    "indexes",
    "caching",
    "eventtypes",
    "growth",
    "contention",
    "memory",
    "category",
    "asynchronous",
    "idle",
    "startup",
)
"""The benchmarks, each a module of its own with a function ``run(rounds)``."""


def main() -> None:
    """Migrate, run the benchmarks that are named (all by default), print a table."""
    django.setup()
    from django.core.management import call_command

    from . import floor
    from .measuring import table

    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count, after one that does not")
    parser.add_argument("--json", type=Path, help="append the figures to this file, a line of JSON each")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    call_command("migrate", verbosity=0)
    floor.create_table()
    for name in options.names or NAMES:
        # Only now: models can't be imported before django.setup().
        figures = import_module(f".{name}", __package__).run(options.rounds)
        print(table(figures), flush=True)
        if options.json:
            with options.json.open("a") as file:
                file.writelines(figure.line() + "\n" for figure in figures)


if __name__ == "__main__":
    main()
