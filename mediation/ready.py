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
