"""What the server alone does: the floor's INSERT and the stored function, called by ``pgbench``, a client in C."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ImproperlyConfigured

from eventstore_django.backends.functionappend import APPEND_EVENT
from eventstore_django.embedded.binaries import find_programs

from . import floor, single, writers
from .measuring import Figure, in_turns
from .together import WRITERS, together

CALLS = 2000
"""Of each client: it connects anew each time and prepares the statement, which is to be a small part of it."""

_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)

# Values are parameters, as in the floor. But pgbench knows no ids and no clock, so the server makes those.
_STREAM = ":stream::text || :client_id"
_INSERT = floor.INSERT % (":version", "now()", "gen_random_uuid()", _STREAM, "'Deposited'", ":payload", "'{}'")
_NAME = (_STREAM, "'Account'", "NULL", ":client_id::text")
_EVENT = ("gen_random_uuid()", "'Deposited'", "1", "NULL", "NULL", ":payload", "NULL", "now()")
_FUNCTION = APPEND_EVENT % (*_NAME, "-1", *_EVENT, "true")
_SCRIPT = "\\set version :version + 1\n{};\n"


def run(rounds: int) -> list[Figure]:
    """Compare one client, then eight, with as many writers in Python; nothing where there is no pgbench."""
    program = _program()
    if isinstance(program, str):
        print(f"pgbench is left out: {program}")
        return []
    alone: dict[str, Callable[[], float]] = {
        "psycopg, bare INSERT": single.bare,
        "pgbench, bare INSERT": partial(_pgbench, program, _INSERT, 1),
        "pgbench, stored function": partial(_pgbench, program, _FUNCTION, 1),
        "append, recommended": single.recommended,
    }
    eight: dict[str, Callable[[], float]] = {
        "psycopg, bare INSERT": partial(together, writers.bare, calls=writers.CALLS),
        "pgbench, bare INSERT": partial(_pgbench, program, _INSERT, WRITERS),
        "pgbench, stored function": partial(_pgbench, program, _FUNCTION, WRITERS),
        "append, recommended": partial(together, writers.store, "prepared", calls=writers.CALLS),
    }
    found = in_turns("the server alone, 1 client", alone, rounds)
    return found + in_turns("the server alone, 8 clients", eight, rounds)


def _program() -> Path | str:
    """Return the path of pgbench beside the programs of the embedded server, or why there is none."""
    try:
        program = Path(find_programs().path("pgbench"))
    except ImproperlyConfigured as error:
        return str(error)
    return program if program.is_file() else f"there is no {program}"


def _pgbench(program: Path, statement: str, clients: int) -> float:
    """Return the transactions a second of so many clients, each on a stream of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT.format(statement))
        script.flush()
        command = [
            *(str(program), "--no-vacuum", "--protocol=prepared", f"--file={script.name}"),
            *(f"--client={clients}", f"--transactions={CALLS}"),
            *(f"--define=stream=Account-{uuid4()}-", "--define=version=0", f"--define=payload={floor.PAYLOAD_TEXT}"),
        ]
        found = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True).stdout
    rate = _RATE.search(found)
    if rate is None:
        raise ValueError(f"pgbench told no rate: {found}")
    return float(rate[1])


def _environment() -> dict[str, str]:
    """Return the variables by which programs of PostgreSQL find the database."""
    server = floor.cursor().connection.info
    return {
        **os.environ,
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,
        "PGDATABASE": server.dbname,
    }
