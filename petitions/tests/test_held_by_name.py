"""A case in somebody's name is held under a fitting hat only, and by somebody who is there."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import local_day
from deadlines.services import sweep
from notifications.models import Notice
from petitions import rules, tasks
from petitions.enums import Act, Kind, Status
from petitions.models import Petition, PetitionClock
from petitions.services import forwarding, holding, sealing
from tests.cases import MORNING
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def hat(user, unit, role, *charge) -> Actor:
    post, _made = Post.objects.get_or_create(user=user, unit=unit, role=role, defaults={"valid_from": SINCE})
    post.charge_units.set(charge)
    return Actor.of(post)


def reads(actor, case) -> bool:
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.fixture
def accuse(cast, make_case):
    """An accusation registered by the petition office's clerk; by default the discipline body has it."""

    def make(actor="clerk", **new):
        fields = {"kind": Kind.ACCUSATION, "complained_unit": cast.units.urban, **new}
        return make_case.registered(actor=cast.actor(actor) if actor else None, **fields).petition

    return make


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.PETITIONER, Role.SYSTEM}])
def test_the_registrar_reads_nothing_of_it_under_a_hat_in_the_unit_complained_of(cast, accuse, role):
    case = accuse()
    assert reads(cast.actor("clerk"), case)
    there = hat(cast.clerk, cast.units.urban, role, cast.units.urban)
    assert not reads(there, case)
    assert rules.allowed_acts(case, there) == []


@pytest.mark.parametrize("role", [Role.CLERK, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD])
def test_the_registrar_reads_nothing_of_it_after_a_transfer(cast, accuse, role):
    assert not reads(hat(cast.clerk, cast.units.housing, role), accuse())


@pytest.mark.parametrize(
    "role", [Role.HANDLER, Role.INSPECTOR, Role.STATISTICIAN, Role.UNIT_HEAD, Role.LEADER]
)
def test_the_registrar_reads_it_under_no_other_hat_of_the_same_office(cast, accuse, role):
    assert not reads(hat(cast.clerk, cast.units.petition_office, role, cast.units.district), accuse())


def test_the_registrar_still_reads_it_as_an_officer_of_the_office_or_above_it(cast, accuse):
    case = accuse("town_clerk", unit=cast.units.dongxi)
    assert reads(hat(cast.town_clerk, cast.units.dongxi, Role.PETITION_OFFICER), case)
    assert reads(hat(cast.town_clerk, cast.units.district, Role.PETITION_OFFICER), case)
    assert not reads(hat(cast.town_clerk, cast.units.liuwan, Role.CLERK), case)


def test_an_open_case_is_not_read_elsewhere_for_having_been_registered_either(cast, make_case):
    case = make_case.registered(actor=cast.actor("clerk"), complained_unit=cast.units.urban).petition
    assert reads(cast.actor("clerk"), case)
    for unit, role in [("urban", Role.HANDLER), ("urban", Role.CLERK), ("housing", Role.UNIT_HEAD)]:
        assert not reads(hat(cast.clerk, getattr(cast.units, unit), role), case), (unit, role)


def test_an_open_case_registered_by_oneself_is_read_where_it_was_sent(cast, make_case):
    case = make_case(until="forwarded", actor=cast.actor("clerk"))
    assert reads(hat(cast.clerk, cast.units.urban, Role.CLERK), case)
    assert not reads(hat(cast.clerk, cast.units.housing, Role.CLERK), case)


def test_a_leader_in_the_place_of_an_office_complained_of_reads_it_as_a_leader_only(cast, make_case):
    cast.post("leader").charge_units.add(cast.units.petition_office)
    case = make_case(complained_unit=cast.units.petition_office)
    assert reads(cast.actor("leader"), case)
    assert not reads(hat(cast.leader, cast.units.housing, Role.HANDLER), case)
    assert not reads(hat(cast.leader, cast.units.petition_office, Role.PETITION_OFFICER), case)


def test_a_trustee_holds_it_under_the_hat_of_the_office_only(cast, accuse):
    head = hat(cast.outsider, cast.units.petition_office, Role.UNIT_HEAD)
    case = accuse(None, complained_unit=cast.units.discipline)
    assert [step.act for step in rules.allowed_acts(case, head)] == [Act.REPORT_UP]
    for actor in (cast.actor("outsider"), hat(cast.outsider, cast.units.discipline, Role.UNIT_HEAD)):
        assert not reads(actor, case)
        assert rules.allowed_acts(case, actor) == []


def test_the_rule_for_one_case_says_what_the_query_says(cast, accuse):
    cast.post("leader").charge_units.add(cast.units.petition_office)
    cases = [
        accuse(),
        accuse("town_clerk", unit=cast.units.dongxi),
        accuse(None, complained_unit=cast.units.discipline),
        accuse("petition_officer", complained_unit=cast.units.petition_office),
        accuse("clerk", complained_unit=cast.units.discipline),
    ]
    posts = Post.objects.select_related("unit", "user")
    for case in cases:
        for row in case.scopes.filter(user__isnull=False):
            for unit in vars(cast.units).values():
                for role in (Role.CLERK, Role.UNIT_HEAD, Role.LEADER, Role.HANDLER):
                    hat(row.user, unit, role, unit)
            for post in posts.filter(user=row.user):
                actor = Actor.of(post)
                query = Petition.objects.held_by_name(actor).filter(pk=case.pk).exists()
                assert query == rules.can_hold(case, actor), (case.complained_unit, post.unit, post.role)


def told(case) -> set[str]:
    return set(Notice.objects.filter(about=case.about).values_list("recipient__username", flat=True))


def leave(user) -> None:
    Post.objects.filter(user=user).update(valid_until=local_day(MORNING + timedelta(days=1)))


def test_a_trustee_is_told_at_registration_and_the_registrar_is_not(cast, accuse):
    assert told(accuse(None, complained_unit=cast.units.discipline)) == {"petition_officer"}
    assert told(accuse("clerk", complained_unit=cast.units.discipline)) == set()
    assert told(accuse(None)) == {"discipline_officer"}


def test_a_trustee_is_told_when_sealing_finds_no_body(cast, make_case):
    officer = cast.actor("petition_officer")
    for until in (Status.REGISTERED, Status.ACCEPTED):
        case = make_case(until=until, complained_unit=cast.units.discipline)
        door = forwarding.classify if until == Status.REGISTERED else sealing.seal
        kind = {"kind": Kind.ACCUSATION} if until == Status.REGISTERED else {}
        door(petition=case, actor=officer, reason="反映干部违纪违法问题", **kind)
        assert told(case) == {"petition_officer"}, until


@pytest.mark.parametrize("registrar", [None, "clerk"])
def test_whoever_holds_it_is_told_when_its_clocks_warn_and_break(cast, accuse, registrar):
    case = accuse(registrar, complained_unit=cast.units.discipline)
    before = Notice.objects.count()
    assert sweep(PetitionClock, now=MORNING + timedelta(days=30)).alerts > 0
    new = Notice.objects.order_by("id")[before:]
    assert {notice.recipient.username for notice in new} == {registrar or "petition_officer"}
    assert {notice.about for notice in new} == {case.about}


def test_without_head_and_officer_the_nearest_leader_in_charge_holds_it(cast, accuse):
    Post.objects.filter(unit=cast.units.petition_office, role=Role.PETITION_OFFICER).delete()
    cast.post("leader2").charge_units.set([cast.units.district])
    cast.post("leader").charge_units.add(cast.units.petition_office)
    case = accuse(None, complained_unit=cast.units.discipline)
    assert told(case) == {"leader"}
    assert reads(cast.actor("leader"), case)
    assert not reads(cast.actor("leader2"), case)
    assert [step.act for step in rules.allowed_acts(case, cast.actor("leader"))] == [Act.REPORT_UP]


def test_where_nobody_may_hold_it_a_system_administrator_hears_of_that_and_not_of_the_case(cast, accuse):
    Post.objects.filter(unit=cast.units.petition_office, role=Role.PETITION_OFFICER).delete()
    case = accuse(None, complained_unit=cast.units.discipline)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.about) == (cast.sysadmin, "")
    assert case.number not in notice.text + notice.link
    assert not reads(cast.actor("sysadmin"), case)
    assert case.scopes.count() == 0


@pytest.mark.parametrize("registrar", [None, "clerk"])
def test_when_its_holder_has_left_it_is_given_to_somebody_in_office(cast, accuse, registrar):
    case = accuse(registrar, complained_unit=cast.units.discipline)
    assert holding.reappoint(MORNING + timedelta(hours=1)) == 0
    leave(cast.clerk if registrar else cast.petition_officer)
    head = hat(cast.outsider, cast.units.petition_office, Role.UNIT_HEAD)
    later = MORNING + timedelta(days=3)
    assert holding.reappoint(later) == 1
    assert "outsider" in told(case)
    assert reads(head, case)
    assert holding.holders_of(case, later) == [cast.outsider.pk]
    assert holding.reappoint(later) == 0


def test_a_case_nobody_could_hold_is_given_to_the_first_who_comes(cast, accuse):
    Post.objects.filter(unit=cast.units.petition_office, role=Role.PETITION_OFFICER).delete()
    case = accuse(None, complained_unit=cast.units.discipline)
    for hour in (1, 2):  # told once a day
        assert holding.reappoint(MORNING + timedelta(hours=hour)) == 0
    assert Notice.objects.filter(recipient=cast.sysadmin).count() == 1
    officer = hat(cast.outsider, cast.units.petition_office, Role.PETITION_OFFICER)
    assert holding.reappoint(MORNING + timedelta(days=1)) == 1
    assert reads(officer, case)
    assert told(case) == {"outsider"}


def test_what_the_discipline_body_has_or_was_handed_up_is_given_to_nobody_new(cast, accuse):
    accuse()
    case = accuse(None, complained_unit=cast.units.discipline)
    sealing.report_up(
        petition=case,
        actor=cast.actor("petition_officer"),
        body="清江市纪委监委",
        how="机要交换",
        handed_over_at=MORNING,
        receipt="12号",
        at=MORNING,
    )
    leave(cast.petition_officer)
    leave(cast.clerk)
    hat(cast.outsider, cast.units.petition_office, Role.UNIT_HEAD)
    assert holding.reappoint(MORNING + timedelta(days=3)) == 0


def test_the_hourly_task_is_on_the_beat_and_does_it(cast, accuse, settings):
    case = accuse(None, complained_unit=cast.units.discipline)
    leave(cast.petition_officer)
    hat(cast.outsider, cast.units.petition_office, Role.UNIT_HEAD)
    entry = settings.CELERY_BEAT_SCHEDULE["give cases to new holders"]
    assert entry["task"] == tasks.reappoint_holders.name
    tasks.reappoint_holders()
    assert "outsider" in told(case)
