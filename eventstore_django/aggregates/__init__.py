"""The domain: aggregates and deciders, which know neither Django nor a database, and snapshots as values.

What loads and stores them lies in ``repositories``.
"""
