"""包案: cases are put into a leader's hands, enter a package and leave it. 销案 is in ``striking``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from leaders import rules
from leaders.enums import LeaderAct, LeaveWhy, PackageLevel
from leaders.models import CasePackage, PackageCase, PackageClock
from leaders.services import holding
from leaders.services.holding import refuse_interested
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock

__all__ = ["assign_package", "enter_case", "leave_case", "refuse_interested"]

#: A package is a piece of work for one leader, not a basket.
MOST_CASES = 50


def assign_package(
    *,
    petition: Petition,
    actor: Actor,
    post: Post,
    target_on: date,
    reason: str,
    level: PackageLevel = PackageLevel.IN_CHARGE,
    more: Sequence[Petition] = (),
    at: datetime | None = None,
) -> CasePackage:
    """Put a case, and ``more`` of them, into a leader's hands until ``target_on`` (a day in Asia/Shanghai), and let the
    leader read them.

    Raises Refusal: not one's right, a sealed case, a leader out of office, complained about or recused, a target in
    the past, or one of the cases is in somebody's hands already.
    """
    at = at or now()
    rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=post)
    reason = said(reason, _("请写明包案理由。"))
    wanted = list(dict.fromkeys([petition.pk, *(one.pk for one in more)]))
    if len(wanted) > MOST_CASES:
        raise Refusal(_("一个包案最多 %(n)d 件。") % {"n": MOST_CASES}, code="invalid")
    try:
        with transaction.atomic():
            cases = {pk: lock(pk) for pk in sorted(wanted)}
            for case in cases.values():
                rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=post, petition=case)
                holding.refuse_sealed(case)
            check_leader(post, at)
            check_target(target_on, at)
            package = CasePackage.objects.create(
                petition=cases[petition.pk],
                leader=post.user,
                post=post,
                level=level,
                target_on=target_on,
                reason=reason,
                assigned_at=at,
                assigned_by=actor.user,
            )
            for pk in wanted:
                holding.put_in(package, cases[pk], by=actor.user, at=at)
            known = facts_of(cases[petition.pk], post.unit)
            deadlines.start(
                PackageClock, rule_code="package", at=at, due_on=target_on, facts=known, package=package
            )
            audit.record(
                actor=actor,
                act="package.assign",
                obj=package,
                detail={"case": cases[petition.pk].audit_name, "target_on": target_on.isoformat()},
                at=at,
            )
            tell_leader(package, actor, at)
    except IntegrityError as error:
        refuse_taken(error, [petition, *more])
        raise
    return package


def enter_case(
    *, package: CasePackage, petition: Petition, actor: Actor, at: datetime | None = None
) -> PackageCase:
    """One more case into an open package.

    Raises Refusal: not one's right, struck off meanwhile, sealed, the leader must stand aside, or it is in somebody's
    hands already.
    """
    at = at or now()
    try:
        with transaction.atomic():
            row = holding.locked(package, more=[petition.pk])
            case: Petition = row.locked_cases[petition.pk]  # type: ignore[attr-defined]
            for one in [*holding.cases_in(row), case]:
                rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=row.post, petition=one)
            holding.require_open(row)
            if len(holding.cases_in(row)) >= MOST_CASES:
                raise Refusal(_("一个包案最多 %(n)d 件。") % {"n": MOST_CASES}, code="invalid")
            entered = holding.put_in(row, case, by=actor.user, at=at)
            audit.record(
                actor=actor, act="package.enter", obj=entered, detail={"case": case.audit_name}, at=at
            )
            telling.notify_about(
                case,
                _but_self([row.post], actor),
                text=_("%(number)s 已并入您的包案。") % {"number": case.number},
                link=row.get_absolute_url(),
                dedupe_key=f"package:{row.pk}:entered:{entered.pk}",
                at=at,
            )
    except IntegrityError as error:
        refuse_taken(error, [petition])
        raise
    return entered


def leave_case(
    *,
    package: CasePackage,
    petition: Petition,
    actor: Actor,
    why: LeaveWhy,
    note: str,
    at: datetime | None = None,
) -> None:
    """A solved case leaves, or one that is taken elsewhere; the package goes on with the others.

    Raises Refusal: not one's right, no word why, not in it any more, or it is the last: then the package is struck off.
    """
    at = at or now()
    note = said(note, _("请写明为什么退出包案。"), longest=500)
    if why not in {LeaveWhy.SOLVED, LeaveWhy.MOVED}:
        raise Refusal(_("请选择退出的原因。"), code="invalid")
    with transaction.atomic():
        row = holding.locked(package)
        for one in holding.cases_in(row):
            rules.require(LeaderAct.ASSIGN_PACKAGE, actor, leader=row.post, petition=one)
        holding.require_open(row)
        inside = PackageCase.objects.inside().filter(package=row, petition=petition).first()
        if inside is None:
            raise Refusal(_("没有生效：这件已经不在本包案里。"), code="stale")
        if len(holding.cases_in(row)) == 1:
            raise Refusal(_("包案里只剩这一件：问题解决了请申请销案。"), code="stale")
        holding.take_out(inside, why=why, by=actor.user, at=at, note=note)
        audit.record(
            actor=actor,
            act="package.leave",
            obj=inside,
            detail={"case": inside.petition.audit_name, "why": str(why)},
            at=at,
        )


def check_leader(post: Post, at: datetime) -> None:
    if post.role != Role.LEADER or not post.held_on(local_day(at)):
        raise Refusal(_("请选择在任的领导。"), code="invalid")


def check_target(target_on: date, at: datetime) -> None:
    if target_on <= local_day(at):
        raise Refusal(_("目标日期须在今天之后。"), code="invalid")


def refuse_taken(error: IntegrityError, cases: Sequence[Petition]) -> None:
    """Somebody else was first: says who, where the database refused a second package of a case."""
    if "package_one_open_per_case" not in str(error):
        return
    held = [case for case in cases if PackageCase.objects.inside().filter(petition=case).exists()]
    raise Refusal(holding.taken((held or list(cases))[0]), code="stale") from error


def _but_self(posts: Sequence[Post], actor: Actor) -> list[Post]:
    own = actor.user.pk if actor.user else 0
    return [post for post in posts if post.user_id != own]


def tell_leader(package: CasePackage, actor: Actor, at: datetime, key: str = "assigned") -> None:
    telling.notify_about(
        package.petition,
        _but_self([package.post], actor),
        text=_("%(number)s 由您包案，目标日期 %(day)s。")
        % {"number": package.petition.number, "day": package.target_on.isoformat()},
        link=package.get_absolute_url(),
        dedupe_key=f"package:{package.pk}:{key}",
        at=at,
    )
