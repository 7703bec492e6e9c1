-- The row of a stream holds its version, also for the events that an erasure has removed: without it the next append
-- would begin again at 1. TRUNCATE is refused, and DELETE of a row that has a version; an append removes rows without
-- one, which it has created only to lock them. There is no door: an erasure leaves the version as well.

CREATE FUNCTION eventstore_refuse_stream_loss() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'streams are append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'eventstore_append_only',
        HINT = 'The row of a stream holds its version. To erase personal data use eventstore_django.erasure.';
END
$$;

CREATE TRIGGER eventstore_no_stream_delete
    BEFORE DELETE ON eventstore_streams
    FOR EACH ROW WHEN (OLD.version > 0) EXECUTE FUNCTION eventstore_refuse_stream_loss();
ALTER TABLE eventstore_streams ENABLE ALWAYS TRIGGER eventstore_no_stream_delete;

CREATE TRIGGER eventstore_no_stream_truncate
    BEFORE TRUNCATE ON eventstore_streams
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_stream_loss();
ALTER TABLE eventstore_streams ENABLE ALWAYS TRIGGER eventstore_no_stream_truncate;
