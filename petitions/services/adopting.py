"""建议意见: studied, adopted or not with reasons, answered, and what was adopted put into practice (条例 29)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import han_date, local_day
from core.wording import said
from petitions.enums import Act, AdoptionDecision, Kind
from petitions.models import Adoption, Petition
from petitions.services import joining
from petitions.services.stepping import Stepping, stepping


def adopt(
    *,
    petition: Petition,
    actor: Actor,
    study: str,
    decision: AdoptionDecision,
    reasons: str,
    practice: str = "",
    practice_due_on: date | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Record what the study came to, before the answer. Recorded again, it takes the place of the former. Joined cases
    have the same: one suggestion is studied once.

    Raises Refusal: no study or no reasons; adopted without saying how and by when it is put into practice (a day to
    come), or not adopted and yet to be practised.
    """
    with stepping(petition, Act.ADOPT, actor, at=at, token=token) as work:
        study = said(study, _("请写明怎样研究论证的：征求了谁的意见，是否科学合理、现实可行。"))
        reasons = said(reasons, _("请写明采纳或者不采纳的理由（条例第二十九条）。"))
        if decision.is_adopted:
            practice = said(practice, _("采纳的建议，请写明怎样落实。"))
            if practice_due_on is None or practice_due_on <= local_day(work.at):
                raise Refusal(_("采纳的建议，请写明今天以后的落实期限。"), code="invalid")
        elif practice.strip() or practice_due_on is not None:
            raise Refusal(
                _("没有采纳的建议不填写怎样落实和落实期限；部分采纳的请选“部分采纳”。"), code="invalid"
            )

        def record(one: Stepping) -> None:
            case = one.petition
            assert case.lead_unit is not None
            Adoption.objects.update_or_create(
                petition=case,
                defaults={
                    "study": study,
                    "decision": decision,
                    "reasons": reasons,
                    "practice": practice.strip(),
                    "practice_due_on": practice_due_on,
                    "decided_at": one.at,
                    "by": one.actor.user,
                    "unit": case.lead_unit,
                },
            )
            case._state.fields_cache.pop("adoption", None)
            one.text = _("%(decision)s：%(reasons)s（研究情况：%(study)s）") % {
                "decision": decision.label,
                "reasons": reasons,
                "study": study,
            }
            one.public_text = _words(case, decision, reasons, practice, practice_due_on)
            one.detail = {"adoption": decision}

        joining.together(work, record, also=lambda case: case.kind == Kind.SUGGESTION)


def _words(
    case: Petition, decision: AdoptionDecision, reasons: str, practice: str, due_on: date | None
) -> str:
    assert case.lead_unit is not None
    text = _("%(unit)s研究了您的建议：%(decision)s。理由：%(reasons)s") % {
        "unit": case.lead_unit.name,
        "decision": decision.label,
        "reasons": reasons,
    }
    if due_on is not None:
        text += _(" 落实：%(practice)s，%(day)s前完成。") % {
            "practice": practice.strip().rstrip("。"),
            "day": han_date(due_on),
        }
    return text


def practise(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """What was adopted is done; the petitioner reads it. After the answer, in a closed case too.

    Raises Refusal: nothing that was adopted waits; nothing written.
    """
    with stepping(petition, Act.PRACTISE, actor, at=at, token=token) as work:
        text = said(text, _("请写明落实了什么。"))
        adoption = Adoption.objects.select_for_update().get(petition=work.petition)
        adoption.practised_at, adoption.practised = work.at, text
        adoption.save(update_fields=["practised_at", "practised"])
        work.petition._state.fields_cache.pop("adoption", None)
        work.text = text
        work.public_text = _("您的建议已经落实：%(text)s") % {"text": text}


def require_studied(case: Petition) -> None:
    """Raises Refusal: a suggestion is to be answered before anybody has said what became of it (条例 29)."""
    if case.kind == Kind.SUGGESTION and not Adoption.objects.filter(petition=case).exists():
        raise Refusal(
            _("本件是建议意见：请先“研究采纳”，登记是否采纳和理由，再答复信访人（条例第二十九条）。"),
            code="stale",
        )
