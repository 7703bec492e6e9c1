"""RecordedEvents of the columns that the cache keeps."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any
from uuid import UUID, SafeUUID

from ..events import RecordedEvent
from ..recording import recorded_event

_SET_NUMBER = UUID.__dict__["int"].__set__
_SET_SAFETY = UUID.__dict__["is_safe"].__set__


def recorded_events(columns: Sequence[Sequence[Any]]) -> list[RecordedEvent]:
    """Return the events of columns of ``RECORDED_FIELDS``. Raise ValueError or TypeError if they do not fit."""
    return [recorded_event(*row) for row in zip(*columns, strict=True)]


def uuids(numbers: Iterable[int]) -> list[UUID]:
    """Return the ids that these numbers are. Raise TypeError for anything else."""
    numbers = [operator.index(number) for number in numbers]
    ids = [UUID.__new__(UUID) for _ in numbers]
    # UUID, too, is frozen by its __setattr__; its constructor checks what was checked before.
    deque(map(_SET_NUMBER, ids, numbers), maxlen=0)
    deque(map(_SET_SAFETY, ids, repeat(SafeUUID.unknown)), maxlen=0)
    return ids
