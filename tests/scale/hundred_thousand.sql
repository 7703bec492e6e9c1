-- A hundred thousand settled events in a few statements: what they look like is told in hundred_thousand.py.

SET LOCAL synchronous_commit = off;

INSERT INTO eventstore_events (
    event_version, occurred_at, created_at, event_id, stream_id, category, partition, aggregate_type, aggregate_id,
    event_type, event_data
)
SELECT
    row_number() OVER (PARTITION BY stream_id ORDER BY n),
    '2024-01-01T00:00:00Z'::timestamptz + n * interval '1 second',
    '2025-01-01T00:00:00Z'::timestamptz + n * interval '1 millisecond',
    ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    stream_id, split_part(stream_id, '/', 2), split_part(stream_id, '/', 1), split_part(stream_id, '/', 2),
    split_part(stream_id, '/', 3),
    CASE split_part(stream_id, '/', 2) WHEN 'Ended' THEN 'LastSeen' WHEN 'Rare' THEN 'RareHappened' ELSE 'Noted' END,
    '{"amount": "100.00", "note": "one of a hundred thousand"}'
FROM (
    SELECT n, CASE
        WHEN n IN (1, 50000, 100000) THEN 'here/Rare/1'
        WHEN n <= 40000 AND n % 2 = 0 THEN 'gone/Ended/' || n % 1000
        WHEN n % 5 = 1 THEN 'here/Ledger/1'
        ELSE 'here/' || (ARRAY['Account', 'Cart', 'Order', 'Payment'])[n % 4 + 1] || '/' || n % 9000
    END AS stream_id
    FROM generate_series(1, 100000) n
) named
ORDER BY n;

INSERT INTO eventstore_streams (stream_id, version, category, partition, aggregate_type, aggregate_id)
SELECT stream_id, count(*), category, partition, aggregate_type, aggregate_id
FROM eventstore_events GROUP BY stream_id, category, partition, aggregate_type, aggregate_id;

INSERT INTO eventstore_snapshots (stream_id, aggregate_id, aggregate_type, version, data, created_at)
SELECT stream_id, aggregate_id, aggregate_type, number, '{}', now()
FROM eventstore_streams, generate_series(1, 3) number;
