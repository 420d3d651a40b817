"""Who may sit on a panel: at least three with a chair, none of whom handled the case (条例 28)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role, UnitKind
from accounts.models import Post
from core.timekeeping import local_day
from hearings.enums import Seat
from hearings.models import Hearing, PanelMember
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition, PetitionEvent, Reply
from petitions.services import complained

FEWEST = 3
#: Who did one of these to the case handled it.
HANDLING = (
    *(Act.ACCEPT, Act.NOTE, Act.VISIT, Act.CALL, Act.FIRST_ROUND, Act.CO_ANSWER, Act.CONVERT),
    *(Act.CONCLUDE, Act.SERVE, Act.OBJECT),
)


#: Who of the staff may sit: not those who keep the system, nor whoever mediates or counts.
ROLES = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER)


def candidates(hearing: Hearing, at: datetime) -> QuerySet[Post]:
    """Posts to choose from: the lead unit's, the petition office's, the heads of the other units; without those who
    may not sit and those who do. Eight queries at most."""
    case = hearing.petition
    near = Q(unit=case.lead_unit_id) | Q(unit__kind=UnitKind.PETITION_OFFICE)
    wanted = (near & Q(role__in=ROLES)) | Q(role=Role.UNIT_HEAD)
    posts: QuerySet[Post] = Post.objects.current(local_day(at)).filter(wanted, user__is_active=True)
    posts = posts.exclude(unit__kind=UnitKind.DISCIPLINE)
    out = set(barred(case, posts.values_list("user_id", flat=True), at, hearing.prepared_by_id))
    out |= {one.user_id for one in sitting(hearing) if one.user_id is not None}
    return posts.exclude(user__in=out).select_related("user", "unit").order_by("unit__path", "id")


def barred(
    petition: Petition, user_ids: Iterable[int], at: datetime, prepared_by: int | None = None
) -> dict[int, str]:
    """Those of them who do not sit on a panel of the case, each with why, as the end of a sentence. Six queries at
    most, however many they are."""
    asked = set(user_ids)
    replies = Reply.objects.filter(Q(petition=petition) | Q(former_of=petition), by__in=asked)
    did = PetitionEvent.objects.filter(petition=petition, user__in=asked, act__in=HANDLING)
    noted = petition.records.filter(by__in=asked)
    handled = {*did.values_list("user_id", flat=True), *noted.values_list("by_id", flat=True)}
    grounds = (
        (petition_rules.recused_from(petition), _("已回避本件")),
        (complained.posted_in_one(petition, asked, at), _("在被反映的单位任职，应当回避")),
        ({petition.responsible_id, petition.first_handler_id}, _("是本件的责任人")),
        (set(replies.values_list("by_id", flat=True)), _("写过本件的答复")),
        (handled, _("办理过本件")),
        ({prepared_by}, _("是提出本次听证的经办人")),
    )
    found: dict[int, str] = {}
    for people, why in grounds:
        for pk in asked & people:
            found.setdefault(pk, why)
    return found


def sitting(hearing: Hearing) -> list[PanelMember]:
    """The panel as it stands, the chair first. One query."""
    rows = hearing.panel.filter(left_at=None).select_related("user")
    return sorted(rows, key=lambda one: (one.seat != Seat.CHAIR, one.pk))


def lacking(hearing: Hearing, at: datetime) -> str:
    """What this panel lacks to hold the hearing, as a sentence; empty when it is whole."""
    members = sitting(hearing)
    if len(members) < FEWEST:
        return _("听证人员至少 %(least)d 人，现在有 %(have)d 人，请再确定 %(more)d 人。") % {
            "least": FEWEST,
            "have": len(members),
            "more": FEWEST - len(members),
        }
    if not any(one.seat == Seat.CHAIR for one in members):
        return _("还没有听证主持人，请先确定一人。")
    staff = {one.user.pk: one.user for one in members if one.user is not None}
    for pk, why in barred(hearing.petition, staff, at, hearing.prepared_by_id).items():
        return _("%(who)s%(why)s，不能参加听证，请更换。") % {"who": staff[pk].get_full_name(), "why": why}
    return ""
