"""The statements of the PostgreSQL backend, but for those that append."""

from __future__ import annotations

WATERMARK = """
SELECT eventstore_watermark_v1(), current_setting('transaction_isolation'), pg_is_in_recovery()
"""

PUBLISH = "SELECT head, head_revision, publishing FROM eventstore_publish_v1(%s, %s, %s)"

FAULTS = """
SELECT
    s.seqcache, s.seqincrement, s.seqcycle,
    has_sequence_privilege('eventstore_events_position_seq', 'SELECT, USAGE'),
    eventstore_position_lock_class(),
    (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'eventstore_events'::regclass
        AND tgname = 'eventstore_show_position' AND tgenabled IN ('O', 'A'))
FROM pg_sequence s WHERE s.seqrelid = 'eventstore_events_position_seq'::regclass
"""

TRIGGERS = """
SELECT tgname FROM pg_trigger
WHERE tgrelid IN ('eventstore_events'::regclass, 'eventstore_streams'::regclass) AND tgenabled IN ('O', 'A')
"""

# A stream's version and its last snapshot up to a version, in one round trip: by hand, since the ORM takes
# longer to write this than the database to answer it.
LAST_SNAPSHOT = """
SELECT n.*, s.version AS stream_version
FROM eventstore_streams s
LEFT JOIN eventstore_snapshots n ON n.stream_id = s.stream_id AND n.version = (
    SELECT max(version) FROM eventstore_snapshots WHERE stream_id = s.stream_id AND version <= %s
)
WHERE s.stream_id = %s
"""
