"""Whoever an alert of a case reaches may read the case: looked up for every role and every unit of the cast."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from accounts.selectors import posts_held
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import RecusalGround, Status
from petitions.models import Petition
from petitions.services import recusing, scope, sealing
from petitions.services.alerts import UPWARD, Recipients

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)
UNITS = (
    "petition_office",
    "urban",
    "housing",
    "discipline",
    "dongxi",
    "liuwan",
    "shiqiao",
    "xiling",
    "xishan",
)


def strangers(cast, case, units=UNITS):
    """(unit, role, user) of everybody told who reads nothing under any of their hats."""
    found = []
    recipients = Recipients(AT)
    for name in units:
        for role in UPWARD:
            for pk in recipients.of(case, getattr(cast.units, name), role):
                user = User.objects.get(pk=pk)
                hats = [Actor.of(post) for post in posts_held(user, AT)]
                if not any(Petition.objects.visible_to(hat).filter(pk=case.pk).exists() for hat in hats):
                    found.append((name, role, user.username))
    return [one for one in found if one[2] != "sysadmin"]


def test_of_an_ordinary_case_whoever_stands_above_its_unit_is_told_and_reads_it(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    assert Recipients(AT).of(case, cast.units.urban, Role.UNIT_HEAD) == [cast.unit_head.pk]
    assert strangers(cast, case, units=["urban"]) == []


@pytest.mark.parametrize("complained", ["liuwan", "dongxi", "urban", "petition_office"])
def test_nobody_is_told_of_a_case_they_may_not_read(cast, make_case, complained):
    case = make_case(until=Status.ACCEPTED)
    case.complained_unit = getattr(cast.units, complained)
    case.save(update_fields=["complained_unit"])
    scope.rebuild(case)
    assert strangers(cast, case) == []


def test_of_a_recusal_in_a_sealed_case_the_office_hears_nothing(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="违纪", at=AT)
    before = Notice.objects.filter(recipient=cast.petition_officer).count()
    body = Actor.of(Post.objects.get(user=cast.discipline_officer))
    case.refresh_from_db()
    recusing.recuse(petition=case, actor=body, ground=RecusalGround.FAMILY, at=AT + timedelta(hours=1))
    assert Notice.objects.filter(recipient=cast.petition_officer).count() == before


def test_of_a_sealed_case_only_readers_are_told(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="违纪", at=AT)
    case.refresh_from_db()
    assert strangers(cast, case) == []
