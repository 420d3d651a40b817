"""重大紧急 (条例 25): called at once, reported on two lines, seen live, over only by the office's word."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from notifications.models import Notice
from petitions.enums import RecusalGround, Status, Urgency
from petitions.models import Petition
from petitions.services import recusing
from petitions.services.codes import new_token
from supervision.enums import Line, UrgentAct
from supervision.models import UrgentNote, UrgentResponse
from supervision.services import urgent
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def somebody(cast, unit, role=Role.HANDLER):
    user = User.objects.create(username=f"on-duty-{unit}-{role}", name="值班员", password="!")
    return Actor.of(
        Post.objects.create(user=user, unit=getattr(cast.units, unit), role=role, valid_from=SINCE)
    )


@pytest.fixture
def call(cast, make_case):
    def make(case=None, *, actor="clerk", units=("dongxi", "housing"), at=None, **more):
        case = case or make_case(at=(at or now()) - timedelta(minutes=5))
        words = {"place": "柳湾村后山", "situation": "山体滑坡，威胁三户。", **more}
        chosen = [getattr(cast.units, name) for name in units]
        return urgent.dispatch(petition=case, actor=cast.actor(actor), units=chosen, at=at, **words)

    return make


def report_both(response, cast, at=None):
    for line, to_whom in ((Line.GOVERNMENT, "县委、县政府"), (Line.PETITION, "市信访局")):
        urgent.report_up(
            response=response,
            actor=cast.actor("petition_officer"),
            line=line,
            to_whom=to_whom,
            text="三户七人已转移。",
            at=at,
        )


@pytest.mark.article(25)
def test_a_landslide_reported_at_ten_past_eight_is_cleared_the_same_day(cast, make_case, client_as):
    day = (now() - timedelta(days=1)).astimezone(SHANGHAI).date()

    def at(hour, minute):
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)

    town = somebody(cast, "dongxi")
    case = make_case.registered(
        at=at(8, 10), actor=cast.actor("clerk"), subject="后山滑坡", channel="phone"
    ).petition
    response = urgent.dispatch(
        petition=case,
        actor=cast.actor("clerk"),
        units=[cast.units.dongxi, cast.units.housing, cast.units.urban],
        place="柳湾村后山",
        situation="山体滑坡，威胁三户七人。",
        heads=7,
        at=at(8, 12),
    )
    case.refresh_from_db()
    assert case.urgency == Urgency.GRAVE and response.dispatched.count() == 3
    for actor, minute in ((town, 14), (cast.actor("handler2"), 15), (cast.actor("handler"), 20)):
        assert Petition.objects.visible_to(actor).filter(pk=case.pk).exists()
        urgent.acknowledge(response=response, actor=actor, at=at(8, minute))
        urgent.arrive(response=response, actor=actor, at=at(9, minute))
    urgent.note(response=response, actor=town, text="七人已全部转移。", at=at(9, 40))
    report_both(response, cast, at(9, 50))
    urgent.clear(
        response=response, actor=cast.actor("petition_officer"), result="险情排除，人员返回。", at=at(12, 30)
    )
    assert response.cleared_at - response.started_at == timedelta(hours=4, minutes=18)
    acts = [event.act for event in case.events.order_by("at", "id")]
    assert acts == ["register", "raise_urgency", "dispatch", "dispatch", "dispatch", "dispatch"]
    page = client_as(cast.inspector).get(response.get_absolute_url()).content.decode()
    assert "七人已全部转移。" in page and "险情排除" in page and "hx-trigger" not in page
    # Called by this alone, they read the case no more.
    assert not Petition.objects.visible_to(cast.actor("handler2")).filter(pk=case.pk).exists()


def test_everybody_called_is_told_at_once_with_their_leaders_and_the_office(cast, call):
    response = call()
    told = set(
        Notice.objects.filter(dedupe_key__startswith=f"urgent:{response.pk}:").values_list(
            "recipient__username", flat=True
        )
    )
    assert told == {
        *{"town_clerk", "handler2", "unit_head2"},
        *{"leader", "leader2"},
        *{"petition_officer", "inspector"},
    }


@pytest.mark.parametrize("who", ["clerk", "petition_officer", "inspector"])
def test_clerks_officers_and_inspectors_press(call, who):
    assert call(actor=who).is_open


@pytest.mark.parametrize(
    "who", ["handler", "unit_head", "leader", "mediator", "statistician", "discipline_officer", "outsider"]
)
def test_nobody_else_does(call, who, make_case):
    with pytest.raises(Refusal) as refused:
        call(make_case(until=Status.ACCEPTED), actor=who)
    assert refused.value.code == "forbidden" and not UrgentResponse.objects.exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"units": ()}, "请选择"),
        ({"units": ("discipline",)}, "不能调度"),
        ({"units": ("petition_office", "dongxi")}, "不能调度"),
        ({"place": " "}, "地点"),
        ({"situation": ""}, "情况和趋势"),
    ],
)
def test_bad_input_calls_nobody(call, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        call(**more)
    assert not UrgentResponse.objects.exists() and not Notice.objects.filter(level="late").exists()
    assert not Petition.objects.filter(urgency=Urgency.GRAVE).exists()


def test_the_unit_complained_of_is_not_called_nor_those_below_it(cast, call, make_case):
    case = make_case(complained_unit=cast.units.dongxi)
    for units in (("dongxi",), ("liuwan", "housing")):
        with pytest.raises(Refusal, match="不能调度"):
            call(case, units=units)
    assert call(case, units=("housing",)).is_open


def test_pressing_again_adds_bodies_and_calls_nobody_twice(cast, call):
    response = call()
    again = call(response.petition, units=("housing", "urban"), actor="inspector")
    assert again == response and response.dispatched.count() == 3
    with pytest.raises(Refusal, match="已经调度过"):
        call(response.petition, units=("urban",))


def test_the_same_form_twice_is_one_call(call, make_case):
    case, token = make_case(), new_token()
    call(case, token=token)
    with pytest.raises(Refusal) as refused:
        call(case, token=token, units=("urban",))
    assert refused.value.code == "repeated" and UrgentResponse.objects.get().dispatched.count() == 2


def test_only_who_was_called_acknowledges_and_only_once(cast, call):
    response = call()
    for who in ("handler", "outsider", "petition_officer", "leader"):
        with pytest.raises(Refusal) as refused:
            urgent.acknowledge(response=response, actor=cast.actor(who))
        assert refused.value.code == "forbidden"
    urgent.acknowledge(response=response, actor=cast.actor("town_clerk"))
    with pytest.raises(Refusal, match="何苗"):
        urgent.acknowledge(response=response, actor=cast.actor("town_clerk"))


def test_who_arrives_has_the_call(cast, call):
    response = call()
    called = urgent.arrive(response=response, actor=cast.actor("handler2"))
    assert called.acknowledged_at == called.arrived_at is not None


@pytest.mark.article(25)
def test_it_is_over_only_by_the_offices_word_and_after_both_reports(cast, call):
    response = call()
    for who in ("handler2", "town_clerk", "clerk", "leader"):
        with pytest.raises(Refusal) as refused:
            urgent.clear(response=response, actor=cast.actor(who), result="已完。")
        assert refused.value.code == "forbidden"
    with pytest.raises(Refusal, match="还没有上报"):
        urgent.clear(response=response, actor=cast.actor("inspector"), result="已完。")
    report_both(response, cast)
    urgent.clear(response=response, actor=cast.actor("inspector"), result="已完。")
    with pytest.raises(Refusal, match="结束"):
        urgent.note(response=response, actor=cast.actor("petition_officer"), text="又。")
    report_both(response, cast)  # the last report comes after the end
    assert response.reports.count() == 4


@pytest.mark.article(25, 46)
def test_there_is_no_door_that_takes_a_dispatch_back():
    assert {act.value for act in UrgentAct} == {
        *{"dispatch", "acknowledge", "arrive", "note", "report_up", "clear"}
    }
    assert not hasattr(urgent, "withdraw") and not hasattr(urgent, "cancel")


def test_a_body_that_reads_the_case_anyway_goes_on_reading_it(cast, call, make_case):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), co_units=[cast.units.housing])
    response = call(case)
    report_both(response, cast)
    urgent.clear(response=response, actor=cast.actor("inspector"), result="已完。")
    assert Petition.objects.visible_to(cast.actor("handler2")).filter(pk=case.pk).exists()
    assert not Petition.objects.visible_to(somebody(cast, "dongxi")).filter(pk=case.pk).exists()


def test_a_body_that_was_called_keeps_its_record_and_no_longer_reads_the_case(cast, call, client_as):
    response = call()
    report_both(response, cast)
    urgent.clear(response=response, actor=cast.actor("inspector"), result="已完。")
    town = somebody(cast, "dongxi")
    assert not Petition.objects.visible_to(town).filter(pk=response.petition_id).exists()
    page = client_as(town.user).get(response.get_absolute_url())
    assert page.status_code == 200 and response.petition.number in page.content.decode()
    assert response.petition.get_absolute_url() not in page.content.decode()
    listed = client_as(town.user).get(reverse("supervision:urgent_list"), {"view": "over"})
    assert listed.status_code == 200
    assert not UrgentResponse.objects.visible_to(cast.actor("outsider")).exists()
    recusing.recuse(
        petition=response.petition, actor=cast.actor("petition_officer"), ground=RecusalGround.INTEREST
    )
    assert not UrgentResponse.objects.visible_to(cast.actor("petition_officer")).exists()


def test_whoever_is_recused_has_no_part_in_it(cast, call, make_case):
    case = make_case()
    recusing.recuse(petition=case, actor=cast.actor("inspector"), ground=RecusalGround.INTEREST)
    response = call(case)
    assert not UrgentResponse.objects.visible_to(cast.actor("inspector")).exists()
    assert not Notice.objects.filter(recipient=cast.inspector, dedupe_key__startswith="urgent").exists()
    with pytest.raises(Refusal):
        urgent.clear(response=response, actor=cast.actor("inspector"), result="已完。")


def test_a_closed_case_takes_no_dispatch(call, make_case):
    with pytest.raises(Refusal) as refused:
        call(make_case(until=Status.CLOSED))
    assert refused.value.code == "stale"


def test_every_act_is_on_record(cast, call):
    response = call()
    urgent.acknowledge(response=response, actor=cast.actor("handler2"))
    acts = set(AuditEntry.objects.filter(object_id=str(response.pk)).values_list("act", flat=True))
    assert {"urgent.dispatch", "urgent.acknowledge"} <= acts


def test_the_pages_of_who_is_called_and_of_the_office(cast, client_as, make_case):
    case = make_case()
    clerk, address = client_as(cast.clerk), reverse("supervision:dispatch", args=[case.number])
    assert address in clerk.get(case.get_absolute_url()).content.decode()
    form = {"place": "后山", "situation": "滑坡", "token": new_token()}
    answer = clerk.post(address, form)
    assert answer.status_code == 422 and "请选择要调度的属地和部门" in answer.content.decode()
    form["units"] = [cast.units.housing.pk]
    unsure = clerk.post(address, form)
    assert unsure.status_code == 422 and "请核对以后勾选" in unsure.content.decode()
    assert not UrgentResponse.objects.exists()
    assert clerk.post(address, {**form, "sure": "on"}).status_code == 302
    response = UrgentResponse.objects.get()
    housing = client_as(cast.handler2)
    assert response.get_absolute_url() in housing.get(reverse("supervision:urgent_list")).content.decode()
    page = housing.get(response.get_absolute_url()).content.decode()
    assert "hx-trigger" in page and "收到" in page
    housing.post(reverse("supervision:acknowledge", args=[response.pk]))
    live = housing.get(response.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in live and "吴敏" in live
    clear = reverse("supervision:clear", args=[response.pk])
    assert housing.post(clear, {"result": "已完。"}).status_code == 403
    answer = client_as(cast.petition_officer).post(clear, {"result": "险情已排除。"})
    assert answer.status_code == 409 and "险情已排除。" in answer.content.decode()


def test_a_confidential_name_is_veiled_from_who_is_called(cast, call, make_case, client_as):
    response = call(make_case(confidential=True), situation="张小河家后山滑坡。")
    assert "张小河" not in client_as(cast.handler2).get(response.get_absolute_url()).content.decode()
    assert "张小河" in client_as(cast.petition_officer).get(response.get_absolute_url()).content.decode()


@pytest.mark.article(30)
def test_a_confidential_name_is_veiled_wherever_it_was_typed(cast, call, make_case, client_as):
    response = call(make_case(confidential=True), place="张小河家后院")
    body = cast.actor("handler2")
    urgent.note(response=response, actor=body, text="张小河一家已转移。")
    UrgentNote.objects.update(who="张小河的邻居")
    urgent.report_up(
        response=response,
        actor=cast.actor("petition_officer"),
        line=Line.PETITION,
        to_whom="市信访局（并告张小河）",
        text="已转移。",
    )
    pages = (
        response.get_absolute_url(),
        reverse("supervision:urgent_list"),
        response.petition.get_absolute_url(),
    )
    for page in pages:
        shown = client_as(cast.handler2).get(page).content.decode()
        assert "家后院" in shown or page.endswith(f"{response.petition.number}/"), page
        assert "张小河" not in shown, page
    assert "张小河家后院" in client_as(cast.petition_officer).get(pages[1]).content.decode()


@pytest.mark.article(28)
def test_a_co_unit_that_is_complained_of_reads_nothing_of_a_dispatch(cast, call, make_case, client_as):
    case = make_case(
        until=Status.ACCEPTED,
        at=now() - timedelta(days=2),
        co_units=[cast.units.housing],
        complained_unit=cast.units.housing,
    )
    response = call(case, units=("dongxi",))
    client = client_as(cast.handler2)
    assert client.get(response.get_absolute_url()).status_code == 404
    shown = client.get(case.get_absolute_url())
    assert shown.status_code == 200 and "柳湾村后山" not in shown.content.decode()
    assert "柳湾村后山" in client_as(cast.handler).get(case.get_absolute_url()).content.decode()
