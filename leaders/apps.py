from datetime import date
from typing import Any

from django.apps import AppConfig

from accounts.enums import Role


class LeadersConfig(AppConfig):
    name = "leaders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from core import nav
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.signals import petition_stepped

        leader, officer = Role.LEADER, Role.PETITION_OFFICER
        nav.register("今天", "leaders:home", [leader], "house", order=5)
        nav.register("包案", "leaders:packages", [leader, officer, Role.INSPECTOR], "flag", order=60)
        doers = [leader, officer, Role.HANDLER, Role.UNIT_HEAD, Role.INSPECTOR]
        nav.register("批示", "leaders:instructions", doers, "pencil-square", order=62)
        nav.register(
            "接访", "leaders:days", [leader, officer, Role.CLERK], "calendar-event", order=64, seldom=True
        )
        nav.register("领导接访", "leaders:public_visits", [nav.PUBLIC], "calendar-event", order=40)
        extensions.register(Act.INSTRUCT, lambda case: reverse("leaders:instruct", args=[case.number]))
        extensions.register(Act.RECEIVE, lambda case: reverse("leaders:receive_case", args=[case.number]))
        extensions.keep_reading("leaders", _in_hand)
        extensions.strikes_off("leaders", _struck_off_on)
        from leaders.services import archives

        extensions.take_part_in_archives(
            "leaders",
            extensions.ArchivePart(archives.forget, archives.instructed, archives.unfinished),
        )
        for label in (
            "leaders.casepackage",
            "leaders.packagecase",
            "leaders.packageproposal",
            "leaders.instruction",
            "leaders.visitrecord",
        ):
            audited.hang_on_case(label)
        from leaders.audit_doors import DOORS

        audit_words.name_doors("leaders", DOORS)
        audit_words.name_acts(
            {
                "package.assign": "包案",
                "package.enter": "信访件进入包案",
                "package.leave": "信访件退出包案",
                "package.join": "加入包案专班",
                "package.part": "退出包案专班",
                "package.plan": "倒排包案节点",
                "package.reach": "完成包案节点",
                "package.note": "记录包案进展",
                "package.inquire": "重新调查",
                "package.find": "写明调查结论",
                "package.apply": "申请销案",
                "package.visit_back": "登记销案回访",
                "package.decide": "审核销案",
                "package.strike_off": "销案",
                "package.reopen": "恢复包案",
                "package.hand_over": "交接包案",
                "package.round": "划定包案轮次",
                "package.propose": "处理包案建议",
                "instruction.give": "批示",
                "instruction.report": "反馈批示办理情况",
                "instruction.acknowledge": "阅批示反馈",
                "visit_day.plan": "安排接访",
                "visit_day.change": "更改接访安排",
                "visit_day.cancel": "取消接访",
                "visit.record": "记录接访",
            }
        )
        petition_stepped.connect(_follow, dispatch_uid="leaders.follow")


def _in_hand(petition: Any, user_id: int) -> bool:
    """The case is in a leader's package, or was brought to the leader in person."""
    from django.db.models import Q

    from leaders.models import PackageCase, VisitRecord

    inside = PackageCase.objects.inside().filter(petition=petition)
    packages = inside.filter(
        Q(package__leader=user_id) | Q(package__members__user=user_id, package__members__left_at=None)
    )
    return packages.exists() or VisitRecord.objects.filter(petition=petition, leader=user_id).exists()


def _follow(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    """A sealed case leaves this room; of a unit that has ended, whoever followed it reports (条例 24)."""
    from leaders.models import Instruction
    from leaders.services import sealing
    from petitions.enums import Act
    from petitions.services import succession
    from petitions.workflow import SEALING

    if step is None:
        if petition.repeat_of_id is not None and not petition.sealed:
            from leaders.services import watching

            watching.came_back(petition, Act.LINK, event.at)
        return
    if petition.sealed and step.act in SEALING:
        sealing.let_go(petition, event.at)
    elif step.act in {Act.LINK, Act.REDO} and not petition.sealed:
        from leaders.services import watching

        watching.came_back(petition, step.act, event.at)
    elif step.act == Act.SUCCEED:
        succession.follow_rows(Instruction.objects.filter(done_at=None), petition, event.at)


def _struck_off_on(petition: Any) -> date | None:
    """The day of the last 销案; none while the case is in a package."""
    from core.timekeeping import local_day
    from leaders.enums import LeaveWhy
    from leaders.models import PackageCase

    last = PackageCase.objects.filter(petition=petition).order_by("-entered_at", "-id").first()
    if last is None or last.left_at is None or last.left_why != LeaveWhy.STRUCK_OFF:
        return None
    return local_day(last.left_at)
