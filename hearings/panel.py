"""Who may sit on a panel: at least three with a chair, none of whom handled the case (条例 28)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role, UnitKind
from accounts.models import Post, User
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


def candidates(petition: Petition, at: datetime) -> QuerySet[Post]:
    """Posts to choose from: the lead unit's, the petition office's, the heads of the other units. One query."""
    lead = petition.lead_unit_id
    near = Q(unit=lead) | Q(unit__kind=UnitKind.PETITION_OFFICE)
    wanted = (near & Q(role__in=ROLES)) | Q(role=Role.UNIT_HEAD)
    posts: QuerySet[Post] = Post.objects.current(local_day(at)).filter(wanted, user__is_active=True)
    outside = posts.exclude(unit__kind=UnitKind.DISCIPLINE).select_related("user", "unit")
    return outside.order_by("unit__path", "id")


def why_not(petition: Petition, user: User, at: datetime, prepared_by: int | None = None) -> str:  # noqa: PLR0911
    """Why this person does not sit on a panel of the case, as the end of a sentence; empty where they may."""
    if user.pk in petition_rules.recused_from(petition):
        return _("已回避本件")
    if complained.posted_in_one(petition, [user.pk], at):
        return _("在被反映的单位任职，应当回避")
    if user.pk in {petition.responsible_id, petition.first_handler_id}:
        return _("是本件的责任人")
    if Reply.objects.filter(Q(petition=petition) | Q(former_of=petition), by=user).exists():
        return _("写过本件的答复")
    did = PetitionEvent.objects.filter(petition=petition, user=user, act__in=HANDLING)
    if did.exists() or petition.records.filter(by=user).exists():
        return _("办理过本件")
    if user.pk == prepared_by:
        return _("是提出本次听证的经办人")
    return ""


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
    for one in members:
        if one.user is not None and (why := why_not(hearing.petition, one.user, at, hearing.prepared_by_id)):
            return _("%(who)s%(why)s，不能参加听证，请更换。") % {
                "who": one.user.get_full_name(),
                "why": why,
            }
    return ""
