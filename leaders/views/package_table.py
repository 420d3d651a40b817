"""The acts on a package, in the order of its page: right, form, door, and when there is anything to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from core.forms import BaseForm
from core.timekeeping import local_day, now
from leaders import gaps
from leaders.enums import EvidenceKind, LeaderAct, LeaveWhy, PackageLevel, StrikeOffState, TeamRole
from leaders.forms import teams as team_forms
from leaders.forms.packages import DecideForm, EnterForm, LeaveForm, StrikeOffForm, VisitBackForm
from leaders.forms.proposals import HandOverForm
from leaders.models import CasePackage
from leaders.selectors.days import leader_posts
from leaders.selectors.package_page import PackagePage, team_candidates
from leaders.services import handing, packages, striking, teams
from leaders.views.cases import case_numbered
from outcomes.enums import VisitWay
from petitions.models import Petition

A = LeaderAct
Cleaned = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """``form`` is built with what ``given(package, actor)`` is, ``door(package, actor, cleaned)`` does it; ``when``
    says of the page, where the right is there, whether there is anything to do. ``waits``: somebody waits for it."""

    act: LeaderAct
    label: Any
    form: type[BaseForm]
    door: Callable[[CasePackage, Actor, Cleaned], object]
    done: Any
    when: Callable[[PackagePage, Actor], bool] = lambda page, _actor: page["package"].is_open
    given: Callable[[CasePackage, Actor], dict[str, Any]] = lambda _package, _actor: {}
    hint: Any = ""
    main: bool = False
    waits: bool = False


def _cases(package: CasePackage) -> Any:
    return Petition.objects.filter(package_rows__package=package, package_rows__left_at=None).order_by("id")


def _is_another(page: PackagePage, actor: Actor) -> bool:
    """An application waits, and it is none of this person's own work."""
    own = actor.user.pk if actor.user else None
    waiting = page["waiting"]
    package = page["package"]
    return waiting is not None and own not in {
        waiting.applied_by_id,
        package.leader_id,
        *package.member_ids,
    }


def _complete(package: CasePackage) -> bool:
    """Nothing is missing that 销案 needs."""
    return bool(gaps.ready(package.strike_offs.filter(state=StrikeOffState.WAITING)).exists())


STEPS: dict[str, Step] = {
    "visit_back": Step(
        A.VISIT_BACK,
        _("登记销案回访"),
        VisitBackForm,
        lambda package, actor, data: striking.record_visit(
            package=package, actor=actor, on=data["on"], way=VisitWay(data["way"]), note=data["note"]
        ),
        _("已登记回访。"),
        when=lambda page, actor: _is_another(page, actor) and page["waiting"].visited_on is None,
        waits=True,
    ),
    "decide": Step(
        A.DECIDE_STRIKE_OFF,
        _("审核销案"),
        DecideForm,
        lambda package, actor, data: striking.decide(
            package=package, actor=actor, decision=StrikeOffState(data["decision"]), word=data["word"]
        ),
        _("已审核。"),
        when=_is_another,
        given=lambda package, _actor: {"complete": _complete(package)},
        main=True,
        waits=True,
    ),
    "strike_off": Step(
        A.STRIKE_OFF,
        _("申请销案"),
        StrikeOffForm,
        lambda package, actor, data: striking.apply_strike_off(
            package=package, actor=actor, **{**data, "kind": EvidenceKind(data["kind"])}
        ),
        _("已提交销案申请，等另一个人审核。"),
        when=lambda page, _actor: page["package"].is_open and page["waiting"] is None,
        hint=_("销案不等于办结，案件按自己的程序继续。申请、回访和审核须是不同的人。"),
    ),
    "note": Step(
        A.NOTE_PACKAGE,
        _("记录进展"),
        team_forms.NoteForm,
        lambda package, actor, data: teams.note(package=package, actor=actor, **data),
        _("已记录进展。"),
    ),
    "reach": Step(
        A.NOTE_PACKAGE,
        _("完成节点"),
        team_forms.ReachForm,
        lambda package, actor, data: teams.reach(package=package, actor=actor, **data),
        _("节点已完成。"),
        when=lambda page, _actor: page["package"].is_open and page["has_steps"],
        given=lambda package, _actor: {
            "milestones": package.milestones.filter(done_at=None, dropped_at=None)
        },
    ),
    "plan": Step(
        A.WORK_PACKAGE,
        _("倒排节点"),
        team_forms.PlanForm,
        lambda package, actor, data: teams.plan(package=package, actor=actor, **data),
        _("节点已排定。"),
        given=lambda package, _actor: {"package": package},
    ),
    "join": Step(
        A.WORK_PACKAGE,
        _("专班增加人员"),
        team_forms.MemberForm,
        lambda package, actor, data: teams.join_team(
            package=package, actor=actor, post=data["post"], role=TeamRole(data["role"])
        ),
        _("已列入专班。"),
        given=lambda package, _actor: {"posts": team_candidates(package)},
    ),
    "part": Step(
        A.WORK_PACKAGE,
        _("专班减少人员"),
        team_forms.PartForm,
        lambda package, actor, data: teams.part_team(package=package, actor=actor, **data),
        _("已退出专班。"),
        when=lambda page, _actor: page["package"].is_open and bool(page["package"].member_ids),
        given=lambda package, _actor: {
            "members": package.members.filter(left_at=None).select_related("user")
        },
    ),
    "hand_over": Step(
        A.HAND_OVER,
        _("提级或者交接"),
        HandOverForm,
        lambda package, actor, data: handing.hand_over(
            package=package, actor=actor, **{**data, "level": PackageLevel(data["level"])}
        ),
        _("已交到新的领导手里，历史材料一并移交。"),
        given=lambda package, actor: {
            "posts": leader_posts(actor, local_day(now())).exclude(pk=package.post_id),
            "level": package.level,
        },
        hint=_("提级选更高的层级；接任、更换领导层级不变。包案的历史一并移交，原领导不再查看。"),
    ),
    "enter": Step(
        A.ASSIGN_PACKAGE,
        _("增加信访件"),
        EnterForm,
        lambda package, actor, data: packages.enter_case(
            package=package, actor=actor, petition=case_numbered(data["number"], actor)
        ),
        _("已并入包案。"),
    ),
    "leave": Step(
        A.ASSIGN_PACKAGE,
        _("信访件退出"),
        LeaveForm,
        lambda package, actor, data: packages.leave_case(
            package=package,
            actor=actor,
            petition=data["case"],
            why=LeaveWhy(data["why"]),
            note=data["note"],
        ),
        _("已退出包案。"),
        when=lambda page, _actor: page["package"].is_open and len(page["package"].case_ids) > 1,
        given=lambda package, _actor: {"cases": _cases(package)},
    ),
    "inquire": Step(
        A.WORK_PACKAGE,
        _("翻篇归零，重新调查"),
        team_forms.InquiryForm,
        lambda package, actor, data: teams.inquire(package=package, actor=actor, **data),
        _("已开始重新调查，以前的调查保留。"),
        when=lambda page, _actor: page["package"].is_open and not page["open_inquiry"],
    ),
    "find": Step(
        A.WORK_PACKAGE,
        _("写明调查结论"),
        team_forms.FindingForm,
        lambda package, actor, data: teams.find(package=package, actor=actor, **data),
        _("调查结论已写明。"),
        when=lambda page, _actor: page["package"].is_open and page["open_inquiry"],
    ),
}
