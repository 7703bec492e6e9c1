-- What the filters of the HTTP API and the admin read by, each in the order of the positions.
CREATE INDEX eventstore_event_aggregate ON eventstore_events (aggregate_id, position);
CREATE INDEX eventstore_event_agg_type ON eventstore_events (aggregate_type, position);
-- Two tenants with different types: else one of the two would be read to its end to find nothing of the other. The
-- statistics tell the planner so, which otherwise takes tenants and types for independent and reads the whole log.
CREATE INDEX eventstore_event_tenant_type ON eventstore_events (partition, event_type, position)
    WHERE partition IS NOT NULL;
CREATE STATISTICS eventstore_event_tenant_types (mcv) ON partition, event_type FROM eventstore_events;
-- A range of times has no order by position: the index finds the few events of a rare one.
CREATE INDEX eventstore_event_occurred ON eventstore_events (occurred_at);
CREATE INDEX eventstore_stream_category ON eventstore_streams (category, stream_id);
CREATE INDEX eventstore_stream_tenant ON eventstore_streams (partition, category, stream_id)
    WHERE partition IS NOT NULL;
