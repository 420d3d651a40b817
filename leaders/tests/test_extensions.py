from datetime import timedelta

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import now
from leaders.decisions import counts
from leaders.enums import AskState
from leaders.models import ExtensionAsk
from leaders.services.extensions import ask, ask_back, grant, refuse, term_of
from notifications.models import Notice
from petitions.enums import Status
from petitions.models import Extension, PetitionClock
from petitions.services import handling

pytestmark = pytest.mark.django_db
REASON = "检测报告要到下月初才能出具。"


@pytest.fixture
def asked(cast, fresh_case):
    def make(case=None, *, actor="handler", days=20, reason=REASON):
        case = case or fresh_case(until=Status.ACCEPTED)
        return ask(petition=case, actor=cast.actor(actor), days=days, reason=reason)

    return make


def test_yes_extends_the_term_by_the_petitions_own_door(cast, asked, client_as):
    row = asked()
    before = term_of(row.petition).due_at
    assert not Extension.objects.exists()
    assert Notice.objects.filter(recipient=cast.unit_head, text__contains="申请延期 20 日").exists()
    assert counts(cast.actor("unit_head"))["leaders.extensions"] == 1
    head = client_as(cast.unit_head)
    assert row.get_absolute_url() in head.get(reverse("leaders:decisions")).content.decode()
    page = head.get(row.get_absolute_url()).content.decode()
    assert REASON in page and "批准延期" in page and "退回补充" in page and "不同意" in page
    assert (
        head.post(reverse("leaders:extension_decide", args=[row.pk]), {"verdict": "yes"}).status_code == 302
    )
    made = Extension.objects.get()
    assert (made.days, made.reason, made.approved_by) == (20, REASON, cast.unit_head)
    assert term_of(row.petition).due_at >= before + timedelta(days=20)
    row.refresh_from_db()
    assert row.state == AskState.GRANTED
    assert counts(cast.actor("unit_head"))["leaders.extensions"] == 0


def test_asked_back_it_is_asked_again_by_the_same_row(cast, asked):
    row = asked()
    ask_back(ask=row, actor=cast.actor("unit_head"), words="哪家机构检测？")
    assert Notice.objects.filter(recipient=cast.handler, text__contains="退回补充").exists()
    assert counts(cast.actor("unit_head"))["leaders.extensions"] == 0
    again = asked(row.petition, days=10, reason=REASON + "由市检测中心检测。")
    assert (again.pk, again.state, again.words) == (row.pk, AskState.ASKED, "")


def test_no_says_why_and_leaves_the_term(cast, asked):
    row = asked()
    with pytest.raises(Refusal, match="为什么不同意"):
        refuse(ask=row, actor=cast.actor("unit_head"), words=" ")
    refuse(ask=row, actor=cast.actor("unit_head"), words="可以按期办完。")
    assert not Extension.objects.exists()
    with pytest.raises(Refusal, match="没有生效"):
        grant(ask=row, actor=cast.actor("unit_head"))


def test_only_the_head_of_the_unit_decides(cast, asked, client_as):
    row = asked()
    for key in ("handler", "leader", "unit_head2", "petition_officer"):
        with pytest.raises(Refusal) as refused:
            grant(ask=row, actor=cast.actor(key))
        assert refused.value.code == "forbidden"
    url = reverse("leaders:extension_decide", args=[row.pk])
    assert client_as(cast.handler).post(url, {"verdict": "yes"}).status_code == 403
    assert client_as(cast.unit_head2).post(url, {"verdict": "yes"}).status_code == 404


def test_only_the_unit_that_handles_the_case_asks(cast, fresh_case, client_as):
    case = fresh_case(until=Status.ACCEPTED)
    for key in ("handler2", "petition_officer", "unit_head"):
        with pytest.raises(Refusal) as refused:
            ask(petition=case, actor=cast.actor(key), days=5, reason=REASON)
        assert refused.value.code == "forbidden"
    url = reverse("leaders:extension_ask", args=[case.number])
    assert url in client_as(cast.handler).get(case.get_absolute_url()).content.decode()
    assert client_as(cast.handler).get(url).status_code == 200


def test_bad_requests_are_refused_in_words_and_what_was_typed_kept(cast, asked, fresh_case, client_as):
    case = fresh_case(until=Status.ACCEPTED)
    answer = client_as(cast.handler).post(
        reverse("leaders:extension_ask", args=[case.number]), {"days": 31, "reason": REASON}
    )
    assert answer.status_code == 422 and REASON in answer.content.decode()
    with pytest.raises(Refusal, match="理由"):
        asked(case, reason=" ")
    asked(case)
    with pytest.raises(Refusal, match="已经申请过"):
        asked(case)


def test_one_that_was_extended_or_is_over_takes_no_request(cast, asked, fresh_case):
    case = fresh_case(until=Status.ACCEPTED)
    handling.extend(petition=case, actor=cast.actor("unit_head"), days=5, reason=REASON)
    with pytest.raises(Refusal, match="已经延期一次"):
        asked(case)
    late, past = fresh_case(until=Status.ACCEPTED), now() - timedelta(days=1)
    PetitionClock.objects.filter(petition=late, rule__code="conclusion").update(
        started_at=past - timedelta(days=60), raw_due_at=past, due_at=past, soon_at=past - timedelta(days=3)
    )
    with pytest.raises(Refusal, match="已届满"):
        asked(late)


def test_what_the_head_extended_elsewhere_no_longer_waits(cast, asked):
    row = asked()
    handling.extend(petition=row.petition, actor=cast.actor("unit_head"), days=5, reason=REASON)
    assert counts(cast.actor("unit_head"))["leaders.extensions"] == 0
    with pytest.raises(Refusal):
        grant(ask=row, actor=cast.actor("unit_head"))
    assert ExtensionAsk.objects.get().state == AskState.ASKED
