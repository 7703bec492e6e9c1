DROP TRIGGER IF EXISTS eventstore_no_stream_truncate ON eventstore_streams;
DROP TRIGGER eventstore_no_stream_delete ON eventstore_streams;
DROP FUNCTION eventstore_refuse_stream_loss();
