-- Who follows the log, and how far. Ordinary tables: they are never distributed.

-- Row 1: what it shows is settled, since it commits after every event up to its position. Row 2: the revision.
CREATE TABLE eventstore_log_head (
    id smallint NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    publisher uuid,
    publisher_until timestamp with time zone,
    revision bigint NOT NULL DEFAULT 0,
    updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT eventstore_log_head_pkey PRIMARY KEY (id)
) WITH (fillfactor = 10); -- written many times a second: its page must have room for the versions

CREATE TABLE eventstore_workers (
    worker_id uuid NOT NULL,
    name varchar(255) COLLATE "C" NOT NULL,
    subscriptions jsonb NOT NULL,
    started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamp with time zone NOT NULL,
    CONSTRAINT eventstore_worker_pkey PRIMARY KEY (worker_id)
) WITH (fillfactor = 50);

CREATE TABLE eventstore_subscriptions (
    name varchar(100) COLLATE "C" NOT NULL,
    status varchar(10) COLLATE "C" NOT NULL,
    version integer NOT NULL,
    settings jsonb NOT NULL,
    last_error text COLLATE "C" NOT NULL,
    last_error_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT eventstore_subscription_pkey PRIMARY KEY (name)
);

CREATE SEQUENCE eventstore_subscription_shards_id_seq AS bigint;
CREATE TABLE eventstore_subscription_shards (
    id bigint NOT NULL DEFAULT nextval('eventstore_subscription_shards_id_seq'),
    subscription_id varchar(100) COLLATE "C" NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    position bigint NOT NULL,
    event_position bigint NOT NULL,
    event_id uuid,
    owner uuid,
    lease_until timestamp with time zone,
    epoch bigint NOT NULL,
    in_flight integer NOT NULL,
    attempt_position bigint NOT NULL,
    attempts integer NOT NULL,
    retry_at timestamp with time zone,
    floors jsonb,
    handled bigint NOT NULL,
    parked bigint NOT NULL,
    updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT eventstore_shard_pkey PRIMARY KEY (id),
    CONSTRAINT eventstore_shard_number UNIQUE (subscription_id, version, number),
    CONSTRAINT eventstore_shard_subscription FOREIGN KEY (subscription_id) REFERENCES eventstore_subscriptions
        DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 20); -- each batch updates the row: none of its versions needs a new place in an index
ALTER SEQUENCE eventstore_subscription_shards_id_seq OWNED BY eventstore_subscription_shards.id;

CREATE SEQUENCE eventstore_parked_events_id_seq AS bigint;
CREATE TABLE eventstore_parked_events (
    id bigint NOT NULL DEFAULT nextval('eventstore_parked_events_id_seq'),
    subscription_id varchar(100) COLLATE "C" NOT NULL,
    version integer NOT NULL,
    shard integer NOT NULL,
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    stream_id varchar(255) COLLATE "C" NOT NULL,
    event_type varchar(100) COLLATE "C" NOT NULL,
    status varchar(10) COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    is_replay boolean NOT NULL,
    error text COLLATE "C" NOT NULL,
    retry_at timestamp with time zone,
    reason text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT eventstore_parked_event_pkey PRIMARY KEY (id),
    CONSTRAINT eventstore_parked_position UNIQUE (subscription_id, version, position),
    CONSTRAINT eventstore_parked_subscription FOREIGN KEY (subscription_id) REFERENCES eventstore_subscriptions
        DEFERRABLE INITIALLY DEFERRED
);
ALTER SEQUENCE eventstore_parked_events_id_seq OWNED BY eventstore_parked_events.id;
CREATE INDEX eventstore_parked_stream ON eventstore_parked_events (subscription_id, version, stream_id, position)
    WHERE status <> 'discarded';
