DROP FUNCTION eventstore_append_v1(jsonb);
DROP FUNCTION eventstore_append_event_v1(
    text, text, text, text, bigint, uuid, text, integer, text, text, jsonb, jsonb, timestamp with time zone
);
DROP FUNCTION eventstore_lock_stream_v1(text, text, text, text);
