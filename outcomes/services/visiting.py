"""回访: opened by a rating 不满意 or by hand, made by somebody who does not answer for the case and did
not write the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders, office_posts
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from outcomes import rules
from outcomes.enums import OutcomeAct, VisitGround, VisitResult, VisitState, VisitWay
from outcomes.models import ReturnVisit, StageEvaluation
from outcomes.services import inside
from petitions import rules as petition_rules
from petitions.enums import Rating, Status
from petitions.models import Evaluation, Petition, Reply
from petitions.selectors.public import ANSWERED
from petitions.services import joining, telling

LONGEST = 2000


def open_by_rating(case: Petition, at: datetime) -> ReturnVisit | None:
    """After a rating, in its transaction: 不满意 opens a visit unless one is waiting. Whoever arranges it was told of
    the rating by the step itself."""
    rated = Evaluation.objects.filter(petition=case).first()
    if case.sealed or rated is None or Rating.DISSATISFIED not in {rated.office_rating, rated.unit_rating}:
        return None
    if ReturnVisit.objects.waiting().filter(petition=case).exists():
        return None
    return _create(case, VisitGround.RATING, at)


def open_by_stage(case: Petition, rated: StageEvaluation, at: datetime) -> ReturnVisit | None:
    """The same after a rating 不满意 of a body that reviewed."""
    if case.sealed or rated.rating != Rating.DISSATISFIED:
        return None
    if ReturnVisit.objects.waiting().filter(petition=case).exists():
        return None
    return _create(case, VisitGround.STAGE, at, about=rated)


def open_by_hand(*, petition: Petition, actor: Actor, reason: str, at: datetime | None = None) -> ReturnVisit:
    """Raises Refusal: not one's right, not served yet, no reason, one is waiting already."""
    at = at or now()
    reason = said(reason, _("请写明为什么要回访。"), longest=500)
    with transaction.atomic():
        case = inside.locked_case(petition.pk)
        rules.require(OutcomeAct.OPEN_VISIT, actor, case)
        if case.status not in ANSWERED or not Reply.objects.filter(petition=case).exists():
            raise Refusal(
                _("没有生效：答复送达以后才回访，本件现在是“%(state)s”。")
                % {"state": Status(case.status).label},
                code="stale",
            )
        if ReturnVisit.objects.waiting().filter(petition=case).exists():
            raise Refusal(_("没有生效：本件已经有一次回访在等着办。"), code="stale")
        row = _create(case, VisitGround.BY_HAND, at, reason=reason, by=actor)
        inside.on_record(case, row, actor, "open_visit", at)
    return row


def _create(
    case: Petition,
    ground: VisitGround,
    at: datetime,
    *,
    reason: str = "",
    by: Actor | None = None,
    about: StageEvaluation | None = None,
) -> ReturnVisit:
    return ReturnVisit.objects.create(
        petition=case,
        ordinal=ReturnVisit.objects.filter(petition=case).count() + 1,
        ground=ground,
        about=about,
        reason=reason,
        opened_at=at,
        opened_by=by.user if by is not None else None,
    )


def going_to(visit: ReturnVisit, at: datetime) -> list[Post]:
    """Who may make this visit: neither of those whose answer or whose review was rated."""
    office = rules.about_the_office(visit)
    return who_may_visit(visit.petition, at, office_rated=office, reviewed_by=reviewer_of(visit))


def reviewer_of(visit: ReturnVisit) -> Unit | None:
    return visit.about.unit if visit.about is not None else None


def who_may_visit(
    case: Petition, at: datetime, *, office_rated: bool = False, reviewed_by: Unit | None = None
) -> list[Post]:
    """Posts of the petition office and of the office that registered it, without whoever answers for the case, wrote
    the answer, has a post in the unit that answered, is recused or complained of, or must not know the petitioner.
    ``office_rated``: a visit about the office itself (``rules.about_the_office``), which its inspectors make."""
    found = candidates(case, at, office_rated=office_rated, reviewed_by=reviewed_by)
    return [post for post, why in found if not why]


def candidates(
    case: Petition, at: datetime, *, office_rated: bool = False, reviewed_by: Unit | None = None
) -> list[tuple[Post, str]]:
    """Everybody at these desks, each with why they do not go; empty for those who may. One person may stand here under
    two hats. That somebody is recused is said as any other reason for standing back, and no more of it."""
    at_desk = (Role.CLERK, Role.PETITION_OFFICER)
    posts = [post for role in (*at_desk, Role.INSPECTOR) for post in office_posts(role, at)]
    posts += [post for role in at_desk for post in holders(role, unit=case.registered_unit, at=at)]
    wrote = set(Reply.objects.filter(petition=case).values_list("by_id", flat=True))
    theirs = _posted_within([case.lead_unit, case.complained_unit], at)
    reviewers = _posted_within([reviewed_by], at)
    told = set(telling.who_may_know(case, posts, at=at))

    def why(post: Post) -> str:  # noqa: PLR0911 (one line per ground)
        if post.user_id == case.responsible_id:
            return _("本件的责任人")
        if post.user_id in wrote:
            return _("写了本件的答复")
        if post.user_id in theirs:
            return _("在责任单位或者被反映的单位任职")
        if post.user_id in reviewers:
            return _("在作出复查复核意见的机关任职")
        if post.user_id not in told:
            return _("须回避，或者不办理本件")
        if not petition_rules.knows_petitioner(case, Actor.of(post)):
            return _("本件身份保密，联系不到信访人")
        if office_rated and post.role != Role.INSPECTOR:
            return _("信访部门也被评价，由督查人员回访")
        return ""

    found = {post.pk: post for post in posts}
    return [(post, why(post)) for post in sorted(found.values(), key=lambda post: (post.unit.path, post.pk))]


def _posted_within(units: Iterable[Unit | None], at: datetime) -> set[int]:
    """User ids of whoever has a post there that day; everybody stands within the district, which is left out."""
    found: set[int] = set()
    for unit in units:
        if unit is not None and unit.kind != UnitKind.DISTRICT:
            within = Post.objects.current(local_day(at)).filter(unit__path__startswith=unit.path)
            found |= set(within.values_list("user_id", flat=True))
    return found


def assign(*, visit: ReturnVisit, actor: Actor, post: Post, at: datetime | None = None) -> ReturnVisit:
    """Give the visit to somebody, or to somebody else while it has not been made.

    Raises Refusal: not one's right, made already, somebody who must not.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked(visit)
        rules.require_assign(actor, row)
        _require_waiting(row)
        going = going_to(row, at)
        if post.pk not in {one.pk for one in going}:
            raise Refusal(
                _(
                    "%(who)s不能回访本件：责任人、写答复的人、责任单位的人、回避的人和不能知道信访人身份的人不参加回访。请另选一人。"
                )
                % {"who": post.user.get_full_name()},
                code="invalid",
            )
        row.state, row.post, row.assignee, row.assigned_at = VisitState.ASSIGNED, post, post.user, at
        row.save(update_fields=["state", "post", "assignee", "assigned_at"])
        inside.on_record(row.petition, row, actor, "assign_visit", at, person=post.user_id)
        if actor.user is None or actor.user.pk != post.user_id:
            inside.tell(
                row.petition,
                [post],
                _("%(number)s 请您回访。"),
                link=row.get_absolute_url(),
                key=f"visit:{row.pk}:assigned:{post.user_id}",
                at=at,
            )
    visit.refresh_from_db()
    return visit


def record(
    *,
    visit: ReturnVisit,
    actor: Actor,
    visited_on: date,
    way: VisitWay,
    result: VisitResult,
    matter: str = "",
    mood: str = "",
    heart: str = "",
    new_number: str = "",
    at: datetime | None = None,
) -> ReturnVisit:
    """What the visitor found. ``new_number``: the case as which new facts were registered (条例 36).

    Raises Refusal: not the one who was asked to, recorded before, an impossible day, nothing noted about the matter,
    new facts without their case.
    """
    at = at or now()
    notes = [said(text, longest=LONGEST) if text.strip() else "" for text in (matter, mood, heart)]
    with transaction.atomic():
        row = _locked(visit)
        rules.require_visitor(actor, row)
        _require_waiting(row)
        if not local_day(row.opened_at) <= visited_on <= local_day(at):
            raise Refusal(_("回访日期须在安排回访之日到今天之间。"), code="invalid")
        if not notes[0]:
            raise Refusal(
                _("请写明打过几次电话、什么时候去过。")
                if result == VisitResult.NOT_REACHED
                else _("请写明“事”：问题解决得怎样。"),
                code="invalid",
            )
        row.new_case = _new_case(row.petition, actor, result, new_number)
        row.matter, row.mood, row.heart = notes
        row.visited_on, row.way, row.result = visited_on, way, result
        row.state, row.ended_at = VisitState.DONE, at
        row.save()
        inside.on_record(row.petition, row, actor, "record_visit", at, result=str(result))
        _tell_done(row, actor, at)
    visit.refresh_from_db()
    return visit


def _new_case(case: Petition, actor: Actor, result: VisitResult, number: str) -> Petition | None:
    number = number.strip()
    if result != VisitResult.NEW_FACTS:
        if number:
            raise Refusal(_("只有“有新的事实”才填写新件编号。"), code="invalid")
        return None
    found = Petition.objects.visible_to(actor).filter(number=number, sealed=False).first() if number else None
    if found is None or found.pk == case.pk:
        raise Refusal(_("请先把新的事实登记为新的信访件，再填写它的编号。"), code="invalid")
    if not joining.same_people(found, case):
        words = _("%(number)s 不是本件信访人提出的，请核对编号。")
        raise Refusal(words % {"number": number}, code="invalid")
    if found.registered_at < case.registered_at:
        raise Refusal(
            _("%(number)s 比本件登记得早，不是新件，请核对编号。") % {"number": number}, code="invalid"
        )
    return found


def let_go(case: Petition, at: datetime) -> None:
    """A case that turns out to be a 检举控告 is visited by nobody of this room any more (条例 30), nor is anybody asked
    about an answer that is to be given anew (条例 36)."""
    waiting = ReturnVisit.objects.waiting().filter(petition=case)
    waiting.update(state=VisitState.LAPSED, ended_at=at)


def refuse_while_waiting(case: Petition, actor: Actor) -> None:
    """In the transaction of 办结归档: the unit that was rated does not file a case away while a visit waits. The
    sentence is the same whatever the petitioner said, and tells of neither rating nor visit.

    Raises Refusal (code "forbidden").
    """
    if actor.role == Role.SYSTEM or not rules.is_rated(case, actor):
        return
    if ReturnVisit.objects.waiting().filter(petition=case).exists():
        raise Refusal(_("本件由信访部门办结归档，责任单位不用办理，到期也会自动归档。"), code="forbidden")


def _require_waiting(row: ReturnVisit) -> None:
    if row.state not in {VisitState.TO_ASSIGN, VisitState.ASSIGNED}:
        raise Refusal(
            _("没有生效：这次回访现在是“%(state)s”。") % {"state": VisitState(row.state).label}, code="stale"
        )


def _locked(visit: ReturnVisit) -> ReturnVisit:
    case = inside.locked_case(visit.petition_id)
    row: ReturnVisit = ReturnVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    row.petition = case
    return row


def _tell_done(row: ReturnVisit, actor: Actor, at: datetime) -> None:
    """Whoever arranges such visits at the petition office, as far as they watch this one."""
    own = actor.user.pk if actor.user else 0
    posts = [
        post
        for post in office_posts(Role.INSPECTOR if rules.about_the_office(row) else Role.PETITION_OFFICER, at)
        if post.user_id != own and rules.watches(row.petition, Actor.of(post))
    ]
    inside.tell(
        row.petition,
        posts,
        _("%(number)s 已回访，请看结果。"),
        link=row.get_absolute_url(),
        key=f"visit:{row.pk}:done",
        at=at,
    )
