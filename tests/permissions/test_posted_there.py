"""A mediator and a leader posted in the unit complained of, given the case by name before that was known (条例 28): at
every door of the case and of what hangs on it they get what a case that does not exist gets."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from petitions.enums import Kind, Path, Status
from petitions.models import Petition
from petitions.services import forwarding, scope
from tests.cast import SINCE
from tests.permissions.asking import args_of, ask, elsewhere
from tests.permissions.sparing import known_people, pages_drawn_plainly
from tests.permissions.table import ROW_OF
from tests.permissions.town import Town

pytestmark = pytest.mark.django_db
POSTED = {"村调解员": Role.MEDIATOR, "镇领导": Role.LEADER}
#: Their own way in is the role; who is not let in there gets 403 for whatever case.
AS_ONE = {"村调解员": "调解员", "镇领导": "包案领导"}
DOORS = [door for door, row in ROW_OF.items() if row.of_a_case and "包案" in row.cases()]


@pytest.fixture(scope="module")
def there(town: Town) -> dict[str, Actor]:
    """Given 包案 by name, which is against their town from then on."""
    case, made = Petition.objects.get(pk=town.cases["包案"].pk), {}
    for label, role in POSTED.items():
        user = User.objects.create(username=f"t-{label}", name=label, password="!")
        post = Post.objects.create(user=user, unit=town.cast.units.dongxi, role=role, valid_from=SINCE)
        made[label] = Actor.of(post)
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        town.clients[label] = client
        scope.grant(case, user)
        assert Petition.objects.visible_to(made[label]).filter(pk=case.pk).exists()
    assert case.status == Status.FORWARDED
    forwarding.classify(
        petition=case,
        actor=town.actor("专员"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=town.cast.units.dongxi,
    )
    return made


@pytest.fixture(scope="module", autouse=True)
def nothing_done_twice(town, there):
    with known_people(town.clients.values()), pages_drawn_plainly():
        yield


def test_they_lose_it_and_whoever_is_posted_elsewhere_keeps_it(town, there):
    case = town.cases["包案"]
    for actor in there.values():
        assert not Petition.objects.visible_to(actor).filter(pk=case.pk).exists()
    for label in ("调解员", "包案领导", "外单位"):
        assert Petition.objects.visible_to(town.actor(label)).filter(pk=case.pk).exists(), label


@pytest.mark.parametrize("door", DOORS)
def test_every_door_answers_like_that_of_no_case(door, town):
    row, wrong = ROW_OF[door], []
    args = args_of(town, door, "包案")
    for person, like in AS_ONE.items():
        for method in row.methods:
            nothing = ask(town.clients[person], reverse(door, args=elsewhere(args)[0]), method)
            answer = ask(town.clients[person], reverse(door, args=args), method)
            assert nothing.said == ("404" if like in row.let_in else "403"), (person, method)
            if (answer.said, answer.steady, answer.queries) != (
                nothing.said,
                nothing.steady,
                nothing.queries,
            ):
                wrong.append((person, method, answer.said))
            assert not answer.written, (person, method)
    assert wrong == []


def test_no_list_of_theirs_names_it(town, there):
    number = town.cases["包案"].number
    for person, doors in {
        "村调解员": ("mediation:mine", "petitions:list"),
        "镇领导": ("leaders:home", "leaders:packages", "leaders:instructions", "petitions:list"),
    }.items():
        for door in doors:
            answer = ask(town.clients[person], reverse(door))
            assert answer.said == "200" and number not in answer.body.decode(), (person, door)
