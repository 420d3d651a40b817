"""What the rules propose every night, and what is decided on it. Nothing is taken in hand without a person's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.services import audit
from conference.enums import MeetingState
from conference.models import Meeting
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import (
    LeaderAct,
    PackageLevel,
    ProposalBasis,
    ProposalGround,
    ProposalKind,
    ProposalState,
)
from leaders.models import CasePackage, PackageCase, PackageProposal, PackageRule
from leaders.services import handing, packages, raising
from leaders.services.ratings import low_rated
from petitions.enums import Status
from petitions.models import Petition
from petitions.services.stepping import lock
from reviews.enums import Outcome
from reviews.models import Review

#: One night looks at no more cases of one ground than this; the rest comes the next.
MOST = 500
#: What was declined is not proposed again on the same ground for so long.
QUIET = timedelta(days=90)
G = ProposalGround


def _aged(cases: QuerySet[Petition], least: int, at: datetime) -> QuerySet[Petition]:
    old = cases.filter(registered_at__lte=at - timedelta(days=least)).exclude(status=Status.CLOSED)
    return old.annotate(figure=F("head_count"))


def _repeated(cases: QuerySet[Petition], least: int, at: datetime) -> QuerySet[Petition]:
    return cases.annotate(figure=Count("repeats")).filter(figure__gte=least)


def _many(cases: QuerySet[Petition], least: int, at: datetime) -> QuerySet[Petition]:
    many = cases.filter(head_count__gte=least).exclude(status=Status.CLOSED)
    return many.annotate(figure=F("head_count"))


def _returned(cases: QuerySet[Petition], least: int, at: datetime) -> QuerySet[Petition]:
    found = Review.objects.filter(outcome__in=[Outcome.REVOKED, Outcome.CHANGED, Outcome.REDO])
    back = Q(reviews__in=found.filter(decided_at__gte=at - QUIET))
    return cases.annotate(figure=Count("reviews", filter=back)).filter(figure__gte=least)


def _rated(cases: QuerySet[Petition], least: int, at: datetime) -> QuerySet[Petition]:
    return low_rated(cases, at - QUIET).annotate(figure=F("head_count"))


FINDERS: dict[str, Callable[[QuerySet[Petition], int, datetime], Any]] = {
    G.AGE: _aged,
    G.REPEATS: _repeated,
    G.HEADS: _many,
    G.RETURNED: _returned,
    G.RATING: _rated,
}


def _words(ground: str, case: Any, at: datetime) -> str:
    """With the figure that meets the rule; nothing about a person."""
    if ground == G.AGE:
        days = (local_day(at) - local_day(case.registered_at)).days
        return _("登记已 %(n)d 天，还没有办结") % {"n": days}
    return {
        G.REPEATS: _("同一事项重复 %(n)d 次"),
        G.HEADS: _("涉及 %(n)d 人"),
        G.RETURNED: _("复查复核撤销、变更或者责令重办 %(n)d 次"),
        G.RATING: _("答复以后评价“不满意”"),
    }[ProposalGround(ground)] % {"n": case.figure}


def rules_from(day: date) -> list[PackageRule]:
    """Those of that day, and those that begin after it, by ground."""
    found = PackageRule.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day))
    return list(found.order_by("ground", "valid_from"))


def rules_on(day: date) -> list[PackageRule]:
    found = PackageRule.objects.filter(valid_from__lte=day)
    return list(found.filter(Q(valid_until=None) | Q(valid_until__gt=day)).order_by("id"))


def propose(at: datetime) -> int:
    """Every rule, the packages past their day, those without a leader; how many were new. Safe to run twice at once."""
    made = 0
    for rule in rules_on(local_day(at)):
        made += sum(_propose_case(rule.ground, case, at) for case in _found(rule, at))
    for ground, package, why in raising.due(at, MOST):
        made += _put(ProposalKind.RAISE, ground, package, why, at)
    for package in _leaderless(at):
        made += _put(
            ProposalKind.SUCCEED, G.NO_LEADER, package, _("包案领导已离任"), at, heir_of(package, at)
        )
    return made


def _found(rule: PackageRule, at: datetime) -> Iterable[Petition]:
    free = Petition.objects.filter(sealed=False, joined_to=None).exclude(
        package_rows__in=PackageCase.objects.inside()
    )
    known = PackageProposal.objects.filter(ground=rule.ground).filter(
        Q(state=ProposalState.OPEN) | Q(state=ProposalState.DECLINED, decided_at__gte=at - QUIET)
    )
    found = FINDERS[rule.ground](free.exclude(pk__in=known.values("petition")), rule.threshold, at)
    return list(found.order_by("id")[:MOST])


def _propose_case(ground: str, case: Petition, at: datetime) -> int:
    row = PackageProposal(
        kind=ProposalKind.TAKE, ground=ground, petition=case, why=_words(ground, case, at), proposed_at=at
    )
    return _create(row)


def _put(
    kind: ProposalKind, ground: ProposalGround, package: CasePackage, why: str, at: datetime, post: Any = None
) -> int:
    again = package.proposals.filter(ground=ground).filter(
        Q(state=ProposalState.OPEN) | Q(state=ProposalState.DECLINED, decided_at__gte=at - QUIET)
    )
    if again.exists():
        return 0
    return _create(
        PackageProposal(
            kind=kind,
            ground=ground,
            petition=package.petition,
            package=package,
            post=post,
            why=why,
            proposed_at=at,
        )
    )


def _create(row: PackageProposal) -> int:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "package_proposal_once" in str(error):
            return 0
        raise
    return 1


def leaderless(day: date) -> Q:
    """The post is not held that day, or its holder's account is closed."""
    ended = Q(post__valid_until__isnull=False, post__valid_until__lte=day)
    return ended | Q(post__user__is_active=False)


def _leaderless(at: datetime) -> list[CasePackage]:
    rows = raising.open_packages().filter(leaderless(local_day(at)))
    return [row for row in rows[:MOST] if handing.without_leader(row, at)]


def heir_of(package: CasePackage, at: datetime) -> Post | None:
    """Whoever holds the same charge now (新官要理旧事): a leader of the same unit, first one with a unit of the old
    charge; none where that is not one person."""
    old = package.post
    posts = Post.objects.current(local_day(at)).filter(role=Role.LEADER, unit=old.unit, user__is_active=True)
    posts = posts.exclude(pk=old.pk).exclude(user=old.user_id)
    charged = posts.filter(charge_units__in=old.charge_units.all()).distinct()
    for some in (charged, posts):
        found = list(some[:2])
        if len(found) == 1:
            return found[0]
    return None


def confirm(
    *,
    proposal: PackageProposal,
    actor: Actor,
    post: Post,
    level: PackageLevel,
    target_on: date,
    reason: str,
    meeting: Meeting | None = None,
    at: datetime | None = None,
) -> CasePackage:
    """By the head of the petition office, or as the joint conference decided in ``meeting``.

    Raises Refusal: not one's right, minutes that were not issued, decided a moment ago, and those of the doors that
    take a case in hand or hand a package over.
    """
    at = at or now()
    reason = said(reason, _("请写明包案理由。"))
    with transaction.atomic():
        case = lock(proposal.petition_id)
        row = _locked(proposal, case, actor, meeting)
        if meeting is not None and meeting.state != MeetingState.ISSUED:
            raise Refusal(_("请选择纪要已经印发的联席会议。"), code="invalid")
        if row.package is None:
            package = packages.assign_package(
                petition=case, actor=actor, post=post, level=level, target_on=target_on, reason=reason, at=at
            )
        else:
            if row.kind == ProposalKind.RAISE and level <= row.package.level:
                raise Refusal(_("提级须选择更高的层级。"), code="invalid")
            package = row.package
            handing.hand_over(
                package=package,
                actor=actor,
                post=post,
                level=level,
                target_on=target_on,
                reason=reason,
                at=at,
            )
        row.basis = ProposalBasis.CONFERENCE if meeting else ProposalBasis.OFFICE_HEAD
        row.meeting, row.package = meeting, package
        _decide(row, ProposalState.CONFIRMED, reason, actor, at)
        # Other rules proposed the same case: it is in hand now.
        others = PackageProposal.objects.filter(petition=case, state=ProposalState.OPEN)
        others.update(state=ProposalState.LAPSED, decided_at=at, word=_("本件已经包案。"))
    return package


def decline(
    *, proposal: PackageProposal, actor: Actor, reason: str, at: datetime | None = None
) -> PackageProposal:
    """Raises Refusal: not one's right, no reason, decided a moment ago."""
    at = at or now()
    reason = said(reason, _("请写明不采纳的理由。"))
    with transaction.atomic():
        case = lock(proposal.petition_id)
        row = _locked(proposal, case, actor, None, declining=True)
        _decide(row, ProposalState.DECLINED, reason, actor, at)
    return row


def _locked(
    proposal: PackageProposal, case: Petition, actor: Actor, meeting: Meeting | None, declining: bool = False
) -> PackageProposal:
    rules.require(LeaderAct.CONFIRM_PROPOSAL, actor, petition=case)
    if not declining and meeting is None and actor.role != Role.UNIT_HEAD:
        raise Refusal(_("请由信访部门负责人确定，或者选择作出决定的联席会议。"), code="invalid")
    row: PackageProposal = (
        PackageProposal.objects.select_for_update(of=("self",)).select_related("package").get(pk=proposal.pk)
    )
    if row.state != ProposalState.OPEN:
        raise Refusal(_("没有生效：这条建议已经处理过。"), code="stale")
    return row


def _decide(row: PackageProposal, state: ProposalState, word: str, actor: Actor, at: datetime) -> None:
    row.state, row.word, row.decided_at = state, word, at
    row.decided_by, row.decided_who = actor.user, actor.label[:120]
    row.save()
    audit.record(
        actor=actor,
        act="package.propose",
        obj=row,
        detail={"case": row.petition.audit_name, "state": str(state)},
        at=at,
    )
