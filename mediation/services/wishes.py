"""What a party who is kept apart wishes. Nobody else decides that they meet the other side (反家庭暴力法 13)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from mediation import rules
from mediation.enums import ConsentHow, MediationAct
from mediation.models import JointWish, MediationCase, Party
from mediation.services import inside
from mediation.services.matters import Matter

NOBODY = "（已去标识）"


def wish(
    *,
    party: Party,
    actor: Actor,
    who: str,
    how: ConsentHow,
    wished_at: datetime | None = None,
    at: datetime | None = None,
) -> JointWish:
    """A party who is to be kept apart wants to meet the other side: who says so, how, when.

    Raises Refusal: not one's right, ended, nobody named, a time to come, not kept apart, or wished before.
    """
    at = at or now()
    who = said(who, _("请写明谁提出要当面调。"), longest=100)
    with transaction.atomic():
        row = inside.locked_open(party.mediation)
        rules.require(MediationAct.PARTY, actor, mediation=row)
        if (wished_at or at) > at:
            raise Refusal(_("提出的时间不能晚于现在。"), code="invalid")
        kept = _live(party)
        if not kept.protected:
            raise Refusal(_("这位当事人没有登记须分开调解，不用登记当面调的意愿。"), code="stale")
        if kept.wishes.filter(withdrawn_at=None).exists():
            raise Refusal(_("这位当事人当面调的意愿已经登记。"), code="stale")
        made: JointWish = JointWish.objects.create(
            party=kept, who=who, how=how, wished_at=wished_at or at, recorded_by=actor.user
        )
        kept.wants_joint = True
        kept.save(update_fields=["wants_joint"])
        audit.record(
            actor=actor, act="mediation.joint_wish", obj=row, detail={"side": kept.side, "how": how}, at=at
        )
    return made


def take_back(*, party: Party, actor: Actor, at: datetime | None = None) -> None:
    """The party would rather be kept apart again; no reason is asked. A joint session that is planned can no longer be
    held as one. Raises Refusal: not one's right, ended, or nothing was wished."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(party.mediation)
        rules.require(MediationAct.PARTY, actor, mediation=row)
        kept = _live(party)
        if not end_wishes(kept, at):
            raise Refusal(_("没有登记过当面调的意愿，或者已经收回。"), code="stale")
        kept.save(update_fields=["wants_joint"])
        audit.record(actor=actor, act="mediation.joint_wish_back", obj=row, detail={"side": kept.side}, at=at)


def end_wishes(party: Party, at: datetime) -> int:
    """Of a locked party, which is not saved. How many lived."""
    party.wants_joint = False
    return JointWish.objects.filter(party=party, withdrawn_at=None).update(withdrawn_at=at)


def refuse_joint(mediation: MediationCase, *, apart: bool) -> None:
    """Of a locked mediation. Raises Refusal (code "apart"): both sides would meet although somebody must not."""
    kept = mediation.parties.filter(left_at=None, protected=True)
    if apart or not kept.exclude(wishes__in=JointWish.objects.filter(withdrawn_at=None)).exists():
        return
    raise Refusal(
        _(
            "有当事人须与对方分开调解，不能安排或者记录当面的调解。请勾选“分开调解”，两边错开到场、分别谈；"
            "本人明确要求当面调的，先在当事人的页面登记：谁提出、怎样提出、什么时候。"
        ),
        code="apart",
    )


def forget(matter: Matter) -> int:
    """Put a word in place of who wished; how many there were."""
    rows = JointWish.objects.select_for_update(of=("self",)).filter(
        party__mediation__in=matter.mediations.all()
    )
    found = list(rows)
    for row in found:
        row.who = NOBODY
        row.save(update_fields=["who"])
    return len(found)


def _live(party: Party) -> Party:
    row: Party = Party.objects.select_for_update().get(pk=party.pk)
    if row.left_at is not None:
        raise Refusal(_("这位当事人已经退出。"), code="stale")
    return row
