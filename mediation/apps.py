from typing import Any

from django.apps import AppConfig

from accounts.enums import Role


class MediationConfig(AppConfig):
    name = "mediation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from core import nav
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.signals import petition_stepped

        staff = [Role.MEDIATOR, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD]
        nav.register("调解", "mediation:mine", staff, "people", order=66, seldom=True)
        nav.register("调解室", "mediation:rooms", [nav.PUBLIC], "people", order=42)
        extensions.register(Act.MEDIATE, lambda case: reverse("mediation:case", args=[case.number]))
        extensions.keep_reading("mediation", _mediates)
        from mediation import selectors
        from mediation.services import archives

        extensions.shows_work("mediation", selectors.works_on)
        extensions.on_own_page("mediation", selectors.own_part)
        extensions.take_part_in_archives(
            "mediation", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        from mediation import enums

        audited.hang_on_case("mediation.mediationcase")
        audited.hang_on_case("mediation.session", "mediation__petition")
        audit_words.name_details(
            side=dict(enums.Side.choices),
            how=dict(enums.ConsentHow.choices),
            result=dict(enums.Result.choices),
            leaving=dict(enums.Leaving.choices),
            ground=dict(enums.BarGround.choices),
        )
        from mediation.audit_doors import DOORS

        audit_words.name_doors("mediation", DOORS)
        audit_words.name_acts(
            {
                "mediation.keep_room": "登记调解室",
                "mediation.keep_mediator": "登记调解员",
                "mediation.keep_pool": "登记专家库",
                "mediation.keep_duty": "安排轮值院长",
                "mediation.hand_over": "轮值交班",
                "mediation.take_over": "轮值接班",
                "mediation.renew_feed": "生成调解日历地址",
                "mediation.open": "转入调解",
                "mediation.party": "登记调解当事人",
                "mediation.party_change": "更改调解当事人",
                "mediation.party_leave": "登记当事人退出调解",
                "mediation.slip": "给当事人查询单",
                "mediation.contact": "查看当事人电话和住址",
                "mediation.bar": "登记不宜调解的人",
                "mediation.hand_on": "转到别的调解层级",
                "mediation.ladder": "设定调解阶梯",
                "mediation.consent": "记录同意调解",
                "mediation.withdraw": "记录不再调解",
                "mediation.schedule": "安排调解",
                "mediation.move_session": "调解改期",
                "mediation.cancel_session": "取消调解安排",
                "mediation.hold": "记录调解",
                "mediation.end": "结束调解",
            }
        )
        petition_stepped.connect(_seal, dispatch_uid="mediation.seal")
        from mediation import ready

        ready.ready()


def _mediates(petition: Any, user_id: int) -> bool:
    from mediation.models import MediationCase

    return MediationCase.objects.in_hand_of(user_id).filter(petition=petition).exists()


def _seal(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    from mediation.services import sealing
    from petitions.workflow import SEALING

    if petition.sealed and step is not None and step.act in SEALING:
        sealing.let_go(petition, event.at)
