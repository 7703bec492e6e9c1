"""The page on event types: its examples run, one after the other, as they stand there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from eventstore_django import NewEvent, upcaster
from eventstore_django.eventtypes.registry import registry
from eventstore_django.testing.golden import assert_golden_events

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs/event-types.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(GOLDEN,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    """Load all examples as one module."""
    (tmp_path / "event_types_page.py").write_text("\n\n".join(BLOCKS))
    monkeypatch.syspath_prepend(tmp_path)
    # The example project has types of its own.
    with registry.kept(empty=True):
        import_module("event_types_page")
        yield
    del sys.modules["event_types_page"]


def test_the_examples_of_the_page_do_what_they_say() -> None:
    # Loading them was the test; the class of version 2 took the place of the one of version 1.
    assert [message for message in run_checks() if str(message.id).startswith("eventstore.E")] == []


def test_the_golden_file_of_the_page_passes(tmp_path: Path) -> None:
    (tmp_path / "OrderPlaced.v1.json").write_text(GOLDEN)
    newest: dict[str, Any] = json.loads(GOLDEN)["typed"]
    priced = NewEvent("ItemPriced", {"item": "00000000-0000-0000-0000-000000000007", "price": "1.50"})
    examples = [NewEvent("OrderPlaced", newest, schema_version=2), priced]
    assert_golden_events(tmp_path, examples=examples, record="missing")
    assert_golden_events(tmp_path)
    assert json.loads((tmp_path / "OrderPlaced.v1.json").read_text()) == json.loads(GOLDEN)
    upcaster("OrderPlaced", from_version=1)(lambda payload: newest | {"first_name": "Somebody"})
    with pytest.raises(AssertionError, match="becomes"):
        assert_golden_events(tmp_path)
