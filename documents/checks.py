"""Said at the start, to whoever names a folder of typefaces: what of them is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from documents import fonts


@checks.register
def papers_have_their_typefaces(**_: Any) -> list[checks.CheckMessage]:
    folder = settings.PAPER_FONT_DIR
    if not folder:
        return []  # the faces that ship were chosen
    if not Path(folder).is_dir():
        return [
            checks.Warning(
                f"PAPER_FONT_DIR {folder} is no folder; papers are set in the fallback typefaces.",
                hint="Put the folder there, or empty the setting.",
                id="documents.W001",
            )
        ]
    lacking = fonts.missing()
    if not lacking:
        return []
    return [
        checks.Warning(
            f"Typefaces of GB/T 9704 not found in PAPER_FONT_DIR or the system: {'、'.join(lacking)}. "
            "Papers are set in Noto instead.",
            hint="Put the district's licensed font files into the folder of PAPER_FONT_DIR (docs/documents.md).",
            id="documents.W002",
        )
    ]
