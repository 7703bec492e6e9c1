-- Names are compared as code points on every database: hence COLLATE "C".
-- Every key of events and snapshots contains stream_id, so that the tables can be distributed by it later.

CREATE TABLE eventstore_streams (
    stream_id varchar(255) COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    category varchar(255) COLLATE "C" NOT NULL,
    partition varchar(255) COLLATE "C",
    aggregate_type varchar(255) COLLATE "C" NOT NULL,
    aggregate_id varchar(255) COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT eventstore_stream_pkey PRIMARY KEY (stream_id),
    CONSTRAINT eventstore_stream_version CHECK (version >= 0)
) WITH (fillfactor = 70); -- each append updates the row: room for it on the same page keeps the index still

-- A sequence of its own, not an identity column: it survives being distributed and undistributed.
-- CACHE 1: with more, a session draws positions long before it uses them, and readers lose events.
CREATE SEQUENCE eventstore_events_position_seq AS bigint INCREMENT 1 MINVALUE 1 START 1 CACHE 1 NO CYCLE;

-- The eight-byte columns come first: no padding between them, 16 bytes less for each event.
CREATE TABLE eventstore_events (
    position bigint NOT NULL DEFAULT nextval('eventstore_events_position_seq'),
    event_version bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    event_id uuid NOT NULL,
    schema_version integer NOT NULL DEFAULT 1,
    stream_id varchar(255) COLLATE "C" NOT NULL,
    category varchar(255) COLLATE "C" NOT NULL,
    partition varchar(255) COLLATE "C",
    aggregate_type varchar(255) COLLATE "C" NOT NULL,
    aggregate_id varchar(255) COLLATE "C" NOT NULL,
    event_type varchar(100) COLLATE "C" NOT NULL,
    event_data jsonb NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT eventstore_event_pkey PRIMARY KEY (position, stream_id),
    CONSTRAINT eventstore_event_version UNIQUE (stream_id, event_version),
    CONSTRAINT eventstore_event_id UNIQUE (event_id, stream_id),
    CONSTRAINT eventstore_event_version_from_1 CHECK (event_version >= 1)
);
ALTER SEQUENCE eventstore_events_position_seq OWNED BY eventstore_events.position;

CREATE INDEX eventstore_event_category ON eventstore_events (category, position);
CREATE INDEX eventstore_event_type ON eventstore_events (event_type, position);
CREATE INDEX eventstore_event_partition ON eventstore_events (partition, position) WHERE partition IS NOT NULL;
CREATE INDEX eventstore_event_correlation ON eventstore_events ((metadata ->> 'correlation_id'), position)
    WHERE (metadata ->> 'correlation_id') IS NOT NULL;

CREATE SEQUENCE eventstore_snapshots_id_seq AS bigint;
CREATE TABLE eventstore_snapshots (
    id bigint NOT NULL DEFAULT nextval('eventstore_snapshots_id_seq'),
    version bigint NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    schema_version integer NOT NULL DEFAULT 1,
    stream_id varchar(255) COLLATE "C" NOT NULL,
    aggregate_type varchar(255) COLLATE "C" NOT NULL,
    aggregate_id varchar(255) COLLATE "C" NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT eventstore_snapshot_pkey PRIMARY KEY (id, stream_id),
    CONSTRAINT eventstore_snapshot_version UNIQUE (stream_id, version),
    CONSTRAINT eventstore_snapshot_version_from_1 CHECK (version >= 1)
);
ALTER SEQUENCE eventstore_snapshots_id_seq OWNED BY eventstore_snapshots.id;
CREATE INDEX eventstore_snapshot_aggregate ON eventstore_snapshots (aggregate_id, aggregate_type, version);

CREATE SEQUENCE eventstore_erasures_id_seq AS bigint;
CREATE TABLE eventstore_erasures (
    id bigint NOT NULL DEFAULT nextval('eventstore_erasures_id_seq'),
    reason text NOT NULL,
    actor text NOT NULL,
    opened_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamp with time zone,
    CONSTRAINT eventstore_erasure_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE eventstore_erasures_id_seq OWNED BY eventstore_erasures.id;

CREATE SEQUENCE eventstore_erased_events_id_seq AS bigint;
CREATE TABLE eventstore_erased_events (
    id bigint NOT NULL DEFAULT nextval('eventstore_erased_events_id_seq'),
    erasure_id bigint NOT NULL,
    position bigint NOT NULL,
    event_version bigint NOT NULL,
    event_id uuid NOT NULL,
    stream_id varchar(255) COLLATE "C" NOT NULL,
    event_type varchar(100) COLLATE "C" NOT NULL,
    operation varchar(6) NOT NULL,
    CONSTRAINT eventstore_erased_event_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE eventstore_erased_events_id_seq OWNED BY eventstore_erased_events.id;
CREATE INDEX eventstore_erased_stream ON eventstore_erased_events (stream_id, event_version);
