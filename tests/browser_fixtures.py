"""Fixtures of browser tests, and the lines that say how many were skipped and why.

``phone`` and ``desk`` are Playwright pages (390 and 1366 px wide) on pytest-django's live server;
``open_page(width)`` makes more, each a visitor of its own. A browser test fails when a page it opened
raised a script error or broke the content policy.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
REASON = "no Chromium found (install one, or set CHROMIUM to its path)"


#: Milliseconds a page may take on a machine that is busy with other tests; how fast pages are is for ``bench/``.
PATIENCE = 30_000


def _to_the_page_it_leads_to(act: Callable[..., None]) -> Callable[..., None]:
    """A click that is over when the page it leads to is loaded.

    Playwright's own returns when the answer begins; whoever then asks at once how wide the page is, or counts
    its headings, now and then asks a document without any element.
    """

    @wraps(act)
    def whole(self: Any, *args: Any, **kwargs: Any) -> None:
        act(self, *args, **kwargs)
        page = getattr(self, "page", self)
        if not page.is_closed():
            page.wait_for_load_state()

    return whole


def find_chromium() -> str | None:
    """Path of the browser: CHROMIUM, else the first usual name on PATH."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return shutil.which(wanted)
    return next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but {REASON}", pytrace=False)
        pytest.skip(REASON)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from django.db import connection
    from playwright.sync_api import Locator, Page, expect, sync_playwright

    serialized = getattr(connection, "_test_serialized_contents", None)
    # Playwright runs an event loop in this thread; Django would refuse the database under one.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    for kind, act in ((Page, "click"), (Locator, "click"), (Locator, "press")):
        setattr(kind, act, _to_the_page_it_leads_to(getattr(kind, act)))
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        # Under the loop Django hands out another connection object; the rows to put back after a flush hang on it.
        if serialized is not None:
            connection._test_serialized_contents = serialized
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(
    browser: Any, django_db_serialized_rollback: None, live_server: Any
) -> Iterator[Callable[[int], Any]]:
    """``open_page(390)``: a new page of a new visitor, with relative addresses on the live server.

    Rows that migrations wrote are put back after the test, which empties every table.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def open_one(width: int, height: int | None = None) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height or (844 if width < 800 else 768)},
            has_touch=width < 800,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.faults = faults
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def phone(open_page: Callable[[int], Any]) -> Any:
    return open_page(390)


@pytest.fixture
def desk(open_page: Callable[[int], Any]) -> Any:
    return open_page(1366)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """On the last lines: how many browser tests were skipped, and why."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    reasons = {
        report.longrepr[2].removeprefix("Skipped: ")
        for report in skipped
        if isinstance(report.longrepr, tuple)
    }
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} browser tests skipped: {'; '.join(sorted(reasons))}", yellow=True
        )
