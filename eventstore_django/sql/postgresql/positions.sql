-- Positions are drawn in one order and committed in another. Before a transaction draws its first one, it
-- shows where the sequence stood, as a shared advisory lock that PostgreSQL drops with the (sub)transaction.
-- Readers stay below the smallest position shown: see docs/positions.md for the proof.

-- In the database, not a setting: readers ask this function, writers have the same number in the trigger, and
-- both were written by one migration.
CREATE FUNCTION eventstore_position_lock_class() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT {position_lock_class}';

CREATE FUNCTION eventstore_show_position() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    -- The flag is undone with the lock when a savepoint is rolled back, kept when it is released and
    -- gone after the transaction: one lock for each (sub)transaction, however many events it appends.
    -- It holds the transaction's id so that a value left in the session can never pass for it.
    transaction_id text := pg_current_xact_id()::text;
    sequence regclass;
    last_position bigint;
    shown integer;
BEGIN
    IF current_setting('eventstore.position_shown', true) IS DISTINCT FROM transaction_id THEN
        -- By the schema of the table, since a restore of data runs with an empty search_path.
        sequence := format('%I.eventstore_events_position_seq', TG_TABLE_SCHEMA);
        -- Never SELECT last_value FROM the sequence: it can show a value 32 ahead for an instant.
        last_position := pg_sequence_last_value(sequence);
        IF last_position IS NULL AND NOT has_sequence_privilege(sequence, 'SELECT, USAGE') THEN
            RAISE insufficient_privilege USING MESSAGE =
                'appending events needs USAGE on the sequence eventstore_events_position_seq';
        END IF;
        shown := ((coalesce(last_position, 0) << 32) >> 32)::integer;
        -- As expressions: PERFORM would plan and run a query for each. The lock is only ever waited for if
        -- somebody takes it exclusively.
        IF NOT pg_try_advisory_xact_lock_shared({position_lock_class}, shown) THEN
            PERFORM pg_advisory_xact_lock_shared({position_lock_class}, shown);
        END IF;
        transaction_id := set_config('eventstore.position_shown', transaction_id, true);
    END IF;
    RETURN NULL;
END
$$;

-- Before the statement: column defaults, and with them nextval(), are computed after it, also in COPY.
CREATE TRIGGER eventstore_show_position
    BEFORE INSERT ON eventstore_events
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_show_position();
ALTER TABLE eventstore_events ENABLE ALWAYS TRIGGER eventstore_show_position;
