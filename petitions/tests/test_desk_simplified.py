"""简易办理 on the screens: the handler's forms, the list, the petitioner's page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.converters import scattered
from core.timekeeping import now
from petitions.enums import Act, Kind, Path, ReplyKind, Status
from petitions.models import Petition
from petitions.services import codes, forwarding, simplified

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(client_as, cast):
    return client_as(cast.handler)


@pytest.fixture
def case(make_case):
    return make_case(until=Status.FORWARDED, at=now() - timedelta(hours=2))


@pytest.fixture
def simple(case, cast):
    forwarding.accept(
        petition=case,
        actor=cast.actor("handler"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        simplify=True,
        supportable=True,
    )
    return case


def page(case, act):
    return reverse("petitions:act", args=[case.number, act])


def post(client, case, act, **data):
    token = client.get(page(case, act)).context["form"]["token"].value()
    return client.post(page(case, act), {"token": token, **data})


def accept(client, case, **more):
    return post(client, case, Act.ACCEPT, kind="appeal", path="6", note="", **more)


def answer(case, **more):
    (request,) = case.requests.all()
    given = {
        "text": "路灯已修好。",
        f"outcome_{scattered(request.pk)}": "supported",
        f"opinion_{scattered(request.pk)}": "",
    }
    return {**given, "basis": "", "was_simplified": "True", **more}


class TestAcceptForm:
    def test_two_ticks_choose_it_and_the_ordinary_case_needs_none(self, handler, case, make_case):
        assert accept(handler, case, simplify="on", supportable="on").status_code == 302
        ordinary = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=2))
        assert accept(handler, ordinary).status_code == 302
        case.refresh_from_db()
        ordinary.refresh_from_db()
        assert (case.simplified, ordinary.simplified) == (True, False)

    def test_without_the_second_tick_it_comes_back_with_the_first_one_kept(self, handler, case):
        answered = accept(handler, case, simplify="on")
        assert answered.status_code == 422
        assert "可能不予支持的不适用简易办理" in answered.content.decode()
        assert answered.context["form"]["simplify"].value()
        assert Petition.objects.get(pk=case.pk).status == Status.FORWARDED

    def test_an_excluded_case_has_no_tick_and_says_why_in_one_sentence(self, handler, make_case):
        case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=2), head_count=3)
        form = handler.get(page(case, Act.ACCEPT)).context["form"]
        assert "simplify" not in form.fields
        assert "多人联名或者集体反映，不适用简易办理" in form.explain
        # A forged tick has no field to go into.
        assert accept(handler, case, simplify="on", supportable="on").status_code == 302
        assert not Petition.objects.get(pk=case.pk).simplified

    def test_where_it_is_switched_off_nothing_is_said_of_it(self, handler, case, settings):
        settings.SIMPLIFIED_PROCEDURE = False
        form = handler.get(page(case, Act.ACCEPT)).context["form"]
        assert "simplify" not in form.fields
        assert "简易" not in str(form.explain)


class TestDesk:
    def test_the_case_and_the_list_carry_the_badge_and_the_filter_finds_it(self, handler, simple, make_case):
        other = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=6))
        badge = '<span class="mark tone-info">简易</span>'
        assert badge in handler.get(simple.get_absolute_url()).content.decode()
        listed = handler.get(reverse("petitions:list"), {"view": "all", "simplified": "1"}).content.decode()
        assert badge in listed
        assert simple.number in listed and other.number not in listed

    def test_converting_stands_in_the_open_and_extending_does_not(self, client_as, cast, simple):
        # 10-30-24 is kept: nothing of it stands in front any more.
        short = simple.clocks.filter(rule__code__in=["respond_10", "call_30", "first_round_24"])
        short.update(stopped_at=now(), next_at=None)
        shown = client_as(cast.unit_head).get(simple.get_absolute_url()).context
        assert Act.CONVERT in {step.key for step in shown["steps"]}
        assert Act.EXTEND not in {step.key for step in shown["rare"]}, "it is converted first"

    def test_converting_by_form_tells_both_sides(self, handler, simple):
        form = handler.get(page(simple, Act.CONVERT)).context["form"]
        assert "转换以后最迟" in form.explain
        assert post(handler, simple, Act.CONVERT, reason="涉及其他单位，需要共同研究。").status_code == 302
        simple.refresh_from_db()
        assert not simple.simplified
        again = handler.post(page(simple, Act.CONVERT), {"token": codes.new_token(), "reason": "再转一次。"})
        assert again.status_code == 409
        assert "已经按普通程序办理" in again.content.decode()


class TestAnswerForm:
    def test_the_look_before_it_goes_says_what_it_is_and_where_a_review_is_asked_for(self, handler, simple):
        looked = post(handler, simple, Act.CONCLUDE, **answer(simple))
        text = looked.content.decode()
        assert "这是简易办理的答复，不出具处理意见书" in text
        assert "请求复查" in text
        sent = post(handler, simple, Act.CONCLUDE, **answer(simple), confirmed="1")
        assert sent.status_code == 302
        assert Petition.objects.get(pk=simple.pk).reply.kind == ReplyKind.REPLY

    def test_paper_asked_for_makes_the_basis_needed(self, handler, simple):
        missing = post(handler, simple, Act.CONCLUDE, **answer(simple, paper="on"))
        assert missing.status_code == 422
        assert "basis" in missing.context["form"].errors
        # The look hands every field on, ticks too.
        looked = post(handler, simple, Act.CONCLUDE, **answer(simple, paper="on", basis="《办法》"))
        form = looked.context["form"]
        onward = {field.html_name: field.value() for field in form}
        sent = handler.post(page(simple, Act.CONCLUDE), {**onward, "confirmed": "1"})
        assert sent.status_code == 302
        assert Petition.objects.get(pk=simple.pk).reply.kind == ReplyKind.OPINION

    def test_an_unticked_paper_stays_unticked_through_the_look(self, handler, simple):
        looked = post(handler, simple, Act.CONCLUDE, **answer(simple))
        onward = {field.html_name: str(field.value()) for field in looked.context["form"]}
        assert onward["paper"] == "False"
        assert handler.post(page(simple, Act.CONCLUDE), {**onward, "confirmed": "1"}).status_code == 302
        assert Petition.objects.get(pk=simple.pk).reply.kind == ReplyKind.REPLY

    def test_a_reply_written_before_the_conversion_does_not_become_an_opinion(self, handler, simple, cast):
        simplified.convert(petition=simple, actor=cast.actor("unit_head"), reason="情况复杂")
        sent = post(handler, simple, Act.CONCLUDE, **answer(simple, basis="《办法》"), confirmed="1")
        assert sent.status_code == 422
        assert "刚刚转为普通程序" in sent.content.decode()
        assert "路灯已修好。" in sent.content.decode()
        again = post(handler, simple, Act.CONCLUDE, **answer(simple, basis="《办法》", was_simplified=""))
        assert again.status_code == 200  # the look

    def test_the_telephone_is_offered_where_it_tells_enough(self, handler, simple, make_case):
        post(handler, simple, Act.CONCLUDE, **answer(simple), confirmed="1")
        ordinary = make_case(until=Status.CONCLUDED, at=now() - timedelta(hours=6))
        offered = [
            "phone" in dict(handler.get(page(case, Act.SERVE)).context["form"].fields["method"].choices)
            for case in (simple, ordinary)
        ]
        assert offered == [True, False]


def test_the_petitioners_page_names_the_way_and_the_promised_day(client, make_case, cast):
    token = codes.new_token()
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=2), token=token)
    forwarding.accept(
        petition=case,
        actor=cast.actor("handler"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        simplify=True,
        supportable=True,
    )
    client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
    text = client.get(reverse("petitions:mine")).content.decode()
    assert '<span class="mark tone-info">简易办理</span>' in text
    assert "10 个工作日内按简易办理答复您" in text
    assert "60 日内" not in text
    simplified.convert(petition=case, actor=cast.actor("handler"), reason="情况比原来了解的复杂。")
    text = client.get(reverse("petitions:mine")).content.decode()
    assert "本件改按普通程序办理" in text
    assert "60 日内办结并答复您" in text
    assert '<span class="mark tone-info">简易办理</span>' not in text
