"""Chromium, and the admin in it: logged in, under the strictest policy, every complaint a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from .site import Site
from .watching import Watch

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY_MIDDLEWARE = "tests.browser.csp.content_security_policy"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = f"needs Chromium at {CHROMIUM} (or where CHROMIUM says): apt install chromium"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("django_db") is None:
                item.add_marker(pytest.mark.django_db(transaction=True))
            if not Path(CHROMIUM).exists():
                item.add_marker(pytest.mark.skip(reason=reason))
    # Last of all: an open browser leaves an event loop running in this thread, in which no other could run.
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop runs in this thread, and Django would refuse the ORM beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def _policy() -> Iterator[None]:
    # Before live_server makes its handler: middleware that is set later has no effect.
    from django.conf import settings

    before = settings.MIDDLEWARE
    settings.MIDDLEWARE = [POLICY_MIDDLEWARE, *before]
    yield
    settings.MIDDLEWARE = before


@pytest.fixture
def site(browser: Browser, _policy: None, live_server: Any, admin_client: Any, request: Any) -> Iterator[Site]:
    """Give the admin in a fresh browser, logged in as the superuser."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    cookie = admin_client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch = Watch(page)
    yield Site(page, live_server.url, request.config.getoption("--pictures"))
    context.close()
    assert watch.complaints == []
