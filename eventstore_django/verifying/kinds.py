"""What can be wrong with a log."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The promise that something stored does not keep."""

    SCHEMA = "schema"
    """A part of the installed schema is not as the migrations leave it."""
    SEQUENCE = "sequence"
    """Positions that are stored would be given out again."""
    POSITION = "position"
    """A position belongs to several events, or positions do not ascend with the versions of a stream."""
    HEAD = "head"
    """The published watermark is beyond the log."""
    CHECKPOINT = "checkpoint"
    """A subscription has seen another log than this one."""
    SNAPSHOT = "snapshot"
    """A snapshot is ahead of its stream."""
    NAME = "name"
    """A stream has a name that is not legal, or rows that disagree with it."""
    STREAM = "stream"
    """The row of a stream is missing, or is at another version than its events."""
    VERSION = "version"
    """Versions of a stream are missing, or there more than once."""
    ERASED = "erased"
    """An event is there that an erasure has removed."""
    TIME = "time"
    """An event was stored at an earlier time than the one before it in its stream."""
    PAYLOAD = "payload"
    """A payload can't be upcast or does not fit the class of its type; or it, or metadata, can't be decoded at all."""
    MORE = "more"
    """A stream has more findings than are told one by one."""
