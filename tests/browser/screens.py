"""Pictures of pages under test (kept only where SCREENSHOTS names a folder) and the check for sideways scroll."""

import os
from pathlib import Path
from typing import Any


def shoot(page: Any, name: str) -> None:
    """Keep a whole-page picture when the environment variable SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def fits(page: Any) -> None:
    """Nothing makes the page wider than the window."""
    # A click returns when its answer begins; for a moment there is a document without any element.
    page.wait_for_load_state()
    wide = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert wide[0] <= wide[1], f"{page.url} scrolls sideways: {wide}"
