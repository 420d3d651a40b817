"""Whoever is recused from a case (条例 28) gets what a case that does not exist gets, for a whole form at every door too:
the same bytes, nothing written, nobody told. Empty forms, pages and fragments are asked in the matrix beside it."""

from typing import Any

import pytest
from django import forms
from django.urls import reverse

from accounts.actor import Actor
from core.timekeeping import local_day, now
from petitions.archive_enums import HoldKind
from petitions.forms.reveal import FIELDS
from petitions.models import Petition
from petitions.rules import recused_from
from petitions.services.codes import new_token
from petitions.views.acts import DOORS
from tests.permissions.asking import args_of, ask, elsewhere
from tests.permissions.forms import TEXT, WHOLE
from tests.permissions.sparing import known_people, pages_drawn_plainly
from tests.permissions.table import ROW_OF
from tests.permissions.town import RECUSED

pytestmark = pytest.mark.django_db
CASE = "回避"
PEOPLE = RECUSED[CASE].split()
BESIDE = {
    "petitions:reveal": lambda _town, _case: {"field": next(iter(FIELDS)), "reason": TEXT},
    "petitions:archive_case": lambda _town, _case: {"do": "hold", "kind": HoldKind.OTHER, "reason": TEXT},
}
#: Every door that takes a form; the acts of the case page one by one below.
#: What is posted to a paper matters not: whoever is recused does not find it.
BESIDE |= {
    f"papers:{name}": lambda town, case: {"note": TEXT, "reason": TEXT, "revision": 1, "token": new_token()}
    for name in (
        "draft",
        "preview",
        "record",
        "save",
        "send_back",
        "serve",
        "step",
        "discard",
        "put_to_leader",
    )
}
POSTED = [
    door
    for door, row in ROW_OF.items()
    if row.of_a_case and "POST" in row.methods and door != "petitions:act"
]


@pytest.fixture(scope="module", autouse=True)
def nothing_done_twice(town):
    with known_people(town.clients.values()), pages_drawn_plainly():
        yield


def value_for(field: forms.Field, initial: Any) -> Any:
    if isinstance(field, forms.ModelChoiceField):
        first = field.queryset.first()
        one = field.prepare_value(first) if first else ""
        return [one] if isinstance(field, forms.ModelMultipleChoiceField) else one
    if isinstance(field, forms.MultipleChoiceField):
        return [field.choices[0][0]]
    if isinstance(field, forms.ChoiceField):
        return next((value for value, _label in field.choices if value), "")
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.DateField):
        return initial or local_day(now())
    if isinstance(field, forms.DateTimeField):
        return initial or now()
    return 1 if isinstance(field, forms.IntegerField) else initial or TEXT


def filled(form: Any) -> dict[str, Any]:
    """Something in every field."""
    return {
        form.add_prefix(name): value_for(field, form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField)
    } | {"token": new_token()}


def different(town, person, door, args, data):
    """What parts the answer from that for a number that does not exist; nothing, or all of both."""
    client = town.clients[person]
    nothing = ask(client, reverse(door, args=elsewhere(args)[0]), "POST", data=data)
    answer = ask(client, reverse(door, args=args), "POST", data=data)
    assert nothing.said == "404"
    same = (answer.said, answer.steady, answer.queries) == (nothing.said, nothing.steady, nothing.queries)
    return [] if same and not answer.written else [(person, door, args, answer.said, sorted(answer.written))]


def test_all_of_them_are_recused_and_would_read_the_case_otherwise(town):
    case = town.cases[CASE]
    assert recused_from(case) == {town.users[person].pk for person in PEOPLE}
    for person in PEOPLE:
        actor = town.actor(person)
        assert not Petition.objects.visible_to(actor).filter(pk=case.pk).exists(), person
    case.recusals.update(ended_at=now(), ended_by=town.users["登记人"], end_reason=TEXT)
    Petition.objects.filter(pk=case.pk).update(has_recusals=False)
    for person in PEOPLE:
        assert Petition.objects.visible_to(town.actor(person)).filter(pk=case.pk).exists(), person


@pytest.mark.parametrize("door", POSTED)
def test_a_whole_form_at_any_door_of_the_case_finds_no_case(door, town):
    row = ROW_OF[door]
    if CASE not in row.cases():  # a dispute: the case is in hand; conference/tests/test_disputes.py asks it
        return
    args = args_of(town, door, CASE)
    data = (WHOLE | BESIDE)[door](town, CASE)
    wrong = [
        said
        for person in PEOPLE
        if person in row.let_in
        for said in different(town, person, door, args, data)
    ]
    assert wrong == []


@pytest.mark.parametrize("act", list(DOORS))
def test_no_act_of_the_case_page_finds_the_case(act, town):
    case = Petition.objects.get(pk=town.cases[CASE].pk)
    wrong = []
    for person in PEOPLE:
        actor: Actor = town.actor(person)
        data = filled(DOORS[act].form(petition=case, actor=actor, at=now()))
        wrong += different(town, person, "petitions:act", [case.number, act.value], data)
    assert wrong == []


def test_one_who_is_recused_does_not_come_back_by_their_own_hand(town):
    case = town.cases[CASE]
    for person in ("专员", "负责人"):
        data = {"user": town.users[person].pk, "reason": TEXT, "token": new_token()}
        assert different(town, person, "petitions:act", [case.number, "readmit"], data) == []
        assert town.users[person].pk in recused_from(case)
