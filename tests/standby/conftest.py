"""A primary with the tables of the event store, and a standby that follows it, as aliases of ``DATABASES``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections

from eventstore_django import EventStore
from eventstore_django.embedded.binaries import find_programs
from eventstore_django.embedded.cluster import SUPERUSER
from eventstore_django.embedded.location import PORT

from .clusters import Cluster, primary

PRIMARY, STANDBY = "primary", "standby"


def _skip_without_programs() -> None:
    try:
        programs = find_programs()
    except ImproperlyConfigured as error:
        pytest.skip(str(error))
    if not (programs.directory / "pg_basebackup").is_file():
        pytest.skip(f"needs the program pg_basebackup, which is not in {programs.directory}")


@contextmanager
def alias(name: str, cluster: Cluster, synchronous_commit: str) -> Iterator[None]:
    """Have the server as a database of the project during a block."""
    address = {"NAME": SUPERUSER, "USER": SUPERUSER, "HOST": cluster.host, "PORT": str(PORT), "PASSWORD": ""}
    options = {"options": f"-c synchronous_commit={synchronous_commit}"}
    kind = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    connections.databases[name] = {**connections.databases["sqlite"], **address, **kind}
    try:
        yield
    finally:
        connections[name].close()
        del connections[name]
        del connections.databases[name]


@pytest.fixture(scope="module")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cluster]:
    """Run both; what is committed at the primary is shown by the standby when the commit returns."""
    _skip_without_programs()
    with django_db_blocker.unblock(), primary() as cluster:
        with alias(PRIMARY, cluster, "local"):
            call_command("migrate", "eventstore", database=PRIMARY, verbosity=0)
        with (
            cluster.standby("standby") as following,
            alias(PRIMARY, cluster, "remote_apply"),
            alias(STANDBY, following, "local"),
        ):
            yield cluster


@pytest.fixture
def store(servers: Cluster) -> EventStore:
    """A store on the primary."""
    return EventStore(using=PRIMARY)


@pytest.fixture
def standby(servers: Cluster) -> EventStore:
    """A store on the standby."""
    return EventStore(using=STANDBY)
