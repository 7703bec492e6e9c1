"""What the event store costs, as ratios to bare psycopg in the same run. Run ``python -m benchmarks``."""
