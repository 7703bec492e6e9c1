-- The row of a stream holds its version, also for the events that an erasure has removed: without it the next append
-- would begin again at 1.

CREATE TRIGGER eventstore_no_stream_delete BEFORE DELETE ON eventstore_streams
WHEN OLD.version > 0
BEGIN
    SELECT RAISE(ABORT, 'streams are append-only: DELETE refused');
END;
