-- A million settled events in a few statements: what they look like is told in million.py.

SET LOCAL synchronous_commit = off;

INSERT INTO eventstore_streams (stream_id, version, category, partition, aggregate_type, aggregate_id)
VALUES ('tenant-1/Account/large', 500000, 'Account', 'tenant-1', 'Account', 'large'),
       ('tenant-3/Rare/one', 1, 'Rare', 'tenant-3', 'Rare', 'one');

INSERT INTO eventstore_streams (stream_id, version, category, partition, aggregate_type, aggregate_id)
SELECT 'tenant-2/Order/' || n, CASE n WHEN 25000 THEN 9 ELSE 10 END, 'Order', 'tenant-2', 'Order', n
FROM generate_series(1, 50000) n;

-- Odd numbers are the large stream, even ones the orders: ten events each, one after the other.
INSERT INTO eventstore_events (
    event_version, occurred_at, created_at, event_id, stream_id, category, partition, aggregate_type, aggregate_id,
    event_type, event_data, metadata
)
SELECT
    CASE WHEN odd THEN n / 2 + 1 WHEN rare THEN 1 ELSE (n / 2 - 1) % 10 + 1 END,
    '2024-01-01T00:00:00Z'::timestamptz + n * interval '1 second',
    '2025-01-01T00:00:00Z'::timestamptz + n * interval '1 millisecond',
    ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE WHEN odd THEN 'tenant-1/Account/large' WHEN rare THEN 'tenant-3/Rare/one' ELSE 'tenant-2/Order/' || number END,
    CASE WHEN odd THEN 'Account' WHEN rare THEN 'Rare' ELSE 'Order' END,
    CASE WHEN odd THEN 'tenant-1' WHEN rare THEN 'tenant-3' ELSE 'tenant-2' END,
    CASE WHEN odd THEN 'Account' WHEN rare THEN 'Rare' ELSE 'Order' END,
    CASE WHEN odd THEN 'large' WHEN rare THEN 'one' ELSE number::text END,
    CASE WHEN odd THEN 'MoneyDeposited' WHEN rare THEN 'RareHappened' ELSE 'OrderPlaced' END,
    '{"amount": "100.00", "note": "one of a million"}',
    CASE WHEN odd THEN '{"correlation_id": "large"}'::jsonb WHEN rare THEN '{"correlation_id": "one"}' ELSE '{}' END
FROM (
    SELECT n, n % 2 = 1 AS odd, n = 500000 AS rare, (n / 2 - 1) / 10 + 1 AS number
    FROM generate_series(1, 1000000) n
) numbers
ORDER BY n;
