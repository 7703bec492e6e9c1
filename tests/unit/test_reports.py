"""Telling people what a worker does."""

from __future__ import annotations

import logging

import pytest

from eventstore_django.workers.reports import Report

LOGGER = "eventstore_django.subscriptions"


def test_a_line_goes_to_the_log_and_to_who_listens(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.INFO, logger=LOGGER):
        Report(heard.append).line("balances[0]: caught up at 100 %s")
    assert heard == ["balances[0]: caught up at 100 %s"]
    assert [(record.name, record.levelno, record.getMessage()) for record in caplog.records] == [
        (LOGGER, logging.INFO, "balances[0]: caught up at 100 %s")
    ]


def test_a_line_goes_to_the_log_if_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger=LOGGER):
        Report().line("stopped")
    assert caplog.messages == ["stopped"]


def test_progress_is_no_line(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        Report(heard.append).progress(3, 10)
    assert (heard, caplog.messages) == ([], [])
