DROP FUNCTION eventstore_extend_streams_v1(jsonb);
