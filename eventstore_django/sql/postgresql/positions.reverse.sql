DROP TRIGGER eventstore_show_position ON eventstore_events;
DROP FUNCTION eventstore_show_position();
DROP FUNCTION eventstore_position_lock_class();
