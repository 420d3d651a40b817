"""Where an alert of a case's clock leads: the form of the act that stops it, for whoever may do it, or the case."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from accounts.models import Post
from deadlines.ladder import DueStep
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import own_clocks
from petitions.workflow import ClockCode as C
from petitions.workflow import step_for

#: Of the acts that stop a clock (``petitions.workflow``), the one that does what it was for; where that takes two, the
#: one that leads there first.
STOPPED_BY: dict[str, tuple[Act, ...]] = {
    C.FORWARDING: (Act.FORWARD,),
    C.REFORWARDING: (Act.FORWARD,),
    C.NOTICE: (Act.ACCEPT, Act.GIVE_NOTICE),
    C.OBJECTION: (Act.OBJECT,),
    C.CONCLUSION: (Act.CONCLUDE, Act.MAKE_OPINION),
    C.SIMPLE: (Act.CONCLUDE, Act.MAKE_OPINION),
    C.SERVICE: (Act.SERVE,),
    C.FEEDBACK: (Act.SEND_REPORT,),
    C.REPORT_DECISION: (Act.ACCEPT_REPORT,),
    C.RESPOND: (Act.RESPOND,),
    C.CALL: (Act.CALL,),
    C.FIRST_ROUND: (Act.FIRST_ROUND,),
}


def split(
    petition: Petition, step: DueStep, told: Sequence[int], posts: Sequence[Post]
) -> list[tuple[list[int], str]]:
    """The recipients by where their notice leads. ``posts``: of the unit that must act. No queries.

    Whoever opens the form is asked again whether they may; of a sealed case all are led to the case, whose page knows
    who does what there.
    """
    rule = step.clock.rule
    acts = STOPPED_BY.get(rule.code) or own_clocks.stop_acts(rule)
    rows = (step_for(Status(petition.status), act) for act in acts)
    row = next((one for one in rows if one is not None), None)
    doers: set[int] = set()
    if row is not None and not petition.sealed:
        doers = {post.user_id for post in posts if post.role in row.by}
    does = [pk for pk in told if pk in doers]
    others = [pk for pk in told if pk not in doers]
    found = [(others, petition.get_absolute_url())] if others or not does else []
    if does and row is not None:
        found.append((does, reverse("petitions:act", args=[petition.number, row.act.value])))
    return found
