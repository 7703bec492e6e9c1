"""The database cluster: a data directory made by initdb."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .binaries import Programs
from .errors import EmbeddedServerError
from .location import Location

SUPERUSER = "postgres"
# The second one is for systems that do not know the first.
LOCALES = ("C.UTF-8", "C")


def server_environment(data: Path) -> Mapping[str, str]:
    """Return the environment for the programs of a server."""
    # Variables such as PGPORT or PGOPTIONS are meant for clients, but change the server as well.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, "LC_ALL": "C", "PGDATA": str(data)}


def initialise(location: Location, programs: Programs, lock: int) -> None:
    """Make the data directory, all or nothing; the programs inherit the lock.

    Raise ImproperlyConfigured if there are other files, EmbeddedServerError if initdb fails.
    """
    if location.data.exists() and any(location.data.iterdir()):
        raise ImproperlyConfigured(f"PGDATA {location.data} has files, but is no data directory.")
    new = location.beside(".new")
    with tempfile.TemporaryFile() as output:
        if not any(_initdb(location, programs, locale, output.fileno(), lock) for locale in LOCALES):
            output.seek(0)
            raise EmbeddedServerError(f"initdb failed:\n{output.read().decode(errors='replace')}")
    try:
        new.rename(location.data)
    except OSError as error:
        message = f"PGDATA {location.data} must not be a mount point; name a directory below it."
        raise ImproperlyConfigured(message) from error


def _initdb(location: Location, programs: Programs, locale: str, output: int, lock: int) -> bool:
    new = location.beside(".new")
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(0o700)
    location.account.own(new)
    arguments = [programs.path("initdb"), "--auth=trust", "--encoding=UTF8", f"--locale={locale}"]
    arguments += ["--no-sync", f"--username={SUPERUSER}"]
    environment = server_environment(new)
    return location.account.run(arguments, output=output, environment=environment, keep=[lock]) == 0
