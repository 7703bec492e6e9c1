"""Finding what an application declares: the module ``subscribers`` of each installed app."""

from __future__ import annotations

from django.utils.module_loading import autodiscover_modules

MODULE = "subscribers"


def autodiscover() -> None:
    """Import the module ``subscribers`` of every app that has one. An error in it is raised, not hidden."""
    autodiscover_modules(MODULE)
