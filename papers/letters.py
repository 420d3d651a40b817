"""One 转送函 or 交办函 about several cases (条例 22): which may go into one, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core.timekeeping import local_day
from documents import rules as paper_rules
from documents.enums import PaperKind
from documents.filling import PART
from papers.facts import Facts
from papers.models import CasePaper, LetterCase
from petitions.enums import ForwardKind, ShareRole, Status
from petitions.models import Petition, Share

MOST = 100
KINDS = {ForwardKind.FORWARD: PaperKind.FORWARDING, ForwardKind.ASSIGN: PaperKind.ASSIGNMENT}
#: How long ago a case may have been forwarded; what is older has its letter by now, or none.
DAYS = 31
OPEN = [status.value for status in Status if status.is_open]
LONGEST_MATTER = 90
REPORT_OF_EACH = "每件办结后请分别书面反馈办理结果，提交办结报告，并附已签发的处理意见书或者答复。"


@dataclass(frozen=True)
class Group:
    """Cases that were forwarded to one unit by one office on one day (Asia/Shanghai) and have no letter yet; or that
    were assigned so, to be reported on by one set date (``due_on``)."""

    unit: Unit
    sender: Unit
    day: date
    shares: list[Share]
    due_on: date | None = None

    @property
    def is_assignment(self) -> bool:
        return self.shares[0].kind == ForwardKind.ASSIGN


def waiting(actor: Actor, at: datetime) -> QuerySet[Share]:
    """Live lead shares that this post's office forwarded or assigned lately and no letter is about. Sealed cases never,
    nor what the actor does not read."""
    if actor.unit is None or actor.role not in paper_rules.WRITERS:
        return Share.objects.none()
    own = Q(sent_from=actor.unit)
    if settings.REVIEW_BY_PETITION_OFFICE and actor.unit.kind == UnitKind.PETITION_OFFICE:
        own |= Q(sent_from=actor.unit.parent_id)
    seen = Petition.objects.visible_to(actor).filter(sealed=False, status__in=OPEN)
    if within := actor.unit.ancestor_ids[1:]:
        seen = seen.exclude(complained_unit__in=within, complained_unit__isnull=False)
    rows: QuerySet[Share] = Share.objects.filter(
        own,
        petition__in=seen.values("pk"),
        role=ShareRole.LEAD,
        ended_at=None,
        sent_at__gte=at - timedelta(days=DAYS),
    )
    single = CasePaper.objects.filter(share=OuterRef("pk"), kind__in=KINDS.values(), discarded_at=None)
    joint = LetterCase.objects.filter(share=OuterRef("pk"), counts=True)
    rows = rows.exclude(Exists(single)).exclude(Exists(joint))
    related = ("unit", "sent_from", "petition__complained_unit", "petition__registered_unit")
    return rows.select_related(*related, "petition__lead_unit").order_by("-sent_at", "id")


def groups_of(rows: Iterable[Share]) -> list[Group]:
    """By unit, sender and day, 转送 and 交办 apart and these by their set date, the latest day first; at most MOST
    cases in each."""
    found: dict[Any, Group] = {}
    for share in rows:
        assert share.sent_from is not None
        if share.sent_from_id == share.unit_id:
            continue
        day = local_day(share.sent_at)
        key = (share.unit_id, share.sent_from_id, day, share.kind, share.feedback_due_on)
        group = found.setdefault(key, Group(share.unit, share.sent_from, day, [], share.feedback_due_on))
        if len(group.shares) < MOST:
            group.shares.append(share)
    return list(found.values())


def fields_of(shares: Sequence[Share], actor: Actor, at: datetime) -> dict[str, Any]:
    """The fields of the letter: its table has a line for each case, with the petitioner as far as the unit may know."""
    known = [(share, Facts(share.petition, actor, at)) for share in shares]
    first = known[0][1]
    title = first.for_offices(first.petition.subject).rstrip("。！？；，")
    notes = {facts.for_offices(share.demand) for share, facts in known}
    head = PART.join((_("信访件编号"), _("信访人"), _("信访事项"), _("主要诉求")))
    return {
        "to": shares[0].unit.name,
        "subject": title
        if len(shares) == 1
        else _("%(title)s等%(n)d件") % {"title": title, "n": len(shares)},
        "cases": [head, *(_line(facts) for _share, facts in known)],
        **_asked(shares[0], notes.pop() if len(notes) == 1 else ""),
        **first.contacts(),
    }


def _asked(share: Share, note: str) -> dict[str, Any]:
    """What the letter asks for. Of 交办 each case is reported on by the set date; where the demands differ, whoever
    drafts says them in one."""
    if share.kind != ForwardKind.ASSIGN:
        return {"note": note}
    return {"demand": note, "due_on": share.feedback_due_on, "report_demand": REPORT_OF_EACH}


def _line(facts: Facts) -> str:
    petition = facts.petition
    asked = "；".join(one.text for one in petition.requests.all()) or petition.body
    matter = facts.for_offices(asked)
    if len(matter) > LONGEST_MATTER:
        matter = f"{matter[: LONGEST_MATTER - 1]}…"
    words = (
        petition.number,
        facts.petitioner_for_offices,
        facts.for_offices(petition.subject),
        matter,
    )
    return PART.join(" ".join(word.replace("|", "／").split()) or "—" for word in words)
