"""指明被反映人: the discipline body names the unit or people a sealed case is against; they are out, the registrar too, and
where the body itself may not keep it, it is routed anew."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import next_ids, path_of
from core.errors import Refusal
from core.timekeeping import now
from notifications.models import Notice
from petitions import rules
from petitions.enums import Act, Kind, RecusalGround, ShareRole, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import forwarding, sealing
from petitions.services.codes import new_token
from tests.cases import ORDER
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def accusation(cast, make_case):
    """Registered by the petition office's clerk, led by 纪委监委."""

    def made(until=Status.FORWARDED):
        clerk = cast.actor("clerk")
        case = make_case.registered(actor=clerk, kind=Kind.ACCUSATION, at=now() - timedelta(days=2)).petition
        officer = cast.actor("discipline_officer")
        for status in ORDER[2 : ORDER.index(until) + 1] if until != Status.FORWARDED else []:
            make_case._bring(case, status, officer, None, Kind.ACCUSATION, None, (), now())
        assert (case.status, case.lead_unit) == (until, cast.units.discipline)
        assert readers(cast, case) == {"clerk", "discipline_officer"}
        return case

    return made


@pytest.fixture
def discipline_head(cast) -> User:
    user = User.objects.create(username="dhead", name="纪书记", password="!")
    Post.objects.create(user=user, unit=cast.units.discipline, role=Role.UNIT_HEAD, valid_from=SINCE)
    return user


@pytest.fixture
def second_body(cast) -> Unit:
    (pk,) = next_ids(1)
    district = cast.units.district
    body = Unit.objects.create(
        pk=pk, path=path_of(district.path, pk), parent=district, name="清江县第二纪检组",
        short_name="第二纪检组", kind=UnitKind.DISCIPLINE, valid_from=SINCE,
    )  # fmt: skip
    user = User.objects.create(username="second", name="纪二", password="!")
    Post.objects.create(user=user, unit=body, role=Role.HANDLER, valid_from=SINCE)
    return body


def name(case, cast, by="discipline_officer", **whom):
    sealing.name_complained(petition=case, actor=cast.actor(by), **whom)
    case.refresh_from_db()


def readers(cast, case):
    return {
        key for key in cast.people if Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()
    }


def told(case, text=""):
    found = Notice.objects.filter(about=case.about, text__contains=text)
    return set(found.values_list("recipient__username", flat=True))


@pytest.mark.parametrize(
    "until", [Status.FORWARDED, Status.ACCEPTED, Status.CONCLUDED, Status.SERVED, Status.EVALUATED]
)
def test_the_registrars_office_named_ends_what_stands_in_the_registrars_name(cast, accusation, until):
    case = accusation(until)
    name(case, cast, complained_unit=cast.units.petition_office)
    assert (case.status, case.lead_unit) == (until, cast.units.discipline)
    assert case.complained_unit == cast.units.petition_office
    assert readers(cast, case) == {"discipline_officer"}
    assert not case.scopes.filter(user=cast.clerk).exists()
    assert "clerk" not in told(case)
    event = PetitionEvent.objects.filter(petition=case, act=Act.NAME_COMPLAINED).get()
    assert event.text == "被反映单位：无→信访局" and not event.public


def test_the_registrar_named_in_person_is_out_under_every_hat(cast, accusation):
    case = accusation()
    name(case, cast, complained_people=[cast.clerk])
    assert readers(cast, case) == {"discipline_officer"}
    assert case.recusals.get().ground == RecusalGround.COMPLAINED_OF
    assert not case.scopes.filter(user=cast.clerk).exists()


def test_a_registrar_who_also_works_in_the_unit_named_is_out(cast, accusation):
    case = accusation()
    Post.objects.create(user=cast.clerk, unit=cast.units.liuwan, role=Role.MEDIATOR, valid_from=SINCE)
    name(case, cast, complained_unit=cast.units.dongxi)
    assert not case.scopes.filter(user=cast.clerk).exists()
    assert readers(cast, case) == {"discipline_officer"}


def test_another_unit_named_leaves_the_registrar(cast, accusation, discipline_head):
    case = accusation()
    name(case, cast, complained_unit=cast.units.urban)
    assert readers(cast, case) == {"clerk", "discipline_officer"}
    assert told(case, "已指明被反映人") == {"dhead"}


@pytest.mark.parametrize("until", [Status.FORWARDED, Status.ACCEPTED])
def test_where_the_only_body_is_named_the_case_goes_to_whoever_holds_it(cast, accusation, until):
    case = accusation(until)
    name(case, cast, complained_unit=cast.units.discipline)
    assert (case.status, case.lead_unit, case.responsible) == (Status.REGISTERED, None, None)
    assert readers(cast, case) == {"clerk"}
    assert not case.shares.filter(ended_at=None).exists()
    assert "discipline_officer" not in told(case)
    assert rules.may(case, Act.REPORT_UP, cast.actor("clerk"))


def test_where_the_registrar_is_out_too_a_trustee_holds_it_and_is_told(cast, accusation):
    case = accusation()
    name(case, cast, complained_people=[cast.clerk])
    name(case, cast, complained_unit=cast.units.discipline)
    assert readers(cast, case) == {"petition_officer"}
    assert told(case) == {"petition_officer"} and told(case, "由您保管") == {"petition_officer"}


def test_its_head_named_while_another_unit_is_takes_the_case_to_another_body(
    cast, accusation, discipline_head, second_body
):
    case = accusation()
    name(case, cast, complained_unit=cast.units.urban)
    name(case, cast, complained_people=[discipline_head])
    assert (case.status, case.lead_unit) == (Status.FORWARDED, second_body)
    share = case.shares.get(ended_at=None)
    assert (share.role, share.unit) == (ShareRole.LEAD, second_body)
    assert readers(cast, case) == {"clerk"}
    assert told(case) == {"second"}
    acts = list(PetitionEvent.objects.filter(petition=case).order_by("id").values_list("act", flat=True))
    assert acts[-3:] == [Act.NAME_COMPLAINED, Act.TAKE_BACK, Act.ROUTE]


def test_everybody_of_the_body_named_takes_it_away_too(cast, accusation, second_body):
    case = accusation()
    name(case, cast, complained_unit=cast.units.urban, complained_people=[cast.discipline_officer])
    assert case.lead_unit == second_body


@pytest.mark.parametrize("until", [Status.CONCLUDED, Status.SERVED, Status.EVALUATED])
@pytest.mark.parametrize("another", [True, False])
def test_one_that_was_answered_is_closed_and_given_to_read(cast, accusation, request, until, another):
    body = request.getfixturevalue("second_body") if another else None
    case = accusation(until)
    case.closed_at = None
    name(case, cast, complained_unit=cast.units.discipline)
    assert (case.status, case.lead_unit) == (Status.CLOSED, body)
    assert case.closed_at is not None and not case.clocks.filter(stopped_at=None).exists()
    assert readers(cast, case) == {"clerk"}
    assert rules.may(case, Act.REPORT_UP, cast.actor("clerk")) is not another


def test_a_sealed_case_whose_body_the_office_names_does_not_stay_unheard_of(cast, accusation, second_body):
    """By the office's own step back, as ``classify`` takes it."""
    case = accusation()
    Petition.objects.filter(pk=case.pk).update(complained_unit=cast.units.discipline)
    forwarding.take_back(Petition.objects.get(pk=case.pk), now())
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.FORWARDED, second_body)
    assert told(case) == {"second"}


def test_naming_nobody_new_changes_nothing(cast, accusation):
    case = accusation()
    name(case, cast, complained_unit=cast.units.urban, complained_people=[cast.handler])
    before = PetitionEvent.objects.filter(petition=case).count()
    for whom in ({}, {"complained_unit": cast.units.urban, "complained_people": [cast.handler]}):
        with pytest.raises(Refusal, match="请选择被反映的单位或工作人员"):
            name(case, cast, **whom)
    assert PetitionEvent.objects.filter(petition=case).count() == before


def test_nobody_else_names_and_of_an_open_case_nobody_does(cast, accusation, make_case):
    case = accusation()
    for key in cast.people:
        assert rules.may(case, Act.NAME_COMPLAINED, cast.actor(key)) == (key == "discipline_officer"), key
    open_case = make_case(until=Status.FORWARDED)
    assert not any(rules.may(open_case, Act.NAME_COMPLAINED, cast.actor(key)) for key in cast.people)


def test_on_the_page_a_unit_and_people_are_chosen_and_the_people_found_by_name(cast, accusation, client_as):
    case, client = accusation(), client_as(cast.discipline_officer)
    address = reverse("petitions:act", args=[case.number, Act.NAME_COMPLAINED])
    page = client.get(address).content.decode()
    assert f'value="{cast.units.dongxi.pk}"' in page and "登记人在内" in page
    found = client.get(reverse("petitions:person_options"), {"q": cast.handler.name}).json()
    assert [one["value"] for one in found] == [cast.handler.pk]
    assert client.post(address, {"token": new_token()}).status_code == 422
    whom = {"complained_unit": cast.units.dongxi.pk, "complained_people": [cast.handler.pk]}
    answer = client.post(address, {"token": new_token(), **whom})
    assert (answer.status_code, answer["Location"]) == (302, case.get_absolute_url())
    case.refresh_from_db()
    assert case.complained_unit == cast.units.dongxi and rules.recused_from(case) == {cast.handler.pk}
    outsiders = client_as(cast.outsider).get(reverse("petitions:person_options"), {"q": cast.handler.name})
    assert outsiders.status_code == 403


def test_at_classification_the_unit_complained_of_can_be_chosen(cast, make_case, client_as):
    case, client = make_case(), client_as(cast.petition_officer)
    address = reverse("petitions:act", args=[case.number, Act.CLASSIFY])
    typed = {"token": new_token(), "kind": "appeal", "path": 6, "complained_unit": cast.units.urban.pk}
    assert client.post(address, typed).status_code == 302
    case.refresh_from_db()
    assert case.complained_unit == cast.units.urban


def test_a_leader_never_posted_there_is_no_actor_of_it(cast, accusation):
    case = accusation()
    with pytest.raises(Refusal):
        sealing.name_complained(
            petition=case, actor=Actor.of(cast.post("leader")), complained_unit=cast.units.urban
        )
