"""Help for tests: the contract that every database of the event store keeps (``testing.contract``)."""

from __future__ import annotations

from contextlib import suppress

with suppress(ImportError):
    import pytest

    # Before the modules are imported: without it a failed assert of the contract shows no values.
    pytest.register_assert_rewrite("eventstore_django.testing.contract")
