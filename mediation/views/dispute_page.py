"""What stands above the mediations of a dispute without a petition: what was brought, what can be done about it."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from core.forms import BaseForm
from mediation import dispute_selectors, rules
from mediation.dispute_enums import OPEN_TO_MEDIATION, DisputeState
from mediation.dispute_forms import AnswerForm, KeepOutForm, PressForm, RelateForm, TakeUpForm
from mediation.enums import MediationAct
from mediation.models import Dispute, DisputeClock
from petitions.services.codes import new_token

#: The names of the forms of this part.
FORMS = ("take_up", "answer", "register", "relate", "keep_out")


def parts(
    dispute: Dispute, actor: Actor, forms: dict[str, BaseForm], refused: BaseForm | None
) -> dict[str, Any]:
    """``forms``: what came back from a door; ``refused``: what the rest of the page would say above all."""
    fresh = _fresh(dispute, actor)
    own = {name: form for name, form in forms.items() if name in FORMS}
    late = next((form for name, form in own.items() if name not in fresh), None)
    earlier, later = dispute_selectors.related(dispute, actor)
    return {
        "dispute": dispute,
        "dispute_forms": fresh | {name: form for name, form in own.items() if name in fresh},
        "refused": late or (None if own else refused),
        "clock": DisputeClock.objects.filter(dispute=dispute, stopped_at=None).select_related("rule").first(),
        "became": dispute_selectors.own_case_of(dispute, actor),
        "earlier": earlier,
        "later": later,
        "story": list(dispute.events.all()),
        "kept_out": list(dispute.kept_out.all()) if _may(MediationAct.KEEP_OUT, actor, dispute) else [],
        "may_look": _may(MediationAct.CONTACT, actor, dispute) and dispute.forgotten_at is None,
    }


def _may(act: MediationAct, actor: Actor, dispute: Dispute) -> bool:
    return rules.may(act, actor, dispute=dispute)


def _fresh(dispute: Dispute, actor: Actor) -> dict[str, BaseForm]:
    """The forms that this reader may use in this state. All of them stand by one and the same row of the table."""
    if dispute.forgotten_at is not None or not _may(MediationAct.TAKE_UP, actor, dispute):
        return {}
    found: dict[str, BaseForm] = {}
    if dispute.state in OPEN_TO_MEDIATION and dispute.petition_id is None:
        mine = rules.may(MediationAct.TAKE_UP, actor) and actor.role == "mediator"
        initial = {
            "room": dispute.room_id,
            "mediator": actor.user.pk if mine and actor.user is not None else None,
            "kind": dispute.kind,
            "token": new_token(),
        }
        found["take_up"] = TakeUpForm(initial=initial, auto_id="take_up_%s")
    if dispute.state == DisputeState.WAITING:
        found["answer"] = AnswerForm(auto_id="answer_%s")
    if dispute.petition_id is None:
        found["register"] = PressForm(initial={"token": new_token()}, auto_id="register_%s")
    if dispute.earlier_id is None:
        found["relate"] = RelateForm(auto_id="relate_%s")
    found["keep_out"] = KeepOutForm(dispute=dispute, auto_id="keep_out_%s")
    return found
