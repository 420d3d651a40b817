"""Giving a frozen month out to the public, and taking it back with a reason. One person of the office presses; who did
is shown on the desk's page and in the audit log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from reports import brief_rules
from reports.models import Freeze, PublicMonth
from reports.periods import Month
from reports.selectors.figures import default_unit
from reports.selectors.frozen import latest
from reports.selectors.publishing import table_of
from reviews.services.publishing import NUMBERS

LONGEST_REASON = 200


def require_publisher(actor: Actor) -> None:
    """The petition office's officers and its head. Raises Refusal (403)."""
    if not brief_rules.makes(actor):
        raise Refusal(_("月报由区信访部门决定是否公布。"), code="forbidden")


def publish(*, actor: Actor, month: Month, at: datetime | None = None) -> PublicMonth:
    """Give out the last frozen version of a month.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: the month is not frozen; ``"stale"`` (409): it is given out already.
    """
    at = at or now()
    require_publisher(actor)
    unit = default_unit(actor)
    with transaction.atomic():
        # Two who press at once: the second waits here and then finds it done.
        Unit.objects.select_for_update().get(pk=unit.pk)
        freeze = latest(unit, month)
        if freeze is None:
            raise Refusal(
                _("%(month)s还没有冻结，先冻结月报，再公布。") % {"month": month.label}, code="invalid"
            )
        there = PublicMonth.objects.filter(unit=unit, month=month.first_day, withdrawn_at=None).first()
        if there is not None:
            who = there.published_by.user.get_full_name()
            raise Refusal(
                _("没有生效：%(month)s已由%(who)s公布。要换成新的一版，请先撤回。")
                % {"month": month.label, "who": who},
                code="stale",
            )
        return _give_out(freeze, actor, month, at)


def withdraw(*, actor: Actor, month: Month, reason: str, at: datetime | None = None) -> PublicMonth:
    """Take a month back; the public reads that, when and why.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: no reason, too long, a number of somebody's; ``"stale"`` (409): it is
            not given out.
    """
    at = at or now()
    require_publisher(actor)
    reason = said(reason, _("请写明撤回的原因。"), longest=LONGEST_REASON)
    if found := NUMBERS.search(reason):
        raise Refusal(
            _("“%(number)s”像是某个人的号码。原因会公开，请删去后再提交。") % {"number": found[0]},
            code="invalid",
        )
    with transaction.atomic():
        rows = PublicMonth.objects.select_for_update().filter(unit=default_unit(actor))
        row: PublicMonth | None = rows.filter(month=month.first_day, withdrawn_at=None).first()
        if row is None:
            raise Refusal(_("没有生效：%(month)s没有公布。") % {"month": month.label}, code="stale")
        row.withdrawn_at, row.withdrawn_by, row.reason = at, actor.post, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
        detail = {"month": str(month), "reason": reason}
        audit.record(actor=actor, act="report.withdraw", obj=row, detail=detail, at=at)
    return row


def _give_out(freeze: Freeze, actor: Actor, month: Month, at: datetime) -> PublicMonth:
    assert actor.post is not None
    row = PublicMonth.objects.create(
        unit=freeze.unit,
        month=freeze.month,
        freeze=freeze,
        table=table_of(freeze),
        published_at=at,
        published_by=actor.post,
    )
    detail = {"month": str(month), "version": freeze.version}
    audit.record(actor=actor, act="report.publish", obj=row, detail=detail, at=at)
    return row
