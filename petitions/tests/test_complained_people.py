"""A person on the staff who is complained of is out of the case from the moment they are named, whatever they are and
at whichever door that was: no page, list, count, notice, alert, task or choice holds it for them any more."""

from datetime import datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from leaders.services import packages
from notifications.models import Notice
from petitions import rules
from petitions.enums import Act, Channel, Kind, Path, RecusalGround, Status
from petitions.models import Petition, PetitionEvent, Recusal
from petitions.services import codes, forwarding, handling, recusing, sealing
from petitions.services.alerts import Recipients
from petitions.services.registering import NewPetition
from petitions.services.registering_many import Posted, register_many
from petitions.services.telling import who_may_know
from tests.cast import SINCE
from tests.permissions.asking import NEW_EACH_TIME

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)
PEOPLE = [
    "clerk", "petition_officer", "handler", "handler2", "unit_head", "unit_head2", "leader", "leader2", "mediator",
    "inspector", "statistician", "discipline_officer",
]  # fmt: skip
DOORS = ("counter", "counter, sealed", "classify", "classify, sealed", "seal")
PAGES = (
    "petitions:list", "petitions:register", "petitions:archive", "reports:home", "reports:month", "leaders:home",
    "leaders:packages", "leaders:instructions", "mediation:mine", "notifications:inbox",
)  # fmt: skip


def readable(case, actor) -> bool:
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def officer(cast) -> Actor:
    """A second officer, so that the first may be complained of."""
    user = User.objects.create(username="second", name="温如", password="!")
    unit = cast.units.petition_office
    return Actor.of(Post.objects.create(user=user, unit=unit, role=Role.PETITION_OFFICER, valid_from=SINCE))


@pytest.fixture
def name_at(cast, client_as, officer, make_case):
    """``name_at(door, person)``: through the screen of that door; the case."""

    def act(case, what, **typed):
        sent = {"token": codes.new_token(), "reason": "经核对原文", **typed}
        answer = client_as(officer.user).post(reverse("petitions:act", args=[case.number, what]), sent)
        assert answer.status_code == 302, answer.content.decode()
        return Petition.objects.get(pk=case.pk)

    def name(door, *people):
        people, kind = [person.pk for person in people], "accusation" if "sealed" in door else "appeal"
        match door.split(",")[0]:
            case "counter":
                typed = {
                    "token": codes.new_token(), "channel": "visit", "body": "反映工作人员态度生硬。", "kind": kind,
                    "persons-TOTAL_FORMS": "0", "persons-INITIAL_FORMS": "0", "complained_people": people,
                    "confirmed": "1",
                }  # fmt: skip
                answer = client_as(cast.clerk).post(reverse("petitions:register"), typed)
                assert answer.status_code == 302, answer.content.decode()
                return Petition.objects.get()
            case "classify":
                case = make_case(at=AT - timedelta(hours=2))
                typed = {"kind": kind, "path": Path.PETITION.value, "complained_people": people}
                return act(case, Act.CLASSIFY, **typed)
            case "seal":
                case = make_case(until=Status.ACCEPTED, at=AT - timedelta(hours=5))
                handling.name_responsible(
                    petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT
                )
                return act(case, Act.SEAL, complained_people=people)

    return name


def glance(client) -> dict[str, bytes]:
    pages = {}
    for page in PAGES:
        answer = client.get(reverse(page), {"view": "all"} if page == "petitions:list" else {})
        pages[page] = NEW_EACH_TIME.sub(rb"\1", answer.content) if answer.status_code == 200 else b""
    return pages


@pytest.mark.parametrize(("door", "who"), list(product(DOORS, PEOPLE)))
def test_whoever_is_named_is_out_at_once_and_is_shown_what_was_shown_before(
    door, who, cast, client_as, officer, name_at
):
    person, client = getattr(cast, who), client_as(getattr(cast, who))
    before = glance(client)
    case = name_at(door, person)
    recusal = Recusal.objects.get(petition=case)
    assert (recusal.user, recusal.ground, recusal.ended_at) == (person, RecusalGround.COMPLAINED_OF, None)
    assert case.has_recusals and case.responsible_id != person.pk
    actor = cast.actor(who)
    assert not readable(case, actor)
    assert rules.allowed_acts(case, actor) == []
    for address in (
        case.get_absolute_url(),
        reverse("petitions:preview", args=[case.number]),
        reverse("petitions:act", args=[case.number, Act.NOTE]),
        reverse("petitions:act", args=[case.number, Act.READMIT]),
    ):
        assert client.get(address).status_code == 404, address
    assert not Notice.objects.filter(recipient=person, about=case.about).exists()
    after = glance(client)
    assert {page for page in before if before[page] != after[page]} == set()
    assert any(before.values()), "nothing was compared"
    assert who_may_know(case, [cast.post(who), person.pk]) == []


@pytest.mark.parametrize("door", DOORS)
def test_it_stays_with_somebody(door, cast, officer, name_at):
    """Who is named does not make a case nobody has."""
    case = name_at(door, cast.handler)
    assert readable(case, cast.actor("discipline_officer" if case.sealed else "petition_officer"))


def test_the_clerk_who_is_complained_of_registers_it_hands_over_the_paper_and_is_out(cast, client_as):
    client = client_as(cast.clerk)
    typed = {
        "token": codes.new_token(), "channel": "visit", "body": "窗口的林秋让我白跑三趟。", "then": "print",
        "persons-TOTAL_FORMS": "0", "persons-INITIAL_FORMS": "0", "complained_people": [cast.clerk.pk],
    }  # fmt: skip
    look = client.post(reverse("petitions:register"), typed)
    page = look.content.decode()
    assert look.status_code == 200 and not Petition.objects.exists(), "nothing before it is confirmed"
    assert "您本人是被反映的人。请由另一名登记员登记。" in page
    assert "登记后您不再能查看本件" in page
    assert "窗口的林秋让我白跑三趟。" in page and f'value="{cast.clerk.pk}" selected' in page, (
        "all that was typed"
    )
    assert typed["token"] in page
    typed["confirmed"] = "1"
    answer = client.post(reverse("petitions:register"), typed)
    case = Petition.objects.get()
    paper = client.get(answer["Location"]).content.decode()
    assert case.number in paper and "查询码" in paper
    assert case.get_absolute_url() not in paper, "leads nowhere for them"
    assert client.get(reverse("petitions:register_receipt")).status_code == 302, "it was shown once"
    assert "您今天已登记 0 件" in client.get(reverse("petitions:register")).content.decode()
    assert client.get(case.get_absolute_url()).status_code == 404
    assert readable(case, cast.actor("petition_officer"))
    again = client.post(reverse("petitions:register"), typed)
    assert again.status_code == 302 and Petition.objects.count() == 1, "sent twice"


def test_of_a_complaint_about_the_counters_own_office_the_receipt_shows_too(cast, client_as):
    client = client_as(cast.clerk)
    typed = {
        "token": codes.new_token(), "channel": "visit", "body": "信访局推诿。", "persons-TOTAL_FORMS": "0",
        "persons-INITIAL_FORMS": "0", "complained_unit": cast.units.petition_office.pk,
    }  # fmt: skip
    answer = client.post(reverse("petitions:register"), typed)
    case = Petition.objects.get()
    assert case.number in client.get(answer["Location"]).content.decode()
    assert client.get(case.get_absolute_url()).status_code == 404


def test_no_other_clerk_opens_the_receipt(cast, client_as):
    client, other = client_as(cast.clerk), client_as(cast.town_clerk)
    typed = {
        "token": codes.new_token(), "channel": "visit", "body": "有人骂人。", "persons-TOTAL_FORMS": "0",
        "persons-INITIAL_FORMS": "0",
    }  # fmt: skip
    client.post(reverse("petitions:register"), typed)
    session = other.session
    session["counter_receipt"] = dict(client.session["counter_receipt"])
    session.save()
    assert other.get(reverse("petitions:register_receipt")).status_code == 302


def test_the_officer_who_names_themself_lands_on_the_list_and_is_out(cast, client_as, make_case):
    case, client = make_case(), client_as(cast.petition_officer)
    typed = {
        "token": codes.new_token(),
        "kind": "appeal",
        "path": 6,
        "complained_people": [cast.petition_officer.pk],
    }
    answer = client.post(reverse("petitions:act", args=[case.number, Act.CLASSIFY]), typed)
    assert (answer.status_code, answer["Location"]) == (302, reverse("petitions:list"))
    assert client.get(case.get_absolute_url()).status_code == 404


class TestHeads:
    """Who heads a unit: the unit is complained of too, unless another was named."""

    def test_the_unit_they_head_neither_sees_nor_gets_it(self, cast, officer, name_at):
        case = name_at("counter", cast.unit_head)
        assert case.complained_unit == cast.units.urban
        with pytest.raises(Refusal, match="城市管理局"):
            forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=AT)
        assert "城市管理局按被反映单位处理" in PetitionEvent.objects.get(act=Act.REGISTER).text

    def test_the_screen_says_so_before_it_is_sent(self, cast, client_as):
        client = client_as(cast.clerk)
        beside = reverse("petitions:register_similar")
        typed = {"body": "赵局长骂人", "complained_people": [cast.unit_head.pk]}
        assert "城市管理局按被反映单位处理" in client.post(beside, typed).content.decode()
        typed["complained_unit"] = cast.units.housing.pk
        assert "按被反映单位处理" not in client.post(beside, typed).content.decode()
        typed |= {"complained_unit": "", "complained_people": [cast.handler.pk]}
        assert "按被反映单位处理" not in client.post(beside, typed).content.decode()

    def test_a_unit_that_has_the_case_loses_it(self, cast, make_case, officer):
        case = make_case(until=Status.FORWARDED)
        forwarding.classify(
            petition=case, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, reason="核对",
            complained_people=[cast.unit_head], at=AT,
        )  # fmt: skip
        assert (case.status, case.lead_unit, case.complained_unit) == (
            Status.REGISTERED,
            None,
            cast.units.urban,
        )
        assert not readable(case, cast.actor("handler"))

    def test_beside_a_unit_that_was_named_theirs_is_sent_nothing_either(
        self, cast, make_case, officer, client_as
    ):
        case = make_case(complained_unit=cast.units.housing, complained_people=[cast.unit_head])
        assert case.complained_unit == cast.units.housing
        with pytest.raises(Refusal, match="条例第二十八条"):
            forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=AT)
        page = (
            client_as(officer.user)
            .get(reverse("petitions:act", args=[case.number, Act.FORWARD]))
            .content.decode()
        )
        assert f'<option value="{cast.units.urban.pk}"' not in page
        assert f'<option value="{cast.units.dongxi.pk}"' in page
        assert "住房和城乡建设局、城市管理局" in page

    def test_the_highest_of_several(self, cast, make_case):
        village, town = (
            User.objects.create(username=name, name=name, password="!") for name in ("村长", "镇长")
        )
        for user, unit in ((village, cast.units.liuwan), (town, cast.units.dongxi)):
            Post.objects.create(user=user, unit=unit, role=Role.UNIT_HEAD, valid_from=SINCE)
        assert make_case(complained_people=[village, town]).complained_unit == cast.units.dongxi

    def test_head_of_the_district_blocks_no_unit(self, cast, make_case):
        user = User.objects.create(username="mayor", name="县长", password="!")
        Post.objects.create(user=user, unit=cast.units.district, role=Role.UNIT_HEAD, valid_from=SINCE)
        assert make_case(complained_people=[user]).complained_unit is None

    def test_an_accusation_of_the_head_of_the_discipline_body_is_held_to_be_handed_upward(
        self, cast, make_case
    ):
        user = User.objects.create(username="book", name="纪书记", password="!")
        Post.objects.create(user=user, unit=cast.units.discipline, role=Role.UNIT_HEAD, valid_from=SINCE)
        case = make_case.registered(
            actor=cast.actor("clerk"), kind=Kind.ACCUSATION, complained_people=[user]
        ).petition
        case.refresh_from_db()
        assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
        assert readable(case, cast.actor("clerk")) and not readable(case, cast.actor("discipline_officer"))


class TestLeaders:
    """The leader is out, the units in their charge are not; what would have come to them goes to others."""

    @pytest.fixture
    def case(self, cast, make_case):
        return make_case(until=Status.FORWARDED, complained_people=[cast.leader])

    def test_a_unit_in_their_charge_handles_it(self, case, cast):
        assert (case.complained_unit, case.lead_unit) == (None, cast.units.urban)
        assert readable(case, cast.actor("handler")) and not readable(case, cast.actor("leader"))

    def test_an_escalation_goes_to_the_next_one_up(self, case, cast):
        assert Recipients(AT).of(case, cast.units.urban, Role.LEADER) == [cast.petition_officer.pk]

    def test_or_to_the_other_leader_in_charge(self, case, cast):
        cast.post("leader2").charge_units.add(cast.units.urban)
        assert Recipients(AT).of(case, cast.units.urban, Role.LEADER) == [cast.leader2.pk]

    def test_it_is_no_package_of_theirs(self, case, cast):
        with pytest.raises(Refusal, match="回避"):
            packages.assign_package(
                petition=case, actor=cast.actor("petition_officer"), post=cast.post("leader"), reason="重大",
                target_on=(AT + timedelta(days=30)).date(), at=AT,
            )  # fmt: skip


def test_an_alert_that_reaches_nobody_else_does_not_reach_an_administrator_who_is_named(cast, make_case):
    case = make_case(complained_people=[cast.sysadmin])
    Post.objects.exclude(role=Role.SYSTEM_ADMIN).update(valid_until=AT.date())
    assert Recipients(AT).of(case, cast.units.urban, Role.INSPECTOR) == []


def test_a_handler_who_is_named_cannot_be_made_responsible(cast, make_case):
    case = make_case(until=Status.ACCEPTED, complained_people=[cast.unit_head2])
    forwarding_head = cast.actor("unit_head")
    recusing.exclude(
        petition=case,
        actor=forwarding_head,
        user=cast.handler,
        ground=RecusalGround.FAMILY,
        reason="姻亲",
        at=AT,
    )
    with pytest.raises(Refusal, match="已回避本件"):
        handling.name_responsible(petition=case, actor=forwarding_head, user=cast.handler, at=AT)


def test_the_accusation_of_the_only_person_of_the_discipline_body_is_not_buried_there(cast, make_case):
    case = make_case.registered(
        actor=cast.actor("clerk"), kind=Kind.ACCUSATION, complained_people=[cast.discipline_officer]
    ).petition
    case.refresh_from_db()
    assert case.lead_unit is None and readable(case, cast.actor("clerk"))


def test_a_sealed_case_whose_registrar_is_named_is_held_by_somebody_else(cast, make_case, officer):
    case = make_case.registered(
        actor=cast.actor("clerk"),
        kind=Kind.ACCUSATION,
        complained_people=[cast.clerk, cast.discipline_officer],
    ).petition
    assert not readable(case, cast.actor("clerk"))
    assert readable(case, cast.actor("petition_officer"))


def test_those_who_must_replace_them_are_told_and_nobody_who_is_out(cast, make_case, officer):
    case = make_case(until=Status.FORWARDED)
    forwarding.classify(
        petition=case, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, reason="核对",
        complained_people=[cast.handler], at=AT,
    )  # fmt: skip
    told = Notice.objects.filter(text__contains="有工作人员回避")
    assert {one.recipient for one in told} == {cast.unit_head, cast.petition_officer, officer.user}


def test_history_names_them_for_the_desk_the_petitioner_and_the_audit_log_are_told_nothing(cast, make_case):
    case = make_case(complained_people=[cast.handler, cast.handler])
    event = PetitionEvent.objects.get(petition=case)
    assert "陈立" in event.text and "陈立" not in event.public_text
    assert "陈立" not in str(AuditEntry.objects.get(act="petition.register").detail)
    assert str(cast.handler.pk) not in AuditEntry.objects.get(act="petition.register").detail


def test_the_case_page_says_who(cast, make_case, client_as):
    case = make_case(complained_people=[cast.handler])
    page = client_as(cast.petition_officer).get(case.get_absolute_url()).content.decode()
    assert "工作人员：陈立（已回避）" in page


class TestGroundsAndEnding:
    def classify(self, case, officer, *people):
        forwarding.classify(
            petition=case, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, reason="核对",
            complained_people=people, at=AT,
        )  # fmt: skip

    def test_named_twice_is_named_once(self, cast, make_case, officer):
        case = make_case(complained_people=[cast.handler])
        self.classify(case, officer, cast.handler)
        assert Recusal.objects.count() == 1

    def test_whoever_was_out_as_a_relative_is_out_as_complained_of(self, cast, make_case, officer):
        case = make_case(until=Status.FORWARDED)
        recusing.recuse(petition=case, actor=cast.actor("handler"), ground=RecusalGround.FAMILY, at=AT)
        self.classify(case, officer, cast.handler)
        standing = Recusal.objects.get(ended_at=None)
        assert (standing.user, standing.ground) == (cast.handler, RecusalGround.COMPLAINED_OF)
        assert Recusal.objects.count() == 2

    def test_somebody_else_of_the_office_ends_it_with_a_reason(self, cast, make_case, officer):
        case = make_case(until=Status.FORWARDED, complained_people=[cast.handler])
        assert Recusal.objects.get().recorded_by != officer.user
        out = {"petition": case, "user": cast.handler, "at": AT}
        with pytest.raises(Refusal) as refused:
            recusing.readmit(**out, actor=cast.actor("handler"), reason="不是我")
        assert refused.value.code == "forbidden"
        with pytest.raises(Refusal, match="理由"):
            recusing.readmit(**out, actor=officer, reason=" ")
        recusing.readmit(**out, actor=officer, reason="同名，核实不是本人")
        assert readable(case, cast.actor("handler")) and not Petition.objects.get().has_recusals

    def test_the_unit_that_was_out_for_its_head_alone_comes_back_with_the_head(
        self, cast, make_case, officer
    ):
        case = make_case(complained_people=[cast.unit_head])
        assert (case.complained_unit, case.complained_as_headed) == (cast.units.urban, True)
        out = {"petition": case, "user": cast.unit_head, "at": AT}
        recusing.readmit(**out, actor=officer, reason="同名，核实不是本人")
        case.refresh_from_db()
        assert (case.complained_unit, case.complained_as_headed) == (None, False)
        assert "被反映单位：城市管理局→无" in case.events.last().text
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=AT)
        assert readable(case, cast.actor("unit_head")) and readable(case, cast.actor("handler"))

    def test_a_unit_that_was_named_itself_stays_out(self, cast, make_case, officer):
        named = {"complained_unit": cast.units.urban, "complained_people": [cast.unit_head]}
        case = make_case(**named)
        recusing.readmit(petition=case, user=cast.unit_head, at=AT, actor=officer, reason="核实不是本人")
        assert Petition.objects.get().complained_unit == cast.units.urban

    def test_as_long_as_another_head_of_it_is_complained_of_it_stays_out(self, cast, make_case, officer):
        deputy = User.objects.create(username="deputy", name="副局长", password="!")
        Post.objects.create(user=deputy, unit=cast.units.urban, role=Role.UNIT_HEAD, valid_from=SINCE)
        case = make_case(complained_people=[cast.unit_head, deputy])
        recusing.readmit(petition=case, user=cast.unit_head, at=AT, actor=officer, reason="核实不是本人")
        assert Petition.objects.get().complained_unit == cast.units.urban

    def test_the_registrar_of_a_sealed_case_holds_it_again(self, cast, make_case, officer):
        clerk = cast.actor("clerk")
        made = make_case.registered(actor=clerk, kind=Kind.ACCUSATION, complained_people=[cast.clerk], at=AT)
        case = Petition.objects.get(pk=made.petition.pk)
        assert not readable(case, clerk)
        head = cast.actor("discipline_officer")
        head.post.role = Role.UNIT_HEAD
        recusing.readmit(petition=case, user=cast.clerk, at=AT, actor=Actor.of(head.post), reason="不是本人")
        assert readable(case, clerk)

    def test_neither_the_head_complained_of_nor_their_unit_ends_it(self, cast, make_case, officer):
        case = make_case(complained_people=[cast.unit_head])
        deputy = User.objects.create(username="deputy", name="副局长", password="!")
        post = Post.objects.create(user=deputy, unit=cast.units.urban, role=Role.UNIT_HEAD, valid_from=SINCE)
        for actor in (cast.actor("unit_head"), Actor.of(post)):
            with pytest.raises(Refusal):
                recusing.readmit(petition=case, actor=actor, user=cast.unit_head, reason="误会", at=AT)

    def test_neither_who_named_them_nor_a_head_who_did_not_ends_it(self, cast, make_case, officer):
        case = make_case(until=Status.FORWARDED)
        self.classify(case, officer, cast.handler)
        for actor in (officer, cast.actor("unit_head")):
            with pytest.raises(Refusal, match="被反映人的回避"):
                recusing.readmit(petition=case, actor=actor, user=cast.handler, reason="误会", at=AT)
        assert not readable(case, cast.actor("handler"))

    def test_of_a_sealed_case_the_office_that_does_not_read_it_ends_nothing(self, cast, make_case, officer):
        case = make_case(until=Status.ACCEPTED)
        sealing.seal(petition=case, actor=officer, reason="违纪", complained_people=[cast.handler], at=AT)
        with pytest.raises(Refusal):
            recusing.readmit(petition=case, actor=officer, user=cast.handler, reason="误会", at=AT)


def test_an_import_names_them_too(cast):
    rows = [
        Posted(NewPetition(channel=Channel.MESSAGE_BOARD, body=body, complained_people=people), AT)
        for body, people in (("赵建国骂人", [cast.unit_head]), ("路灯坏了", ()))
    ]
    first, second = register_many(actor=Actor.system(), rows=rows, unit=cast.units.petition_office, at=AT)
    assert (first.complained_unit, second.complained_unit) == (cast.units.urban, None)
    assert (first.has_recusals, second.has_recusals) == (True, False)
    recusal = Recusal.objects.get()
    assert (recusal.petition, recusal.user, recusal.recorded_by) == (first, cast.unit_head, None)
    assert not readable(first, cast.actor("handler"))


def test_the_comparison_sees_a_case_that_is_shown(cast, client_as, officer, name_at):
    client = client_as(cast.petition_officer)
    before = glance(client)
    name_at("counter", cast.handler)
    after = glance(client)
    assert {page for page in before if before[page] != after[page]} >= {"petitions:list", "reports:home"}
