"""Co-units: each has its part with its own day, answers it to the lead, may object, and is added and ended with reasons."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry, Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.models import ClockEntry
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import Act, PartState, Status
from petitions.models import Petition, ShareClock
from petitions.services import answering, forwarding, parts, sealing
from petitions.services.codes import new_token
from petitions.services.following import link
from tests.cases import MORNING

pytestmark = pytest.mark.django_db


def running(share):
    clocks = ShareClock.objects.filter(share=share, stopped_at=None).select_related("rule")
    return {clock.rule.code: clock for clock in clocks}


def part_of(case, unit):
    return case.shares.get(unit=unit, role="co", ended_at=None)


def told(user, number):
    return list(Notice.objects.filter(recipient=user, text__contains=number).values_list("text", flat=True))


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def lead(cast):
    return cast.actor("handler")


@pytest.fixture
def co(cast):
    return cast.actor("handler2")


@pytest.fixture
def case(cast, make_case):
    return make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])


class TestTheClock:
    @pytest.mark.article(24)
    def test_each_co_unit_has_its_own_and_the_leads_go_on(self, cast, make_case):
        case = make_case(until=Status.FORWARDED, co_units=[cast.units.housing, cast.units.dongxi])
        for unit in (cast.units.housing, cast.units.dongxi):
            share = part_of(case, unit)
            clocks = running(share)
            assert set(clocks) == {"co_answer", "objection"}
            assert local_day(clocks["co_answer"].due_at) >= share.feedback_due_on
            assert share.feedback_due_on == local_day(share.sent_at) + timedelta(days=15)

    def test_of_what_is_assigned_it_ends_before_the_cases_own_day(self, cast, make_case, officer, settings):
        settings.CO_DAYS_BEFORE = 10
        case = make_case(at=MORNING)
        at = MORNING + timedelta(hours=1)
        day = local_day(at) + timedelta(days=40)
        forwarding.assign(
            petition=case,
            actor=officer,
            unit=cast.units.urban,
            co_units=[cast.units.housing],
            feedback_due_on=day,
            demand="请查清事实。",
            co_demand="请提供规划许可情况。",
            at=at,
        )
        share = part_of(case, cast.units.housing)
        assert (share.demand, share.feedback_due_on) == ("请提供规划许可情况。", day - timedelta(days=10))

    def test_a_day_of_its_own_is_kept_and_one_that_has_passed_is_refused(self, cast, make_case, officer):
        case = make_case(at=MORNING)
        send = {
            "petition": case,
            "actor": officer,
            "unit": cast.units.urban,
            "co_units": [cast.units.housing],
        }
        at = MORNING + timedelta(hours=1)
        with pytest.raises(Refusal, match="今天以后"):
            forwarding.forward(**send, co_due_on=local_day(at), at=at)
        forwarding.forward(**send, co_due_on=local_day(at) + timedelta(days=4), at=at)
        assert part_of(case, cast.units.housing).feedback_due_on == local_day(at) + timedelta(days=4)

    @pytest.mark.article(24)
    def test_silence_is_told_to_the_co_unit_its_head_and_the_lead(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=30), co_units=[cast.units.housing])
        sweep(ShareClock, now=now())
        assert any("协办反馈" in text for text in told(cast.handler2, case.number))
        assert any("没有按期反馈" in text for text in told(cast.handler, case.number))
        assert any("没有按期反馈" in text for text in told(cast.petition_officer, case.number))

    def test_it_stops_with_the_answer_and_with_the_leads(self, case, co, cast, lead):
        share = part_of(case, cast.units.housing)
        assert set(running(share)) == {"co_answer", "objection"}
        asked = case.requests.get()
        answering.conclude(
            petition=case,
            actor=lead,
            text="已查。",
            basis="《噪声污染防治法》",
            outcomes={asked.pk: ("supported", "")},
        )
        assert running(share) == {}

    def test_a_part_from_before_clocks_gets_its_own_from_its_own_day(self, cast, make_case):
        old = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=9), co_units=[cast.units.housing])
        lately = make_case(
            until=Status.ACCEPTED, at=now() - timedelta(hours=9), co_units=[cast.units.housing]
        )
        done = make_case(until=Status.CONCLUDED, at=now() - timedelta(days=9), co_units=[cast.units.housing])
        ShareClock.objects.all().delete()
        call_command("start_part_clocks", stdout=StringIO())
        share = part_of(old, cast.units.housing)
        assert set(running(share)) == {"co_answer"}  # its five working days for an objection are over
        clock = running(share)["co_answer"]
        assert clock.started_at == share.sent_at and local_day(clock.due_at) == share.feedback_due_on
        assert "还没有协办期限" in clock.explanation["steps"][0]
        assert set(running(part_of(lately, cast.units.housing))) == {"co_answer", "objection"}
        assert running(part_of(done, cast.units.housing)) == {}
        line = ClockEntry.objects.filter(clock_id=clock.pk, clock_class="petitions.shareclock").last()
        assert (line.kind, line.started_at) == ("start", share.sent_at)
        before = ShareClock.objects.count()
        call_command("start_part_clocks", stdout=StringIO())
        assert ShareClock.objects.count() == before
        assert AuditEntry.objects.filter(act="petition.part_clocks").count() == 2

    def test_a_sealed_case_lets_nobody_wait(self, case, cast, officer):
        share = part_of(case, cast.units.housing)
        sealing.seal(petition=case, actor=officer, reason="反映干部违纪。")
        assert running(share) == {}


class TestTheAnswer:
    @pytest.mark.article(24)
    def test_the_lead_is_told_and_may_return_it_for_more(self, case, cast, co, lead):
        parts.answer(petition=case, actor=co, text="无规划手续。")
        share = part_of(case, cast.units.housing)
        assert share.part == PartState.ANSWERED and running(share) == {}
        assert any("已反馈协办意见" in text for text in told(cast.handler, case.number))
        day = local_day(now()) + timedelta(days=3)
        parts.send_back(petition=case, actor=lead, part=share, reason="请写明依据。", due_on=day)
        share.refresh_from_db()
        assert (share.part, share.answer, share.feedback_due_on) == (PartState.RETURNED, "无规划手续。", day)
        assert set(running(share)) == {"co_answer"}
        assert any("已退回" in text for text in told(cast.handler2, case.number))
        parts.answer(petition=case, actor=co, text="无规划手续，依据《城乡规划法》第四十条。")
        share.refresh_from_db()
        assert share.part == PartState.ANSWERED and running(share) == {}
        acts = list(case.events.filter(act=Act.CO_ANSWER).values_list("text", flat=True))
        assert acts == ["无规划手续。", "无规划手续，依据《城乡规划法》第四十条。"]

    def test_whoever_leads_now_is_told_where_the_responsible_person_has_left(self, case, cast, co):
        Petition.objects.filter(pk=case.pk).update(responsible=cast.handler)
        case.refresh_from_db()
        Post.objects.filter(user=cast.handler).update(valid_until=local_day(now()))
        parts.answer(petition=case, actor=co, text="无规划手续。")
        assert any("已反馈协办意见" in text for text in told(cast.unit_head, case.number))

    def test_only_an_answer_is_returned_and_only_to_a_day_to_come(self, case, cast, co, lead):
        share = part_of(case, cast.units.housing)
        send_back = {"petition": case, "actor": lead, "part": share, "reason": "请写明依据。"}
        with pytest.raises(Refusal) as refused:
            parts.send_back(**send_back, due_on=local_day(now()) + timedelta(days=3))
        assert refused.value.code == "stale"
        parts.answer(petition=case, actor=co, text="无规划手续。")
        with pytest.raises(Refusal, match="今天以后"):
            parts.send_back(**send_back, due_on=local_day(now()))

    def test_it_goes_along_with_the_original_where_it_was_asked(self, cast, make_case, officer, co):
        original, again = make_case(at=MORNING), make_case(at=MORNING)
        link(petition=again, original=original, actor=officer, join=True)
        forwarding.forward(
            petition=original, actor=officer, unit=cast.units.urban, co_units=[cast.units.housing]
        )
        assert running(part_of(again, cast.units.housing)) == {}
        parts.answer(petition=original, actor=co, text="无规划手续。")
        assert part_of(again, cast.units.housing).answer == "无规划手续。"


class TestTheObjection:
    @pytest.mark.article(23)
    def test_within_five_working_days_weighed_by_the_sender(self, case, cast, co, officer, lead):
        share = part_of(case, cast.units.housing)
        at = share.sent_at + timedelta(days=1)
        with pytest.raises(Refusal, match="理由"):
            parts.object_to(petition=case, actor=co, reason="不", at=at)
        parts.object_to(petition=case, actor=co, reason="不涉及规划许可。", at=at)
        assert any("协办单位提出异议" in text for text in told(cast.petition_officer, case.number))
        share.refresh_from_db()
        assert share.part == PartState.OBJECTED and set(running(share)) == {"co_answer"}
        with pytest.raises(Refusal, match="正在核实"):
            parts.answer(petition=case, actor=co, text="无规划手续。")
        with pytest.raises(Refusal) as refused:
            parts.weigh(petition=case, actor=lead, part=share, agree=True, decision="同意。")
        assert refused.value.code == "forbidden"
        parts.weigh(petition=case, actor=officer, part=share, agree=False, decision="涉及贵局职责。")
        share.refresh_from_db()
        assert share.part == PartState.WAITING
        with pytest.raises(Refusal, match="已经提出过"):
            parts.object_to(petition=case, actor=co, reason="仍然不涉及规划许可。", at=at)
        parts.answer(petition=case, actor=co, text="无规划手续。")

    @pytest.mark.article(23)
    def test_agreed_it_ends_the_part_and_the_unit_reads_the_case_no_more(self, case, cast, co, officer):
        share = part_of(case, cast.units.housing)
        parts.object_to(
            petition=case, actor=co, reason="不涉及规划许可。", at=share.sent_at + timedelta(days=1)
        )
        parts.weigh(petition=case, actor=officer, part=share, agree=True, decision="确不涉及。")
        share.refresh_from_db()
        assert share.part == PartState.ENDED and running(share) == {}
        assert not Petition.objects.visible_to(co).filter(pk=case.pk).exists()

    @pytest.mark.article(23)
    def test_not_after_five_working_days_nor_after_the_answer(self, cast, make_case, co):
        old = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=15), co_units=[cast.units.housing])
        with pytest.raises(Refusal, match="5 个工作日"):
            parts.object_to(petition=old, actor=co, reason="不涉及规划许可。")

    def test_after_that_no_button_offers_it_and_a_forged_form_is_told_why(self, cast, client_as, make_case):
        new = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=9), co_units=[cast.units.housing])
        old = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=15), co_units=[cast.units.housing])
        client = client_as(cast.handler2)
        assert "/act/co_object/" in client.get(f"/cases/{new.number}/").content.decode()
        assert "/act/co_object/" not in client.get(f"/cases/{old.number}/").content.decode()
        answer = client.post(
            f"/cases/{old.number}/act/co_object/", {"token": new_token(), "reason": "不涉及规划许可。"}
        )
        assert answer.status_code == 409 and "5 个工作日" in answer.content.decode()

    @pytest.mark.article(23)
    def test_nor_does_one_offer_it_to_the_lead(self, cast, client_as, make_case):
        new = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=9))
        old = make_case(until=Status.FORWARDED, at=now() - timedelta(days=13))
        client = client_as(cast.handler)
        assert "/act/object/" in client.get(f"/cases/{new.number}/").content.decode()
        assert "/act/object/" not in client.get(f"/cases/{old.number}/").content.decode()

    @pytest.mark.article(23)
    def test_the_lead_s_own_objection_holds_up_no_co_unit(self, cast, make_case, lead, co, officer):
        case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=9), co_units=[cast.units.housing])
        forwarding.object_to(petition=case, actor=lead, reason="不属于本单位职责范围。")
        share = part_of(case, cast.units.housing)
        assert set(running(share)) == {"co_answer", "objection"}
        parts.answer(petition=case, actor=co, text="无规划手续。")
        share.refresh_from_db()
        assert share.part == PartState.ANSWERED and case.status == Status.OBJECTED
        forwarding.decide_objection(petition=case, actor=officer, agree=False, decision="属贵局职责。")
        assert part_of(case, cast.units.housing).answer == "无规划手续。"


class TestAddingAndEnding:
    @pytest.mark.article(24)
    @pytest.mark.parametrize("who", ["petition_officer", "handler"])
    def test_the_sender_or_the_lead_adds_one_with_what_it_is_to_do(self, who, cast, make_case, co):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
        parts.add(
            petition=case,
            actor=cast.actor(who),
            units=[cast.units.housing],
            demand="请提供规划许可情况。",
            reason="办理中发现涉及规划。",
        )
        share = part_of(case, cast.units.housing)
        assert share.sent_from == cast.actor(who).unit and share.demand == "请提供规划许可情况。"
        sixty = case.clocks.get(rule__code="conclusion")
        assert share.feedback_due_on == local_day(sixty.due_at) - timedelta(days=10)
        assert set(running(share)) == {"co_answer", "objection"}
        assert Petition.objects.visible_to(co).filter(pk=case.pk).exists()
        assert any("请贵单位协办" in text for text in told(cast.handler2, case.number))
        assert "办理中发现涉及规划" in case.events.get(act=Act.CO_ADD).text

    @pytest.mark.article(28)
    def test_never_the_lead_again_nor_whoever_is_complained_of(self, cast, make_case, officer):
        case = make_case(until=Status.ACCEPTED, complained_unit=cast.units.dongxi)
        for unit, words in (
            (cast.units.urban, "已是主办"),
            (cast.units.dongxi, "被反映"),
            (cast.units.liuwan, "被反映"),
            (cast.units.district, "不能作为协办单位"),
            (cast.units.discipline, "不能作为协办单位"),
        ):
            with pytest.raises(Refusal, match=words):
                parts.add(petition=case, actor=officer, units=[unit], demand="请协办。", reason="涉及职责。")
        assert case.shares.count() == 1

    def test_ended_with_a_reason_its_answer_stays(self, case, cast, co, lead):
        parts.answer(petition=case, actor=co, text="无规划手续。")
        share = part_of(case, cast.units.housing)
        with pytest.raises(Refusal, match="理由"):
            parts.end(petition=case, actor=lead, part=share, reason="　")
        parts.end(petition=case, actor=lead, part=share, reason="承担的部分已经完成。")
        share.refresh_from_db()
        assert (share.part, share.answer) == (PartState.ENDED, "无规划手续。")
        assert running(share) == {} and not Petition.objects.visible_to(co).filter(pk=case.pk).exists()
        with pytest.raises(Refusal) as refused:
            parts.end(petition=case, actor=lead, part=share, reason="再来一次。")
        assert refused.value.code == "stale"

    def test_a_part_of_another_case_is_none_of_this_one(self, case, cast, make_case, lead):
        other = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
        foreign = part_of(other, cast.units.housing)
        with pytest.raises(Refusal):
            parts.end(petition=case, actor=lead, part=foreign, reason="承担的部分已经完成。")
        assert running(foreign)


@pytest.mark.article(24)
def test_the_desk_adds_returns_and_ends_by_its_forms(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED)
    lead, co = client_as(cast.handler), client_as(cast.handler2)

    def post(client, act, **data):
        address = f"/cases/{case.number}/act/{act}/"
        form = client.get(address).context["form"]
        data = {"token": form["token"].value(), **data}
        if "part" in form.fields:
            data["part"] = form["part"].value()
        return client.post(address, data)

    bare = post(lead, "co_add", units=[cast.units.housing.pk], demand="请提供情况。")
    assert bare.status_code == 422 and "请提供情况。" in bare.content.decode()
    assert (
        post(
            lead, "co_add", units=[cast.units.housing.pk], demand="请提供情况。", reason="涉及规划。"
        ).status_code
        == 302
    )
    assert post(co, "co_answer", text="无规划手续。").status_code == 302
    day = (local_day(now()) + timedelta(days=3)).isoformat()
    assert post(lead, "co_return", reason="请写明依据。", due_on=day).status_code == 302
    page = lead.get(f"/cases/{case.number}/").content.decode()
    assert "已退回补充" in page and "请写明依据。" in page
    assert post(co, "co_object", reason="其实不涉及规划。").status_code == 409
    assert post(lead, "co_end", reason="不再需要。").status_code == 302
    assert lead.get(f"/cases/{case.number}/act/co_end/").status_code == 409
