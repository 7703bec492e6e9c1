DROP INDEX eventstore_stream_tenant;
DROP INDEX eventstore_stream_category;
DROP INDEX eventstore_event_occurred;
DROP INDEX eventstore_event_tenant_type;
DROP INDEX eventstore_event_agg_type;
DROP INDEX eventstore_event_aggregate;
