"""Which body is competent (条例 24): agreed, else the common superior, else the joint conference, with minutes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from conference.enums import DisputeState, ItemKind
from conference.models import Dispute
from conference.services import archives, disputing
from conference.services.minutes import Decided
from core.errors import Refusal
from notifications.models import Notice
from petitions.enums import Act, RecusalGround, Status
from petitions.models import Petition
from petitions.services import forwarding, recusing, sealing
from supervision.services import urgent

pytestmark = pytest.mark.django_db
S = DisputeState


def settle(door, row, actor, unit, today, **more):
    words = {"basis": "按三定方案。", "decided_on": today, **more}
    return door(dispute=row, actor=actor, lead_unit=unit, **words)


@pytest.mark.article(24)
def test_the_units_are_asked_to_agree_first(cast, dispute, today):
    row = dispute()
    assert (row.state, row.superior) == (S.TALKS, cast.units.district)
    assert row.petition.events.filter(act=Act.CONFER, text__contains="协商").exists()
    settle(disputing.agree, row, cast.actor("petition_officer"), cast.units.urban, today)
    row.refresh_from_db()
    assert (row.state, row.how, row.lead_unit, row.decided_on) == (
        S.DECIDED,
        S.TALKS,
        cast.units.urban,
        today,
    )
    line = row.petition.events.filter(act=Act.CONFER).last()
    assert "城市管理局主办" in line.text and "周静" in line.who


@pytest.mark.article(24)
def test_else_their_common_superior_decides(cast, dispute, today):
    row = dispute()
    with pytest.raises(Refusal, match="协商"):
        settle(disputing.decide, row, cast.actor("leader"), cast.units.urban, today)
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    told = Notice.objects.filter(dedupe_key__contains=":superior")
    assert {one.recipient.username for one in told} == {"leader", "leader2"}
    for who in ("unit_head", "petition_officer", "inspector", "handler"):
        with pytest.raises(Refusal) as refused:
            settle(disputing.decide, row, cast.actor(who), cast.units.urban, today)
        assert refused.value.code == "forbidden"
    settle(
        disputing.decide, row, cast.actor("leader2"), cast.units.dongxi, today, co_units=[cast.units.urban]
    )
    row.refresh_from_db()
    assert (row.how, row.lead_unit, list(row.co_units.all())) == (
        S.SUPERIOR,
        cast.units.dongxi,
        [cast.units.urban],
    )


@pytest.mark.article(24)
def test_the_superior_is_the_nearest_above_all_of_them(cast, dispute, hire, today):
    head = hire("dongxi_head", Role.UNIT_HEAD, "dongxi")
    row = dispute(units=("liuwan", "shiqiao"))
    assert row.superior == cast.units.dongxi
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    settle(disputing.decide, row, head, cast.units.shiqiao, today)
    assert disputing.common_superior([cast.units.liuwan, cast.units.dongxi]) == cast.units.district
    assert disputing.common_superior([cast.units.district, cast.units.urban]) is None


@pytest.mark.article(13, 24)
def test_else_the_joint_conference_decides_with_its_minutes(
    cast, before_conference, call, put, write, confirm
):
    row, meeting = before_conference(), call()
    assert row.state == S.CONFERENCE
    item = put(meeting, kind=ItemKind.DISPUTE, dispute=row, title="夜市由谁管")
    write(meeting, {1: Decided("由住建局主办。", cast.units.housing, [cast.units.urban])})
    row.refresh_from_db()
    assert row.state == S.CONFERENCE, "nothing is decided until the minutes are out"
    confirm(meeting)
    row.refresh_from_db()
    assert (row.state, row.how, row.lead_unit, row.item) == (
        S.DECIDED,
        S.CONFERENCE,
        cast.units.housing,
        item,
    )
    assert "清联纪〔2026〕3号第1项" in row.basis and list(row.co_units.all()) == [cast.units.urban]
    assert "高远" in row.petition.events.filter(act=Act.CONFER).last().who


def test_a_conference_that_names_nobody_leaves_it_for_the_next(before_conference, call, put, write, confirm):
    row, meeting = before_conference(), call()
    put(meeting, kind=ItemKind.DISPUTE, dispute=row)
    write(meeting)
    confirm(meeting)
    row.refresh_from_db()
    assert row.state == S.CONFERENCE
    assert put(call(), kind=ItemKind.DISPUTE, dispute=row).ordinal == 1


def test_only_what_came_to_the_conference_is_on_its_agenda(dispute, call, put):
    with pytest.raises(Refusal, match="有关单位协商"):
        put(call(), kind=ItemKind.DISPUTE, dispute=dispute())


@pytest.mark.article(24)
def test_the_form_of_forwarding_begins_with_who_was_decided(cast, dispute, today, client_as):
    row = dispute()
    officer = cast.actor("petition_officer")
    settle(disputing.agree, row, officer, cast.units.housing, today, co_units=[cast.units.dongxi])
    client = client_as(cast.petition_officer)
    page = client.get(row.get_absolute_url())
    address = reverse("petitions:act", args=[row.petition.number, "forward"])
    assert address in page.content.decode()
    form = client.get(address).context["form"]
    assert form["unit"].value() == cast.units.housing.pk
    assert form["co_units"].value() == [cast.units.dongxi.pk]


@pytest.mark.article(23, 24)
def test_the_named_unit_does_not_object_to_competence_any_more(cast, dispute, today):
    row = dispute()
    officer, case = cast.actor("petition_officer"), row.petition
    settle(disputing.agree, row, officer, cast.units.urban, today)
    forwarding.forward(petition=case, actor=officer, unit=cast.units.urban)
    with pytest.raises(Refusal, match="第二十四条") as refused:
        forwarding.object_to(petition=case, actor=cast.actor("handler"), reason="不属于本单位职责范围")
    assert refused.value.code == "invalid"
    case.refresh_from_db()
    assert case.status == Status.FORWARDED and not case.objections.filter(agreed=None).exists()


def test_a_unit_that_was_not_named_may_still_object(cast, dispute, today):
    row = dispute()
    officer, case = cast.actor("petition_officer"), row.petition
    settle(disputing.agree, row, officer, cast.units.urban, today)
    forwarding.forward(petition=case, actor=officer, unit=cast.units.housing)
    forwarding.object_to(petition=case, actor=cast.actor("handler2"), reason="决定由城管局主办")
    assert case.objections.filter(agreed=None, unit=cast.units.housing).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"units": ("urban",)}, "至少有两个"),
        ({"units": ("urban", "urban")}, "至少有两个"),
        ({"units": ()}, "至少有两个"),
        ({"units": ("urban", "district")}, "具体的部门"),
        ({"units": ("urban", "discipline")}, "具体的部门"),
        ({"facts": "   "}, "请写明争议情况"),
        ({"facts": "多" * 10_001}, "最多"),
    ],
)
def test_a_dispute_that_cannot_be_is_refused_in_words(dispute, wrong, said):
    with pytest.raises(Refusal, match=said):
        dispute(**wrong)
    assert not Dispute.objects.exists()


@pytest.mark.article(28)
def test_a_unit_complained_of_is_no_side_and_is_never_named(cast, dispute, fresh_case, today):
    case = fresh_case(complained_unit=cast.units.liuwan)
    with pytest.raises(Refusal, match="第二十八条"):
        dispute(case, units=("liuwan", "urban"))
    row = dispute(case)
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    with pytest.raises(Refusal, match="第二十八条"):
        settle(disputing.decide, row, cast.actor("leader"), cast.units.liuwan, today)


def test_a_unit_that_is_not_in_the_tree_any_more_is_not_named(cast, dispute, today):
    row = dispute()
    cast.units.housing.valid_until = today - timedelta(days=1)
    cast.units.housing.save(update_fields=["valid_until"])
    with pytest.raises(Refusal, match="不在现有机构中"):
        settle(disputing.agree, row, cast.actor("petition_officer"), cast.units.housing, today)


def test_who_agreed_is_one_of_them(cast, dispute, today):
    with pytest.raises(Refusal, match="有关单位之一"):
        settle(disputing.agree, dispute(), cast.actor("petition_officer"), cast.units.dongxi, today)


@pytest.mark.parametrize(("days", "said"), [(1, "今天之后"), (-30, "不能早于")])
def test_the_day_of_a_decision_is_between_the_dispute_and_today(cast, dispute, today, days, said):
    row = dispute()
    with pytest.raises(Refusal, match=said):
        settle(
            disputing.agree,
            row,
            cast.actor("petition_officer"),
            cast.units.urban,
            today,
            decided_on=today + timedelta(days=days),
        )


def test_it_is_decided_once(cast, dispute, today):
    row, officer = dispute(), cast.actor("petition_officer")
    settle(disputing.agree, row, officer, cast.units.urban, today)
    for door in (
        lambda: settle(disputing.agree, row, officer, cast.units.housing, today),
        lambda: disputing.raise_up(dispute=row, actor=officer, reason="再议。"),
    ):
        with pytest.raises(Refusal, match="周静") as refused:
            door()
        assert refused.value.code == "stale"


def test_a_case_is_disputed_once_at_a_time(dispute, passed_on):
    case = passed_on()
    dispute(case)
    with pytest.raises(Refusal, match="正在协调"):
        dispute(case)


@pytest.mark.parametrize("until", [Status.ACCEPTED, Status.SERVED, Status.CLOSED, Status.REFUSED])
def test_what_somebody_has_in_hand_is_not_disputed(dispute, fresh_case, until):
    with pytest.raises(Refusal, match="没有管辖争议") as refused:
        dispute(fresh_case(until))
    assert refused.value.code == "stale"


@pytest.mark.parametrize("who", ["inspector", "leader", "handler", "clerk", "auditor"])
def test_only_officers_of_the_petition_office_open_one(dispute, who):
    with pytest.raises(Refusal) as refused:
        dispute(actor=who)
    assert refused.value.code == "forbidden"


def test_it_ends_when_a_unit_takes_the_case_in_hand(cast, dispute, fresh_case):
    case = fresh_case()
    row = dispute(case)
    assert archives.unfinished([case.pk]) == {case.pk}
    forwarding.accept(petition=case, actor=cast.actor("handler"), kind="appeal", path=6)
    row.refresh_from_db()
    assert row.state == S.LAPSED and archives.unfinished([case.pk]) == set()


@pytest.mark.article(30)
def test_it_ends_when_the_case_is_sealed_and_nobody_reads_it_any_more(cast, dispute, fresh_case):
    case = fresh_case()
    row = dispute(case)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    row.refresh_from_db()
    assert row.state == S.LAPSED
    assert not [who for who in cast.people if Dispute.objects.visible_to(cast.actor(who)).exists()]
    with pytest.raises(Refusal, match="第三十条"):
        disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")


@pytest.mark.article(28)
def test_whoever_is_recused_neither_reads_it_nor_decides(cast, dispute, today):
    row = dispute()
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    case = Petition.objects.get(pk=row.petition_id)
    recusing.exclude(
        petition=case,
        actor=cast.actor("petition_officer"),
        user=cast.leader,
        ground=RecusalGround.INTEREST,
        reason="亲属是摊主",
    )
    assert not Dispute.objects.visible_to(cast.actor("leader")).exists()
    with pytest.raises(Refusal) as refused:
        settle(disputing.decide, row, cast.actor("leader"), cast.units.urban, today)
    assert refused.value.code == "forbidden"
    settle(disputing.decide, row, cast.actor("leader2"), cast.units.urban, today)


def test_how_often_it_was_handed_on_is_counted(cast, dispute):
    dispute()
    row = Dispute.objects.visible_to(cast.actor("inspector")).with_row_relations().get()
    assert (row.sent, row.objected) == (2, 2)


@pytest.mark.article(25)
def test_the_conferences_desk_hears_of_what_is_grave_and_urgent(cast, fresh_case):
    case = fresh_case()
    urgent.dispatch(
        petition=case,
        actor=cast.actor("inspector"),
        units=[cast.units.dongxi],
        place="柳湾村后山",
        situation="山体滑坡。",
    )
    told = Notice.objects.get(dedupe_key__startswith="conference:urgent:")
    assert told.recipient == cast.petition_officer and case.number in told.text
