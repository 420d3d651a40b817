"""提级 and succession: the same package goes on in other hands, with its history and a clock by the new target."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from leaders.enums import HandoverWhy, LeaderAct, PackageLevel, ProposalState
from leaders.models import CasePackage, PackageClock, PackageHandover, PackageProposal
from leaders.services import holding, packages
from petitions.facts import facts_of
from petitions.services import following


def hand_over(
    *,
    package: CasePackage,
    actor: Actor,
    post: Post,
    level: PackageLevel,
    target_on: date,
    reason: str,
    at: datetime | None = None,
) -> PackageHandover:
    """Into the hands of ``post``: a higher level is 提级, the same one a succession or another leader. The old leader
    keeps no reading.

    Raises Refusal: not one's right, no reason, a lower level, the same leader, one out of office, recused or complained
    of, one of the team, a target that has passed, struck off meanwhile.
    """
    at = at or now()
    reason = said(reason, _("请写明提级或者交接的原因。"))
    with transaction.atomic():
        row = holding.locked(package)
        holding.require(LeaderAct.HAND_OVER, actor, row)
        holding.require_open(row)
        packages.check_leader(post, at)
        packages.check_target(target_on, at)
        if post.pk == row.post_id:
            raise Refusal(_("请选择另一位领导。"), code="invalid")
        if level < row.level:
            raise Refusal(_("包案层级只能不变或者提高。"), code="invalid")
        if post.user_id in holding.team_of(row):
            raise Refusal(_("专班人员不能同时包案，请先退出专班。"), code="invalid")
        for case in holding.cases_in(row):
            holding.refuse_interested(case, post, at)
        made = _pass_on(row, actor, post, level, target_on, reason, at)
    package.refresh_from_db()
    return made


def without_leader(package: CasePackage, at: datetime) -> bool:
    """The post it was given to is not held any more, or its holder's account is closed."""
    return not package.post.held_on(local_day(at)) or not package.post.user.is_active


def why_of(package: CasePackage, level: int, at: datetime) -> HandoverWhy:
    if level > package.level:
        return HandoverWhy.RAISED
    return HandoverWhy.INHERITED if without_leader(package, at) else HandoverWhy.REPLACED


def _pass_on(
    row: CasePackage,
    actor: Actor,
    post: Post,
    level: PackageLevel,
    target_on: date,
    reason: str,
    at: datetime,
) -> PackageHandover:
    made = PackageHandover.objects.create(
        package=row, why=why_of(row, level, at), from_post=row.post, to_post=post, from_level=row.level,
        to_level=level, old_target_on=row.target_on, target_on=target_on, reason=reason,
        at=at, by=actor.user, who=actor.label[:120],
    )  # fmt: skip
    former = row.leader_id
    row.leader, row.post, row.level, row.target_on = post.user, post, level, target_on
    row.save(update_fields=["leader", "post", "level", "target_on"])
    for case in holding.cases_in(row):
        following.revoke_reading(petition=case, user_id=former)
        following.grant_reading(petition=case, user_id=post.user_id)
    deadlines.stop_all(PackageClock.objects.filter(package=row), at)
    deadlines.start(
        PackageClock,
        rule_code="package",
        at=at,
        due_on=target_on,
        facts=facts_of(row.petition, post.unit),
        package=row,
    )
    # What was proposed about the old hands is settled by this.
    PackageProposal.objects.filter(package=row, state=ProposalState.OPEN).update(
        state=ProposalState.LAPSED, decided_at=at, word=_("包案已交到新的领导手里。")
    )
    holding.on_record(row, actor, "hand_over", at, why=str(made.why), level=int(level))
    packages.tell_leader(row, actor, at, key=f"handed:{made.pk}")
    return made
