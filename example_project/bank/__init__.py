"""Accounts, as streams of events."""
