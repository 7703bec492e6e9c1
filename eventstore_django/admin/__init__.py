"""The event store in Django's admin: history to be looked at, by nobody to be changed; and the operators' pages."""

from django.apps import apps

# The template tags import from here in every project that has templates, those without the admin too.
if apps.is_installed("django.contrib.admin"):
    from . import (  # noqa: F401  # each registers its pages
        erasures,
        events,
        overview,
        parkedevents,
        snapshots,
        streams,
        subscriptions,
    )
