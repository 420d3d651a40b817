"""Every (status, act, role): allowed where the table says so for somebody who stands right, refused otherwise."""

from itertools import product

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from petitions import extensions, rules
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import scope
from petitions.tests.standing_world import end_lead, give_matter
from petitions.workflow import EVERY_CLOCK, STEPS, ClockCode, Relation, step_for

# Who in the cast stands right for a role: 城市管理局 leads, the case was registered online at 信访局.
STANDS_RIGHT = {
    Role.CLERK: "clerk",
    Role.PETITION_OFFICER: "petition_officer",
    Role.HANDLER: "handler",
    Role.UNIT_HEAD: "unit_head",
    Role.LEADER: "leader",
    Role.MEDIATOR: "mediator",
    Role.INSPECTOR: "inspector",
    Role.STATISTICIAN: "statistician",
    Role.SYSTEM_ADMIN: "sysadmin",
    Role.SECURITY_ADMIN: "secadmin",
    Role.AUDITOR: "auditor",
}


def actor_of(cast, role: Role) -> Actor:
    if role == Role.PETITIONER:
        return Actor.petitioner()
    if role == Role.SYSTEM:
        return Actor.system()
    return cast.actor(STANDS_RIGHT[role])


def expected(status: Status, act: Act, role: Role) -> bool:
    step = step_for(status, act)
    if step is None or role not in step.by:
        return False
    if role == Role.SYSTEM:
        return True
    unit_roles = {Role.HANDLER, Role.UNIT_HEAD}
    if (
        status == Status.REGISTERED
        and role in unit_roles
        and step.relation in {Relation.PARTY, Relation.LEAD_OR_OFFICE, Relation.ANYONE}
    ):
        return False  # no lead unit yet
    if role == Role.LEADER and step.relation is Relation.OFFICE:
        return False  # only where the petition office itself is complained of
    if act == Act.CLOSE and status == Status.EVALUATED and role in unit_roles:
        return False  # the unit was rated
    if act == Act.NAME_COMPLAINED:
        return False  # only of a sealed case
    if act in {Act.ADOPT, Act.PRACTISE}:
        return False  # only of a suggestion
    if act == Act.SUCCEED and role != Role.SYSTEM and status in {Status.REGISTERED, Status.CLOSED}:
        return False  # nobody leads it yet, or nobody has to any more
    if act in {Act.ACCEPT_REPORT, Act.RETURN_REPORT}:
        return False  # this one is still to be sent: test_every_standing has one that was
    return step.relation not in {Relation.CO, Relation.HOLDER}


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_every_act_of_every_role_in_a_state_is_allowed_or_refused_as_the_table_says(status, cast, make_case):
    case = make_case(until=status)
    for reader in (cast.leader, cast.mediator):
        scope.grant(case, reader)
    give_matter(case, cast.auditor, make_case())
    end_lead(case)
    case = Petition.objects.get(pk=case.pk)
    found = {}
    for act, role in product(Act, Role):
        try:
            rules.require(case, act, actor_of(cast, role))
            found[act, role] = True
        except Refusal:
            found[act, role] = False
    assert found == {(act, role): expected(status, act, role) for act, role in product(Act, Role)}


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_the_buttons_are_exactly_the_acts_the_door_would_take(status, cast, make_case):
    case = make_case(until=status)
    for role in Role:
        actor = actor_of(cast, role)
        shown = {step.act for step in rules.allowed_acts(case, actor)}
        assert shown == {act for act in Act if _door_takes(case, act, actor)}, role


def _door_takes(case: Petition, act: Act, actor: Actor) -> bool:
    try:
        rules.require(case, act, actor)
    except Refusal:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_an_outsider_may_do_nothing_in_any_state(status, cast, make_case):
    assert rules.allowed_acts(make_case(until=status), cast.actor("outsider")) == []


def test_each_row_names_its_basis_and_no_act_has_two_rows_for_one_state():
    pairs = [(step.act, status) for step in STEPS for status in step.frm]
    assert len(pairs) == len(set(pairs))
    assert all(step.basis for step in STEPS)


def test_what_ends_a_case_stops_every_clock():
    assert {step.stops for step in STEPS if step.to == Status.CLOSED} == {EVERY_CLOCK}
    # A refusal is told in writing as well, and the fifteen days are for that (条例 23).
    assert {step.stops for step in STEPS if step.to == Status.REFUSED} == {EVERY_CLOCK - {ClockCode.NOTICE}}


def test_several_rooms_may_warn_before_one_act(monkeypatch):
    monkeypatch.setattr(extensions, "_cautions", {})

    def one(case):
        return "先看这里。"

    def other(case):
        return "再看那里。"

    def none(case):
        return ""

    for words in (one, other, none, one):
        extensions.warn_before(Act.CLOSE, words)
    assert extensions.cautions(Act.CLOSE, None) == ["先看这里。", "再看那里。"]
    assert extensions.cautions(Act.SERVE, None) == []
