"""Said at the start: what of the papers' typefaces is missing. A trial has none and is not told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from documents import fonts


@checks.register
def papers_have_their_typefaces(**_: Any) -> list[checks.CheckMessage]:
    folder = settings.PAPER_FONT_DIR
    if folder and not Path(folder).is_dir():
        return [
            checks.Warning(
                f"PAPER_FONT_DIR {folder} is no folder; papers are set in the fallback typefaces.",
                hint="Put the folder there, or empty the setting.",
                id="documents.W001",
            )
        ]
    lacking = [] if settings.IS_TRIAL else fonts.missing()
    if not lacking:
        return []
    # Who named a folder wanted those faces; who named none has chosen what ships, and is told what that is.
    level, name = (checks.WARNING, "documents.W002") if folder else (checks.INFO, "documents.I001")
    return [
        checks.CheckMessage(
            level,
            f"Typefaces of GB/T 9704 not found in PAPER_FONT_DIR or the system: {'、'.join(lacking)}. "
            "Papers are set in Noto instead.",
            hint="Put the district's licensed font files into the folder of PAPER_FONT_DIR (docs/documents.md).",
            id=name,
        )
    ]
