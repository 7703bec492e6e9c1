"""Aggregates in and out of the event store: loading, saving, deciding again after a conflict, snapshots."""
