"""The page on aggregates: its examples run as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eventstore_django.aggregates.registry import registry
from example_project.bank.event_types import AccountOpened, MoneyDeposited, MoneyWithdrawn

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs/aggregates.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

pytestmark = pytest.mark.django_db


class Refused(Exception):
    """As in the page, which leaves it out."""


@dataclass(frozen=True)
class PayIn:
    """As in the page."""

    amount: Decimal


@dataclass(frozen=True)
class PayOut:
    """As in the page."""

    amount: Decimal


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """What the page leaves out, and what its blocks define."""
    before = registry.all()
    kinds = (AccountOpened, MoneyDeposited, MoneyWithdrawn, Refused, PayIn, PayOut, Decimal)
    yield {kind.__name__: kind for kind in kinds}
    for kind in set(registry.all()) - set(before):
        registry.remove(kind)


def _run(beginning: str, names: dict[str, Any]) -> None:
    (block,) = [block for block in BLOCKS if block.lstrip().startswith(beginning)]
    exec(compile(block, "docs/aggregates.md", "exec"), names)  # the page's own example


def test_the_first_example_does_what_it_says(names: dict[str, Any]) -> None:
    _run("from decimal import Decimal", names)
    assert names["accounts"].get("1").balance == Decimal("100.00")


def test_the_three_forms_of_an_edit_work(names: dict[str, Any]) -> None:
    _run("from decimal import Decimal", names)
    names["amount"] = Decimal("10.00")
    _run("accounts.edit(", names)
    assert names["accounts"].get("1").balance == Decimal("35.00")


def test_the_decider_and_the_tests_of_the_page_work(names: dict[str, Any]) -> None:
    _run("from decimal import Decimal", names)
    _run("from dataclasses import", names)
    assert names["purses"].get("1").state == names["Purse"](Decimal(5))
    _run("from eventstore_django.testing.scenarios import", names)
    # The account of the page takes untyped events, and keeps no snapshots until later.
    names["test_a_command"]()
    names["test_an_overdraft_is_refused"]()
    names["test_a_withdrawal_is_recorded"]()
