"""Clients: one that may read and append, one that may read, one that may nothing, and nobody."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


def _client(name: str, *codenames: str, csrf: bool = False) -> Client:
    user = get_user_model()._default_manager.create_user(username=name)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    return client


@pytest.fixture
def writer(db: None) -> Client:
    return _client("writer", "view_event", "add_event")


@pytest.fixture
def reader(db: None) -> Client:
    return _client("reader", "view_event")


@pytest.fixture
def stranger(db: None) -> Client:
    return _client("stranger")


@pytest.fixture
def csrf_checked_writer(db: None) -> Client:
    return _client("careful", "view_event", "add_event", csrf=True)
