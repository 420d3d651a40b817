"""What goes on in the packages of the county: a team and a plan, notes, one asked to be struck off, proposals."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day
from demo.receiving import Planned
from demo.world import World
from leaders.enums import PackageLevel, PackageState, StrikeOffState, TeamRole
from leaders.models import CasePackage, StrikeOff
from leaders.services import handing, proposing, rounds, striking, teams
from outcomes.enums import CheckItem, CheckResult
from outcomes.services import ending
from petitions.models import Petition

HOUR = timedelta(hours=1)
#: So many of those asked for have everything that striking off wants.
CHECKED = 4


def plan(world: World) -> Planned:
    """On the last day, when the packages are there."""
    end = world.until
    yield end - 4 * HOUR, partial(_rounds, world, end - 4 * HOUR)
    yield end - 3 * HOUR, partial(_work, world, end - 3 * HOUR)
    yield end - 2 * HOUR, partial(_decide, world, end - 2 * HOUR)
    yield end - HOUR, partial(_propose, end - HOUR)


def _open() -> list[CasePackage]:
    """Open ones that nobody asked to be struck off, the latest target first."""
    found = CasePackage.objects.filter(state=PackageState.OPEN, strike_offs=None)
    return list(found.select_related("post__unit", "post__user", "petition").order_by("-target_on", "id"))


def _rounds(world: World, at: datetime) -> None:
    today = local_day(at)
    unit = world.actor("leader").unit
    assert unit is not None
    rounds.set_round(
        actor=world.actor("officer"),
        unit=unit,
        name=f"{today.year}年第一轮",
        starts_on=today.replace(month=1, day=1),
        ends_on=today + timedelta(days=30),
        at=at,
    )


def _work(world: World, at: datetime) -> None:
    officer, today = world.actor("officer"), local_day(at)
    for place, package in enumerate(_open()[:3]):
        if package.target_on <= today or place == 2:
            _raise(world, package, at)
        teams.plan(package=package, actor=officer, text="\n".join(teams.USUAL_STEPS), at=at)
        teams.note(
            package=package, actor=officer, text="已与责任单位一起约见信访人，事实已核清，方案在拟。", at=at
        )
        first = package.milestones.order_by("due_on").first()
        if first is not None:
            teams.reach(package=package, actor=officer, milestone=first, note="已约见，双方认可事实。", at=at)
        _join(world, package, at)
        teams.inquire(package=package, actor=officer, reason="原来的测量没有双方到场，重新测。", at=at)


def _raise(world: World, package: CasePackage, at: datetime) -> None:
    leaders = Post.objects.current(local_day(at)).filter(role=Role.LEADER, unit=package.post.unit_id)
    for post in leaders.exclude(user=package.leader_id).select_related("user", "unit").order_by("id")[:1]:
        handing.hand_over(
            package=package,
            actor=world.actor("officer"),
            post=post,
            level=PackageLevel.CHIEF,
            target_on=local_day(at) + timedelta(days=30),
            reason="本级到期没有化解，需要统筹资金，按规定提级。",
            at=at,
        )


def _join(world: World, package: CasePackage, at: datetime) -> None:
    posts = Post.objects.current(local_day(at)).filter(
        unit=package.petition.lead_unit_id, role=Role.HANDLER, user__is_active=True
    )
    for one in posts.select_related("user", "unit").order_by("id")[:1]:
        try:
            teams.join_team(
                package=package, actor=world.actor("officer"), post=one, role=TeamRole.HANDLER, at=at
            )
        except Refusal:  # recused, or complained of
            continue


def _decide(world: World, at: datetime) -> None:
    """What was asked for is decided: approved where everything is there, asked back where not; the last one waits."""
    waiting = StrikeOff.objects.filter(state=StrikeOffState.WAITING).select_related("package__petition")
    for place, one in enumerate(list(waiting.order_by("id"))[:-1]):
        if place < CHECKED:
            _check_off(one.package.petition, at)
        word = "材料齐全，同意销案。"
        door = partial(striking.decide, package=one.package, actor=world.actor("officer2"), at=at)
        try:
            door(decision=StrikeOffState.APPROVED, word=word)
        except Refusal as refusal:
            door(decision=StrikeOffState.ASKED_BACK, word=refusal.sentence)


def _check_off(case: Petition, at: datetime) -> None:
    """三到位一处理, by somebody of the unit that answered."""
    answers = dict.fromkeys(CheckItem, (CheckResult.NOT_APPLICABLE, ""))
    answers[CheckItem.SOLVED] = (CheckResult.DONE, "")
    posts = Post.objects.current(local_day(at)).filter(
        unit=case.lead_unit_id, role=Role.HANDLER, user__is_active=True
    )
    for post in posts.select_related("user", "unit").order_by("id")[:1]:
        try:
            ending.check(petition=case, actor=Actor.of(post), answers=answers, at=at)
        except Refusal:  # stands aside, or nothing to look back on
            continue


def _propose(at: datetime) -> None:
    proposing.propose(at)
