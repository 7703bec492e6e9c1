"""Who is compared: where each comes from, and how it is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_PSYCOPG = "psycopg[binary,pool]==3.3.*"
_EVENTSOURCING = ("eventsourcing[postgres]==9.5.6", _PSYCOPG)


@dataclass(frozen=True, slots=True)
class Contender:
    """A program of ``programs/`` and what it needs.

    ``environment`` names the directory under ``.peers``; contenders that differ in ``options`` only share it. A value
    of ``options`` may say ``{directory}``.
    """

    name: str
    program: str
    environment: str
    requirements: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """The database that it has for itself."""
        return "peers_" + "".join(letter if letter.isalnum() else "_" for letter in self.name.lower())


FLOOR = Contender("floor", "bare", "own")
CONTENDERS = (
    FLOOR,
    Contender("eventstore-django", "own", "own", options={"connection": "recommended"}),
    Contender("eventstore-django, defaults", "own", "own", options={"connection": "defaults"}),
    Contender("eventsourcing", "pyeventsourcing", "eventsourcing", _EVENTSOURCING, options={"functions": "no"}),
    Contender(
        "eventsourcing, functions", "pyeventsourcing", "eventsourcing", _EVENTSOURCING, options={"functions": "yes"}
    ),
    Contender(
        "eventsourcing-django",
        "eventsourcingdjango",
        "eventsourcing-django",
        ("eventsourcing-django==0.6", _PSYCOPG),
    ),
    Contender(
        "eventsource-py",
        "eventsourcepy",
        "eventsource-py",
        ("eventsource-py[postgresql]==0.8.1", "sqlalchemy[asyncio]==2.*"),
    ),
    Contender(
        "message-db",
        "messagedb",
        "message-db",
        (_PSYCOPG,),
        ("@eventide/message-db@1.3.1",),
        options={"sql": "{directory}/node_modules/@eventide/message-db/database"},
    ),
    Contender(
        "Emmett",
        "emmett.mjs",
        "emmett",
        packages=("@event-driven-io/emmett@0.42.0", "@event-driven-io/emmett-postgresql@0.42.0"),
    ),
)
"""The floor first: ratios are to it."""
