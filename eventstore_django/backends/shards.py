"""The shard of a stream, in SQL: the same formula as ``subscriptions.sharding.shard_of``."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func


class InShard(Func):
    """Whether a stream's name belongs to shard ``number`` of ``shards``: both numbers of ours, never input."""

    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Take the hash's first two bytes apart."""
        hashed = "sha256(convert_to(%(expressions)s, 'UTF8'))"
        shard = f"(get_byte({hashed}, 0) * 256 + get_byte({hashed}, 1)) %% %(shards)s"
        # The planner takes a comparison with something computed for true in one row of 200, thinks that a batch
        # needs all the rows there are, and sorts what is left of the log each time. Of a CASE it expects half.
        template = f"CASE WHEN {shard} = %(number)s THEN true ELSE false END"
        return self.as_sql(compiler, connection, template=_doubled(template), **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Read the first four digits of what Django's SHA256 returns."""
        digit = "(instr('0123456789abcdef', substr(SHA256(%(expressions)s), {place}, 1)) - 1)"
        number = " + ".join(f"{16**power} * {digit.format(place=4 - power)}" for power in range(4))
        template = f"(({number}) %% %(shards)s = %(number)s)"
        return self.as_sql(compiler, connection, template=_doubled(template), **context)


def _doubled(template: str) -> str:
    # The template is formatted once by Django and once more by the driver.
    return template.replace("%%", "%%%%")
