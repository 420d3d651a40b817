"""What every page shows around its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import nav
from core.marking import PRINT, Mark
from core.timekeeping import now


def site(request: HttpRequest) -> dict[str, Any]:
    """District name, trial speed, navigation and the large-type choice.

    Reads no table itself: ``request.post`` is loaded by the accounts middleware, if at all.
    Settings: DISTRICT_NAME, TRIAL_SPEED (1 or absent: real time), NOTICE_BELL_TEMPLATE.
    """
    post = getattr(request, "post", None)
    speed = getattr(settings, "TRIAL_SPEED", 1) or 1
    links = nav.items_for(str(post.role) if post else None, request.path, str(post.unit.kind) if post else "")
    return {
        "district_name": getattr(settings, "DISTRICT_NAME", "清江县"),
        "trial_speed": speed if speed != 1 else None,
        "current_post": post,
        "nav_items": links,
        "nav_more": [link for link in links if link.more],
        "notice_bell_template": getattr(settings, "NOTICE_BELL_TEMPLATE", None),
        "large_type": request.COOKIES.get("large_type") == "1",
        "today": now().date(),
        "print_mark": _print_mark(request) if post else None,
    }


def _print_mark(request: HttpRequest) -> dict[str, Any]:
    """Who has this page before them, for its paper: in words, and in a code that outlives a cut-off edge."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    return {"who": actor.label, "at": at, "code": Mark(PRINT, actor.user.pk, actor.post.pk, at).code()}
