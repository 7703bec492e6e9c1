"""The one door: an erasure, with a reason, an actor and a line for each event."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import Decimal

import pytest
from django.db import Error, transaction

from ...erasure import erasure
from ...exceptions import ImmutableEventError, InvalidEvent
from ...models import ErasedEvent, Erasure, Event, Snapshot
from .case import ContractCase, noted, numbers, several


class _Stop(Exception):
    pass


class ErasureContract(ContractCase):
    """``eventstore_django.erasure``."""

    def lines(self) -> list[tuple[str, str, int]]:
        """The lines that erasures left: what was done to which event."""
        rows = ErasedEvent.objects.using(self.using).order_by("id")
        return [(row.operation, row.stream_id, row.event_version) for row in rows]

    def test_events_can_be_removed(self) -> None:
        self.store.append("A-1", several(3))
        kept = self.store.append("B-1", several(2)).events
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            assert door.remove(self.events.stream("A-1")) == 3
        assert self.store.get_events("A-1") == []
        assert self.store.get_events("B-1") == list(kept)

    def test_what_stays_keeps_its_version_and_its_position(self) -> None:
        events = self.store.append("A-1", several(3)).events
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.filter(pk=events[1].position))
        assert self.store.get_events("A-1") == [events[0], events[2]]
        assert self.store.append("A-1", [noted(4)], 3).events[0].event_version == 4

    def test_a_stream_goes_on_after_its_last_event_was_removed(self) -> None:
        self.store.append("A-1", several(2))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1"))
        assert self.store.get_stream_version("A-1") == 2
        assert self.store.append("A-1", [noted(3)], 2).version == 3

    def test_payloads_can_be_redacted(self) -> None:
        self.store.append("A-1", [noted(number, metadata={"user": "7"}) for number in (1, 2)])
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            assert door.redact(self.events.stream("A-1").filter(event_version=1), {"number": 0}) == 1
        first, second = self.store.get_events("A-1")
        assert (first.payload, first.metadata) == ({"number": 0}, {"user": "7"})
        assert (second.payload, second.metadata) == ({"number": 2}, {"user": "7"})

    def test_metadata_can_be_redacted_too(self) -> None:
        self.store.append("A-1", [noted(metadata={"user": "7"})])
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.redact(self.events.stream("A-1"), {"number": 0}, metadata={})
        assert self.store.get_events("A-1")[0].metadata == {}

    def test_a_redaction_must_be_a_payload_that_could_be_appended(self) -> None:
        before = self.store.append("A-1", several(1)).events
        with (
            pytest.raises(InvalidEvent) as caught,
            erasure(reason="request 7", actor="ada", using=self.using) as door,
        ):
            door.redact(self.events.stream("A-1"), {"a": {1}})
        assert caught.value.path == "payload.a"
        assert self.store.get_events("A-1") == list(before)

    def test_a_redaction_takes_no_correlation_id_that_the_index_does_not(self) -> None:
        before = self.store.append("A-1", several(1)).events
        metadata = {"correlation_id": "c" * 6000}
        with (
            pytest.raises(InvalidEvent) as caught,
            erasure(reason="request 7", actor="ada", using=self.using) as door,
        ):
            door.redact(self.events.stream("A-1"), {}, metadata=metadata)
        assert caught.value.path == "metadata.correlation_id"
        assert self.store.get_events("A-1") == list(before)

    def test_a_redaction_is_encoded_as_an_append_is(self) -> None:
        self.store.append("A-1", several(1))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.redact(self.events.stream("A-1"), {"amount": Decimal("1.50")})
        assert self.store.get_events("A-1")[0].payload == {"amount": "1.50"}

    def test_an_erasure_within_another_is_refused_and_the_outer_one_stays_open(self) -> None:
        self.store.append("A-1", several(1))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            with pytest.raises(ValueError, match="open already"), self._another():
                pytest.fail("a second door opened")
            door.remove(self.events.stream("A-1"))
        assert self.store.get_events("A-1") == []

    def _another(self) -> AbstractContextManager[object]:
        return erasure(reason="request 8", actor="ada", using=self.using)

    def test_each_event_leaves_a_line(self) -> None:
        events = self.store.append("A-1", several(3)).events
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.redact(self.events.filter(pk=events[0].position), {})
            door.remove(self.events.filter(pk=events[2].position))
        assert self.lines() == [("UPDATE", "A-1", 1), ("DELETE", "A-1", 3)]
        line = ErasedEvent.objects.using(self.using).get(operation="DELETE")
        removed = events[2]
        assert (line.position, line.event_id, line.event_type) == (removed.position, removed.event_id, "Noted")

    def test_an_erasure_is_recorded_with_reason_and_actor(self) -> None:
        self.store.append("A-1", several(2))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1"))
        record = Erasure.objects.using(self.using).get()
        assert (record.reason, record.actor, record.events.using(self.using).count()) == ("request 7", "ada", 2)
        assert record.closed_at is not None

    @pytest.mark.parametrize(("reason", "actor"), [("", "ada"), ("request 7", ""), (" ", "ada"), ("request 7", "\n")])
    def test_an_erasure_needs_a_reason_and_an_actor(self, reason: str, actor: str) -> None:
        with (
            self.nothing_sent(),
            pytest.raises(ValueError, match="reason"),
            erasure(reason=reason, actor=actor, using=self.using),
        ):
            pytest.fail("the door opened")

    def test_an_exception_undoes_the_whole_erasure(self) -> None:
        before = self.store.append("A-1", several(3)).events
        with pytest.raises(_Stop), erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.filter(pk=before[0].position))
            door.redact(self.events.filter(pk=before[1].position), {})
            raise _Stop
        assert self.store.get_events("A-1") == list(before)
        assert self.lines() == []
        assert not Erasure.objects.using(self.using).exists()

    def test_the_door_is_closed_after_an_erasure(self) -> None:
        before = self.store.append("A-1", several(1)).events
        with erasure(reason="request 7", actor="ada", using=self.using):
            pass
        self.assert_door_closed()
        assert self.store.get_events("A-1") == list(before)

    def test_the_door_is_closed_after_an_exception(self) -> None:
        before = self.store.append("A-1", several(1)).events
        with pytest.raises(_Stop), erasure(reason="request 7", actor="ada", using=self.using):
            raise _Stop
        self.assert_door_closed()
        assert self.store.get_events("A-1") == list(before)

    def test_an_open_door_does_not_open_the_orm(self) -> None:
        self.store.append("A-1", several(1))
        with erasure(reason="request 7", actor="ada", using=self.using):
            with pytest.raises(ImmutableEventError):
                self.events.stream("A-1").delete()
            with pytest.raises(ImmutableEventError):
                self.events.get().save()
        assert self.lines() == []

    def test_an_erasure_removes_the_snapshots_of_its_streams(self) -> None:
        for name in ("A-1", "B-1", "C-1"):
            self.store.append(name, several(1))
            fields = {"aggregate_id": "1", "aggregate_type": name[0], "version": 1, "data": {}}
            Snapshot.objects.using(self.using).create(stream_id=name, **fields)
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1"))
            door.redact(self.events.stream("B-1"), {})
        assert [snapshot.stream_id for snapshot in Snapshot.objects.using(self.using)] == ["C-1"]

    def test_erased_events_are_gone_from_every_read(self) -> None:
        start = self.next_position()
        self.store.append("A-1", several(3))
        with erasure(reason="request 7", actor="ada", using=self.using) as door:
            door.remove(self.events.stream("A-1").filter(event_version=2))
        assert numbers(self.store.get_all_events(start)) == [1, 3]
        assert numbers(self.store.get_category_events("A", start)) == [1, 3]
        assert numbers(list(self.store.iter_events("A-1", backwards=True))) == [3, 1]

    def assert_door_closed(self) -> None:
        """Demand that the database refuses to change events."""
        with pytest.raises(Error), transaction.atomic(using=self.using):
            Event._base_manager.using(self.using).update(event_type="Other")
