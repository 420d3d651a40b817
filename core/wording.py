"""What somebody has to say for an act: cleaned, present, not too long."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text

#: Signs; no answer or reason is longer.
LONGEST = 20_000


def said(text: str, missing: str = "", *, longest: int = LONGEST) -> str:
    """The cleaned text. Raises Refusal ("invalid"): ``missing`` when empty (by default that a reason is needed),
    another when it has more than ``longest`` signs."""
    cleaned = clean_text(text)
    if not cleaned:
        raise Refusal(missing or _("请写明理由。"), code="invalid")
    if len(cleaned) > longest:
        raise Refusal(
            _("有 %(have)d 字，最多 %(most)d 字，请精简。") % {"have": len(cleaned), "most": longest},
            code="invalid",
        )
    return cleaned
