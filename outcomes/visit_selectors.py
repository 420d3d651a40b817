"""What the page of one return visit shows: enough to make the visit from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from accounts.models import Post
from outcomes import rules
from outcomes.enums import WAITING
from outcomes.models import ReturnVisit
from outcomes.selectors import as_read
from outcomes.services import visiting
from petitions import rules as petition_rules
from petitions.models import Evaluation, Petition, Reply
from petitions.selectors import case as cases
from petitions.selectors.veiling import TEXTS, TEXTS_OF_A_CASE, Veil

NOTES = ("matter", "mood", "heart")


def visit_page(visit: ReturnVisit, actor: Actor) -> dict[str, Any]:
    """One visit; whoever must not know the petitioner has its texts under the veil (条例 30). The case that new facts
    became is named to whoever may read it."""
    petition = as_read(visit).petition
    cover = Veil(petition, actor)
    new = (
        Petition.objects.visible_to(actor).filter(pk=visit.new_case_id).first() if visit.new_case_id else None
    )
    waits = visit.state in WAITING
    whole = bool(getattr(visit, "whole", False))
    told = _told(visit, petition, actor, cover) if whole else {}
    cover.over(petition, TEXTS_OF_A_CASE)
    cover.over(visit, ("reason", *NOTES))
    return {
        **told,
        "petition": petition,
        "visit": visit,
        "new_case": new,
        "may": {
            "assign_visit": waits and rules.may_assign(actor, visit),
            "record_visit": waits and rules.is_visitor(actor, visit),
        },
    }


def _told(visit: ReturnVisit, petition: Petition, actor: Actor, cover: Veil) -> dict[str, Any]:
    """What the visitor speaks about, and with whom: the petitioner's own words, each request with its outcome, the
    answer, what they said when they rated it; their line, of which one field is opened with a reason and on record."""
    reply = Reply.objects.select_related("unit").filter(petition=petition).first()
    requests = list(petition.requests.all())
    rated = Evaluation.objects.filter(petition=petition).first()
    cover.over(reply, TEXTS["reply"])
    cover.over(rated, TEXTS["evaluation"])
    cover.over(visit.about, TEXTS["evaluation"])
    for one in requests:
        cover.over(one, TEXTS["requests"])
    return {
        "reply": reply,
        "requests": requests,
        "rated": rated,
        # How the office itself was rated is not for whoever works at its desk, before the case is closed.
        "stage": visit.about,
        "reads_office": petition_rules.sees_evaluation(petition, actor),
        "people": cases.people(petition, actor),
        "knows_petitioner": petition_rules.knows_petitioner(petition, actor),
    }


def left_out(visit: ReturnVisit, at: datetime) -> list[tuple[Post, str]]:
    """Who stands at the same desks and does not go, each person once, with why."""
    office, body = rules.about_the_office(visit), visiting.reviewer_of(visit)
    found = visiting.candidates(visit.petition, at, office_rated=office, reviewed_by=body)
    going = {post.user_id for post, why in found if not why}
    out = {post.user_id: (post, why) for post, why in found if why and post.user_id not in going}
    return list(out.values())
