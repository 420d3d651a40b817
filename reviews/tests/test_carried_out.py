"""撤销 and 变更 reach what is carried out (条例 32, 35, 36): the answer's executions end, with a reason, once the decision
was served, and what it grants begins."""

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from outcomes.enums import ExecutionState
from outcomes.models import Execution, ExecutionClock
from outcomes.services import executing
from reviews.enums import Outcome

pytestmark = pytest.mark.django_db
OWN = {"opinion": "夜市九点半收摊，由城管每晚检查。"}


def states(case):
    return list(Execution.objects.filter(petition=case).order_by("round").values_list("state", flat=True))


@pytest.mark.article(32, 35)
def test_a_change_that_grants_ends_the_former_execution_and_begins_its_own_at_service(
    served, ask, decide, hand_decision_over, cast
):
    case = served()
    review = decide(ask(case), outcome=Outcome.CHANGED, grants=[1], **OWN)
    assert states(case) == [ExecutionState.OPEN]  # nobody knows of the decision before it is served
    hand_decision_over(review)
    former, fresh = Execution.objects.filter(petition=case).order_by("round")
    assert former.state == ExecutionState.SET_ASIDE and former.ended_at is not None
    assert former.end_reason == "清江县复查意见（变更），原答复不再有效"
    assert not ExecutionClock.objects.filter(execution=former, stopped_at=None).exists()
    assert (fresh.state, fresh.what, fresh.unit) == (ExecutionState.OPEN, OWN["opinion"], former.unit)
    assert fresh.source == "清江县复查意见（变更）" and fresh.clocks.get().running
    assert fresh.due_on == executing.default_due_on(now())
    assert Notice.objects.filter(recipient=cast.handler, text__contains="不再执行").count() == 1
    assert Notice.objects.filter(recipient=cast.unit_head, text__contains="默认").count() == 2


@pytest.mark.article(35)
@pytest.mark.parametrize("outcome", [Outcome.REVOKED, Outcome.CHANGED])
def test_one_that_grants_nothing_ends_what_is_open_and_begins_nothing(
    served, ask, decide, hand_decision_over, cast, client_as, outcome
):
    case = served()
    hand_decision_over(decide(ask(case), outcome=outcome, **OWN))
    assert states(case) == [ExecutionState.SET_ASIDE]
    row = Execution.objects.get()
    page = client_as(cast.handler).get(row.get_absolute_url()).content.decode()
    assert row.end_reason in page and str(outcome.label) in row.end_reason


@pytest.mark.article(35)
def test_upholding_changes_nothing_and_what_was_done_stays_done(
    served, ask, decide, hand_decision_over, cast
):
    case = served()
    hand_decision_over(decide(ask(case)))
    assert states(case) == [ExecutionState.OPEN]
    other = served()
    row = Execution.objects.get(petition=other)
    executing.report(execution=row, actor=cast.actor("handler"), text="已落实。", done_on=local_day(now()))
    executing.confirm(execution=row, actor=cast.actor("petition_officer"), done=True, word="看过。")
    hand_decision_over(decide(ask(other), outcome=Outcome.REVOKED, grants=[1], **OWN))
    assert states(other) == [ExecutionState.DONE, ExecutionState.OPEN]


@pytest.mark.parametrize("outcome, grants", [(Outcome.UPHELD, [1]), (Outcome.CHANGED, [7])])
def test_what_cannot_be_granted_is_refused(served, ask, decide, outcome, grants):
    review = ask(served())
    with pytest.raises(Refusal) as refused:
        decide(review, outcome=outcome, grants=grants, **(OWN if outcome == Outcome.CHANGED else {}))
    review.refresh_from_db()
    assert refused.value.code == "invalid" and review.state == "asked"


@pytest.mark.article(36)
def test_a_final_review_by_a_body_outside_that_grants_is_carried_out_too(
    served, ask, decide, hand_decision_over, cast, client_as
):
    case = served()
    hand_decision_over(decide(ask(case)))
    officer, today = client_as(cast.petition_officer), local_day(now()).isoformat()
    sent = {"body_name": "江州市人民政府", "asked_on": today, "token": "e" * 20}
    assert officer.post(reverse("reviews:elsewhere", args=[case.number]), sent).status_code == 302
    address = reverse("reviews:elsewhere_outcome", args=[case.number])
    words = {"outcome": "changed", "decided_on": today, "served_on": today, "text": "九点收摊。"}
    assert officer.post(address, {**words, "grants": ["9"]}).status_code == 422
    assert officer.post(address, {**words, "grants": ["1"]}).status_code == 302
    fresh = Execution.objects.get(petition=case, state=ExecutionState.OPEN)
    assert fresh.source == "江州市人民政府复核意见（变更）" and fresh.what == "九点收摊。"
