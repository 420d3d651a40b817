import pytest

from accounts import rules
from accounts.actor import Actor
from accounts.enums import POSTLESS_ROLES, SEPARATED_ROLES, Role
from accounts.models import Post, User
from accounts.services.posts import end_post, grant_post, set_charge
from core.errors import Refusal

ORDINARY = {
    Role.CLERK,
    Role.PETITION_OFFICER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.MEDIATOR,
    Role.STATISTICIAN,
}
PROTECTED = {Role.LEADER, Role.INSPECTOR, *SEPARATED_ROLES}
#: One of the cast for every role that is held through a post.
HOLDER = {
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


def should(giver, given):
    return (giver == Role.SYSTEM_ADMIN and given in ORDINARY) or (
        giver == Role.SECURITY_ADMIN and given in PROTECTED
    )


def test_every_role_that_is_a_post_is_given_by_exactly_one_administrator():
    assert ORDINARY | PROTECTED == set(Role) - set(POSTLESS_ROLES) == set(HOLDER)
    for role in HOLDER:
        assert [giver for giver, roles in rules.GIVES.items() if role in roles] == [
            giver for giver in Role if should(giver, role)
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("giver", list(HOLDER))
@pytest.mark.parametrize("given", list(Role))
def test_every_role_gives_and_ends_only_what_is_its_own_to_give(cast, giver, given):
    actor, unit = cast.actor(HOLDER[giver]), cast.units.shiqiao
    newcomer = User.objects.create(username="new", name="新人")
    if should(giver, given):
        post = grant_post(user=newcomer, unit=unit, role=given, by=actor, valid_from="2026-01-01")
        assert end_post(post=post, by=actor).valid_until is not None
        return
    with pytest.raises(Refusal) as refusal:
        grant_post(user=newcomer, unit=unit, role=given, by=actor)
    assert refusal.value.code == ("invalid" if given in POSTLESS_ROLES else "forbidden")
    assert not newcomer.posts.exists()
    if given not in POSTLESS_ROLES:
        held = Post.objects.create(user=newcomer, unit=unit, role=given, valid_from="2026-01-01")
        with pytest.raises(Refusal) as refusal:
            end_post(post=held, by=actor)
        assert refusal.value.code == "forbidden"


@pytest.mark.django_db
@pytest.mark.parametrize("key, role", [("sysadmin", Role.CLERK), ("secadmin", Role.LEADER)])
def test_nobody_gives_to_or_takes_from_themselves(cast, key, role):
    with pytest.raises(Refusal) as refusal:
        grant_post(user=getattr(cast, key), unit=cast.units.urban, role=role, by=cast.actor(key))
    assert (refusal.value.code, "自己的岗位" in refusal.value.sentence) == ("forbidden", True)
    with pytest.raises(Refusal):
        end_post(post=cast.post(key), by=cast.actor(key))


@pytest.mark.django_db
def test_somebody_without_a_hat_is_not_taken_for_the_system(cast):
    nobody = Actor(user=cast.outsider, post=None, role=Role.SYSTEM, label="钱外")
    with pytest.raises(Refusal):
        grant_post(user=cast.clerk, unit=cast.units.urban, role=Role.HANDLER, by=nobody)


@pytest.mark.django_db
def test_only_a_leader_is_in_charge_and_only_the_security_administrator_says_of_what(cast):
    set_charge(post=cast.post("leader"), units=[cast.units.xiling], by=cast.actor("secadmin"))
    assert list(cast.post("leader").charge_units.all()) == [cast.units.xiling]
    with pytest.raises(Refusal) as refusal:
        set_charge(post=cast.post("leader"), units=[], by=cast.actor("sysadmin"))
    assert refusal.value.code == "forbidden"
    with pytest.raises(Refusal) as refusal:
        set_charge(post=cast.post("inspector"), units=[cast.units.urban], by=cast.actor("secadmin"))
    assert refusal.value.code == "no_charge"


@pytest.mark.parametrize(
    "held, keeper",
    [
        ([], Role.SYSTEM_ADMIN),
        ([Role.CLERK, Role.HANDLER], Role.SYSTEM_ADMIN),
        ([Role.CLERK, Role.LEADER], Role.SECURITY_ADMIN),
        ([Role.AUDITOR], Role.SECURITY_ADMIN),
    ],
)
def test_one_protected_post_puts_the_account_into_the_security_administrators_hands(held, keeper):
    assert rules.keeper_of(held) == keeper
