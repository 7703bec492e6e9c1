-- Events are facts: UPDATE, DELETE and TRUNCATE are refused, for the owner of the table too.
-- The one door is an erasure: its id in the transaction's setting, and a line for each event that went.

CREATE FUNCTION eventstore_refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    door bigint := nullif(current_setting('eventstore.erasure', true), '')::bigint;
BEGIN
    PERFORM FROM eventstore_erasures e WHERE e.id = door AND e.closed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'events are append-only: % of position % refused', TG_OP, OLD.position
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'eventstore_append_only',
            HINT = 'Append a correcting event. To erase personal data use eventstore_django.erasure.';
    END IF;
    INSERT INTO eventstore_erased_events
        (erasure_id, position, event_version, event_id, stream_id, event_type, operation)
    VALUES (door, OLD.position, OLD.event_version, OLD.event_id, OLD.stream_id, OLD.event_type, TG_OP);
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER eventstore_append_only
    BEFORE UPDATE OR DELETE ON eventstore_events
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change();
ALTER TABLE eventstore_events ENABLE ALWAYS TRIGGER eventstore_append_only;

CREATE FUNCTION eventstore_refuse_truncate() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: TRUNCATE refused'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'eventstore_append_only';
END
$$;

CREATE TRIGGER eventstore_no_truncate
    BEFORE TRUNCATE ON eventstore_events
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_truncate();
ALTER TABLE eventstore_events ENABLE ALWAYS TRIGGER eventstore_no_truncate;
