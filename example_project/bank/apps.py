"""The bank as a Django app."""

from django.apps import AppConfig


class BankConfig(AppConfig):
    """Accounts on the event store."""

    name = "example_project.bank"
