"""The event store beside others: the same work, on the same server, in turns. Run ``python -m benchmarks.peers``."""
