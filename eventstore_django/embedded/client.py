"""The interactive client, for ``manage.py dbshell``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import client

from .binaries import find_programs


class DatabaseClient(client.DatabaseClient):
    """psql from the directory of the server's programs, connected to the embedded server."""

    def runshell(self, parameters: Iterable[str]) -> None:
        """Start the server if needed, then psql."""
        # Fills HOST and USER, from which the arguments of psql are made.
        self.connection.get_connection_params()
        super().runshell(list(parameters))

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line and environment of psql."""
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        program = find_programs().directory / cls.executable_name
        return [str(program) if program.exists() else arguments[0], *arguments[1:]], environment
