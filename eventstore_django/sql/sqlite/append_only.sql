-- Events are facts: UPDATE and DELETE are refused. The one door is an erasure that is open, which others
-- never see, since SQLite has one writer; each event that went leaves a line.

CREATE TRIGGER eventstore_no_delete BEFORE DELETE ON eventstore_events
WHEN NOT EXISTS (SELECT 1 FROM eventstore_erasures WHERE closed_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only: DELETE refused');
END;

CREATE TRIGGER eventstore_no_update BEFORE UPDATE ON eventstore_events
WHEN NOT EXISTS (SELECT 1 FROM eventstore_erasures WHERE closed_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only: UPDATE refused');
END;

CREATE TRIGGER eventstore_log_delete AFTER DELETE ON eventstore_events
BEGIN
    INSERT INTO eventstore_erased_events
        (erasure_id, position, event_version, event_id, stream_id, event_type, operation)
    SELECT id, OLD.position, OLD.event_version, OLD.event_id, OLD.stream_id, OLD.event_type, 'DELETE'
    FROM eventstore_erasures WHERE closed_at IS NULL;
END;

CREATE TRIGGER eventstore_log_update AFTER UPDATE ON eventstore_events
BEGIN
    INSERT INTO eventstore_erased_events
        (erasure_id, position, event_version, event_id, stream_id, event_type, operation)
    SELECT id, OLD.position, OLD.event_version, OLD.event_id, OLD.stream_id, OLD.event_type, 'UPDATE'
    FROM eventstore_erasures WHERE closed_at IS NULL;
END;
