"""The event store in Django's admin: history to be looked at, by nobody to be changed."""

from . import erasures, events, snapshots, streams  # noqa: F401  # each registers its pages
