"""Run the tour through the event store, then serve the admin and the API."""

from __future__ import annotations

import secrets
import socket
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from eventstore_django import EventStore
from example_project.bank.tour import Tour


class Command(BaseCommand):
    """Start the database, migrate, walk through the store and serve the site."""

    help = "Shows the event store at work, then serves the admin and the API until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--no-serve", action="store_true", help="stop after the tour")
        parser.add_argument("--port", type=int, default=8000, help="port of the site (default 8000)")

    def handle(self, *, no_serve: bool, port: int, **options: Any) -> None:
        """Run the demo."""
        if not no_serve:
            _refuse_used(port)
        self.stdout.write("Starting the database and migrating ...")
        call_command("migrate", verbosity=0)
        self.stdout.write(f"{_server()} is ready.\n\n")
        Tour.fresh(EventStore(), self._tell).run()
        if not no_serve:
            self._serve(port)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)

    def _serve(self, port: int) -> None:
        password = _reset_password("admin")
        address = f"http://127.0.0.1:{port}"
        self.stdout.write(f"\nAdmin  {address}/admin/   user admin, password {password}")
        self.stdout.write(f"API    {address}/eventstore/events/   to try it: {address}/api-docs/")
        self.stdout.write("Ctrl-C ends it, and the database with it.\n")
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)


def _server() -> str:
    connection.ensure_connection()
    return f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"


def _reset_password(name: str) -> str:
    """Give the demo's superuser a new password, known to this run only."""
    password = secrets.token_urlsafe(9)
    user, _ = get_user_model()._default_manager.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    return password


def _refuse_used(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"Port {port} can't be used ({error.strerror}): choose another with --port.") from None
