"""The database backend that Django loads."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.utils import IntegrityError, ProgrammingError

from .client import DatabaseClient
from .server import ensure_server

_existing_databases: set[tuple[str, str]] = set()


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL on a server of its own, which starts with the first connection.

    ``DATABASES`` needs the key ``PGDATA``, the data directory; ``SERVER_SETTINGS`` is an optional
    mapping of PostgreSQL's configuration parameters, taken over at the start of the server.
    """

    client_class = DatabaseClient

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        self._configured_name = settings_dict.get("NAME")

    def get_connection_params(self) -> dict[str, Any]:
        """Start the server if needed and return how to connect.

        Raise ImproperlyConfigured or EmbeddedServerError if there can be no server.
        """
        self._fill_address()
        parameters: dict[str, Any] = super().get_connection_params()
        if self.settings_dict["NAME"] and self.settings_dict["NAME"] == self._configured_name:
            self._ensure_database(self._configured_name)
        return parameters

    def _fill_address(self) -> None:
        data = self.settings_dict.get("PGDATA")
        if not data:
            raise ImproperlyConfigured("DATABASES needs PGDATA, the embedded server's directory.")
        options = self.settings_dict.get("SERVER_SETTINGS") or {}
        address = ensure_server(data, {name: str(value) for name, value in options.items()})
        self.settings_dict["HOST"] = address.host
        self.settings_dict["PORT"] = str(address.port)
        self.settings_dict["USER"] = self.settings_dict.get("USER") or address.user

    def _ensure_database(self, name: str) -> None:
        key = (self.settings_dict["HOST"], name)
        if key in _existing_databases:
            return
        if not self._database_exists(name):
            try:
                self._create_database(name)
            except (IntegrityError, ProgrammingError):
                # Another process may have made it in between, which shows as either error.
                if not self._database_exists(name):
                    raise
        _existing_databases.add(key)

    def _database_exists(self, name: str) -> bool:
        with self._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _create_database(self, name: str) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {self.ops.quote_name(name)}")
