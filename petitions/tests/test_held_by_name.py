"""A case in somebody's name is held under a fitting hat only, and by somebody who is there."""

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from petitions import rules
from petitions.enums import Act, Kind
from petitions.models import Petition
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
