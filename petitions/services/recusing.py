"""回避 (条例 28): somebody with an interest stays out of a case, by their own word or by decision."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.selectors import holders, office_posts
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day
from core.wording import said
from notifications.services import withdraw
from petitions import rules
from petitions.enums import Act, RecusalGround
from petitions.models import Petition, Recusal
from petitions.querysets import DISTRICT_ROLES
from petitions.services import scope, telling
from petitions.services.stepping import Stepping, stepping


def recuse(
    *,
    petition: Petition,
    actor: Actor,
    ground: RecusalGround,
    reason: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Whoever acts has an interest and says so. From then on they neither read nor steer the case."""
    with stepping(petition, Act.RECUSE, actor, at=at, token=token) as work:
        assert actor.user is not None
        _set_aside(work, actor.user, ground, clean_text(reason))


def exclude(
    *,
    petition: Petition,
    actor: Actor,
    user: User,
    ground: RecusalGround,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The head of the unit, or the office, decides that somebody stays out; a petitioner may have asked for it.

    Raises Refusal: no reason, oneself (that is ``recuse``), somebody who is out already or is not the actor's to decide
    about (``excludable``), or the last one who watches over the case.
    """
    with stepping(petition, Act.EXCLUDE, actor, at=at, token=token) as work:
        if user == actor.user:
            raise Refusal(_("您自己有利害关系的，请用“本人回避”。"), code="invalid")
        if user.pk not in rules.recused_from(work.petition):
            everybody = _decides_about_all(work.petition, actor)
            if not (everybody or excludable(work.petition, actor, work.at).filter(pk=user.pk).exists()):
                raise Refusal(
                    _("您可以决定本单位及下级人员的回避；其他人员的回避由信访局决定，请与信访局联系。"),
                    code="forbidden",
                )
            _keep_a_watch(work, user)
        _set_aside(work, user, ground, said(reason, _("请写明要求回避的理由。")))


def readmit(
    *,
    petition: Petition,
    actor: Actor,
    user: User,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The interest has ended. Decided by somebody else than the person concerned.

    Who is complained of comes back by two people: one named them, another one, of the office or, of a sealed case, the
    discipline body, ends it.

    Raises Refusal: no reason, the person is not recused (any more), or is not the actor's to let back.
    """
    with stepping(petition, Act.READMIT, actor, at=at, token=token) as work:
        reason = said(reason, _("请写明解除回避的理由。"))
        standing = work.petition.recusals.filter(ended_at=None)
        if (
            standing.filter(user=user).exists()
            and not readmittable(work.petition, actor).filter(pk=user.pk).exists()
        ):
            raise Refusal(
                _("被反映人的回避须由信访局（密存的件由纪检监察机关）解除，且不能由当初指明的人解除。"),
                code="forbidden",
            )
        ended = standing.filter(user=user).update(ended_at=work.at, ended_by=actor.user, end_reason=reason)
        if not ended:
            raise Refusal(_("%(who)s现在没有回避本件。") % {"who": user.get_full_name()}, code="invalid")
        work.change(has_recusals=standing.exists())
        work.text = f"{user.get_full_name()}：{reason}"
        work.detail = {"user": user.pk}
        _let_their_unit_back(work)


def _let_their_unit_back(work: Stepping) -> None:
    """A unit that nobody named and that no head complained of leads any more reads the case again; of a sealed case its
    registrar may hold it again."""
    case, unit = work.petition, work.petition.complained_unit
    complained = case.recusals.filter(ended_at=None, ground=RecusalGround.COMPLAINED_OF).values("user")
    heads = Post.objects.current(local_day(work.at)).filter(
        role=Role.UNIT_HEAD, unit=unit, user__in=complained
    )
    if unit is not None and case.complained_as_headed and not heads.exists():
        work.change(complained_unit=None, complained_as_headed=False)
        work.text += _("；被反映单位：%(was)s→无") % {"was": unit.label}
        work.detail["complained_was"] = unit.pk
    elif not case.sealed:
        return
    scope.rebuild(case, at=work.at)


def excludable(case: Petition, actor: Actor, at: datetime) -> models.QuerySet[User]:
    """Whom this post may keep out: the office, and of a sealed case the discipline body, anybody near it; the head of
    a unit those who work there or below and nowhere else. Nobody chooses who watches over them (条例 38, 46)."""
    assert actor.unit is not None and actor.user is not None
    near = people_near(case, at).exclude(pk=actor.user.pk)
    if _decides_about_all(case, actor):
        return near
    posts = Post.objects.current(local_day(at))
    own = Unit.objects.subtree(actor.unit)
    return near.filter(pk__in=posts.filter(unit__in=own).values("user")).exclude(
        pk__in=posts.exclude(unit__in=own).values("user")
    )


def readmittable(case: Petition, actor: Actor) -> models.QuerySet[User]:
    """Who is out, and may be let back by this post."""
    standing = case.recusals.filter(ended_at=None)
    complained = models.Q(ground=RecusalGround.COMPLAINED_OF)
    if _decides_about_all(case, actor):
        standing = standing.exclude(complained & models.Q(recorded_by=actor.user, recorded_by__isnull=False))
    else:
        standing = standing.exclude(complained)
    return User.objects.filter(pk__in=standing.values("user")).order_by("name")


def _decides_about_all(case: Petition, actor: Actor) -> bool:
    assert actor.unit is not None
    return actor.unit.kind == (UnitKind.DISCIPLINE if case.sealed else UnitKind.PETITION_OFFICE)


def _keep_a_watch(work: Stepping, user: User) -> None:
    """An officer of the office and an inspector always remain, where there are any."""
    gone = rules.recused_from(work.petition) | {user.pk}
    for role in () if work.petition.sealed else (Role.PETITION_OFFICER, Role.INSPECTOR):
        watching = {post.user_id for post in office_posts(role, work.at)}
        if user.pk in watching and watching <= gone:
            raise Refusal(
                _("%(who)s是本件最后一位%(role)s，不能回避后无人监督。请先另行配备一位。")
                % {"who": user.get_full_name(), "role": role.label},
                code="invalid",
            )


def people_near(case: Petition, at: datetime) -> models.QuerySet[User]:
    """Who may have to do with the case: posts in its units and those above them, in the office, and in charge of any of
    them; and whoever was given it by name, as registrar, trustee, leader of its package or mediator."""
    rows = case.scopes.values_list("unit_id", "user_id")
    named = {user for _unit, user in rows if user is not None}
    units = {unit for unit, _user in rows if unit is not None} | {case.registered_unit_id}
    units |= set(case.shares.filter(ended_at=None).values_list("unit_id", flat=True))
    standing = models.Q(unit__in=units)
    if case.sealed:
        standing |= models.Q(unit__kind=UnitKind.DISCIPLINE)
    else:
        standing |= models.Q(unit__kind=UnitKind.PETITION_OFFICE)
        standing |= models.Q(unit__kind=UnitKind.DISTRICT, role__in=DISTRICT_ROLES)
        standing |= models.Q(role=Role.LEADER, charge_units__kind=UnitKind.DISTRICT)
    standing |= models.Q(role=Role.LEADER, charge_units__in=units)
    # Keepers of the system read no case at all.
    keepers = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
    posts = Post.objects.current(local_day(at)).filter(standing).exclude(role__in=keepers)
    found = User.objects.filter(models.Q(pk__in=posts.values("user")) | models.Q(pk__in=named))
    return found.order_by("name")


def _set_aside(work: Stepping, user: User, ground: RecusalGround, reason: str) -> None:
    case = work.petition
    if user.pk in rules.recused_from(case):
        raise Refusal(_("%(who)s已经回避本件。") % {"who": user.get_full_name()}, code="invalid")
    assert work.actor.user is not None
    Recusal.objects.create(
        petition=case,
        user=user,
        ground=ground,
        reason=reason,
        recorded_at=work.at,
        recorded_by=work.actor.user,
    )
    work.change(has_recusals=True)
    if case.responsible_id == user.pk:
        work.change(responsible=None)
    withdraw(about=case.about, recipients=[user.pk])
    work.text = f"{user.get_full_name()}：{ground.label}" + (f"（{reason}）" if reason else "")
    # Who it is, and why, is the desk's to know.
    work.public_text = _("有利害关系的工作人员已按规定回避本件。")
    work.detail = {"user": user.pk, "ground": ground}
    tell_those_who_must_replace(work)


def tell_those_who_must_replace(work: Stepping) -> None:
    """A case never stays without somebody: the lead unit's heads and, unless it is sealed, the office's officers."""
    case = work.petition
    posts = [] if case.sealed else holders(Role.PETITION_OFFICER, unit=case.registered_unit, at=work.at)
    if case.lead_unit is not None:
        posts = [*holders(Role.UNIT_HEAD, unit=case.lead_unit, at=work.at), *posts]
    telling.notify_about(
        case,
        posts,
        text=_("%(number)s 有工作人员回避，请核对责任人、包案领导和调解员，必要时另行安排。")
        % {"number": case.number},
        dedupe_key=f"recused:{case.pk}:{work.at.timestamp()}",
        at=work.at,
    )
