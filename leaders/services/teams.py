"""专班, 倒排节点, 进展, 翻篇归零: the work on a package between taking it in hand and striking it off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines.rulebook import rulebook
from leaders.enums import LeaderAct, TeamRole
from leaders.models import CasePackage, PackageInquiry, PackageMember, PackageMilestone, PackageNote
from leaders.services import holding
from petitions.models import Petition
from petitions.services import following, telling

MOST_STEPS, LONGEST = 20, 5000
DATED = re.compile(r"^(\d{4}-\d{2}-\d{2})[\s：:、]*(.+)$")
#: What a plan begins with; the office writes its own over it.
USUAL_STEPS = ("约见信访人，核清诉求和事实", "拿出化解方案", "落实方案", "回访，备齐销案材料")
Planned = Sequence[tuple[date, str]]


@contextmanager
def _working(package: CasePackage, act: LeaderAct, actor: Actor) -> Iterator[CasePackage]:
    with transaction.atomic():
        row = holding.locked(package)
        holding.require(act, actor, row)
        holding.require_open(row)
        yield row


def join_team(
    *, package: CasePackage, actor: Actor, post: Post, role: TeamRole, at: datetime | None = None
) -> PackageMember:
    """Raises Refusal: not one's right, out of office, the leader, recused or complained of in one of the cases, or in
    the team already."""
    at = at or now()
    with _working(package, LeaderAct.WORK_PACKAGE, actor) as row:
        if not post.held_on(local_day(at)) or not post.user.is_active:
            raise Refusal(_("请选择在岗的人员。"), code="invalid")
        if post.user_id == row.leader_id:
            raise Refusal(_("包案领导不用列入专班。"), code="invalid")
        if post.user_id in holding.team_of(row):
            raise Refusal(
                _("没有生效：%(who)s已在专班里。") % {"who": post.user.get_full_name()}, code="stale"
            )
        for case in holding.cases_in(row):
            holding.refuse_interested(case, post, at)
        member = PackageMember.objects.create(
            package=row, user=post.user, post=post, role=role, joined_at=at, joined_by=actor.user
        )
        for case in holding.cases_in(row):
            following.grant_reading(petition=case, user_id=post.user_id)
        _refuse_unread(row, post)
        holding.on_record(row, actor, "join", at, user=post.user.username, role=str(role))
        telling.notify_about(
            row.petition,
            [post],
            text=_("您已列入 %(number)s 的包案专班。") % {"number": row.petition.number},
            link=row.get_absolute_url(),
            dedupe_key=f"package:{row.pk}:member:{member.pk}",
            at=at,
        )
    return member


def _refuse_unread(package: CasePackage, post: Post) -> None:
    """A grant by name opens cases to mediators and leaders alone; the others read by their unit, and a team does not
    widen that. Raises Refusal: under this post one of the cases cannot be read."""
    cases = [case.pk for case in holding.cases_in(package)]
    if Petition.objects.visible_to(Actor.of(post)).filter(pk__in=cases).count() < len(cases):
        words = _("%(who)s的岗位看不到包案里的全部信访件，请先把有关的件转给其单位协办。")
        raise Refusal(words % {"who": post.user.get_full_name()}, code="invalid")


def part_team(
    *, package: CasePackage, actor: Actor, member: PackageMember, why: str, at: datetime | None = None
) -> None:
    """Reading by name ends with it. Raises Refusal: not one's right, no reason, left before."""
    at = at or now()
    why = said(why, _("请写明退出专班的原因。"), longest=300)
    with _working(package, LeaderAct.WORK_PACKAGE, actor) as row:
        done = PackageMember.objects.filter(pk=member.pk, package=row, left_at=None).update(
            left_at=at, left_why=why
        )
        if not done:
            raise Refusal(_("没有生效：这个人已经不在专班里。"), code="stale")
        for case in holding.cases_in(row):
            following.revoke_reading(petition=case, user_id=member.user_id)
        holding.on_record(row, actor, "part", at, user=member.user.username)


def back_planned(target_on: date, titles: Sequence[str], at: datetime) -> list[tuple[date, str]]:
    """Even shares of the time from now to the target, the last on it; each on the working day on or before its share,
    and never before today."""
    today, calendar = local_day(at), rulebook().calendar
    span = (target_on - today).days
    planned = []
    for place, title in enumerate(titles, 1):
        day = today + timedelta(days=span * place // len(titles))
        while place < len(titles) and day > today and not calendar.is_workday(day):
            day -= timedelta(days=1)
        planned.append((day, title))
    return planned


def read_plan(text: str, target_on: date, at: datetime) -> list[tuple[date, str]]:
    """One milestone a line, with its day before it or without: those without get theirs from the target.

    Raises Refusal: nothing there, too many, a day that is none, lies back, or comes after the target.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise Refusal(_("请写明至少一个节点。"), code="invalid")
    if len(lines) > MOST_STEPS:
        raise Refusal(_("最多 %(n)d 个节点。") % {"n": MOST_STEPS}, code="invalid")
    matched = [DATED.match(line) for line in lines]
    proposed = back_planned(target_on, [line[:120] for line in lines], at)
    found = []
    for own, step in zip(matched, proposed, strict=True):
        day, title = step
        if own is not None:
            try:
                day, title = date.fromisoformat(own[1]), own[2].strip()[:120]
            except ValueError:
                raise Refusal(_("没有“%(day)s”这一天。") % {"day": own[1]}, code="invalid") from None
        if not local_day(at) <= day <= target_on:
            words = _("“%(title)s”的日期须在今天到目标日期 %(day)s 之间。")
            raise Refusal(words % {"title": title, "day": target_on.isoformat()}, code="invalid")
        found.append((day, title))
    return sorted(found, key=lambda one: one[0])


def plan(*, package: CasePackage, actor: Actor, text: str, at: datetime | None = None) -> None:
    """Back-plan from the target; what was planned before and not done is dropped, what was done stays.

    Raises Refusal: not one's right, the target has passed, and those of ``read_plan``.
    """
    at = at or now()
    with _working(package, LeaderAct.WORK_PACKAGE, actor) as row:
        if row.target_on < local_day(at):
            raise Refusal(_("目标日期已过，请先提级或者另定目标日期。"), code="stale")
        steps = read_plan(text, row.target_on, at)
        row.milestones.filter(done_at=None, dropped_at=None).update(dropped_at=at)
        PackageMilestone.objects.bulk_create(
            PackageMilestone(package=row, title=title, due_on=day, planned_at=at) for day, title in steps
        )
        holding.on_record(row, actor, "plan", at, milestones=len(steps))


def reach(
    *, package: CasePackage, actor: Actor, milestone: PackageMilestone, note: str, at: datetime | None = None
) -> None:
    """Raises Refusal: not one's right, no word how, done or dropped before."""
    at = at or now()
    note = said(note, _("请写明完成情况。"), longest=500)
    with _working(package, LeaderAct.NOTE_PACKAGE, actor) as row:
        waiting = row.milestones.filter(pk=milestone.pk, done_at=None, dropped_at=None)
        if not waiting.update(done_at=at, done_by=actor.user, done_note=note):
            raise Refusal(_("没有生效：这个节点已经完成或者重排。"), code="stale")
        holding.on_record(row, actor, "reach", at, milestone=milestone.pk)


def note(*, package: CasePackage, actor: Actor, text: str, at: datetime | None = None) -> PackageNote:
    """Raises Refusal: not one's right, nothing said."""
    at = at or now()
    text = said(text, _("请写明进展。"), longest=LONGEST)
    with _working(package, LeaderAct.NOTE_PACKAGE, actor) as row:
        made = PackageNote.objects.create(package=row, at=at, by=actor.user, who=actor.label[:120], text=text)
        holding.on_record(row, actor, "note", at)
    return made


def inquire(*, package: CasePackage, actor: Actor, reason: str, at: datetime | None = None) -> PackageInquiry:
    """Look into the facts anew; the earlier inquiries stay as they are.

    Raises Refusal: not one's right, no reason, or the last one has no findings yet.
    """
    at = at or now()
    reason = said(reason, _("请写明为什么重新调查。"), longest=LONGEST)
    with _working(package, LeaderAct.WORK_PACKAGE, actor) as row:
        if row.inquiries.filter(closed_at=None).exists():
            raise Refusal(_("没有生效：上一次调查还没有写结论。"), code="stale")
        made = PackageInquiry.objects.create(
            package=row, ordinal=row.inquiries.count() + 1, reason=reason,
            opened_at=at, opened_by=actor.user, opened_who=actor.label[:120],
        )  # fmt: skip
        holding.on_record(row, actor, "inquire", at, ordinal=made.ordinal)
    return made


def find(*, package: CasePackage, actor: Actor, findings: str, at: datetime | None = None) -> None:
    """Raises Refusal: not one's right, no findings, none open."""
    at = at or now()
    findings = said(findings, _("请写明调查结论。"), longest=LONGEST)
    with _working(package, LeaderAct.WORK_PACKAGE, actor) as row:
        done = row.inquiries.filter(closed_at=None).update(
            findings=findings, closed_at=at, closed_by=actor.user, closed_who=actor.label[:120]
        )
        if not done:
            raise Refusal(_("没有生效：没有正在进行的调查。"), code="stale")
        holding.on_record(row, actor, "find", at)
