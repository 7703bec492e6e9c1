DROP TABLE eventstore_parked_events, eventstore_subscription_shards, eventstore_subscriptions, eventstore_workers,
    eventstore_log_head;
