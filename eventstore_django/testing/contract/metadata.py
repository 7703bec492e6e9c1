"""Why an event was written: metadata of the event itself and of the context that it is written in."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from ...context import caused_by, event_metadata
from ...events import NewEvent
from ...exceptions import InvalidEvent
from ...operations import AppendOperation
from .case import ContractCase, noted


class MetadataContract(ContractCase):
    """Metadata, given and from the context."""

    def metadata_of(self, event: NewEvent) -> Any:
        """Append an event and return the metadata that is read."""
        self.store.append("Account-1", [event])
        return self.store.get_events("Account-1")[-1].metadata

    def test_metadata_is_stored(self) -> None:
        assert self.metadata_of(noted(metadata={"source": "import", "line": 7})) == {"source": "import", "line": 7}

    def test_the_context_is_added(self) -> None:
        with event_metadata(correlation_id="c-1", causation_id="e-1", request_id="r-1", user="7"):
            metadata = self.metadata_of(noted(metadata={"source": "import"}))
        assert metadata == {
            "correlation_id": "c-1",
            "causation_id": "e-1",
            "request_id": "r-1",
            "user": "7",
            "source": "import",
        }

    def test_the_context_ends_with_its_block(self) -> None:
        with event_metadata(correlation_id="c-1"):
            pass
        assert self.metadata_of(noted()) == {}

    def test_what_the_event_says_wins_over_the_context(self) -> None:
        with event_metadata(correlation_id="outer", user="7"):
            assert self.metadata_of(noted(metadata={"correlation_id": "own"})) == {"correlation_id": "own", "user": "7"}

    def test_every_event_of_a_batch_gets_the_context(self) -> None:
        with event_metadata(correlation_id="c-1"):
            results = self.store.append_batch([AppendOperation(name, [noted(), noted()]) for name in ("A-1", "B-1")])
        found = [event.metadata for result in results for event in result.events]
        assert found == [{"correlation_id": "c-1"}] * 4

    def test_the_callers_metadata_is_not_changed(self) -> None:
        metadata = {"source": "import"}
        with event_metadata(correlation_id="c-1"):
            self.metadata_of(noted(metadata=metadata))
        assert metadata == {"source": "import"}

    def test_a_bad_value_of_the_context_is_refused_before_any_sql(self) -> None:
        with (
            event_metadata(correlation_id="a\x00"),
            self.nothing_sent(),
            pytest.raises(InvalidEvent) as caught,
        ):
            self.store.append("Account-1", [noted()])
        assert (caught.value.index, caught.value.path) == (0, "metadata.correlation_id")

    @pytest.mark.parametrize("value", ["c" * 256, 7, {"id": 1}, ["a"], True], ids=lambda value: type(value).__name__)
    def test_a_correlation_id_that_no_index_takes_is_refused_before_any_sql(self, value: object) -> None:
        with self.nothing_sent(), pytest.raises(InvalidEvent) as caught:
            self.store.append("Account-1", [noted(metadata={"correlation_id": value})])
        assert caught.value.path == "metadata.correlation_id"

    @pytest.mark.parametrize("value", ["€" * 255, uuid4()], ids=["longest", "uuid"])
    def test_a_correlation_id_is_a_text_or_a_uuid(self, value: object) -> None:
        self.store.append("Account-1", [noted(metadata={"correlation_id": value})])
        assert self.events.correlated_with(str(value)).count() == 1

    # Causes

    def test_caused_by_names_the_cause_and_starts_a_correlation(self) -> None:
        cause = self.store.append("Account-1", [noted()]).events[0]
        with caused_by(cause):
            metadata = self.metadata_of(noted())
        assert metadata == {"correlation_id": str(cause.event_id), "causation_id": str(cause.event_id)}

    def test_caused_by_stays_in_the_correlation_of_the_cause(self) -> None:
        first = self.store.append("Account-1", [noted(metadata={"correlation_id": "c-1"})]).events[0]
        with caused_by(first):
            second = self.store.append("Account-1", [noted()]).events[0]
        with caused_by(second):
            third = self.metadata_of(noted())
        assert second.metadata == {"correlation_id": "c-1", "causation_id": str(first.event_id)}
        assert third == {"correlation_id": "c-1", "causation_id": str(second.event_id)}

    def test_a_stored_event_leads_to_what_it_caused(self) -> None:
        cause = self.store.append("Account-1", [noted()]).events[0]
        with caused_by(self.store.get_events("Account-1")[0]):
            caused = self.store.append("Account-2", [noted(), noted()]).events
        self.store.append("Account-3", [noted(metadata={"correlation_id": str(uuid4())})])
        assert list(self.events.correlated_with(cause.event_id).recorded()) == list(caused)
