"""The pages of the joint conference: what is typed is kept, nothing is shown that one may not read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from conference.enums import DisputeState, ItemKind, MeetingState
from conference.models import Dispute, Meeting, Order
from core.converters import scattered
from core.timekeeping import SHANGHAI, now
from petitions.enums import Status
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db


def put_minutes(client, meeting, **more):
    data = {"revision": meeting.revision, "text": "各单位到会。", "decision_1": "责成整改。", **more}
    return client.post(reverse("conference:minutes", args=[meeting.pk]), data)


@pytest.mark.article(13, 24, 39)
def test_an_officer_takes_a_dispute_to_the_conference_and_a_unit_answers(cast, client_as, passed_on, today):
    """From the case's page to the report of the unit, by the pages alone."""
    officer, leader, inspector = (
        client_as(getattr(cast, who)) for who in ("petition_officer", "leader", "inspector")
    )
    case = passed_on()
    address = reverse("conference:dispute_open", args=[case.number])
    assert address in officer.get(case.get_absolute_url()).content.decode()
    form = officer.get(address).context["form"]
    assert set(form["units"].value()) == {cast.units.urban.pk, cast.units.housing.pk}
    units = {"units": [cast.units.urban.pk, cast.units.housing.pk]}
    assert officer.post(address, {**units, "facts": "都不接。"}).status_code == 302
    row = Dispute.objects.get()
    for step in ("talks", "superior"):
        up = {"reason": "没有一致意见。", "step": step}
        assert officer.post(reverse("conference:dispute_raise", args=[row.pk]), up).status_code == 302
    starts = (now() - timedelta(hours=2)).astimezone(SHANGHAI)
    called = officer.post(
        reverse("conference:call"),
        {
            "title": "第三次联席会议",
            "starts_at": f"{starts:%Y-%m-%dT%H:%M}",
            "place": "县政府",
            "chair": cast.post("leader").pk,
            "units": [cast.units.urban.pk, cast.units.housing.pk],
        },
    )
    meeting = Meeting.objects.get()
    assert called.url == meeting.get_absolute_url()
    agenda = reverse("conference:item_add", args=[meeting.pk])
    both = {"title": "夜市由谁管", "text": "都不接。"}
    officer.post(agenda, {**both, "kind": "dispute", "dispute": scattered(row.pk)})
    officer.post(
        agenda, {"title": "超期", "text": "九件超期。", "kind": "shortcoming", "unit": cast.units.urban.pk}
    )
    assert meeting.items.count() == 2
    done = put_minutes(
        officer, meeting, decision_2="限期整改。", lead_1=cast.units.housing.pk, co_1=[cast.units.urban.pk]
    )
    assert done.status_code == 302
    number = {"number": "清联纪〔2026〕3号", "revision": 1}
    issued = leader.post(reverse("conference:issue", args=[meeting.pk]), number)
    assert issued.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.lead_unit) == (DisputeState.DECIDED, cast.units.housing)
    page = officer.get(case.get_absolute_url()).content.decode()
    assert "联席会议决定：由住房和城乡建设局主办" in page and "已转送交办 2 次" in page
    item = meeting.items.get(ordinal=2)
    address = reverse("conference:order_add", args=[item.pk])
    first = inspector.get(address).context["form"]
    assert first["unit"].value() == cast.units.urban.pk and "第2项" in first["basis"].value()
    words = {
        "kind": "rectify",
        "unit": cast.units.urban.pk,
        "facts": "九件。",
        "basis": "条例",
        "demand": "清零。",
    }
    assert inspector.post(address, {**words, "due_on": today + timedelta(days=9)}).status_code == 302
    order = Order.objects.get()
    unit = client_as(cast.handler)
    assert "联席会议" in unit.get(reverse("petitions:list")).content.decode()
    assert (
        unit.post(reverse("conference:order_report", args=[order.pk]), {"text": "清零了。"}).status_code
        == 302
    )
    assert (
        inspector.post(
            reverse("conference:order_review", args=[order.pk]), {"done": "yes", "nth": 1}
        ).status_code
        == 302
    )
    order.refresh_from_db()
    assert order.state == "done"


def test_a_form_that_is_refused_keeps_what_was_typed(cast, client_as, call, order, today):
    officer, meeting = client_as(cast.petition_officer), call()
    answer = officer.post(
        reverse("conference:item_add", args=[meeting.pk]),
        {"kind": "shortcoming", "title": "䶮溪村的路", "text": "没有修。"},
    )
    assert answer.status_code == 422 and "䶮溪村的路" in answer.content.decode()
    assert "请选择存在问题的单位" in answer.content.decode()
    row = order()
    answer = client_as(cast.inspector).post(
        reverse("conference:order_review", args=[row.pk]), {"done": "no", "text": "还差两件", "nth": 0}
    )
    assert answer.status_code == 422
    empty = client_as(cast.handler).post(reverse("conference:order_report", args=[row.pk]), {"text": ""})
    assert empty.status_code == 422 and not row.reports.exists()


def test_two_who_write_the_minutes_at_once(cast, client_as, call, put):
    meeting = call()
    put(meeting)
    officer = client_as(cast.petition_officer)
    assert put_minutes(officer, meeting).status_code == 302
    late = put_minutes(officer, meeting, text="后来的人写的。")
    page = late.content.decode()
    assert late.status_code == 409 and "后来的人写的" in page and "现在保存的纪要" in page
    meeting.refresh_from_db()
    assert meeting.minutes == "各单位到会。"
    assert late.context["form"]["revision"].value() == str(meeting.revision)


def test_minutes_are_read_once_they_are_out(cast, client_as, call, put, write, confirm):
    meeting = call()
    put(meeting)
    write(meeting, text="争论激烈。")
    address = meeting.get_absolute_url()
    unit = client_as(cast.handler)
    assert "争论激烈" not in unit.get(address).content.decode()
    assert "争论激烈" in client_as(cast.leader).get(address).content.decode()
    confirm(meeting)
    assert "争论激烈" in unit.get(address).content.decode()
    assert client_as(cast.outsider).get(address).status_code == 404


def test_who_wrote_is_not_offered_to_confirm(cast, client_as, call, put, write):
    meeting = call()
    put(meeting)
    write(meeting)
    address = reverse("conference:issue", args=[meeting.pk])
    assert address in client_as(cast.leader).get(meeting.get_absolute_url()).content.decode()
    assert address not in client_as(cast.petition_officer).get(meeting.get_absolute_url()).content.decode()


@pytest.mark.article(30)
def test_a_confidential_petitioner_is_named_to_nobody_who_must_not_know(
    cast, client_as, call, put, write, confirm, fresh_case, order
):
    case = fresh_case(
        Status.FORWARDED, confidential=True, persons=[NewPerson(name="欧阳密之", phone="13977770001")]
    )
    meeting = call()
    item = put(meeting, petition=case, title="欧阳密之反映的夜市", text="欧阳密之多次来访。")
    write(meeting)
    confirm(meeting)
    row = order(item, facts="欧阳密之多次来访。")
    for address in (meeting.get_absolute_url(), row.get_absolute_url(), reverse("conference:orders")):
        assert "欧阳密之" not in client_as(cast.handler).get(address).content.decode(), address
    for who in (cast.leader, cast.handler2):  # the leader has the form of corrections, with the items' titles
        assert "欧阳密之" not in client_as(who).get(meeting.get_absolute_url()).content.decode()
    assert "欧阳密之" in client_as(cast.petition_officer).get(row.get_absolute_url()).content.decode()
    other = client_as(cast.handler2).get(meeting.get_absolute_url()).content.decode()
    assert case.number not in other, "who does not read the case is not led to it"


def test_cases_that_were_objected_to_again_and_again_are_shown_to_officers(cast, client_as, passed_on):
    case = passed_on()
    address = reverse("conference:disputes")
    assert case.number in client_as(cast.petition_officer).get(address).content.decode()
    assert case.number not in client_as(cast.inspector).get(address).content.decode()


def test_a_leader_of_the_superior_decides_on_the_page_without_the_case(cast, client_as, hire, dispute, today):
    from conference.services import disputing

    row = dispute(units=("liuwan", "shiqiao"))
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    head = hire("dongxi_head", Role.UNIT_HEAD, "dongxi")
    client = client_as(head.user)
    assert client.get(row.petition.get_absolute_url()).status_code == 404
    page = client.get(row.get_absolute_url()).content.decode()
    address = reverse("conference:dispute_decide", args=[row.pk])
    assert address in page and row.petition.subject not in page
    words = {"lead_unit": cast.units.shiqiao.pk, "basis": "按属地。", "decided_on": today}
    assert client.post(address, words).status_code == 302
    row.refresh_from_db()
    assert row.lead_unit == cast.units.shiqiao


def test_a_number_of_no_case_or_of_a_sealed_one_is_told_alike(cast, client_as, call, make_case):
    from petitions.enums import Kind

    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    meeting, officer = call(), client_as(cast.petition_officer)
    for number in ("339999-2026-000000", sealed.number):
        answer = officer.post(
            reverse("conference:item_add", args=[meeting.pk]),
            {"kind": "other", "title": "夜市", "text": "夜市。", "number": number},
        )
        assert answer.status_code == 422 and "没有找到这个编号" in answer.content.decode()
    assert meeting.items.count() == 0 and meeting.state == MeetingState.PLANNED


def test_an_item_of_another_kind_ignores_the_dispute_that_was_left_in_the_form(
    cast, call, put, before_conference
):
    row = before_conference()
    item = put(call(), kind=ItemKind.OTHER, unit=None, dispute=row)
    assert item.dispute is None and item.petition is None
