-- The watermark and its publication (docs/positions.md).

-- The highest position at and below which nothing can appear any more: the smaller of the sequence's value and
-- of the smallest position that a writer shows. The order is the proof: first the sequence, then the locks; and
-- whoever reads events up to it does so in a later statement. A lock shows the low 32 bits of a position; the
-- one meant is the nearest to the sequence's value. The caller's own lock is left out, so that a transaction sees
-- what it appended; prepared transactions have no pid and count.
CREATE FUNCTION eventstore_watermark_v1() RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    drawn bigint;
    shown bigint;
BEGIN
    -- Never SELECT last_value FROM the sequence: it can show a value 32 ahead for an instant.
    drawn := pg_sequence_last_value('eventstore_events_position_seq'::regclass);
    IF drawn IS NULL THEN
        IF NOT has_sequence_privilege('eventstore_events_position_seq', 'SELECT, USAGE') THEN
            RAISE insufficient_privilege USING MESSAGE =
                'reading the global order needs USAGE on the sequence eventstore_events_position_seq';
        END IF;
        drawn := 0;
    END IF;
    SELECT min(drawn + (((l.objid::bigint - drawn) << 32) >> 32)) INTO shown
    FROM pg_locks l
    WHERE l.locktype = 'advisory'
        AND l.classid = eventstore_position_lock_class()::oid
        AND l.objsubid = 2
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.pid IS DISTINCT FROM pg_backend_pid();
    RETURN least(drawn, shown);
END
$$;

-- Publishes the watermark if it has moved and nobody else does, and tells who listens; returns the head, the
-- revision, and whether the caller is the publisher. The NOTIFY is in this transaction and never in an append:
-- each commit that notifies takes a lock on the whole database. The commit need not wait for the disk: a
-- checkpoint that is written later is flushed later, and with it all that came before.
CREATE FUNCTION eventstore_publish_v1(
    caller uuid, lease_seconds double precision, told boolean,
    OUT head bigint, OUT head_revision bigint, OUT publishing boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
    row_now eventstore_log_head%ROWTYPE;
    moment timestamp with time zone := clock_timestamp();
    drawn bigint;
    watermark bigint;
    flush_mode text;
BEGIN
    SELECT * INTO row_now FROM eventstore_log_head h WHERE h.id = 1;
    IF NOT FOUND THEN
        INSERT INTO eventstore_log_head (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
        SELECT * INTO row_now FROM eventstore_log_head h WHERE h.id = 1;
    END IF;
    head := row_now.position;
    SELECT coalesce(max(h.revision), 0) INTO head_revision FROM eventstore_log_head h WHERE h.id = 2;
    publishing := row_now.publisher IS NULL OR row_now.publisher = caller OR row_now.publisher_until < moment;
    IF NOT publishing THEN
        RETURN;
    END IF;
    -- Whether there is anything new at all: the look at the locks costs more.
    watermark := head;
    drawn := pg_sequence_last_value('eventstore_events_position_seq'::regclass);
    IF drawn IS NULL OR drawn > head THEN
        watermark := eventstore_watermark_v1();
    END IF;
    IF watermark <= head AND row_now.publisher = caller
        AND row_now.publisher_until > moment + make_interval(secs => lease_seconds / 2)
    THEN
        RETURN;
    END IF;
    flush_mode := set_config('synchronous_commit', 'off', true);
    -- The conditions once more, on the row as it is now: another worker may have been quicker.
    UPDATE eventstore_log_head h
    SET position = greatest(h.position, watermark), publisher = caller, updated_at = moment,
        publisher_until = moment + make_interval(secs => lease_seconds)
    WHERE h.id = 1 AND (h.publisher IS NULL OR h.publisher = caller OR h.publisher_until < moment)
    RETURNING h.position INTO watermark;
    publishing := FOUND;
    IF FOUND AND watermark > head THEN
        head := watermark;
        IF told THEN
            PERFORM pg_notify('eventstore_head', head::text);
        END IF;
    END IF;
END
$$;
