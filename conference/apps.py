from typing import Any

from django.apps import AppConfig


class ConferenceConfig(AppConfig):
    name = "conference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from accounts.signals_upward import unit_followed
        from conference import enums, selectors
        from conference.audit_doors import DOORS
        from conference.services import archives
        from core import nav
        from deadlines import steps
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.selectors.desk import WORKERS
        from petitions.signals import petition_stepped

        steps.name("rectification", ["联席会议作出决定", "退回整改报告"], ["提交整改报告", "转为检举控告"])
        nav.register("联席会议", "conference:meetings", WORKERS, "people", order=70, seldom=True)
        extensions.register(Act.CONFER, lambda case: reverse("conference:dispute_open", args=[case.number]))
        extensions.name_receivers("conference", selectors.receivers_of)
        extensions.on_case_page("conference", selectors.case_part)
        extensions.take_part_in_archives(
            "conference", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        audit_words.name_doors("conference", DOORS)
        for row in ("dispute", "order"):
            audited.hang_on_case(f"conference.{row}")
        audit_words.name_details(
            {
                "step": "争议步骤",
                "done": "是否到位",
                "revision": "第几稿",
                "moved_from": "原定时间",
                "moved_to": "改为",
            },
            step=dict(enums.DisputeState.choices),
        )
        audit_words.name_acts(
            {
                "conference.call": "召集联席会议",
                "conference.agenda": "编排会议议题",
                "conference.cancel": "取消联席会议",
                "conference.move": "联席会议改期",
                "conference.write": "录入会议纪要",
                "conference.issue": "印发会议纪要",
                "conference.correct": "更正会议纪要",
                "conference.open": "提出管辖争议",
                "conference.raise": "报请决定管辖争议",
                "conference.settle": "决定管辖争议",
                "conference.order": "下达联席会议决定",
                "conference.talk": "登记约谈",
                "conference.answer": "书面报告整改",
                "conference.review": "审核整改报告",
                "conference.succeed": "联席会议决定由承继单位落实",
                "conference.export": "导出联席会议决定登记册",
            }
        )
        petition_stepped.connect(_follow, dispatch_uid="conference.follow")
        unit_followed.connect(_pass_on, dispatch_uid="conference.pass_on")


def _pass_on(sender: Any, unit: Any, at: Any, **kwargs: Any) -> None:
    from conference.services import ordering

    ordering.pass_on(unit, at)


def _follow(sender: Any, petition: Any, event: Any, actor: Any, step: Any, **kwargs: Any) -> None:
    """See ``services.following``. A bulk load has no disputes, and what was urgent in it is over."""
    from conference.services import following
    from core.bulk import made_here
    from petitions.models import Petition

    if step is not None and made_here(Petition, petition.pk) is None:
        following.follow(petition, event, actor, step)
