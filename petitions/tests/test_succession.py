"""A unit was merged, split or abolished: its cases go on with whoever followed it (条例 24)."""

from datetime import date, datetime

import pytest

from accounts.models import Post, UnitSuccession
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Act, Kind, ShareRole, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import handling, parts, succession

pytestmark = [pytest.mark.django_db, pytest.mark.article(24)]
DAY = date(2026, 9, 7)
AT = datetime(2026, 9, 7, 0, 50, tzinfo=SHANGHAI)


def end(cast, unit, *heirs):
    unit.valid_until = DAY
    unit.save(update_fields=["valid_until"])
    for heir in heirs:
        UnitSuccession.objects.create(
            unit=unit, successor=heir, basis="编办文件", recorded_at=AT, recorded_by=cast.sysadmin
        )


def reads(case, actor):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def running(case):
    return set(case.clocks.filter(stopped_at=None).values_list("rule__code", "due_at"))


@pytest.fixture
def merged(cast):
    """城市管理局 ends, 住房和城乡建设局 follows."""

    def do():
        end(cast, cast.units.urban, cast.units.housing)
        return succession.follow(AT)

    return do


@pytest.mark.parametrize("status", [Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED, Status.SERVED])
def test_clocks_and_history_go_along_and_nothing_starts_anew(make_case, cast, merged, status):
    case = make_case(until=status)
    before = running(case)
    assert merged() == 1
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (status, cast.units.housing)
    assert running(case) == before
    bound = case.clocks.filter(stopped_at=None).values_list("unit", flat=True)
    assert cast.units.urban.pk not in set(bound)
    assert reads(case, cast.actor("handler2"))
    event = PetitionEvent.objects.get(petition=case, act=Act.SUCCEED)
    assert event.public and "城市管理局的职能由住房和城乡建设局承继" in event.public_text
    assert Notice.objects.filter(recipient=cast.handler2, about=case.about, text__contains="承继").exists()


def test_a_second_run_changes_nothing_and_the_first_is_on_record(make_case, cast, merged):
    case = make_case(until=Status.ACCEPTED)
    assert merged() == 1
    assert succession.follow(AT) == 0
    assert PetitionEvent.objects.filter(petition=case, act=Act.SUCCEED).count() == 1
    assert UnitSuccession.objects.get().followed_at == AT


def test_the_day_before_the_last_nothing_goes_over(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    end(cast, cast.units.urban, cast.units.housing)
    assert succession.follow(datetime(2026, 9, 6, 23, 59, tzinfo=SHANGHAI)) == 0
    case.refresh_from_db()
    assert case.lead_unit == cast.units.urban


def test_the_person_in_charge_stays_if_they_went_along(make_case, cast, merged):
    with_them, without = make_case(until=Status.ACCEPTED), make_case(until=Status.ACCEPTED)
    handling.name_responsible(petition=with_them, actor=cast.actor("unit_head"), user=cast.handler)
    handling.name_responsible(petition=without, actor=cast.actor("unit_head"), user=cast.unit_head)
    Post.objects.filter(user__in=[cast.handler, cast.unit_head]).update(valid_until=DAY)
    Post.objects.create(user=cast.handler, unit=cast.units.housing, role="handler", valid_from=DAY)
    assert merged() == 2
    with_them.refresh_from_db()
    without.refresh_from_db()
    assert (with_them.responsible, without.responsible) == (cast.handler, None)


def test_a_co_unit_is_followed_with_what_it_answered(make_case, cast):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    parts.answer(petition=case, actor=cast.actor("handler2"), text="已核对规划，没有许可。")
    end(cast, cast.units.housing, cast.units.xiling)
    assert succession.follow(AT) == 1
    part = case.shares.get(role=ShareRole.CO, ended_at=None)
    assert (part.unit, part.answer) == (cast.units.xiling, "已核对规划，没有许可。")
    case.refresh_from_db()
    assert case.lead_unit == cast.units.urban
    assert reads(case, cast.actor("outsider"))


def test_a_co_unit_that_takes_over_the_lead_has_no_second_part(make_case, cast, merged):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    merged()
    live = list(case.shares.filter(ended_at=None).values_list("unit", "role"))
    assert live == [(cast.units.housing.pk, ShareRole.LEAD)]


def test_of_several_successors_the_office_chooses_and_is_told_once(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    end(cast, cast.units.urban, cast.units.housing, cast.units.xiling)
    assert succession.follow(AT) == 0 and succession.follow(AT) == 0
    told = Notice.objects.filter(recipient=cast.petition_officer, text__contains="逐件确定由哪个机构承继")
    assert told.count() == 1
    officer = cast.actor("petition_officer")
    with pytest.raises(Refusal, match="请从中选择"):
        succession.succeed(petition=case, actor=officer, unit=cast.units.dongxi, basis="指定", at=AT)
    with pytest.raises(Refusal, match="依据"):
        succession.succeed(petition=case, actor=officer, unit=cast.units.xiling, basis=" ", at=AT)
    succession.succeed(petition=case, actor=officer, unit=cast.units.xiling, basis="县政府指定", at=AT)
    case.refresh_from_db()
    assert case.lead_unit == cast.units.xiling and reads(case, cast.actor("outsider"))
    assert "县政府指定" in PetitionEvent.objects.get(petition=case, act=Act.SUCCEED).text
    succession.follow(AT)
    assert not UnitSuccession.objects.filter(followed_at=None).exists()


def test_where_nobody_followed_the_office_names_one(make_case, cast, client_as):
    case = make_case(until=Status.ACCEPTED)
    client = client_as(cast.petition_officer)
    page = f"{case.get_absolute_url()}act/succeed/"
    assert client.get(page).status_code == 403  # the unit is in use
    cast.units.urban.valid_until = date(2026, 9, 7)
    cast.units.urban.save(update_fields=["valid_until"])
    assert "机构承继" in client.get(case.get_absolute_url()).content.decode()
    answer = client.get(page)
    assert answer.status_code == 200
    token = answer.context["form"]["token"].value()
    answer = client.post(page, {"unit": cast.units.housing.pk, "basis": "县政府指定", "token": token})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.lead_unit == cast.units.housing


def test_whoever_is_complained_of_does_not_come_back_under_a_new_name(make_case, cast):
    """住房和城乡建设局 is complained of and merged into 西岭街道, which leads the case."""
    case = make_case(
        until=Status.ACCEPTED, unit=cast.units.xiling, handler="outsider", complained_unit=cast.units.housing
    )
    end(cast, cast.units.housing, cast.units.xiling)
    succession.follow(AT)
    case.refresh_from_db()
    assert (case.complained_unit, case.lead_unit) == (cast.units.xiling, None)
    assert case.status == Status.REGISTERED and not reads(case, cast.actor("outsider"))


def test_a_successor_that_is_complained_of_takes_nothing(make_case, cast, merged):
    case = make_case(until=Status.ACCEPTED, complained_unit=cast.units.housing)
    merged()
    case.refresh_from_db()
    assert (case.lead_unit, case.status) == (None, Status.REGISTERED)
    assert not reads(case, cast.actor("handler2"))


@pytest.mark.parametrize("status", [Status.CONCLUDED, Status.SERVED, Status.EVALUATED, Status.REFUSED])
def test_what_has_its_answer_waits_for_the_office_where_the_successor_is_complained_of(
    make_case, cast, merged, status
):
    answered = make_case(until=status, complained_unit=cast.units.housing)
    running_on = make_case(until=Status.ACCEPTED)
    assert merged() == 1
    answered.refresh_from_db()
    running_on.refresh_from_db()
    assert (answered.status, answered.lead_unit) == (status, cast.units.urban)
    assert running_on.lead_unit == cast.units.housing, "one case that waits holds up no other"
    assert not reads(answered, cast.actor("handler2"))
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="逐件确定").count() == 1
    officer = cast.actor("petition_officer")
    with pytest.raises(Refusal):
        succession.succeed(
            petition=answered, actor=officer, unit=cast.units.housing, basis="县政府指定", at=AT
        )
    succession.succeed(petition=answered, actor=officer, unit=cast.units.xiling, basis="县政府指定", at=AT)
    answered.refresh_from_db()
    assert (answered.status, answered.lead_unit) == (status, cast.units.xiling)


@pytest.mark.parametrize("status", [Status.CONCLUDED, Status.SERVED])
def test_what_has_its_answer_is_not_sent_anew_when_its_lead_takes_over_whom_it_complains_of(
    make_case, cast, status
):
    case = make_case(
        until=status, unit=cast.units.xiling, handler="outsider", complained_unit=cast.units.housing
    )
    end(cast, cast.units.housing, cast.units.xiling)
    assert succession.follow(AT) == 1 and succession.follow(AT) == 0
    case.refresh_from_db()
    assert (case.status, case.complained_unit, case.lead_unit) == (
        status,
        cast.units.xiling,
        cast.units.xiling,
    )
    assert not reads(case, cast.actor("outsider"))


def test_closed_cases_are_read_on_and_complaints_of_the_old_unit_stay_hidden(make_case, cast, merged):
    plain = make_case(until=Status.CLOSED)
    about = make_case(
        until=Status.CLOSED, unit=cast.units.xiling, handler="outsider", complained_unit=cast.units.urban
    )
    elsewhere = make_case(until=Status.CLOSED, unit=cast.units.xiling, handler="outsider")
    merged()
    successor = cast.actor("handler2")
    assert reads(plain, successor)
    assert not reads(about, successor) and not reads(elsewhere, successor)
    about.refresh_from_db()
    assert about.complained_unit == cast.units.housing
    plain.refresh_from_db()
    assert (plain.status, plain.lead_unit) == (Status.CLOSED, cast.units.urban)


def test_a_sealed_case_never_waits_for_the_office(make_case, cast):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    assert case.sealed and case.lead_unit == cast.units.discipline
    end(cast, cast.units.discipline, cast.units.housing, cast.units.xiling)
    succession.follow(AT)
    case.refresh_from_db()
    assert case.lead_unit is None and case.sealed
    assert not reads(case, cast.actor("handler2"))
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="由您保管").exists()
    assert not Notice.objects.filter(recipient=cast.petition_officer, text__contains="逐件确定").exists()
