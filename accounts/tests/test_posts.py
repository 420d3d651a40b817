import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import selectors
from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from accounts.services.posts import end_post, grant_post
from core.errors import Refusal

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def test_one_person_may_hold_several_posts(cast):
    grant_post(user=cast.handler, unit=cast.units.urban, role=Role.UNIT_HEAD, by=SYSTEM)
    grant_post(user=cast.handler, unit=cast.units.dongxi, role=Role.HANDLER, by=SYSTEM)
    held = [(post.unit, post.role) for post in cast.handler.current_posts]
    assert held == [
        (cast.units.urban, Role.HANDLER),
        (cast.units.urban, Role.UNIT_HEAD),
        (cast.units.dongxi, Role.HANDLER),
    ]


def test_the_same_post_twice_at_overlapping_times_is_refused(cast):
    with pytest.raises(Refusal) as refusal:
        grant_post(user=cast.handler, unit=cast.units.urban, role=Role.HANDLER, by=SYSTEM)
    assert refusal.value.code == "post_twice"


def test_the_database_too_refuses_the_same_post_twice(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user=cast.handler, unit=cast.units.urban, role=Role.HANDLER, valid_from=date(2025, 1, 1)
        )


def test_a_post_may_be_given_again_from_the_day_it_ended(cast):
    end_post(post=cast.post("handler"), by=SYSTEM, on=date(2026, 3, 1))
    again = grant_post(
        user=cast.handler, unit=cast.units.urban, role=Role.HANDLER, by=SYSTEM, valid_from=date(2026, 3, 1)
    )
    assert [
        post.pk for post in selectors.holders(Role.HANDLER, unit=cast.units.urban, at=date(2026, 2, 28))
    ] == [cast.post("handler").pk]
    assert [
        post.pk for post in selectors.holders(Role.HANDLER, unit=cast.units.urban, at=date(2026, 3, 1))
    ] == [again.pk]


@pytest.mark.parametrize("held", ["sysadmin", "secadmin", "auditor"])
@pytest.mark.parametrize("wanted", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_the_three_administrators_are_never_one_person(cast, held, wanted):
    user, own = getattr(cast, held), cast.post(held).role
    if wanted == own:
        assert grant_post(user=user, unit=cast.units.district, role=wanted, by=SYSTEM).role == wanted
        return
    with pytest.raises(Refusal) as refusal:
        grant_post(user=user, unit=cast.units.district, role=wanted, by=SYSTEM)
    assert refusal.value.code == "roles_apart"
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=user, unit=cast.units.district, role=wanted, valid_from=date(2026, 1, 1))


@pytest.mark.parametrize(
    "person, role",
    [
        ("sysadmin", Role.CLERK),
        ("secadmin", Role.LEADER),
        ("auditor", Role.HANDLER),
        ("handler", Role.AUDITOR),
    ],
)
def test_whoever_administers_holds_no_post_that_reads_cases(cast, person, role):
    with pytest.raises(Refusal, match="不得同时担任办理信访件的岗位") as refusal:
        grant_post(user=getattr(cast, person), unit=cast.units.dongxi, role=role, by=SYSTEM)
    assert refusal.value.code == "roles_apart"


def test_an_administrator_may_become_another_kind_after_the_first_post_ended(cast):
    end_post(post=cast.post("sysadmin"), by=SYSTEM, on=date(2026, 1, 1))
    post = grant_post(
        user=cast.sysadmin,
        unit=cast.units.district,
        role=Role.AUDITOR,
        by=SYSTEM,
        valid_from=date(2026, 1, 1),
    )
    assert post.role == Role.AUDITOR


@pytest.mark.parametrize("role", [Role.PETITIONER, Role.SYSTEM])
def test_roles_that_are_no_posts_are_not_given(cast, role):
    with pytest.raises(Refusal):
        grant_post(user=cast.outsider, unit=cast.units.district, role=role, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user=cast.outsider, unit=cast.units.district, role=role, valid_from=date(2026, 1, 1)
        )


def test_a_post_ends_after_it_began(cast):
    with pytest.raises(Refusal):
        grant_post(
            user=cast.outsider,
            unit=cast.units.district,
            role=Role.CLERK,
            by=SYSTEM,
            valid_from=date(2026, 2, 1),
            valid_until=date(2026, 2, 1),
        )
    with pytest.raises(Refusal):
        end_post(post=cast.post("handler"), by=SYSTEM, on=cast.post("handler").valid_from)


def test_a_person_who_may_not_log_in_holds_nothing(cast):
    User.objects.filter(pk=cast.handler.pk).update(is_active=False)
    assert selectors.holders(Role.HANDLER, unit=cast.units.urban, at=date(2026, 10, 1)) == []


def test_giving_and_ending_a_post_are_in_the_audit_log(cast):
    post = grant_post(
        user=cast.outsider, unit=cast.units.xiling, role=Role.UNIT_HEAD, by=cast.actor("sysadmin")
    )
    end_post(post=post, by=cast.actor("sysadmin"), on=post.valid_from + timedelta(days=1))
    acts = AuditEntry.objects.filter(object_type="accounts.post", object_id=str(post.pk)).order_by("pk")
    assert [(entry.act, entry.user) for entry in acts] == [
        ("post.grant", cast.sysadmin),
        ("post.end", cast.sysadmin),
    ]


def test_the_label_of_an_actor_says_who_and_under_which_hat(cast):
    assert cast.actor("handler").label == "陈立（城市管理局 承办人）"
    assert cast.actor("handler").unit == cast.units.urban
    assert Actor.petitioner().unit is None
    assert (Actor.system().role, Actor.system().label) == (Role.SYSTEM, "系统")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [Role.AUDITOR, Role.HANDLER])
def test_of_two_roles_to_be_kept_apart_given_at_once_one_is_refused(cast, second):
    Post.objects.filter(user=cast.outsider).delete()
    gate = threading.Barrier(2)
    outcome = []

    def give(role):
        try:
            gate.wait(5)
            outcome.append(
                grant_post(user=cast.outsider, unit=cast.units.district, role=role, by=SYSTEM).role
            )
        except Refusal as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(role,)) for role in (Role.SYSTEM_ADMIN, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(outcome) == 2
    assert outcome.count("roles_apart") == 1
    assert Post.objects.filter(user=cast.outsider, unit=cast.units.district).count() == 1
