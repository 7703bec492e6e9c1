DROP TRIGGER IF EXISTS eventstore_no_delete;
DROP TRIGGER eventstore_no_update;
DROP TRIGGER eventstore_log_delete;
DROP TRIGGER eventstore_log_update;
