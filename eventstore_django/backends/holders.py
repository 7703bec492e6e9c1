"""Who holds the watermark back: the open transactions that have appended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Backend

MOST = 20
"""Holders that are returned: the first of them is the one that counts."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An open transaction that has appended. Readers go up to ``position`` and no further while it is open.

    What the database does not show to the role that asks is None.
    """

    position: int
    pid: int | None
    """Process id of its session; None for a prepared transaction, which has none."""
    prepared: str | None
    """Name of the prepared transaction, to be used with COMMIT PREPARED or ROLLBACK PREPARED."""
    application: str | None
    user: str | None
    address: str | None
    state: str | None
    """What the session does: ``active``, ``idle in transaction`` ..."""
    age_seconds: float | None
    """Since the transaction began, or was prepared."""


# The locks that writers show (docs/positions.md), without the caller's own. Each transaction locks its own id as well,
# by which a prepared one is found, since it has no process any more. It asks for no privilege: what belongs to
# other roles comes as NULL, unless the role is a member of pg_read_all_stats.
_HOLDERS = f"""
WITH log (drawn) AS (
    SELECT coalesce(pg_sequence_last_value('eventstore_events_position_seq'::regclass), 0)
)
SELECT log.drawn + (((l.objid::bigint - log.drawn) << 32) >> 32) AS shown,
    l.pid, p.gid, nullif(a.application_name, ''), coalesce(a.usename, p.owner), host(a.client_addr), a.state,
    extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared))::double precision
FROM log
CROSS JOIN pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_locks t ON l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid'
    AND t.mode = 'ExclusiveLock' AND t.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_prepared_xacts p ON p.transaction = t.transactionid
WHERE l.locktype = 'advisory'
    AND l.classid = eventstore_position_lock_class()::oid
    AND l.objsubid = 2
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    AND l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY shown, 8 DESC NULLS LAST
LIMIT {MOST}
"""  # noqa: S608  # a constant


def holders(backend: Backend) -> Sequence[Holder]:
    """Return the transactions that show a position, the lowest position first."""
    with backend.connection.cursor() as cursor:
        cursor.execute(_HOLDERS)
        return tuple(Holder(*row) for row in cursor.fetchall())
