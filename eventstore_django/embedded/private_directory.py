"""Directories of our own below directories that everybody may write."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from .account import Account
from .errors import EmbeddedServerError

PERSISTENT_PARENT = Path("/var/tmp")  # noqa: S108 - content is only trusted after check_owner()


def keyed_name(kind: str, *parts: object) -> str:
    """Return a short file name that is always the same for the same parts."""
    key = "\0".join(map(str, parts)).encode("utf-8", "surrogateescape")
    return f"eventstore-{kind}-{hashlib.sha256(key).hexdigest()[:16]}"


def make_directory(path: Path, owner: Account, mode: int) -> Path:
    """Make a directory for a user, or check that the existing one is that user's.

    Raise EmbeddedServerError if somebody else owns it or may write to it.
    """
    try:
        path.mkdir(mode)
    except FileExistsError:
        check_owner(path, owner.uid)
    else:
        path.chmod(mode)
        owner.own(path)
    return path


def check_owner(path: Path, uid: int) -> None:
    """Raise EmbeddedServerError unless a path is a directory that only its owner may change."""
    status = path.lstat()
    shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid or shared:
        raise EmbeddedServerError(f"{path} must be a directory that only user {uid} may write.")
