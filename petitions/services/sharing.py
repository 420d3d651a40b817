"""A unit's share in a case, and the notice that it has one."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Post, Unit
from accounts.selectors import desk_posts
from petitions import rules
from petitions.enums import ForwardKind, ReportState, ShareRole
from petitions.models import Share
from petitions.services import telling
from petitions.services.stepping import Stepping


def share(
    work: Stepping,
    unit: Unit,
    role: ShareRole,
    kind: ForwardKind,
    demand: str,
    due_on: date | None,
) -> Share:
    return Share.objects.create(
        petition=work.petition,
        unit=unit,
        role=role,
        kind=kind,
        sent_at=work.at,
        sent_by=work.actor.user,
        sent_from=work.actor.unit or work.petition.registered_unit,
        feedback_due_on=due_on,
        report=ReportState.DUE if (kind, role) == (ForwardKind.ASSIGN, ShareRole.LEAD) else ReportState.NONE,
        demand=demand,
    )


def tell_unit(work: Stepping, unit: Unit, text: str = "") -> None:
    # A co-unit that is itself complained of answers for its own part, and is told of that (条例 28).
    tell(
        work,
        desk_posts(unit, work.at),
        text or _("新到 %(number)s，请在期限内受理。"),
        own_part=rules.answers_own_part(work.petition, unit),
    )


def tell(work: Stepping, posts: list[Post], text: str, *, own_part: bool = False) -> None:
    case = work.petition
    telling.notify_about(
        case,
        posts,
        text=text
        % {
            "number": case.number,
            "unit": case.lead_unit.label if case.lead_unit else "",
        },
        dedupe_key=f"step:{case.pk}:{work.step.act}:{work.at.timestamp()}",
        own_part=own_part,
        at=work.at,
    )
