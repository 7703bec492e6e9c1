"""``python -m benchmarks.peers [WORK ...] [--rounds N] [--longer N] [--only NAME ...] [--json FILE] [--svg FILE]``."""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import django

from ..measuring import Figure, in_turns, table
from .contenders import CONTENDERS, FLOOR
from .picture import picture
from .process import PeerError
from .running import Running
from .works import WORKS, Work

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
_NAMES = {work.name: work for work in WORKS}


def main() -> None:
    """Install the peers, let them work in turns, print a table."""
    options = _options()
    django.setup()
    access = _access()
    print(_server(), flush=True)
    peers = _started(access, options.only)
    figures: list[Figure] = []
    try:
        for work in options.works:
            found = _compare(work, peers, options.rounds)
            print(table(found), flush=True)
            figures += found
    finally:
        for peer in peers:
            peer.close()
    if options.json:
        with options.json.open("a") as file:
            file.writelines(figure.line() + "\n" for figure in figures)
    if options.svg:
        options.svg.write_text(picture(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(_NAMES))
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count, after one that does not")
    parser.add_argument("--longer", type=int, default=1, help="how many times as long turns take; steadier figures")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these contenders beside the floor")
    parser.add_argument("--json", type=Path, help="append the figures to this file, a line of JSON each")
    parser.add_argument("--svg", type=Path, help="draw the ratios into this file")
    options = parser.parse_args()
    if unknown := set(options.works) - set(_NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if unknown := set(options.only or ()) - {contender.name for contender in CONTENDERS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if min(options.rounds, options.longer) < 1:
        parser.error("--rounds and --longer must be 1 at least")
    options.works = [_NAMES[name].longer(options.longer) for name in options.works or _NAMES]
    return options


def _access() -> dict[str, str]:
    from django.db import connections

    # Opening it starts the embedded server, and makes its database.
    connections["default"].ensure_connection()
    parameters = connections["default"].get_connection_params()
    names = {"host": "localhost", "port": "5432", "user": "postgres", "password": "", "dbname": "postgres"}
    return {name: str(parameters.get(name) or default) for name, default in names.items()}


def _server() -> str:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT name || ' ' || setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        return ", ".join([f"PostgreSQL {version}", *(row[0] for row in cursor.fetchall())])


def _started(access: Mapping[str, str], only: Sequence[str] | None) -> list[Running]:
    peers = []
    for contender in CONTENDERS:
        if only and contender is not FLOOR and contender.name not in only:
            continue
        try:
            peers.append(Running(contender, access))
        except (PeerError, FileNotFoundError, subprocess.CalledProcessError) as error:
            _leave_out(contender.name, "everything", error)
    return peers


def _compare(work: Work, peers: Sequence[Running], rounds: int) -> list[Figure]:
    able = {}
    for peer in peers:
        try:
            if work.reads:
                peer.fill()
            peer.rate(work)
        except PeerError as error:
            _leave_out(peer.name, work.title, error)
        else:
            able[peer.name] = partial(peer.rate, work)
    return in_turns(work.title, able, rounds)


def _leave_out(name: str, what: str, error: Exception) -> None:
    reason = getattr(error, "stderr", None) or str(error)
    print(f"{name} is left out of {what}: {reason.strip()}", flush=True)


if __name__ == "__main__":
    main()
