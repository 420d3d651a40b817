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
        from deadlines import steps
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.signals import petition_stepped

        steps.name("instruction", ["下达批示"], ["批示办结", "撤销批示", "转为检举控告"])
        steps.name("package", ["确定包案", "移交包案领导"], ["包案化解销案", "移交包案领导", "转为检举控告"])
        steps.name("reading", ["来信送请阅批"], ["阅批", "不再需要阅批", "转为检举控告"])
        leader, officer = Role.LEADER, Role.PETITION_OFFICER
        nav.register("今天", "leaders:home", [leader], "house", order=5)
        nav.register("包案", "leaders:packages", [leader, officer, Role.INSPECTOR], "flag", order=60)
        doers = [leader, officer, Role.HANDLER, Role.UNIT_HEAD, Role.INSPECTOR]
        nav.register("批示", "leaders:instructions", doers, "pencil-square", order=62)
        nav.register(
            "接访", "leaders:days", [leader, officer, Role.CLERK], "calendar-event", order=64, seldom=True
        )
        nav.register("领导接访", "leaders:public_visits", [nav.PUBLIC], "calendar-event", order=40)
        nav.register("领导信箱", "leaders:public_inboxes", [nav.PUBLIC], "envelope", order=42)
        nav.register("待批", "leaders:decisions", [leader, Role.UNIT_HEAD], "check2-square", order=8)
        # An officer decides on 销案 alone, and has a full row.
        nav.register("待批", "leaders:decisions", [officer], "check2-square", order=61, seldom=True)
        readers = [leader, Role.UNIT_HEAD, officer, Role.INSPECTOR]
        nav.register("阅批", "leaders:readings", readers, "inbox", order=63, seldom=True)
        nav.register(
            "信箱", "leaders:inboxes", [leader, officer, Role.INSPECTOR], "envelope", order=65, seldom=True
        )
        nav.register("包联", "leaders:areas", [leader, officer], "geo-alt", order=66, seldom=True)
        extensions.register(Act.INSTRUCT, lambda case: reverse("leaders:instruct", args=[case.number]))
        extensions.register(Act.RECEIVE, lambda case: reverse("leaders:receive_case", args=[case.number]))
        extensions.keep_reading("leaders", _in_hand)
        extensions.strikes_off("leaders", _struck_off_on)
        from leaders import decisions
        from leaders.selectors import extensions as asks
        from leaders.selectors import inboxes, records, striking
        from leaders.services import archives

        extensions.decisions_wait(
            "leaders.replies",
            extensions.Decisions(
                "以领导名义的回复",
                decisions.letters,
                decisions.show_letters,
                lambda: reverse("leaders:decisions"),
            ),
        )
        extensions.decisions_wait(
            "leaders.extensions",
            extensions.Decisions("延期申请", asks.waiting, asks.show, lambda: reverse("leaders:decisions")),
        )
        extensions.decisions_wait(
            "leaders.strike_offs",
            extensions.Decisions(
                "销案申请", striking.waiting, striking.show, lambda: reverse("leaders:decisions")
            ),
        )
        extensions.on_case_page("leaders.extensions", asks.case_part)
        extensions.on_own_page("leaders", inboxes.own_part)
        extensions.on_case_page("leaders", inboxes.case_part)
        extensions.on_case_page("leaders.visits", records.case_part)

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
            "leaders.daycase",
            "leaders.inboxletter",
            "leaders.reading",
            "leaders.extensionask",
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
                "package.rule": "设定包案规则",
                "package.propose": "处理包案建议",
                "instruction.give": "批示",
                "instruction.report": "反馈批示办理情况",
                "instruction.acknowledge": "阅批示反馈",
                "instruction.name_doer": "指定批示承办人",
                "visit_day.plan": "安排接访",
                "visit_day.change": "更改接访安排",
                "visit_day.publish": "公布接访安排",
                "visit_day.cancel": "取消接访",
                "visit.record": "记录接访",
                "visit_turn.call": "接访叫号",
                "visit_turn.mark": "登记预约人到场情况",
                "visit_turn.case": "登记带案到场情况",
                "visit_day.read": "记为已预读",
                "visit_day.stage": "完成接访阶段",
                "visit_promise.keep": "接访承诺记为兑现",
                "visit_day.substitute": "接访由另一位领导顶班",
                "visit_day.swap": "接访换班",
                "visit_booking.book": "预约接访",
                "visit_booking.walk_in": "接访现场取号",
                "visit_booking.cancel": "取消接访预约",
                "visit_booking.tell": "电话告知预约人",
                "visit_booking.move": "预约改到另一天",
                "visit_feed.renew": "生成接访日历地址",
                "visit_case.pick": "列入带案下访",
                "visit_case.drop": "撤出带案下访",
                "day_rule.add": "登记接访排班",
                "day_rule.end": "结束接访排班",
                "visit_site.add": "登记接访场所",
                "visit_site.change": "更改接访场所",
                "area.add": "登记包联",
                "area.end": "结束包联",
                "inbox.open": "设立信箱",
                "inbox.change": "更改信箱",
                "inbox.delegate": "指定信箱代阅人",
                "inbox.delegate_end": "取消信箱代阅人",
                "inbox.look": "打开信箱来信",
                "inbox.take": "由来信接手信访件",
                "inbox.draft": "代拟领导回复",
                "inbox.release": "签发领导回复",
                "inbox.ask_back": "退回领导回复草稿",
                "inbox.drop": "决定不发领导回复",
                "extension.ask": "申请延期",
                "extension.returned": "退回延期申请",
                "extension.granted": "批准延期申请",
                "extension.refused": "不同意延期申请",
                "reading.begin": "设定限期阅批",
                "reading.end": "停止限期阅批",
                "reading.read": "阅批来信",
            }
        )
        petition_stepped.connect(_follow, dispatch_uid="leaders.follow")


def _in_hand(petition: Any, user_id: int) -> bool:
    """The case is in a leader's package or in one of theirs that is followed after 销案, was brought to the leader in
    person, or is taken along to a reception."""
    from django.db.models import Q

    from leaders.models import PackageCase, VisitRecord
    from leaders.services import watching
    from leaders.services.day_cases import reads_for_a_day

    if reads_for_a_day(petition, user_id) or watching.still_follows(petition, user_id):
        return True
    inside = PackageCase.objects.inside().filter(petition=petition)
    packages = inside.filter(
        Q(package__leader=user_id) | Q(package__members__user=user_id, package__members__left_at=None)
    )
    return packages.exists() or VisitRecord.objects.filter(petition=petition, leader=user_id).exists()


def _follow(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    """A sealed case leaves this room; of a unit that has ended, whoever followed it reports (条例 24)."""
    from leaders.models import Instruction
    from leaders.services import promises, readings, sealing
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
        promises.let_go(petition, event.at)
    elif step.act in {Act.LINK, Act.REDO} and not petition.sealed:
        from leaders.services import watching

        watching.came_back(petition, step.act, event.at)
    elif step.act == Act.INSTRUCT:
        readings.instructed(petition, kwargs["actor"], event.at)
    elif step.act in {Act.FORWARD, Act.ASSIGN, Act.SUCCEED}:
        readings.arrived(petition, event.at)
    if step.act == Act.SUCCEED:
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
