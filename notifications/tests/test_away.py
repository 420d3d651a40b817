"""Whoever is away is not mailed where whoever stands in for them is; and one of the two always is."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import local_day
from deadlines.services import sweep
from notifications.models import ChannelChoice, Notice, OutboxMessage
from notifications.services import notify
from petitions.enums import Status
from petitions.models import PetitionClock
from tests.cases import MORNING

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def colleague(cast):
    user = User.objects.create(username="colleague", name="李四", email="l@qingjiang.example")
    Post.objects.create(
        user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=local_day(MORNING) - 99 * DAY
    )
    return user


@pytest.fixture
def away(cast, colleague):
    """The handler is away from the day of ``MORNING`` on, for ten days."""
    User.objects.filter(pk=cast.handler.pk).update(email="handler@qingjiang.example")
    return Post.objects.create(
        user=colleague,
        unit=cast.units.urban,
        role=Role.HANDLER,
        stands_in_for=cast.post("handler"),
        valid_from=local_day(MORNING),
        valid_until=local_day(MORNING) + 10 * DAY,
    )


def mailed():
    return set(OutboxMessage.objects.values_list("notice__recipient", flat=True))


def tell(*people, at=MORNING, key="k", level="info"):
    notify(recipients=people, text="t", link="/", dedupe_key=key, level=level, at=at)


@pytest.mark.parametrize("level", ["info", "soon", "late"])
def test_the_stand_in_is_mailed_and_whoever_is_away_has_the_notice(cast, colleague, away, level):
    tell(cast.handler, colleague, level=level)
    assert mailed() == {colleague.pk}
    assert set(Notice.objects.values_list("recipient", flat=True)) == {cast.handler.pk, colleague.pk}


def test_nor_do_they_get_it_by_another_way(cast, colleague, away, settings):
    settings.SMS_URL = "json://127.0.0.1:9/"
    User.objects.filter(pk=cast.handler.pk).update(phone="13900000001")
    ChannelChoice.objects.create(user=cast.handler, channel="sms", extent="all")
    tell(cast.handler, colleague)
    assert mailed() == {colleague.pk}


@pytest.mark.parametrize("how", ["alone", "another occasion", "no address", "gone", "before", "after"])
def test_where_the_stand_in_is_not_told_so_whoever_is_away_is(cast, colleague, away, how):
    at = {"before": MORNING - DAY, "after": MORNING + 10 * DAY}.get(how, MORNING)
    if how == "no address":
        User.objects.filter(pk=colleague.pk).update(email="")
    if how == "gone":
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    if how == "another occasion":
        tell(colleague, at=at, key="other")
    people = [cast.handler] if how in {"alone", "another occasion"} else [cast.handler, colleague]
    tell(*people, at=at)
    assert cast.handler.pk in mailed()


def test_keys_that_only_look_alike_are_no_one_occasion(cast, colleague, away):
    """k:1:17 and k:11:7 are two occasions."""
    tell(colleague, key="k:1")
    tell(cast.handler, key="k:11")
    assert mailed() == {cast.handler.pk, colleague.pk}


def test_a_breach_reaches_the_stand_in_by_mail_and_both_in_the_application(cast, colleague, away, make_case):
    case = make_case(until=Status.FORWARDED)
    clock = case.clocks.get(rule__code="notice")
    PetitionClock.objects.exclude(pk=clock.pk).update(next_at=None)
    away_until = clock.due_at + 5 * DAY
    Post.objects.filter(pk=away.pk).update(valid_until=local_day(away_until))
    OutboxMessage.objects.all().delete()
    sweep(PetitionClock, now=clock.due_at)
    told = Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:", level="late")
    assert {cast.handler.pk, colleague.pk} <= set(told.values_list("recipient", flat=True))
    late = set(OutboxMessage.objects.filter(notice__in=told).values_list("notice__recipient", flat=True))
    assert colleague.pk in late and cast.handler.pk not in late
