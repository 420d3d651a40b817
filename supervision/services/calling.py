"""电话督办 before a date is over: the unit is called about the case, and the call is put on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from petitions import rules as petition_rules
from petitions.enums import Act, CallOutcome
from petitions.models import Petition
from petitions.services import following
from petitions.services.stepping import lock
from supervision import rules
from supervision.enums import Mode, SupervisionAct
from supervision.models import SupervisionEffort
from supervision.services.inside import NOT_SEALED

LONGEST = 1000


def log_call(
    *,
    petition: Petition,
    actor: Actor,
    outcome: CallOutcome,
    found: str,
    at: datetime | None = None,
    token: str = "",
) -> SupervisionEffort:
    """Put a call to the case's lead unit on record as an effort in the mode 电话, and into the case's history. No clock
    stops or moves by it.

    Raises Refusal: not one's right; a sealed case, one without a lead unit or in a state that takes none; nothing said.
    """
    at = at or now()
    found = said(found, _("请写明通话内容；没有接通的，写明拨打情况。"), longest=LONGEST)
    with transaction.atomic():
        case = lock(petition.pk)
        if case.sealed:
            raise Refusal(_(NOT_SEALED), code="forbidden")
        if case.lead_unit is None:
            raise Refusal(_("本件还没有承办单位，不用电话提醒。"), code="stale")
        rules.require(SupervisionAct.EFFORT, actor, petition=case, unit=case.lead_unit)
        petition_rules.require(case, Act.SUPERVISE, actor)
        effort = SupervisionEffort.objects.create(
            petition=case,
            mode=Mode.PHONE,
            on=local_day(at),
            who=actor.label[:120],
            found=found,
            outcome=outcome,
            at=at,
            by=actor.user,
        )
        words = {"unit": case.lead_unit.label, "outcome": outcome.label, "text": found}
        line = _("电话提醒%(unit)s：%(outcome)s；%(text)s") % words
        following.remark(petition=case, act=Act.SUPERVISE, actor=actor, text=line, at=at, token=token)
        detail = {"unit": case.lead_unit.pk, "outcome": outcome.value}
        audit.record(actor=actor, act="supervision.call", obj=case, detail=detail, at=at)
    return effort
