"""A hearing of a 复核: its notice to both sides, its panel, who stands aside, its record and its days (条例 28, 36)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions.services import codes
from reviews.enums import ToldHow
from reviews.models import CalledHearing, HearingMember
from reviews.services import applying, deciding, hearings
from reviews.tests.conftest import moment

pytestmark = pytest.mark.django_db
ASKED, TOLD = moment(date(2026, 3, 2)), moment(date(2026, 3, 5))
HELD = date(2026, 3, 12)


@pytest.fixture
def final(served, ask, decide, hand_decision_over, town_head):
    """A 复核 by the district, asked for on 2 March 2026, of what 东溪镇 decided on 石桥村's answer."""

    def make(**new):
        case = served(moment(date(2026, 2, 1)), village=True, **new)
        first = ask(case, at=moment(date(2026, 2, 3)))
        decide(first, actor=town_head, at=moment(date(2026, 2, 10)))
        hand_decision_over(first, actor=town_head, at=moment(date(2026, 2, 11)))
        return ask(case, at=ASKED)

    return make


@pytest.fixture
def call(cast):
    def make(review, *, posts=None, actor=None, **more):
        given = {"starts_at": moment(HELD, 9), "place": "县政府二楼", "told_on": local_day(TOLD), "at": TOLD}
        posts = posts or [cast.post(one) for one in ("leader2", "petition_officer", "inspector")]
        actor = actor or cast.actor("petition_officer")
        how = {"told_how": ToldHow.WRITTEN, "posts": posts}
        return hearings.call(review=review, actor=actor, **how, **(given | more))

    return make


def record(review, cast, start=HELD, end=HELD, at=None):
    words = {"text": "到会三人，各方陈述", "at": at or moment(end + timedelta(days=1))}
    actor = cast.actor("petition_officer")
    return deciding.record_hearing(review=review, actor=actor, start_on=start, end_on=end, **words)


class TestNotice:
    @pytest.mark.article(36)
    def test_both_sides_are_told_and_the_panel_too(self, final, call, cast):
        review = final()
        called = call(review)
        assert (called.sitting[0].user, called.sitting[0].chair) == (cast.leader2, True)
        line = review.petition.events.order_by("id").last()
        assert "县政府二楼" in line.public_text and line.public_text == line.text
        told = Notice.objects.filter(text__contains="要举行听证").values_list(
            "recipient__username", flat=True
        )
        assert any(name.startswith("village") for name in told)
        assert Notice.objects.filter(recipient=cast.inspector, text__contains="由您参加").exists()

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"starts_at": moment(date(2026, 3, 11), 9)}, "最早"),
            ({"told_on": date(2026, 3, 6)}, "通知申请人的日期"),
            ({"told_on": date(2026, 3, 1)}, "通知申请人的日期"),
            ({"place": " "}, "地点"),
        ],
    )
    def test_too_late_or_without_a_place_it_is_not_called(self, final, call, more, sentence):
        with pytest.raises(Refusal, match=sentence):
            call(final(), **more)
        assert not CalledHearing.objects.exists()

    @pytest.mark.article(28)
    def test_nobody_of_either_side_sits_and_three_at_least(self, final, call, cast, town_head):
        review = final()
        assert town_head.post not in hearings.candidates(review, TOLD)
        with pytest.raises(Refusal, match="至少 3 人"):
            call(review, posts=[cast.post("leader2"), cast.post("inspector")])
        with pytest.raises(Refusal, match="不能作听证人员"):
            call(review, posts=[cast.post("leader2"), cast.post("inspector"), town_head.post])
        with pytest.raises(Refusal, match="写了两次"):
            call(review, posts=[cast.post("leader2")] * 3)

    @pytest.mark.parametrize("who", ["handler", "inspector", "clerk"])
    def test_others_do_not_call_it(self, final, call, cast, who):
        with pytest.raises(Refusal) as refused:
            call(final(), actor=cast.actor(who))
        assert refused.value.code == "forbidden"


class TestRecusal:
    @pytest.mark.article(28)
    def test_the_head_decides_and_somebody_else_sits(self, final, call, cast):
        review = final()
        called = call(review)
        gone, head = called.panel.get(user=cast.inspector), cast.actor("leader")
        on_it = [one.user_id for one in called.sitting]
        free = hearings.candidates(review, TOLD).exclude(user__in=[*on_it, head.user.pk]).first()
        ask = {
            "review": review,
            "member": gone,
            "asked": "与办理单位负责人是亲属",
            "decision": "属实",
            "at": TOLD,
        }
        with pytest.raises(Refusal, match="另选一人"):
            hearings.decide_recusal(actor=head, granted=True, **ask)
        hearings.decide_recusal(actor=head, granted=True, instead=free, **ask)
        sitting = {one.user_id for one in hearings.coming(review).sitting}
        assert len(sitting) == 3 and cast.inspector.pk not in sitting and free.user_id in sitting
        with pytest.raises(Refusal, match="已经决定过"):
            hearings.decide_recusal(actor=head, granted=False, **ask)

    @pytest.mark.article(28)
    def test_nobody_decides_on_themselves_nor_does_an_officer(self, final, call, cast):
        review = final()
        own = call(review).panel.get(user=cast.leader2)
        ask = {"review": review, "member": own, "asked": "有利害关系", "decision": "没有依据", "at": TOLD}
        with pytest.raises(Refusal, match="另一名负责人"):
            hearings.decide_recusal(actor=cast.actor("leader2"), granted=False, **ask)
        with pytest.raises(Refusal) as refused:
            hearings.decide_recusal(actor=cast.actor("petition_officer"), granted=False, **ask)
        assert refused.value.code == "forbidden"
        assert not HearingMember.objects.exclude(granted=None).exists()


class TestHolding:
    @pytest.mark.article(36)
    def test_its_days_are_left_out_and_no_decision_comes_before_it(self, final, call, cast, decide):
        review = final()
        before = review.clocks.get(stopped_at=None).raw_due_at
        call(review)
        with pytest.raises(Refusal, match="还没有登记举行"):
            decide(review, at=moment(date(2026, 3, 13)))
        tenth = date(2026, 3, 10)
        with pytest.raises(Refusal, match="通知的听证日期是"):
            record(review, cast, start=tenth, end=tenth, at=moment(date(2026, 3, 13)))
        assert not review.hearings.exists()
        period = record(review, cast, end=date(2026, 3, 13))
        assert review.clocks.get(stopped_at=None).raw_due_at - before == timedelta(days=2)
        assert CalledHearing.objects.get().period == period and hearings.coming(review) is None
        decide(review, at=moment(date(2026, 3, 16)))

    def test_called_off_it_is_told_and_no_day_is_left_out(self, final, call, cast, decide):
        review = final()
        before = review.clocks.get(stopped_at=None).due_at
        call(review)
        hearings.call_off(review=review, actor=cast.actor("leader2"), reason="申请人放弃听证", at=TOLD)
        assert CalledHearing.objects.get().end_reason == "申请人放弃听证"
        assert review.clocks.get(stopped_at=None).due_at == before
        assert "取消" in review.petition.events.order_by("id").last().public_text
        decide(review, at=moment(date(2026, 3, 9)))

    def test_withdrawn_nobody_is_to_come(self, final, call, cast):
        review = final()
        call(review)
        applying.withdraw(review=review, actor=cast.actor("petition_officer"), at=moment(date(2026, 3, 6)))
        assert hearings.coming(review) is None


def test_the_page_calls_it_and_the_petitioner_reads_where_and_before_whom(
    served, ask, decide, hand_decision_over, town_head, client, client_as, cast
):
    token, at = codes.new_token(), now()
    case = served(at - timedelta(days=4), village=True, token=token)
    first = ask(case, at=at - timedelta(days=3))
    decide(first, actor=town_head, at=at - timedelta(days=2))
    hand_decision_over(first, actor=town_head, at=at - timedelta(days=1))
    review = ask(case)
    desk, page = client_as(cast.petition_officer), reverse("reviews:case", args=[case.number])
    fields = desk.get(page).context["forms"]["call_hearing"].fields
    seats = {"chair": "leader2", "second": "petition_officer", "third": "inspector"}
    chosen = {name: fields[name].prepare_value(cast.post(who)) for name, who in seats.items()}
    told = {"told_on": local_day(now()), "told_how": "written", "place": "县政府二楼"}
    sent = told | {"starts_at": f"{local_day(now()) + timedelta(days=8)}T09:00"}
    url = reverse("reviews:hearing_call", args=[case.number])
    kept = desk.post(url, {**sent, "chair": chosen["chair"]})
    assert kept.status_code == 422 and "县政府二楼" in kept.content.decode()
    assert desk.post(url, {**sent, **chosen}).status_code == 302
    assert CalledHearing.objects.get().review == review
    assert "call_hearing" not in desk.get(page).context["forms"]
    client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
    own = client.get(reverse("petitions:mine")).content.decode()
    assert "县政府二楼" in own and cast.leader2.get_full_name() in own and "申请其回避" in own
