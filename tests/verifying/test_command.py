"""``manage.py verify_events``: what it says and how it ends."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eventstore_django import EventStore, NewEvent, register_event
from eventstore_django.models import Stream
from eventstore_django.testing.event_types import temporary_event_types
from eventstore_django.verifying.findings import Finding
from eventstore_django.verifying.kinds import Kind
from eventstore_django.verifying.verification import Verification
from tests.transfer.databases import other_database, rename_tables

from .support import append, damage

pytestmark = pytest.mark.django_db(databases=["default", "sqlite"])

HOLE = "version: Stream 'Account-1': version 2 is missing.\n"


@pytest.fixture(autouse=True)
def filled(store: EventStore) -> None:
    for name in ("Account-1", "tenant-1/Account/2"):
        append(store, name)


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


def verify(store: EventStore, *options: str) -> Answer:
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("verify_events", f"--database={store.using}", *options, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(str(end.code))
    return Answer(code, out.getvalue(), err.getvalue())


def make_hole(store: EventStore, stream: str = "Account-1") -> None:
    damage(store, "DELETE FROM eventstore_events WHERE stream_id = %s AND event_version = 2", stream)


def test_a_whole_log_is_told_and_the_code_is_0(store: EventStore) -> None:
    assert verify(store) == Answer(0, "2 streams, 6 events: whole.\n", "")


def test_findings_are_told_and_counted_and_the_code_is_1(store: EventStore) -> None:
    make_hole(store)
    Stream.objects.using(store.using).filter(pk="tenant-1/Account/2").update(version=4)
    told = "stream: Stream 'tenant-1/Account/2': its row is at version 4, its last event at 3.\n"
    end = "2 streams, 5 events: 2 findings (stream 1, version 1).\n"
    assert verify(store) == Answer(1, HOLE + told + end, "")


def test_json_is_a_line_for_each_finding_and_nothing_else(store: EventStore) -> None:
    make_hole(store)
    answer = verify(store, "--json")
    assert [json.loads(line) for line in answer.out.splitlines()] == [
        {
            "kind": "version",
            "text": "Stream 'Account-1': version 2 is missing.",
            "stream": "Account-1",
            "version": 2,
            "position": None,
        }
    ]
    assert (answer.code, answer.err) == (1, "2 streams, 5 events: 1 findings (version 1).\n")


def test_json_of_a_whole_log_is_empty(store: EventStore) -> None:
    assert verify(store, "--json") == Answer(0, "", "2 streams, 6 events: whole.\n")


@pytest.mark.parametrize(("most", "shown"), [("0", 0), ("1", 1), ("2", 2), ("3", 2)])
def test_so_many_findings_are_shown_and_all_are_counted(store: EventStore, most: str, shown: int) -> None:
    make_hole(store)
    make_hole(store, "tenant-1/Account/2")
    answer = verify(store, f"--most={most}", "--json")
    assert len(answer.out.splitlines()) == shown
    more = [f"{2 - shown} more findings: see --most."] if shown < 2 else []
    assert answer.err.splitlines() == [*more, "2 streams, 4 events: 2 findings (version 2)."]
    assert answer.code == 1


def test_one_stream_is_verified(store: EventStore) -> None:
    make_hole(store)
    assert verify(store, "--stream=tenant-1/Account/2") == Answer(0, "1 streams, 3 events: whole.\n", "")
    assert verify(store, "--stream=Account-1").code == 1


def test_from_a_position_on(store: EventStore) -> None:
    make_hole(store)
    last = store.get_events("tenant-1/Account/2")[0].position
    assert verify(store, f"--from={last}").out == "1 streams, 3 events: whole.\n"
    assert verify(store, f"--from={last - 1}").code == 1


def test_a_stream_that_is_not_there_is_told(store: EventStore) -> None:
    with pytest.raises(CommandError, match=r"^There is no stream 'Account-9' here\.$") as caught:
        verify(store, "--stream=Account-9")
    assert caught.value.returncode == 2


def test_payloads_are_read_only_where_types_are_asked_for(store: EventStore) -> None:
    with temporary_event_types():

        @register_event("Typed")
        @dataclass
        class Typed:
            number: int

        store.append("Account-3", [NewEvent("Typed", {"number": "x"}), NewEvent("Typed", {"number": 1})])
        assert verify(store).code == 0
        answer = verify(store, "--types")
    first, others, end = answer.out.splitlines()
    assert first.startswith("payload: stream 'Account-3', event 1 ('Typed' of version 1): number: ")
    assert others == "6 events are of types that no class is registered for: Happened 6."
    assert end == "3 streams, 8 events: 1 findings (payload 1)."
    assert answer.code == 1


def test_control_characters_of_a_damaged_log_do_not_reach_the_terminal(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(store, "UPDATE eventstore_events SET event_type = 'a\x1b[31m'")
    monkeypatch.setattr(Verification, "log", lambda job: [Finding(Kind.CHECKPOINT, "Subscription b\x1b[31m.")])
    answer = verify(store, "--types")
    assert (answer.code, "a\\x1b[31m 6" in answer.out, "b\\x1b[31m." in answer.out) == (1, True, True)
    assert "\x1b" not in answer.out


def test_ctrl_c_ends_it_with_a_plain_word(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    make_hole(store)
    real = Verification.histories

    def histories(job: Verification, *arguments: Any) -> Any:
        yield from real(job, *arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(Verification, "histories", histories)
    answer = verify(store)
    assert answer == Answer(130, HOLE, "Interrupted: 1 findings in 2 streams, and not all were seen.\n")


@pytest.mark.parametrize("option", ["--most=x", "--most=-1", "--from=-1", "--from=1.5", "--from=²"])
def test_a_number_that_is_none_is_refused(store: EventStore, option: str) -> None:
    with pytest.raises(CommandError, match=r"is not a whole number from 0 on"):
        verify(store, option)


def test_missing_tables_are_told_in_one_line_and_the_code_is_2(store: EventStore) -> None:
    rename_tables(store.using)
    with pytest.raises(CommandError, match=r"run 'manage\.py migrate --database") as caught:
        verify(store)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)


def test_an_engine_that_is_not_supported_is_told_in_one_line() -> None:
    with other_database("django.db.backends.dummy"), pytest.raises(CommandError, match=r"does not work on unknown"):
        call_command("verify_events", "--database=other")


def test_a_bar_goes_by_the_streams_on_a_terminal_only(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    verify(store)
    assert "2.00/2.00 [" in terminal.getvalue()
    shown = len(terminal.getvalue())
    verify(store, "--no-progress")
    assert len(terminal.getvalue()) == shown
