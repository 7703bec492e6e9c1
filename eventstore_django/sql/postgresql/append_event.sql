-- One event for one stream in two statements, each of which finds its row by a unique key and by no plan: no
-- enable_seqscan = off is needed, as in append.sql, which says what else holds for these functions.

-- Whether an event with this id stands in the stream.
CREATE FUNCTION eventstore_is_known_v2(name text, known_id uuid) RETURNS boolean
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM eventstore_events e WHERE e.event_id = known_id AND e.stream_id = name);
END
$$;

-- Nothing was written: says why, and takes back what was done to the stream's row. ``moved`` is what the row's version
-- was set to: null, the check failed and the row is locked only; 0, it was created to be locked; else the id is known.
CREATE FUNCTION eventstore_not_appended_v2(name text, known_id uuid, moved bigint, alone boolean) RETURNS bigint[]
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    current_version bigint := 0;
BEGIN
    -- The commit of a transaction that has locked a row waits for the disk, and whoever waits for the row with it,
    -- though nothing here is to be kept. Never within a transaction of the caller, whose other writes are: the setting
    -- holds until the transaction ends.
    IF alone THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    IF moved > 0 THEN
        UPDATE eventstore_streams s SET version = moved - 1, updated_at = coalesce(
            (SELECT e.created_at FROM eventstore_events e WHERE e.stream_id = name AND e.event_version = moved - 1),
            s.updated_at
        ) WHERE s.stream_id = name;
        RETURN ARRAY[2, moved - 1];
    END IF;
    IF moved = 0 THEN
        DELETE FROM eventstore_streams s WHERE s.stream_id = name;
    ELSE
        SELECT s.version INTO current_version FROM eventstore_streams s WHERE s.stream_id = name;
    END IF;
    RETURN ARRAY[CASE WHEN eventstore_is_known_v2(name, known_id) THEN 2 ELSE 1 END, current_version];
END
$$;

-- What nearly every append is. Returns {outcome, version before, position, time}: outcome 0 is stored, 1 a conflict, 2
-- known. An array, since a record would cost a function scan. ``alone``: it is the whole transaction. What is null of
-- the event's aggregate is the stream's.
CREATE FUNCTION eventstore_append_event_v2(
    name text, name_category text, name_partition text, name_aggregate_id text, expected bigint,
    new_id uuid, new_type text, new_schema_version integer, new_aggregate_type text, new_aggregate_id text,
    new_payload jsonb, new_metadata jsonb, new_occurred_at timestamp with time zone, alone boolean
) RETURNS bigint[]
LANGUAGE plpgsql
AS $$
DECLARE
    moved bigint;
    stored_at timestamp with time zone;
    new_position bigint;
BEGIN
    -- Locks the row, or waits for whoever has it, then checks the version that it has then, then moves it. The time is
    -- that of after the lock: times ascend within a stream. A row that fails the check stays locked. One that does
    -- not exist is created, with version 0 if it does not meet the check either.
    INSERT INTO eventstore_streams AS s (stream_id, version, category, partition, aggregate_type, aggregate_id)
    VALUES (
        name, CASE WHEN expected IN (-1, 0) THEN 1 ELSE 0 END, name_category, name_partition, name_category,
        name_aggregate_id
    )
    ON CONFLICT (stream_id) DO UPDATE SET version = s.version + 1, updated_at = clock_timestamp()
    WHERE expected = -1 OR expected = s.version OR (expected = -2 AND s.version > 0)
    RETURNING s.version, s.updated_at INTO moved, stored_at;
    -- The INSERT finds a known id by itself, but shows a position even then, until the transaction ends: one of the
    -- caller would hold readers back though it has appended nothing.
    IF moved > 0 AND (alone OR NOT eventstore_is_known_v2(name, new_id)) THEN
        -- A known id is not taken for success: without a position nothing was stored.
        INSERT INTO eventstore_events (
            event_version, occurred_at, created_at, event_id, schema_version, stream_id, category, partition,
            aggregate_type, aggregate_id, event_type, event_data, metadata
        ) VALUES (
            moved, new_occurred_at, stored_at, new_id, new_schema_version, name, name_category, name_partition,
            coalesce(new_aggregate_type, name_category), coalesce(new_aggregate_id, name_aggregate_id), new_type,
            new_payload, coalesce(new_metadata, '{}')
        ) ON CONFLICT (event_id, stream_id) DO NOTHING
        RETURNING position INTO new_position;
        IF new_position > 0 THEN
            RETURN ARRAY[0, moved - 1, new_position, (extract(epoch FROM stored_at) * 1000000)::bigint];
        END IF;
    END IF;
    RETURN eventstore_not_appended_v2(name, new_id, moved, alone);
END
$$;
