"""A unit's share in a case, and the notice that it has one."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import holders
from notifications.services import notify
from petitions.enums import ForwardKind, ShareRole
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
        demand=demand,
    )


def tell_unit(work: Stepping, unit: Unit, text: str = "") -> None:
    posts = [
        *holders(Role.HANDLER, unit=unit, at=work.at),
        *holders(Role.UNIT_HEAD, unit=unit, at=work.at),
    ]
    tell(
        work,
        posts,
        text or _("新到 %(number)s，请在期限内受理。"),
    )


def tell(work: Stepping, posts: list[Post], text: str) -> None:
    case = work.petition
    notify(
        recipients=telling.not_recused(case, posts),
        text=text
        % {
            "number": case.number,
            "unit": case.lead_unit.label if case.lead_unit else "",
        },
        link=case.get_absolute_url(),
        about=case.about,
        dedupe_key=f"step:{case.pk}:{work.step.act}:{work.at.timestamp()}",
        at=work.at,
    )
