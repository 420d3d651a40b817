"""全国初次 put right: the registrar often cannot know it, and figures and 简易办理 go by it (domain B4)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from core.errors import Refusal
from core.wording import said
from petitions.enums import Act
from petitions.models import Petition
from petitions.services.stepping import stepping

WORDS = {True: _lazy("是"), False: _lazy("否"), None: _lazy("不清楚")}


def correct_first(
    *,
    petition: Petition,
    actor: Actor,
    first_nationwide: bool | None,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Say otherwise than was registered whether the matter is raised for the first time anywhere; None: not known.
    本机构初次 is another flag and follows the links of the case (``following.link``, ``unlink``).

    Raises Refusal: no reason, or it stands so already.
    """
    with stepping(petition, Act.CORRECT_FIRST, actor, at=at, token=token) as work:
        reason = said(reason, _("请写明更正的理由，如在哪里查到。"))
        before = work.petition.first_nationwide
        if before is first_nationwide:
            raise Refusal(
                _("全国初次现在就是“%(word)s”，不用更正。") % {"word": WORDS[before]}, code="invalid"
            )
        work.change(first_nationwide=first_nationwide)
        work.text = _("全国初次由“%(before)s”更正为“%(after)s”：%(reason)s") % {
            "before": WORDS[before],
            "after": WORDS[first_nationwide],
            "reason": reason,
        }
        work.detail = {"first_was": str(WORDS[before]), "first_now": str(WORDS[first_nationwide])}
