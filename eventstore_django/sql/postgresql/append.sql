-- The append in one round trip: lock the streams' rows, look for the events' ids, check the versions, write.
-- Each statement of a PL/pgSQL function has a snapshot of its own under READ COMMITTED: what is looked up
-- after the lock includes what the lock's last holder committed. Nothing is raised for a lost race, so the
-- caller's transaction stays usable: outcome is 'stored', 'conflict' or 'known' (some ids are stored already).
-- A session keeps the functions' plans. Made while a table is small they would scan it, also when a long
-- import has made it large: hence enable_seqscan = off, which leaves the indexes. Times come back as
-- microseconds since 1970.
-- The version in the names lets processes of two releases work on one database.

-- Locks a stream's row, until the transaction ends, and returns its version. A missing row is created, since
-- only a row can be locked, and since somebody else may be creating it at this moment: then this waits for
-- it. Who writes nothing removes it again.
CREATE FUNCTION eventstore_lock_stream_v1(
    name text, name_category text, name_partition text, name_aggregate_id text,
    OUT locked_version bigint, OUT created boolean
)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    created := false;
    LOOP
        SELECT s.version INTO locked_version
        FROM eventstore_streams s WHERE s.stream_id = name FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO eventstore_streams (stream_id, version, category, partition, aggregate_type, aggregate_id)
        VALUES (name, 0, name_category, name_partition, name_category, name_aggregate_id)
        ON CONFLICT (stream_id) DO NOTHING;
        created := FOUND;
        locked_version := 0;
        EXIT WHEN created;
    END LOOP;
END
$$;

-- One event for one stream: what nearly every append is. Returns {outcome, version before, position, time}:
-- outcome 0 is stored, 1 a conflict, 2 known. An array, since a record would cost a function scan.
CREATE FUNCTION eventstore_append_event_v1(
    name text, name_category text, name_partition text, name_aggregate_id text, expected bigint,
    new_id uuid, new_type text, new_schema_version integer, new_aggregate_type text, new_aggregate_id text,
    new_payload jsonb, new_metadata jsonb, new_occurred_at timestamp with time zone
) RETURNS bigint[]
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    current_version bigint;
    new_position bigint;
    stored_at timestamp with time zone;
    created boolean := false;
BEGIN
    SELECT s.version INTO current_version
    FROM eventstore_streams s WHERE s.stream_id = name FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        SELECT l.locked_version, l.created INTO current_version, created
        FROM eventstore_lock_stream_v1(name, name_category, name_partition, name_aggregate_id) l;
    END IF;
    IF EXISTS (SELECT FROM eventstore_events e WHERE e.event_id = new_id AND e.stream_id = name) THEN
        RETURN ARRAY[2, current_version];
    END IF;
    IF NOT (expected = -1 OR expected = current_version OR (expected = -2 AND current_version > 0)) THEN
        IF created THEN
            DELETE FROM eventstore_streams s WHERE s.stream_id = name;
        END IF;
        RETURN ARRAY[1, current_version];
    END IF;
    -- After the lock: times ascend within a stream.
    stored_at := clock_timestamp();
    INSERT INTO eventstore_events (
        event_version, occurred_at, created_at, event_id, schema_version, stream_id, category, partition,
        aggregate_type, aggregate_id, event_type, event_data, metadata
    ) VALUES (
        current_version + 1, new_occurred_at, stored_at, new_id, new_schema_version, name, name_category,
        name_partition, new_aggregate_type, new_aggregate_id, new_type, new_payload, new_metadata
    ) RETURNING position INTO new_position;
    UPDATE eventstore_streams s SET version = current_version + 1, updated_at = stored_at
    WHERE s.stream_id = name;
    RETURN ARRAY[0, current_version, new_position, (extract(epoch FROM stored_at) * 1000000)::bigint];
END
$$;

-- Any number of events for any number of streams, all or nothing. The call is an object of arrays:
-- streams: [name, category, partition, aggregate_id, events], sorted by name, since two calls
--          that lock in one order never wait for each other in a circle;
-- checks:  [stream, events of earlier operations on it, expected version];
-- events:  [stream, place among the call's events of the stream, event_id, event_type, schema_version,
--           aggregate_type, aggregate_id, occurred_at, payload, metadata], in the order of their positions.
-- A stream is its index from 0.
CREATE FUNCTION eventstore_append_v1(
    call jsonb,
    OUT outcome text, OUT versions bigint[], OUT positions bigint[], OUT stored_micros bigint
)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    streams jsonb := call -> 'streams';
    stream jsonb;
    item jsonb;
    locked record;
    fresh text[] := '{}';
    current_version bigint;
    expected bigint;
    stored_at timestamp with time zone;
BEGIN
    outcome := 'stored';
    versions := '{}';
    FOR stream IN SELECT s.value FROM jsonb_array_elements(streams) WITH ORDINALITY s ORDER BY s.ordinality LOOP
        locked := eventstore_lock_stream_v1(
            stream ->> 0, stream ->> 1, stream ->> 2, stream ->> 3
        );
        versions := versions || locked.locked_version;
        IF locked.created THEN
            fresh := fresh || (stream ->> 0);
        END IF;
    END LOOP;

    -- One look-up for each id: a join could be planned as a scan of the whole table while it is small,
    -- and the plan would be kept when it no longer is.
    FOR item IN SELECT e.value FROM jsonb_array_elements(call -> 'events') e LOOP
        IF EXISTS (
            SELECT FROM eventstore_events e
            WHERE e.event_id = (item ->> 2)::uuid AND e.stream_id = streams -> (item -> 0)::integer ->> 0
        ) THEN
            outcome := 'known';
            EXIT;
        END IF;
    END LOOP;

    IF outcome = 'stored' THEN
        FOR item IN SELECT c.value FROM jsonb_array_elements(call -> 'checks') c LOOP
            current_version := versions[(item -> 0)::integer + 1] + (item -> 1)::bigint;
            expected := (item -> 2)::bigint;
            IF NOT (expected = -1 OR expected = current_version OR (expected = -2 AND current_version > 0)) THEN
                outcome := 'conflict';
            END IF;
        END LOOP;
    END IF;

    IF outcome = 'stored' THEN
        stored_at := clock_timestamp();
        stored_micros := extract(epoch FROM stored_at) * 1000000;
        WITH stored AS (
            INSERT INTO eventstore_events (
                event_version, occurred_at, created_at, event_id, schema_version, stream_id, category,
                partition, aggregate_type, aggregate_id, event_type, event_data, metadata
            )
            SELECT
                versions[(e.value -> 0)::integer + 1] + (e.value -> 1)::bigint,
                (e.value ->> 7)::timestamp with time zone,
                stored_at,
                (e.value ->> 2)::uuid,
                (e.value -> 4)::integer,
                streams -> (e.value -> 0)::integer ->> 0,
                streams -> (e.value -> 0)::integer ->> 1,
                streams -> (e.value -> 0)::integer ->> 2,
                e.value ->> 5,
                e.value ->> 6,
                e.value ->> 3,
                e.value -> 8,
                e.value -> 9
            FROM jsonb_array_elements(call -> 'events') WITH ORDINALITY e
            ORDER BY e.ordinality
            RETURNING position
        )
        SELECT array_agg(s.position ORDER BY s.position) INTO positions FROM stored s;
        FOR stream IN SELECT s.value FROM jsonb_array_elements(streams) s WHERE (s.value -> 4)::integer > 0 LOOP
            UPDATE eventstore_streams s
            SET version = s.version + (stream -> 4)::integer, updated_at = stored_at
            WHERE s.stream_id = stream ->> 0;
            fresh := array_remove(fresh, stream ->> 0);
        END LOOP;
    END IF;
    -- Streams that were created only to be locked. Until the transaction ends others still wait for them.
    IF cardinality(fresh) > 0 THEN
        DELETE FROM eventstore_streams s WHERE s.stream_id = ANY (fresh);
    END IF;
END
$$;
