"""包案 and 销案. Striking off ends the package and its clock; the case itself goes its own way."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import office_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from core.wording import said
from deadlines import services as deadlines
from leaders import rules
from leaders.enums import LeaderAct, PackageLevel, PackageState
from leaders.models import CasePackage, PackageClock
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.services import complained, following, telling
from petitions.services.stepping import lock


def assign_package(
    *,
    petition: Petition,
    actor: Actor,
    post: Post,
    target_on: date,
    reason: str,
    level: PackageLevel = PackageLevel.IN_CHARGE,
    at: datetime | None = None,
) -> CasePackage:
    """Put a case into a leader's hands until ``target_on`` (a day in Asia/Shanghai), and let the leader read it.

    Raises Refusal: not one's right, a sealed case, a leader out of office, complained about or recused, a target in
    the past, or the case is in somebody's hands already.
    """
    at = at or now()
    rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=post)
    reason = said(reason, _("请写明包案理由。"))
    try:
        with transaction.atomic():
            case = lock(petition.pk)
            rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=post, petition=case)
            _check(case, post, target_on, at)
            package = CasePackage.objects.create(
                petition=case,
                leader=post.user,
                post=post,
                level=level,
                target_on=target_on,
                reason=reason,
                assigned_at=at,
                assigned_by=actor.user,
            )
            deadlines.start(PackageClock, rule_code="package", at=at, due_on=target_on, package=package)
            following.grant_reading(petition=case, user_id=post.user_id)
            audit.record(
                actor=actor,
                act="package.assign",
                obj=package,
                detail={"case": case.audit_name, "target_on": target_on.isoformat()},
                at=at,
            )
            _tell_leader(package, actor, at)
    except IntegrityError as error:
        if "package_one_open_per_case" in str(error):
            raise Refusal(_taken(petition), code="stale") from error
        raise
    return package


def strike_off(
    *, package: CasePackage, actor: Actor, evidence: str, at: datetime | None = None
) -> CasePackage:
    """销案 with its evidence. The case is not closed by it (销案 ≠ 办结).

    Raises Refusal: not one's right, no evidence, or struck off before.
    """
    at = at or now()
    evidence = said(evidence, _("请写明销案依据，例如处理意见已落实、当事人已确认。"))
    with transaction.atomic():
        case = lock(package.petition_id)
        row = (
            CasePackage.objects.select_for_update(of=("self",))
            .select_related("post__unit", "post__user")
            .get(pk=package.pk)
        )
        row.petition = case
        rules.require(LeaderAct.STRIKE_OFF, actor, leader=row.post, petition=case)
        if not row.is_open:
            assert row.struck_off_at is not None
            raise Refusal(_("本包案已于%(day)s销案。") % {"day": han_date(row.struck_off_at)}, code="stale")
        row.state, row.evidence = PackageState.STRUCK_OFF, evidence
        row.struck_off_at, row.struck_off_by = at, actor.user
        row.save(update_fields=["state", "evidence", "struck_off_at", "struck_off_by"])
        deadlines.stop_all(PackageClock.objects.filter(package=row), at)
        following.revoke_reading(petition=row.petition, user_id=row.leader_id)
        audit.record(
            actor=actor,
            act="package.strike_off",
            obj=row,
            detail={"case": row.petition.audit_name},
            at=at,
        )
        own = actor.user.pk if actor.user else 0
        telling.notify_about(
            row.petition,
            [post for post in (row.post, *office_posts(Role.PETITION_OFFICER, at)) if post.user_id != own],
            text=_("%(number)s 的包案已销案。") % {"number": row.petition.number},
            link=row.get_absolute_url(),
            dedupe_key=f"package:{row.pk}:struck_off",
            at=at,
        )
    package.refresh_from_db()
    return package


def _check(case: Petition, post: Post, target_on: date, at: datetime) -> None:
    today = local_day(at)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不能包案。"), code="forbidden")
    if post.role != Role.LEADER or not post.held_on(today):
        raise Refusal(_("请选择在任的领导。"), code="invalid")
    refuse_interested(case, post, at)
    if target_on <= today:
        raise Refusal(_("目标日期须在今天之后。"), code="invalid")
    if CasePackage.objects.open().filter(petition=case).exists():
        raise Refusal(_taken(case), code="stale")


def refuse_interested(case: Petition, post: Post, at: datetime) -> None:
    """Of the locked case. Raises Refusal: the leader is recused, or has a post in a unit complained of, and is given
    nothing of it (条例 28)."""
    if post.user_id in petition_rules.recused_from(case):
        raise Refusal(
            _("%(who)s已回避本件，请另选领导。") % {"who": post.user.get_full_name()}, code="invalid"
        )
    if complained.posted_in_one(case, [post.user_id], at):
        raise Refusal(
            _("%(who)s在被反映的单位任职，应当回避（条例第二十八条），请另选领导。")
            % {"who": post.user.get_full_name()},
            code="invalid",
        )


def _taken(case: Petition) -> str:
    package = CasePackage.objects.open().filter(petition=case).select_related("leader").first()
    who = package.leader.get_full_name() if package else ""
    return _("没有生效：%(number)s 已由%(who)s包案，销案后才能另行包案。") % {
        "number": case.number,
        "who": who,
    }


def _tell_leader(package: CasePackage, actor: Actor, at: datetime) -> None:
    if actor.user is not None and actor.user.pk == package.leader_id:
        return
    telling.notify_about(
        package.petition,
        [package.post],
        text=_("%(number)s 由您包案，目标日期 %(day)s。")
        % {"number": package.petition.number, "day": package.target_on.isoformat()},
        link=package.get_absolute_url(),
        dedupe_key=f"package:{package.pk}:assigned",
        at=at,
    )
