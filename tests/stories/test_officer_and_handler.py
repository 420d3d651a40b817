"""From the petition office to a unit and on to the other, to the answer, its service, its rating and the archive."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.converters import scattered
from core.timekeeping import SHANGHAI, local_day, now
from petitions.enums import Act, CallOutcome, Outcome, Path, Rating, ServiceMethod, Status
from petitions.models import Petition
from petitions.workflow import ClockCode as C
from tests.cases import OUTSIDE, check_off

WORDS = "柳湾小区三号楼外墙渗水两年，雨天屋里滴水，物业和开发商互相推诿。"
SECRET = "内部的话"
STAFF = ("周静", "陈立", "吴敏", "赵建国", "孙玉梅")


def running(case):
    return set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True))


def due(case, code):
    return case.clocks.filter(rule__code=code).latest("pk").due_at


def field_time(moment):
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def public(resident, *expected):
    """What the petitioner reads now; never a word of the inside."""
    page = resident.look()
    for words in expected:
        assert words in page
    for words in (SECRET, *STAFF):
        assert words not in page
    return page


@pytest.mark.article(31, 32)
def test_the_whole_way_of_a_case(cast, desks, resident, time):
    units = cast.units
    case = resident.file(
        body=WORDS, phone="13800001234", name="张小河", requests="请修好外墙\n请赔偿损失", place_text="三号楼"
    )
    public(resident, "已登记", "待转送")
    assert running(case) == {C.FORWARDING, C.RESPOND, C.CALL, C.FIRST_ROUND}

    # 转送, with a co-unit.
    time.move(minutes=3)
    assert desks.has_no_button("handler", case, "forward")
    said = desks.do(
        "petition_officer", case, "forward", unit=units.urban.pk, co_units=[units.housing.pk], note=SECRET
    )
    assert "现在是“待受理”" in said
    assert (case.status, case.lead_unit) == (Status.FORWARDED, units.urban)
    assert running(case) == {C.NOTICE, C.OBJECTION, C.RESPOND, C.CALL, C.FIRST_ROUND}
    assert f"新到 {case.number}，请在期限内受理。" in desks.inbox("handler")
    assert f"{case.number} 请贵单位协办。" in desks.inbox("handler2")
    assert case.subject in desks.read("handler", reverse("petitions:list"))
    desks.read("outsider", case.get_absolute_url(), status=404)
    public(resident, "已转送清江县城市管理局")

    # 异议: agreed, so the case is back and the next unit has its full time.
    time.move(days=1)
    desks.do(
        "handler",
        case,
        "object",
        reason=f"{SECRET}：外墙维修由住建部门主管。",
        suggested_unit=units.housing.pk,
    )
    assert case.status == Status.OBJECTED
    assert C.NOTICE in running(case)
    assert f"城市管理局 对 {case.number} 提出异议，请核实。" in desks.inbox("petition_officer")
    public(resident, "已转送清江县城市管理局")
    desks.do("petition_officer", case, "agree_objection", decision=f"{SECRET}：属实，同意退回。")
    assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
    assert C.REFORWARDING in running(case)
    assert C.NOTICE not in running(case)
    desks.read("handler", case.get_absolute_url(), status=404)

    time.move(hours=1)
    desks.do(
        "petition_officer", case, "forward", unit=units.housing.pk, co_units=[units.urban.pk], note=SECRET
    )
    assert (case.lead_unit, case.status) == (units.housing, Status.FORWARDED)
    assert due(case, C.NOTICE) > now() + timedelta(days=14)
    public(resident, "已转送清江县住房和城乡建设局")

    # 10-30-24: answered, called in vain, called again, a responsible person, a first round.
    desks.do("handler2", case, "respond", text="已经收到，今天下午上门查看。")
    assert C.RESPOND not in running(case)
    public(resident, "已经收到，今天下午上门查看。")
    desks.do("handler2", case, "call", outcome=CallOutcome.NOT_REACHED, text=f"{SECRET}无人接听")
    assert C.CALL in running(case), "an attempt is no call"
    time.move(minutes=5)
    meeting = now() + timedelta(hours=3)
    desks.do(
        "handler2", case, "call", outcome=CallOutcome.REACHED, meeting_at=field_time(meeting), text=SECRET
    )
    assert C.CALL not in running(case)
    client = desks.of("handler2")
    early = client.post(
        reverse("petitions:act", args=[case.number, "first_round"]), {"token": "x" * 32, "text": "看过了"}
    )
    assert early.status_code == 422, "a responsible person first"
    assert "请先明确责任人" in early.content.decode()
    desks.do("handler2", case, "name_responsible", user=cast.handler2.pk)
    assert (case.responsible, case.first_handler) == (cast.handler2, cast.handler2)
    assert C.FIRST_ROUND in running(case)
    desks.do("handler2", case, "first_round", text="已到现场，确有渗水，请专业机构检测。")
    assert C.FIRST_ROUND not in running(case)
    page = public(resident, "已明确清江县住房和城乡建设局的责任人", "已到现场，确有渗水，请专业机构检测。")
    assert "无人接听" not in page

    # 受理, path six: the 60 days begin.
    time.move(days=2)
    desks.do("handler2", case, "accept", kind="appeal", path=Path.PETITION.value, note=SECRET)
    assert (case.status, case.path) == (Status.ACCEPTED, Path.PETITION)
    assert running(case) == {C.CONCLUSION}
    sixty = due(case, C.CONCLUSION)
    assert sixty - now() >= timedelta(days=59, hours=12)
    public(resident, "已受理", "办结并答复您")
    desks.do("handler2", case, "note", text=SECRET)
    desks.do("handler2", case, "visit", text=SECRET)
    desks.do("handler", case, "co_answer", text=SECRET)
    public(resident)

    # 延期: by the head alone, once, at most 30 days.
    time.move(days=50)
    assert desks.has_no_button("handler2", case, "extend")
    assert desks.has_no_button("unit_head", case, "extend"), "a co-unit's head is not the lead's"
    desks.do("unit_head2", case, "extend", days=30, reason="需要专业机构检测，结果尚未出具。")
    assert timedelta(days=29) < due(case, C.CONCLUSION) - sixty < timedelta(days=40)
    again = desks.of("unit_head2").post(
        reverse("petitions:act", args=[case.number, "extend"]),
        {"token": "y" * 32, "days": "5", "reason": "再延几天"},
    )
    assert again.status_code == 409
    public(resident, "办理期限延长 30 日", "需要专业机构检测，结果尚未出具。")

    # 答复, per request; then 送达.
    time.move(days=20)
    first, second = case.requests.order_by("ordinal")
    half = desks.of("handler2").post(
        reverse("petitions:act", args=[case.number, "conclude"]),
        {
            "token": "z" * 32,
            "text": "已修。",
            "basis": "条例",
            f"outcome_{scattered(first.pk)}": Outcome.SUPPORTED,
        },
    )
    assert half.status_code == 422, "every request gets its outcome"
    desks.do(
        "handler2",
        case,
        "conclude",
        confirmed="1",
        text="已责成开发商返修外墙，十二月底前完工。",
        basis="《建设工程质量管理条例》第四十一条",
        **{
            f"outcome_{scattered(first.pk)}": Outcome.SUPPORTED,
            f"opinion_{scattered(first.pk)}": "责成返修。",
            f"outcome_{scattered(second.pk)}": Outcome.EXPLAINED,
            f"opinion_{scattered(second.pk)}": "损失赔偿可与开发商协商或起诉。",
        },
    )
    assert case.status == Status.CONCLUDED
    assert running(case) == {C.CONCLUSION}, "settled on, and not made yet (条例 34)"
    page = public(resident, "已确定答复意见，正在制作")
    assert "十二月底前完工" not in page, "read when served, not before"
    desks.do("handler2", case, "make_opinion", paper_number=OUTSIDE, made_on=local_day(now()).isoformat())
    assert running(case) == {C.SERVICE}
    public(resident, "正在送达给您", "把答复送达给您")
    time.move(days=1)
    desks.do(
        "handler2",
        case,
        "serve",
        method=ServiceMethod.DIRECT,
        served_at=field_time(now()),
        recipient="张小河",
        paper_number=OUTSIDE,
        signed="on",
        proof=SECRET,
    )
    assert case.status == Status.SERVED
    assert running(case) == {C.PETITIONER_WINDOW}
    assert local_day(due(case, C.PETITIONER_WINDOW)) >= local_day(now()) + timedelta(days=30)
    public(
        resident,
        "处理意见书",
        "十二月底前完工",
        "责成返修。",
        "解释说明",
        "损失赔偿可与开发商协商或起诉。",
        "清江县",
        "申请复查",
    )

    # 评价, once, hidden from the rated unit until the case is closed; 办结归档.
    time.move(days=2)
    said = resident.rate(office_rating="0", unit_rating="3", comment="拖得太久。")
    assert "您的评价已记录" in said
    case.refresh_from_db()
    assert case.status == Status.EVALUATED
    assert (case.evaluation.office_rating, case.evaluation.unit_rating) == (
        Rating.SATISFIED,
        Rating.DISSATISFIED,
    )
    assert "拖得太久" in desks.read("inspector", case.get_absolute_url())
    assert "拖得太久" not in desks.read("petition_officer", case.get_absolute_url())
    assert "拖得太久" not in desks.read("handler2", case.get_absolute_url())
    twice = resident.client.post(
        reverse("petitions:mine_evaluate"), {"token": "t" * 32, "office_rating": "0", "unit_rating": "0"}
    )
    assert twice.status_code == 409
    check_off(case)
    desks.do("petition_officer", case, "close", text=SECRET)
    assert case.status == Status.CLOSED
    assert running(case) == set()
    public(resident, "已办结归档")
    assert "拖得太久" in desks.read("handler2", case.get_absolute_url())

    acts = list(case.events.order_by("pk").values_list("act", flat=True))
    assert acts == [
        Act.REGISTER, Act.FORWARD, Act.OBJECT, Act.AGREE_OBJECTION, Act.FORWARD, Act.RESPOND, Act.CALL,
        Act.CALL, Act.NAME_RESPONSIBLE, Act.FIRST_ROUND, Act.ACCEPT, Act.NOTE, Act.VISIT, Act.CO_ANSWER,
        Act.EXTEND, Act.CONCLUDE, Act.MAKE_OPINION, Act.SERVE, Act.EVALUATE, Act.CLOSE,
    ]  # fmt: skip
    history = desks.read("petition_officer", case.get_absolute_url())
    assert history.count(SECRET) >= 5, "the inside reads what the outside does not"


def test_a_refusal_says_why_and_where_to_go(cast, desks, resident, time):
    case = resident.file(body="法院判决不公，请改判。", requests="请改判")
    desks.do("petition_officer", case, "forward", unit=cast.units.urban.pk, note=SECRET)
    client = desks.of("handler")
    address = reverse("petitions:act", args=[case.number, "refuse"])
    silent = client.post(address, {"token": "x" * 32, "reason": "legal_route", "explanation": "应当上诉。"})
    assert silent.status_code == 422, "not without saying where to go"
    desks.do(
        "handler",
        case,
        "refuse",
        reason="legal_route",
        explanation="应当通过诉讼解决。",
        where_to_go="清江县人民法院",
    )
    assert case.status == Status.REFUSED
    assert running(case) == set()
    public(resident, "不予受理", "应当通过诉讼解决。", "清江县人民法院")
    desks.do("handler", case, "close")
    assert case.status == Status.CLOSED


def test_two_officers_forward_at_once_and_the_second_is_told_who_was_faster(cast, desks, resident, time):
    case = resident.file(body=WORDS)
    slow = desks.of("petition_officer")
    address = reverse("petitions:act", args=[case.number, "forward"])
    token = slow.get(address).context["form"]["token"].value()
    desks.do("petition_officer", case, "forward", unit=cast.units.urban.pk)
    late = slow.post(address, {"token": token, "unit": cast.units.housing.pk, "note": "我写的话"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "周静" in page
    assert "我写的话" in page
    assert Petition.objects.get(pk=case.pk).lead_unit == cast.units.urban


def test_supplements_reach_the_person_in_charge(cast, desks, resident, time):
    case = resident.file(body=WORDS)
    desks.do("petition_officer", case, "forward", unit=cast.units.urban.pk)
    desks.do("handler", case, "name_responsible", user=cast.handler.pk)
    resident.look()
    answer = resident.client.post(
        reverse("petitions:mine_supplement"), {"token": "s" * 32, "text": "昨天又漏了。"}, follow=True
    )
    assert "补充材料已收到" in answer.content.decode()
    assert f"{case.number} 有补充材料。" in desks.inbox("handler")
    assert "昨天又漏了。" in desks.read("handler", case.get_absolute_url())
