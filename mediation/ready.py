"""What the talks and the joint sittings of this room tell the others when the project starts."""

from __future__ import annotations


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
