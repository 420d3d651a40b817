"""What the talks and the joint sittings of this room tell the others when the project starts."""

from __future__ import annotations

from typing import Any


def ready() -> None:
    from accounts import audit_words
    from core import nav
    from mediation.talk_enums import Fate, PanelKind, TalkAct, TalkKind
    from mediation.talk_querysets import TALK_ROLES

    nav.register("恳谈", "mediation:talk_list", TALK_ROLES, "people", order=67, seldom=True)
    nav.register("恳谈公告", "mediation:talks", [nav.PUBLIC], "people", order=43)
    audit_words.name_details(
        {"came": "到场", "fate": "去向", "ordinal": "第几件", "taken_down": "撤下"},
        fate=dict(Fate.choices),
        kind={**dict(TalkKind.choices), **dict(PanelKind.choices)},
    )
    audit_words.name_acts({f"talk.{act.value}": str(act.label) for act in TalkAct})
    _sittings()
    _room_sessions()
    _agreements()
    _disputes()


def _disputes() -> None:
    from django.urls import reverse

    from accounts import audit_words
    from deadlines import steps
    from mediation.dispute_enums import Source
    from mediation.services import dispute_alerts, dispute_archives, slips
    from mediation.services.disputes import PREFIX
    from notifications.services import subjects
    from petitions import extensions

    for prefix in (PREFIX, slips.PREFIX):
        extensions.look_up_elsewhere(prefix, lambda: reverse("mediation:dispute_query"))
    steps.name("dispute", ["登记纠纷"], ["接手调解", "答复去向", "登记为信访件"])
    subjects.register(
        subjects.Subject(
            kind=dispute_alerts.KIND,
            lost=dispute_alerts.lost,
            sealed=dispute_alerts.never_sealed,
            undelivered=dispute_alerts.undelivered,
        )
    )
    extensions.take_part_in_archives(
        "mediation.disputes",
        extensions.ArchivePart(dispute_archives.forget_with, unfinished=dispute_archives.unfinished),
    )
    audit_words.name_details(source=dict(Source.choices))
    audit_words.name_acts(
        {
            "mediation.file": "登记纠纷",
            "mediation.answer": "答复纠纷去向",
            "mediation.register": "把纠纷登记为信访件",
            "mediation.relate": "关联以前的纠纷",
            "mediation.keep_out": "登记须回避的人",
            "mediation.dispute_contact": "查看纠纷双方的联系方式",
        }
    )


def _agreements() -> None:
    from accounts import audit_words
    from deadlines import steps
    from mediation import agreement_enums, agreement_selectors
    from mediation.services import agreement_keeping
    from petitions import extensions
    from petitions.selectors import audited
    from petitions.signals import petition_stepped

    holds = ["各方都签字的调解协议生效", "记录口头协议"]
    steps.name("agreement_duty", holds, ["登记已履行或不履行", "转为检举控告"])
    steps.name("judicial_confirmation", holds, ["登记司法确认申请", "转为检举控告"])
    steps.name("agreement_visit", holds, ["登记调解回访", "转为检举控告"])
    extensions.on_own_page("mediation.agreements", agreement_selectors.own_part)
    extensions.take_part_in_archives(
        "mediation.agreements",
        extensions.ArchivePart(agreement_keeping.forget, unfinished=agreement_keeping.unfinished),
    )
    audited.hang_on_case("mediation.agreement", "mediation__petition")
    audited.hang_on_case("mediation.duty", "agreement__mediation__petition")
    audited.hang_on_case("mediation.agreementvisit", "agreement__mediation__petition")
    audit_words.name_details(
        {
            "agreement": "协议种类",
            "performed": "履行情况",
            "ruling": "法院结果",
            "signers": "谁签字",
            "signing": "签字方式",
            "visit": "回访结果",
        },
        agreement=dict(agreement_enums.AgreementKind.choices),
        performed=dict(agreement_enums.Performed.choices),
        ruling=dict(agreement_enums.Ruling.choices),
        signers=dict(agreement_enums.Signer.choices),
        signing=dict(agreement_enums.SigningWay.choices),
        visit=dict(agreement_enums.VisitResult.choices),
    )
    audit_words.name_acts(
        {
            "mediation.agreement_draft": "拟写调解协议",
            "mediation.agreement_revise": "更改调解协议",
            "mediation.agreement_discard": "撤下没有签成的协议",
            "mediation.agreement_sign": "登记协议签字",
            "mediation.agreement_holds": "调解协议生效",
            "mediation.agreement_paper": "打印调解协议",
            "mediation.agreement_file": "查看协议签字页",
            "mediation.agreement_again": "再次调解",
            "mediation.agreement_visit": "登记调解回访",
            "mediation.duty_report": "登记协议履行情况",
            "mediation.confirmation_apply": "登记司法确认申请",
            "mediation.confirmation_result": "登记司法确认结果",
            "mediation.confirmation_paper": "打印司法确认申请书",
        }
    )
    petition_stepped.connect(_seal_agreements, dispatch_uid="mediation.agreements.seal")


def _seal_agreements(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    from mediation.services import agreement_keeping
    from petitions.workflow import SEALING

    if petition.sealed and step is not None and step.act in SEALING:
        agreement_keeping.let_go(petition, event.at)


def _room_sessions() -> None:
    from mediation import session_ready

    session_ready.ready()


def _sittings() -> None:
    from accounts import audit_words
    from core import nav
    from deadlines import steps
    from mediation import sitting_selectors
    from mediation.services import archives
    from mediation.sitting_enums import SittingAct, SittingKind
    from mediation.sitting_querysets import CALLERS
    from petitions import extensions
    from petitions.selectors import audited
    from petitions.signals import petition_stepped

    steps.name(
        "mediation_level", ["转入调解", "转到别的调解层级"], ["转到别的调解层级", "调解结束", "转为检举控告"]
    )
    steps.name("undertaking", ["会办登记承诺事项", "退回落实反馈"], ["反馈落实情况", "转为检举控告"])
    nav.register("会办", "mediation:sittings", CALLERS, "people", order=68, seldom=True)
    extensions.on_case_page("mediation.sittings", sitting_selectors.case_part)
    extensions.take_part_in_archives(
        "mediation.sittings",
        extensions.ArchivePart(lambda petition: 0, unfinished=archives.unfinished_sittings),
    )
    audited.hang_on_case("mediation.sitting")
    audited.hang_on_case("mediation.undertaking", "sitting__petition")
    audit_words.name_details({"round": "第几轮"}, kind=dict(SittingKind.choices))
    audit_words.name_acts({f"sitting.{act.value}": str(act.label) for act in SittingAct})
    petition_stepped.connect(_seal, dispatch_uid="mediation.sittings.seal")


def _seal(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    from mediation.services import undertakings
    from petitions.workflow import SEALING

    if petition.sealed and step is not None and step.act in SEALING:
        undertakings.let_go(petition, event.at)
