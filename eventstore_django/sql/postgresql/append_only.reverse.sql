DROP TRIGGER IF EXISTS eventstore_no_truncate ON eventstore_events;
DROP FUNCTION eventstore_refuse_truncate();
DROP TRIGGER eventstore_append_only ON eventstore_events;
DROP FUNCTION eventstore_refuse_change();
