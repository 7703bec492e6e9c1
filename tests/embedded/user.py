"""A program that uses the embedded server until its standard input ends.

The arguments are one JSON object: the database's settings and, optionally, SQL to run through
Django, and a way to start another process: "fork" or "spawn".
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import django
from django.conf import settings
from django.db import connection

from eventstore_django.embedded.server import ensure_server


def use_through_django(database: dict[str, Any], statement: str) -> Any:
    settings.configure(DATABASES={"default": {"ENGINE": "eventstore_django.embedded", **database}})
    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def use_directly(database: dict[str, Any]) -> str:
    return ensure_server(database["PGDATA"], database["SERVER_SETTINGS"]).host


def report(answer: Any) -> None:
    # One write, since several processes may share the pipe.
    os.write(1, json.dumps({"answer": answer, "pid": os.getpid()}).encode() + b"\n")


def main() -> None:
    # A shell lets what it runs in the background ignore it, and all that is started from there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = json.loads(sys.argv[1])
    start, statement = arguments.pop("start", ""), arguments.pop("statement", "")
    if start == "spawn":
        subprocess.run([sys.executable, __file__, json.dumps(arguments)], check=True)
        return
    report(use_through_django(arguments, statement) if statement else use_directly(arguments))
    if start == "fork" and os.fork() == 0:
        report(use_directly(arguments))
    sys.stdin.read()


if __name__ == "__main__":
    main()
