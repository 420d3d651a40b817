import pytest

from accounts import rules
from accounts.actor import Actor
from accounts.enums import POSTLESS_ROLES, SEPARATED_ROLES, Role, UnitKind
from accounts.forms.units import values_of
from accounts.models import Post, Unit, User
from accounts.services.people import change_person, reset_password, set_active
from accounts.services.posts import end_post, grant_post, set_charge
from accounts.services.unit_changes import change_kind, change_unit
from core.errors import Refusal

ORDINARY = {
    Role.CLERK,
    Role.PETITION_OFFICER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.MEDIATOR,
}
PROTECTED = {Role.LEADER, Role.INSPECTOR, Role.STATISTICIAN, *SEPARATED_ROLES}
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
        ([Role.HANDLER, Role.STATISTICIAN], Role.SECURITY_ADMIN),
    ],
)
def test_one_protected_post_puts_the_account_into_the_security_administrators_hands(held, keeper):
    unit = Unit(kind=UnitKind.DEPARTMENT)
    assert rules.keeper_of(Post(role=role, unit=unit) for role in held) == keeper


@pytest.mark.django_db
class TestDisciplineBodies:
    """Whoever has a post there reads sealed cases (条例 30): the system administrator makes nobody such a reader."""

    @pytest.mark.parametrize("role", [Role.HANDLER, Role.UNIT_HEAD, Role.CLERK])
    def test_posts_there_are_given_and_ended_by_the_security_administrator_alone(self, cast, role):
        newcomer, unit = User.objects.create(username="new", name="新人"), cast.units.discipline
        with pytest.raises(Refusal, match="安全管理员授予") as refusal:
            grant_post(user=newcomer, unit=unit, role=role, by=cast.actor("sysadmin"))
        assert refusal.value.code == "forbidden"
        given = grant_post(
            user=newcomer, unit=unit, role=role, by=cast.actor("secadmin"), valid_from="2026-01-01"
        )
        with pytest.raises(Refusal, match="安全管理员授予"):
            end_post(post=given, by=cast.actor("sysadmin"))
        assert end_post(post=given, by=cast.actor("secadmin")).valid_until is not None

    def test_nobody_gives_one_there_to_themselves(self, cast):
        with pytest.raises(Refusal, match="自己"):
            grant_post(
                user=cast.secadmin, unit=cast.units.discipline, role=Role.HANDLER, by=cast.actor("secadmin")
            )

    def test_elsewhere_the_security_administrator_still_gives_no_ordinary_post(self, cast):
        with pytest.raises(Refusal, match="系统管理员授予"):
            grant_post(
                user=cast.outsider, unit=cast.units.urban, role=Role.HANDLER, by=cast.actor("secadmin")
            )

    def test_the_system_administrator_gets_into_no_account_there_by_a_new_password(self, cast):
        with pytest.raises(Refusal, match="安全管理员管理"):
            reset_password(user=cast.discipline_officer, by=cast.actor("sysadmin"))
        assert reset_password(user=cast.discipline_officer, by=cast.actor("secadmin"))

    def test_no_unit_becomes_one_or_ceases_to_be_by_the_system_administrators_hand(self, cast):
        for unit, kind in (
            (cast.units.urban, UnitKind.DISCIPLINE),
            (cast.units.discipline, UnitKind.DEPARTMENT),
        ):
            wanted = values_of(unit) | {"kind": kind, "parent": unit.parent, "review_superior": None}
            with pytest.raises(Refusal, match="由安全管理员办理"):
                change_unit(unit=unit, by=cast.actor("sysadmin"), **wanted)
            with pytest.raises(Refusal, match="由安全管理员办理"):
                change_kind(unit=unit, by=cast.actor("sysadmin"), kind=kind, reason="机构改革")
            done = change_kind(unit=unit, by=cast.actor("secadmin"), kind=kind, reason="机构改革")
            assert done.kind == kind

    def test_the_security_administrator_changes_no_other_kind_and_no_unit_of_their_own(self, cast):
        with pytest.raises(Refusal, match="系统管理员维护"):
            change_kind(unit=cast.units.urban, by=cast.actor("secadmin"), kind=UnitKind.TOWN, reason="改革")
        office = cast.units.petition_office
        with pytest.raises(Refusal, match="另一位安全管理员"):
            change_kind(unit=office, by=cast.actor("secadmin"), kind=UnitKind.DISCIPLINE, reason="改革")

    def test_everything_else_about_a_discipline_body_stays_with_the_system_administrator(self, cast):
        unit = cast.units.discipline
        wanted = values_of(unit) | {"name": "清江县纪委", "parent": unit.parent, "review_superior": None}
        assert change_unit(unit=unit, by=cast.actor("sysadmin"), **wanted).name == "清江县纪委"


@pytest.mark.django_db
class TestUnitsThatReadTheDistrict:
    """A post at the petition office opens every case: the system administrator gives none, and gets into none."""

    @pytest.mark.parametrize("where", ["petition_office", "district"])
    @pytest.mark.parametrize("role", sorted(ORDINARY))
    def test_posts_there_are_given_and_ended_by_the_security_administrator_alone(self, cast, where, role):
        puppet, unit = User.objects.create(username="new", name="新人"), getattr(cast.units, where)
        with pytest.raises(Refusal, match="全区县的信访件，由安全管理员授予") as refusal:
            grant_post(user=puppet, unit=unit, role=role, by=cast.actor("sysadmin"))
        assert (refusal.value.code, puppet.posts.count()) == ("forbidden", 0)
        given = grant_post(
            user=puppet, unit=unit, role=role, by=cast.actor("secadmin"), valid_from="2026-01-01"
        )
        with pytest.raises(Refusal, match="由安全管理员授予"):
            end_post(post=given, by=cast.actor("sysadmin"))
        assert end_post(post=given, by=cast.actor("secadmin")).valid_until is not None

    @pytest.mark.parametrize("key", ["petition_officer", "clerk", "statistician", "inspector", "leader"])
    def test_the_system_administrator_gets_into_no_account_there(self, cast, key):
        user, before = getattr(cast, key), getattr(cast, key).password
        for door in (
            lambda by: reset_password(user=user, by=by),
            lambda by: set_active(user=user, by=by, active=False),
            lambda by: change_person(user=user, by=by, name=user.name, phone="", email="mine@example.cn"),
        ):
            with pytest.raises(Refusal, match="安全管理员管理"):
                door(cast.actor("sysadmin"))
        assert User.objects.get(pk=user.pk).password == before
        assert reset_password(user=user, by=cast.actor("secadmin"))

    def test_a_town_s_petition_officer_reads_one_unit_and_stays_ordinary(self, cast):
        given = grant_post(
            user=cast.outsider,
            unit=cast.units.dongxi,
            role=Role.PETITION_OFFICER,
            by=cast.actor("sysadmin"),
        )
        assert rules.keeper_of([given]) == Role.SYSTEM_ADMIN

    @pytest.mark.parametrize(
        "key, kind",
        [
            ("urban", UnitKind.PETITION_OFFICE),
            ("urban", UnitKind.DISTRICT),
            ("petition_office", UnitKind.DEPARTMENT),
        ],
    )
    def test_no_post_changes_hands_by_another_kind_of_its_unit(self, cast, key, kind):
        unit, by = getattr(cast.units, key), cast.actor("sysadmin")
        wanted = values_of(unit) | {"kind": kind, "parent": unit.parent, "review_superior": None}
        with pytest.raises(Refusal, match="在任岗位") as refusal:
            change_unit(unit=unit, by=by, **wanted)
        assert refusal.value.code == "forbidden"
        assert Unit.objects.get(pk=unit.pk).kind == unit.kind
        unit.posts.update(valid_until="2026-01-01")
        assert change_unit(unit=unit, by=by, **wanted).kind == kind


# the three administrators read no cases


@pytest.mark.parametrize("key", ["sysadmin", "secadmin", "auditor"])
def test_no_administrator_reads_any_case_whatever_its_state(cast, make_case, client_as, key):
    from petitions.enums import Kind, Status
    from petitions.models import Petition

    cases = [make_case(until=status) for status in Status]
    cases.append(make_case.registered(kind=Kind.ACCUSATION).petition)
    cases.append(make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.discipline).petition)
    assert not Petition.objects.visible_to(cast.actor(key)).exists()
    client = client_as(getattr(cast, key))
    for case in cases:
        assert client.get(f"/cases/{case.number}/").status_code in {403, 404}, case.status
        assert case.number not in client.get("/cases/").content.decode()
