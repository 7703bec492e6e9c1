"""Who a worker is."""

from __future__ import annotations

import os
import socket

from eventstore_django.workers.identity import WorkerIdentity


def test_a_worker_that_is_started_again_is_another_one() -> None:
    first, second = WorkerIdentity(), WorkerIdentity()
    assert first.worker_id != second.worker_id
    assert first != second


def test_a_worker_stays_who_it_is() -> None:
    worker = WorkerIdentity()
    assert worker.worker_id == worker.worker_id
    assert WorkerIdentity(worker.worker_id, worker.name) == worker


def test_people_are_told_host_and_process() -> None:
    assert WorkerIdentity().name == f"{socket.gethostname()}:{os.getpid()}"
