"""Names of streams: which are legal, that every legal one is reachable, and what the patterns say."""

# ruff: noqa: D102  # the names of tests say what they show

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ...exceptions import InvalidStreamName
from ...operations import AppendOperation
from ...versions import NO_STREAM
from .case import ContractCase, noted, several

ODD_NAMES = [
    "a",
    "0",
    "-",
    ":",
    "/",
    "//",
    "///",
    ".",
    "..",
    "../../etc/passwd",
    "a//b",
    "a/b/c/d",
    "/a/b",
    "a/b/",
    "%",
    "%2F",
    "%s %(a)s",
    "a_b",
    "a\\b",
    "'",
    '"',
    "';--",
    "`",
    "?",
    "#",
    "&a=b",
    " ",
    " a ",
    "a  b",
    "a$",
    "a$all",
    "all",
    "ALL",
    "null",
    "{}",
    "[a]",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "é",
    "日本語-1",
    "مرحبا:1",
    "😀/👩‍👩‍👧/🇩🇪",
    "\U0010ffff",
    "x" * 255,
    "😀" * 255,
    "t" * 127 + "/" + "c" * 125 + "/i",
]

SIMILAR_NAMES = [
    "Account-1",
    "account-1",
    "Account-1 ",
    " Account-1",
    "Account-10",
    "Account_1",
    "Account%1",
    "Account-é",
    "Account-e\u0301",
    "Account-\ufb01",
    "Account-fi",
    "Account-ı",
    "Account-i",
    "Account-ß",
    "Account-ss",
    "Account-\u200b",
    "Account-\u00ad",
    "Account:1",
]

ILLEGAL_NAMES: dict[str, Any] = {
    "empty": "",
    "256 characters": "a" * 256,
    "NUL": "a\x00",
    "tab": "a\tb",
    "newline": "a\n",
    "delete": "\x7f",
    "C1 control": "\x85",
    "lone high surrogate": "\ud800",
    "lone low surrogate": "a\udfff",
    "reserved": "$other",
    "only a dollar": "$",
    "like everything": "$ALL",
    "longer than everything": "$all-1",
    "none": None,
    "number": 1,
    "bytes": b"a",
}

PATTERNS: dict[str, tuple[str, str | None, str, str]] = {
    "type-id": ("Account-12345", None, "Account", "12345"),
    "category:id": ("orders:12345", None, "orders", "12345"),
    "partition/type/id": ("tenant-1/Account/12345", "tenant-1", "Account", "12345"),
    "first hyphen": ("Account-1-2", None, "Account", "1-2"),
    "first colon": ("a-b:c:d", None, "a-b", "c:d"),
    "two slashes before all": ("a:1/b-2/c", "a:1", "b-2", "c"),
    "one slash": ("a/b-1", None, "a/b", "1"),
    "empty part": ("a//b", None, "a//b", "a//b"),
    "nothing before the hyphen": ("-1", None, "-1", "-1"),
    "nothing after the colon": ("a:", None, "a:", "a:"),
    "colon at the end, then a hyphen": ("a-1:", None, "a", "1:"),
    "plain": ("log", None, "log", "log"),
}


class StreamNameContract(ContractCase):
    """The names that streams may have."""

    @pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
    def test_a_legal_name_is_reachable_in_every_way(self, name: str) -> None:
        written = self.store.append(name, several(1), NO_STREAM).events
        written += self.store.append(name, several(2), 1).events
        assert written[0].stream_id == name
        assert self.store.get_events(name) == list(written)
        assert list(self.store.iter_events(name, backwards=True)) == list(written[::-1])
        assert list(self.events.stream(name).recorded()) == list(written)
        assert self.store.get_category_events(written[0].category, written[0].position) == list(written)
        assert (self.store.get_stream_version(name), self.store.stream_exists(name)) == (3, True)

    def test_names_are_compared_by_code_points(self) -> None:
        for number, name in enumerate(SIMILAR_NAMES):
            self.store.append(name, [noted(number)], NO_STREAM)
        read = [[event.payload["number"] for event in self.store.get_events(name)] for name in SIMILAR_NAMES]
        assert read == [[number] for number in range(len(SIMILAR_NAMES))]

    def test_similar_names_of_one_batch_are_streams_of_their_own(self) -> None:
        results = self.store.append_batch([AppendOperation(name, several(1), NO_STREAM) for name in SIMILAR_NAMES])
        assert [result.events[0].stream_id for result in results] == SIMILAR_NAMES

    @pytest.mark.parametrize("name", ILLEGAL_NAMES.values(), ids=ILLEGAL_NAMES)
    def test_an_illegal_name_is_refused_before_any_sql(self, name: Any) -> None:
        calls: list[Callable[[], object]] = [
            lambda: self.store.append(name, several(1)),
            lambda: self.store.append(name, []),
            lambda: self.store.get_events(name),
            lambda: self.store.get_stream_version(name),
            lambda: self.store.stream_exists(name),
            lambda: list(self.store.iter_events(name)),
            lambda: list(self.events.stream(name)),
        ]
        with self.nothing_sent():
            for call in calls:
                with pytest.raises(InvalidStreamName):
                    call()

    @pytest.mark.parametrize("count", [0, 1])
    def test_nothing_can_be_appended_to_all(self, count: int) -> None:
        with self.nothing_sent(), pytest.raises(InvalidStreamName):
            self.store.append("$all", several(count))

    @pytest.mark.parametrize(("name", "partition", "type_", "id_"), PATTERNS.values(), ids=PATTERNS)
    def test_the_patterns_name_category_partition_and_aggregate(
        self, name: str, partition: str | None, type_: str, id_: str
    ) -> None:
        self.store.append(name, several(1))
        event = self.store.get_events(name)[0]
        assert (event.category, event.partition) == (type_, partition)
        assert (event.aggregate_type, event.aggregate_id) == (type_, id_)

    def test_an_event_may_name_another_aggregate_than_its_stream(self) -> None:
        self.store.append("Account-1", [noted(aggregate_type="Owner", aggregate_id="o/7"), noted()])
        first, second = self.store.get_events("Account-1")
        assert (first.aggregate_type, first.aggregate_id, first.category) == ("Owner", "o/7", "Account")
        assert (second.aggregate_type, second.aggregate_id) == ("Account", "1")
