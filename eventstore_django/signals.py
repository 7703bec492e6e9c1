"""Signals: told in this process after the commit. A convenience; subscriptions are the promise.

A receiver may do what it likes: what it raises is logged and harms nobody. A crash between the commit
and the signal loses the signal, and other processes never hear it.
"""

from __future__ import annotations

from django.dispatch import Signal

events_appended = Signal()
"""After the outermost commit, once for each append that wrote: ``stream_id``, ``events`` (RecordedEvents,
in order), ``using``. Not for a repeated append, nor for one in a transaction that was begun by hand with
SQL, whose end Django can't see. The sender is the model ``Event``."""

snapshot_saved = Signal()
"""After the outermost commit that holds a new snapshot: ``snapshot`` (an AggregateSnapshot), ``using``. The sender
is the model ``Snapshot``."""

event_parked = Signal()
"""After a subscription gave up on an event: ``subscription`` (its name), ``event``, ``error`` (text),
``attempts``, ``using``. The sender is the model ``ParkedEvent``."""
