"""Who is told when a unit's report nears or passes its day: the unit; past the day, once, the petition office and its
inspectors. Units and kinds only, no subject and no name (domain G)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import office_posts
from conference.models import Order
from conference.services import inside
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.services import telling


def order_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    at, lines = now(), []
    for step in due:
        order: Order = step.clock.order  # type: ignore[attr-defined]
        if order.petition is not None and order.petition.sealed:
            continue
        lines.append(
            AlertLine(
                recipients=_ids(order, step.role, at),
                text=_words(order, step) + step.late_text,
                link=order.get_absolute_url(),
                about=order.petition.about if order.petition is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return lines


def _ids(order: Order, role: str, at: datetime) -> list[int]:
    posts: list[Post] = (
        office_posts(Role(role), at)
        if role in {Role.PETITION_OFFICER, Role.INSPECTOR}
        else inside.people_of(order.unit, at)
    )
    if order.petition is not None:
        return telling.who_may_know(order.petition, posts, at=at)
    return sorted({post.user_id for post in posts})


def _words(order: Order, step: DueStep) -> str:
    words = {"kind": order.get_kind_display(), "unit": order.unit.label}
    if step.kind == StepKind.REMIND:
        return _("%(kind)s的书面报告将到期。") % words
    if step.role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
        return _("%(unit)s的%(kind)s已到期，没有报告，请督促。") % words
    return _("%(kind)s的书面报告已到期，请立即报告。") % words
