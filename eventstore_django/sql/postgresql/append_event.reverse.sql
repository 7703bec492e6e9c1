DROP FUNCTION IF EXISTS eventstore_append_event_v2(
    text, text, text, text, bigint, uuid, text, integer, text, text, jsonb, jsonb, timestamp with time zone, boolean
);
DROP FUNCTION IF EXISTS eventstore_not_appended_v2(text, uuid, bigint, boolean);
DROP FUNCTION IF EXISTS eventstore_is_known_v2(text, uuid);
