"""通知补充材料 (补正): the lead unit asks the petitioner for what is missing.

The Regulation knows no such step: it stops no clock, and after a silence the unit goes by what it has."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import han_date, local_day
from core.wording import said
from petitions.enums import Act
from petitions.models import MaterialRequest, Petition
from petitions.selectors import material
from petitions.services.stepping import stepping

LONGEST_ITEMS, LONGEST_HOW = 2000, 500
#: Days; who needs longer than that is asked again.
LONGEST_WAIT = 60


def request_material(
    *,
    petition: Petition,
    actor: Actor,
    items: str,
    how: str,
    due_on: date,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Ask for named material, until a day, and say how it may be brought. The petitioner reads it on the own page, next
    to the form of 补充材料, whose next supplement answers it.

    Raises Refusal: nothing named, a day that is not to come or too far away, the same asked for already and still open.
    """
    with stepping(petition, Act.REQUEST_MATERIAL, actor, at=at, token=token) as work:
        items = said(items, _("请写明需要补充哪些材料。"), longest=LONGEST_ITEMS)
        how = said(how, _("请写明材料怎么交。"), longest=LONGEST_HOW)
        _check_day(due_on, local_day(work.at))
        case = work.petition
        for asked in material.requests_of(case, work.at):
            if asked.open and _bare(asked.items) == _bare(items):
                raise Refusal(
                    _("没有重复通知：%(unit)s已经通知过同样的材料，请信访人在 %(day)s 前补充。")
                    % {"unit": asked.row.unit.label, "day": asked.row.due_on.isoformat()},
                    code="stale",
                )
        assert case.lead_unit is not None
        MaterialRequest.objects.create(
            petition=case,
            items=items,
            how=how,
            due_on=due_on,
            at=work.at,
            by=actor.user,
            unit=case.lead_unit,
        )
        work.text = _("请补充：%(items)s（%(day)s 前）") % {"items": items, "day": due_on.isoformat()}
        work.public_text = _("请您在%(day)s前补充：%(items)s。怎么交：%(how)s") % {
            "day": han_date(due_on),
            "items": items.rstrip("。"),
            "how": how,
        }
        work.detail = {"due_on": due_on.isoformat()}


def _check_day(due_on: date, today: date) -> None:
    if due_on <= today:
        raise Refusal(_("补充材料的日期须在今天以后。"), code="invalid")
    if (due_on - today).days > LONGEST_WAIT:
        raise Refusal(
            _("补充材料的日期不要超过 %(n)d 天：办理期限不会因此延长，需要时可以再通知一次。")
            % {"n": LONGEST_WAIT},
            code="invalid",
        )


def _bare(text: str) -> str:
    return "".join(text.split())
