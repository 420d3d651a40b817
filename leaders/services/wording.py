"""Text of the doors' arguments: cleaned, present, not too long."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text

LONGEST = 5000


def said(text: str, missing: str, *, longest: int = LONGEST) -> str:
    """The cleaned text. Raises Refusal ("invalid"): ``missing`` when empty, another when too long."""
    cleaned = clean_text(text)
    if not cleaned:
        raise Refusal(missing, code="invalid")
    if len(cleaned) > longest:
        raise Refusal(
            _("有 %(have)d 字，最多 %(most)d 字，请精简。") % {"have": len(cleaned), "most": longest},
            code="invalid",
        )
    return cleaned
