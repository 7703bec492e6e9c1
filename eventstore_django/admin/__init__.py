"""The event store in Django's admin: history to be looked at, by nobody to be changed; and the operators' pages."""

from . import erasures, events, overview, parkedevents, snapshots, streams, subscriptions  # noqa: F401  # each registers its pages
