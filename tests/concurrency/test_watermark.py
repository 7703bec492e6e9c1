from __future__ import annotations

import pytest

from eventstore_django import EventStore
from eventstore_django.models import Event, Snapshot

from .conftest import OpenSession
from .material import event, events, last_position, read, streams_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_append_hides_later_commits_until_it_commits(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.commit()
    assert read(store) == ["Slow-1", "Fast-1"]


def test_an_open_append_hides_later_commits_until_it_is_rolled_back(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.rollback()
    assert read(store) == ["Fast-1"]


def test_an_append_whose_connection_dies_holds_nobody_any_longer(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.kill()
    assert read(store) == ["Fast-1"]


def test_an_open_append_does_not_hide_earlier_commits(store: EventStore, session: OpenSession) -> None:
    store.append("Early-1", events(2))
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == ["Early-1", "Early-1"]


def test_the_slowest_of_several_open_appends_counts(store: EventStore, session: OpenSession) -> None:
    first, second = session(), session()
    for number, writer in enumerate([first, second], 1):
        writer.begin()
        writer.run(store.append, f"Slow-{number}", [event()])
    store.append("Fast-1", [event()])
    second.commit()
    assert read(store) == []
    first.commit()
    assert read(store) == ["Slow-1", "Slow-2", "Fast-1"]


def test_an_open_transaction_that_wrote_but_did_not_append_holds_nobody(
    store: EventStore, session: OpenSession
) -> None:
    stranger = session()
    stranger.begin()
    stranger.run(Snapshot.objects.create, stream_id="S-1", aggregate_id="1", aggregate_type="S", version=1, data={})
    store.append("Fast-1", [event()])
    assert read(store) == ["Fast-1"]


def test_an_append_that_was_refused_holds_nobody(store: EventStore, session: OpenSession) -> None:
    store.append("Account-1", [event()])
    writer = session()
    writer.begin()
    with pytest.raises(Exception, match="expected 7"):
        writer.run(store.append, "Account-1", [event()], 7)
    store.append("Fast-1", [event()])
    assert read(store) == ["Account-1", "Fast-1"]


def test_a_savepoint_that_is_rolled_back_holds_nobody(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.rollback()
    assert read(store) == ["Fast-1"]


def test_an_append_after_a_rolled_back_savepoint_is_shown_again(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.begin()
    writer.run(store.append, "Undone-1", [event()])
    writer.rollback()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.commit()
    assert read(store) == ["Slow-1", "Fast-1"]


def test_an_append_in_a_released_savepoint_stays_shown(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    writer.commit()
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.commit()
    assert read(store) == ["Slow-1", "Fast-1"]


def test_an_append_before_a_rolled_back_savepoint_stays_shown(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    writer.begin()
    writer.run(store.append, "Undone-1", [event()])
    writer.rollback()
    store.append("Fast-1", [event()])
    assert read(store) == []
    writer.commit()
    assert read(store) == ["Slow-1", "Fast-1"]


def test_a_transaction_sees_its_own_appends(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Own-1", [event()])
    assert writer.run(read, store) == ["Own-1"]
    assert read(store) == []


def test_a_transaction_sees_its_own_appends_only_below_those_of_others(store: EventStore, session: OpenSession) -> None:
    first, second = session(), session()
    first.begin()
    first.run(store.append, "Slow-1", [event()])
    second.begin()
    second.run(store.append, "Own-1", [event()])
    assert second.run(read, store) == []
    first.commit()
    assert second.run(read, store) == ["Slow-1", "Own-1"]


def test_category_reads_wait_for_open_appends_to_any_category(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert store.get_category_events("Fast") == []
    writer.commit()
    assert streams_of(store.get_category_events("Fast")) == ["Fast-1"]


def test_every_read_in_the_global_order_waits_for_open_appends(store: EventStore, session: OpenSession) -> None:
    store.append("Early-1", [event()])
    head = last_position()
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert store.head_position() == head
    assert streams_of(store.get_events("$all")) == ["Early-1"]
    assert streams_of(store.iter_all_events()) == ["Early-1"]
    assert streams_of(store.iter_all_events(backwards=True)) == ["Early-1"]
    assert [found.stream_id for found in Event.objects.settled()] == ["Early-1"]


def test_the_read_of_one_stream_waits_for_nobody(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    store.append("Fast-1", [event()])
    assert streams_of(store.get_events("Fast-1")) == ["Fast-1"]


def test_a_query_that_is_kept_finds_the_watermark_anew(store: EventStore, session: OpenSession) -> None:
    settled = Event.objects.settled()
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", [event()])
    assert settled.count() == 0
    writer.commit()
    assert settled.count() == 1


def test_the_events_of_one_append_are_shown_together(store: EventStore, session: OpenSession) -> None:
    writer = session()
    writer.begin()
    writer.run(store.append, "Slow-1", events(3))
    store.append("Fast-1", [event()])
    writer.run(store.append, "Slow-2", events(2))
    assert read(store) == []
    writer.commit()
    assert read(store) == [*["Slow-1"] * 3, "Fast-1", *["Slow-2"] * 2]
