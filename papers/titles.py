"""The title of a case as it stands within the title of a paper: 关于…信访事项的处理意见书 (GB/T 9704: one line of about
equal parts, no sentence inside it)."""

from __future__ import annotations

import re

#: Signs; two lines of a title have about twice as many.
LONGEST = 30
STOPS = re.compile(r"[。！？；!?;\n…]")
PAUSES = "，、：,: "
EDGE = "，、：。；！？…,:;.!? “”\"'"
OPENING, CLOSING = "（《", "）》"


def within_title(subject: str) -> str:
    """The first sentence of it without its stops; of a longer one what fits up to a pause, else its beginning with 等.

    A case that came without a title bears the first words of what was written.
    """
    first = next((part for part in STOPS.split(subject) if part.strip(EDGE)), subject).strip(EDGE)
    if len(first) <= LONGEST:
        return first
    cut = max(first.rfind(pause, 0, LONGEST) for pause in PAUSES)
    short = first[:cut] if cut >= LONGEST // 3 else f"{first[: LONGEST - 1]}等"
    for opening, closing in zip(OPENING, CLOSING, strict=True):
        if short.count(opening) > short.count(closing):
            short = short[: short.rfind(opening)]
    return short.strip(EDGE)
