CREATE INDEX eventstore_event_correlation ON eventstore_events (metadata ->> '$.correlation_id', position)
    WHERE metadata ->> '$.correlation_id' IS NOT NULL;
