DROP TRIGGER IF EXISTS eventstore_no_stream_delete;
