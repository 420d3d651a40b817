from typing import Any

from django.apps import AppConfig

from accounts.enums import Role


class SupervisionConfig(AppConfig):
    name = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from core import nav
        from deadlines import steps
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.selectors.desk import WORKERS
        from petitions.signals import petition_stepped
        from supervision import enums, selectors
        from supervision.audit_doors import DOORS
        from supervision.services import archives

        steps.name(
            "supervision",
            ["发起督办", "挂牌督办", "退回督办反馈"],
            ["督办反馈", "挂牌督办另定日期", "转为检举控告"],
        )
        steps.name("suggestion", ["提出建议"], ["书面反馈采纳情况", "转为检举控告"])
        nav.register("督办", "supervision:list", WORKERS, "flag", order=66)
        nav.register(
            "紧急处置", "supervision:urgent_list", [*WORKERS, Role.CLERK], "flag", order=67, seldom=True
        )
        nav.register(
            "电话提醒",
            "supervision:calls",
            [Role.INSPECTOR, Role.PETITION_OFFICER],
            "telephone",
            order=66,
            seldom=True,
        )
        nav.register("三项建议", "supervision:suggestions", WORKERS, "pencil-square", order=69, seldom=True)
        extensions.register(Act.SUPERVISE, lambda case: reverse("supervision:open", args=[case.number]))
        extensions.register(Act.DISPATCH, lambda case: reverse("supervision:dispatch", args=[case.number]))
        extensions.on_case_page("supervision", selectors.case_part)
        extensions.keep_words_of(Act.SUPERVISE, selectors.demands_kept)
        extensions.keep_words_of(Act.DISPATCH, selectors.dispatches_kept)
        extensions.take_part_in_archives(
            "supervision", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        audit_words.name_doors("supervision", DOORS)
        for row in ("supervision", "urgentresponse", "suggestion"):
            audited.hang_on_case(f"supervision.{row}")
        audit_words.name_details(
            {
                "ground": "督办事由",
                "mode": "督办方式",
                "line": "报送方向",
                "adoption": "采纳情况",
                "rows": "行数",
            },
            ground=dict(enums.Ground.choices),
            mode=dict(enums.Mode.choices),
            line=dict(enums.Line.choices),
            kind=dict(enums.SuggestionKind.choices),
            adoption=dict(enums.Adoption.choices),
        )
        audit_words.name_acts(
            {
                "supervision.open": "发出督办",
                "supervision.propose": "按规则提出督办",
                "supervision.rule": "更改督办规则",
                "supervision.dismiss": "不予督办",
                "supervision.effort": "登记督办情况",
                "supervision.call": "登记提醒电话",
                "supervision.feed_back": "反馈督办",
                "supervision.close": "办结督办",
                "supervision.return": "退回督办反馈",
                **{f"urgent.{act.value}": f"紧急处置：{act.label}" for act in enums.UrgentAct},
                "suggestion.issue": "提出三项建议",
                "suggestion.answer": "反馈三项建议",
                "suggestion.export": "导出三项建议登记册",
                "supervision.list": "挂牌督办",
                "supervision.tick": "登记时间节点完成",
                "supervision.download": "下载督办材料",
            }
        )
        petition_stepped.connect(_follow, dispatch_uid="supervision.follow")


def _follow(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    """A sealed case leaves this room; of a unit that has ended, whoever followed it is pressed (条例 24)."""
    from petitions.enums import Act
    from petitions.services import succession
    from petitions.workflow import SEALING
    from supervision.models import Supervision
    from supervision.services import sealing

    if step is None:
        return
    if petition.sealed and step.act in SEALING:
        sealing.let_go(petition, event.at)
    elif step.act == Act.SUCCEED:
        succession.follow_rows(Supervision.objects.live(), petition, event.at)
