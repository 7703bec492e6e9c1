-- The first half of storing many events by COPY: all their streams are locked and moved on at once. The second half must
-- follow in the same transaction, and write a version for each that a stream was moved on by.
-- streams: [name, category, partition, aggregate_id, events], sorted by name, as for eventstore_append_v1: two calls
-- that lock in one order never wait for each other in a circle. Returns the versions before, in the same order, and
-- the time to store the events at.
CREATE FUNCTION eventstore_extend_streams_v1(
    streams jsonb, OUT versions bigint[], OUT stored_at timestamp with time zone
)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    stream jsonb;
    current_version bigint;
BEGIN
    versions := '{}';
    FOR stream IN SELECT s.value FROM jsonb_array_elements(streams) WITH ORDINALITY s ORDER BY s.ordinality LOOP
        SELECT s.version INTO current_version
        FROM eventstore_streams s WHERE s.stream_id = stream ->> 0 FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            SELECT l.locked_version INTO current_version
            FROM eventstore_lock_stream_v1(stream ->> 0, stream ->> 1, stream ->> 2, stream ->> 3) l;
        END IF;
        versions := versions || current_version;
    END LOOP;
    -- After all locks: times ascend within a stream.
    stored_at := clock_timestamp();
    FOR stream IN SELECT s.value FROM jsonb_array_elements(streams) s LOOP
        UPDATE eventstore_streams s
        SET version = s.version + (stream -> 4)::integer, updated_at = stored_at
        WHERE s.stream_id = stream ->> 0;
    END LOOP;
END
$$;
