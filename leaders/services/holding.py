"""Which cases are in a package: put in, taken out. Inside the transactions of the doors, never called from a view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post, User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import han_date
from leaders import rules
from leaders.enums import LeaderAct, LeaveWhy, PackageState
from leaders.models import CasePackage, PackageCase, PackageMember
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.services import complained, following
from petitions.services.stepping import lock


def locked(package: CasePackage, more: Iterable[int] = ()) -> CasePackage:
    """The package with its cases (``inside``) locked: cases first and in the order of their keys, as every door of this
    room does. Raises Refusal: its cases changed between the two."""
    wanted = set(PackageCase.objects.inside().filter(package=package).values_list("petition_id", flat=True))
    cases = {pk: lock(pk) for pk in sorted({*wanted, *more, package.petition_id})}
    row: CasePackage = (
        CasePackage.objects.select_for_update(of=("self",))
        .select_related("post__unit", "post__user", "leader")
        .get(pk=package.pk)
    )
    rows = list(PackageCase.objects.inside().filter(package=row))
    if {one.petition_id for one in rows} != wanted or row.petition_id not in cases:
        raise Refusal(_("没有生效：包案里的件刚刚有变动，请看过再办。"), code="stale")
    for one in rows:
        one.petition = cases[one.petition_id]
    row.petition = cases[row.petition_id]
    row.inside = [one.petition for one in rows]  # type: ignore[attr-defined]
    row.locked_cases = cases  # type: ignore[attr-defined]
    return row


def cases_in(package: CasePackage) -> list[Petition]:
    """Of a package from ``locked``."""
    found: list[Petition] = package.inside  # type: ignore[attr-defined]
    return found


def require_open(package: CasePackage) -> None:
    if package.state == PackageState.STRUCK_OFF:
        assert package.struck_off_at is not None
        raise Refusal(_("本包案已于%(day)s销案。") % {"day": han_date(package.struck_off_at)}, code="stale")


def put_in(package: CasePackage, case: Petition, *, by: User | None, at: datetime) -> PackageCase:
    """Of a locked case. The leader reads it from now on. Raises Refusal and IntegrityError, see ``taken``."""
    refuse_sealed(case)
    refuse_interested(case, package.post, at)
    if PackageCase.objects.inside().filter(petition=case).exists():
        raise Refusal(taken(case), code="stale")
    row: PackageCase = PackageCase.objects.create(
        package=package, petition=case, entered_at=at, entered_by=by
    )
    for user_id in readers(package):
        following.grant_reading(petition=case, user_id=user_id)
    return row


def take_out(row: PackageCase, *, why: LeaveWhy, by: User | None, at: datetime, note: str = "") -> None:
    """Reading by name ends with it. The first case hands its place to the next; see ``CasePackage``."""
    row.left_at, row.left_by, row.left_why, row.left_note = at, by, why, note
    row.save(update_fields=["left_at", "left_by", "left_why", "left_note"])
    package = row.package
    following_row = PackageCase.objects.inside().filter(package=package).order_by("entered_at", "id").first()
    if why != LeaveWhy.STRUCK_OFF and package.petition_id == row.petition_id and following_row is not None:
        CasePackage.objects.filter(pk=package.pk).update(petition=following_row.petition_id)
    for user_id in readers(package):
        following.revoke_reading(petition=row.petition, user_id=user_id)


def readers(package: CasePackage) -> list[int]:
    """User ids of those who read its cases by name."""
    return [package.leader_id, *team_of(package)]


def team_of(package: CasePackage) -> list[int]:
    """User ids of those who are in the team now."""
    return list(PackageMember.objects.filter(package=package, left_at=None).values_list("user_id", flat=True))


def is_member(package: CasePackage, actor: Actor) -> bool:
    return actor.user is not None and actor.user.pk in team_of(package)


def require(act: LeaderAct, actor: Actor, package: CasePackage) -> None:
    """Of every case of a locked package: whoever must stand aside in one does nothing to the whole (条例 28)."""
    member = is_member(package, actor)
    for case in cases_in(package) or [package.petition]:
        rules.require(act, actor, leader=package.post, petition=case, member=member)


def on_record(package: CasePackage, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    audit.record(
        actor=actor,
        act=f"package.{act}",
        obj=package,
        detail={"case": package.petition.audit_name, **detail},
        at=at,
    )


def others(row: PackageCase) -> Sequence[PackageCase]:
    """What else is in the same package."""
    return list(PackageCase.objects.inside().filter(package=row.package_id).exclude(pk=row.pk))


def taken(case: Petition) -> str:
    row = PackageCase.objects.inside().filter(petition=case).select_related("package__leader").first()
    who = row.package.leader.get_full_name() if row else ""
    return _("没有生效：%(number)s 已由%(who)s包案，销案后才能另行包案。") % {
        "number": case.number,
        "who": who,
    }


def refuse_sealed(case: Petition) -> None:
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不能包案。"), code="forbidden")


def interested(case: Petition, post: Post, at: datetime) -> bool:
    """The leader is recused, or has a post in a unit complained of (条例 28)."""
    out = post.user_id in petition_rules.recused_from(case)
    return out or bool(complained.posted_in_one(case, [post.user_id], at))


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
