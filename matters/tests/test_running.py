"""The nightly run: what is new goes where it belongs, a person's word stands, and some cases are never in it."""

import pytest

from accounts.models import Post
from matters import tasks
from matters.models import Matter, MatterCase, Run
from matters.services import keeping, running
from matters.tests.conftest import DAY, MIXER, MONDAY, OTHERS, WAGES, matters_of
from petitions.enums import Kind, RecusalGround, Status
from petitions.services import recusing, sealing

pytestmark = pytest.mark.django_db


def test_a_night_groups_what_tells_of_one_thing(tell, run):
    mixer, wages, others = tell(MIXER), tell(WAGES), tell(OTHERS)
    made = run()
    assert len(set(matters_of(mixer))) == 1 and len(set(matters_of(wages))) == 1
    assert matters_of(mixer)[0] != matters_of(wages)[0]
    assert matters_of(others) == [None] * 12
    assert (made.looked, made.linked, made.made) == (19, 7, 2)
    assert Matter.objects.filter(name="").count() == 2


def test_the_next_night_looks_at_what_is_new_and_moves_nothing(tell, run, mixer):
    matter, _cases = mixer
    before = list(MatterCase.objects.order_by("pk").values_list("petition", "matter"))
    (late,) = tell([("云山路搅拌站又在夜里开工", MIXER[0][1])], days=0)
    assert run(at=MONDAY + DAY).made == 0
    assert list(MatterCase.objects.order_by("pk").values_list("petition", "matter"))[:-1] == before
    assert matters_of([late]) == [matter.pk]
    assert run(at=MONDAY + 5 * DAY).looked == 0


def test_two_singles_of_two_nights_make_a_matter(tell, run):
    tell([*OTHERS[:6], *WAGES])
    (first,) = tell(MIXER[1:2])
    run()
    assert matters_of([first]) == [None]
    (second,) = tell(MIXER[3:], days=0)
    run(at=MONDAY + DAY)
    assert matters_of([first])[0] == matters_of([second])[0] is not None


@pytest.mark.article(30)
def test_an_accusation_is_never_grouped_and_drops_out_when_sealed_later(cast, tell, run, make_case):
    accusations = [
        make_case.registered(subject=subject, body=body, kind=Kind.ACCUSATION, at=MONDAY - DAY).petition
        for subject, body in MIXER[:2]
    ]
    run()
    assert matters_of(accusations) == [None, None]
    assert Run.objects.get().looked == 0
    open_ones = tell(MIXER, until=Status.FORWARDED)
    tell(OTHERS)
    run(at=MONDAY + DAY)
    sealing.seal(petition=open_ones[0], actor=cast.actor("petition_officer"), reason="反映干部违纪")
    (late,) = tell([MIXER[0]], days=0)
    assert run(at=MONDAY + 2 * DAY).linked == 1
    assert matters_of([late]) == matters_of(open_ones[1:2])


@pytest.mark.article(28)
def test_cases_somebody_stays_out_of_and_against_the_office_are_never_grouped(cast, tell, run):
    against = tell(MIXER[:2], complained_unit=cast.units.petition_office)
    avoided = tell(MIXER[2:])
    for case in avoided:
        recusing.exclude(
            petition=case, actor=cast.actor("petition_officer"), user=cast.clerk,
            ground=RecusalGround.FAMILY, reason="与信访人是亲属",
        )  # fmt: skip
    assert run().looked == 0
    assert matters_of([*against, *avoided]) == [None] * 4


def test_the_repeats_of_one_person_make_nothing_hot(tell, run):
    (first,) = tell(MIXER[:1])
    tell(MIXER[1:], repeat_of=first)
    assert run().looked == 1


def test_what_a_person_took_out_stays_out_and_draws_nothing_after_it(cast, tell, run, mixer):
    matter, cases = mixer
    officer = cast.actor("petition_officer")
    for case in cases:
        if case != cases[-1]:
            keeping.unlink(matter=matter, actor=officer, case=case)
            if MatterCase.objects.filter(matter=matter, out=False).count() < 3:
                break
    out = [row.petition for row in MatterCase.objects.filter(out=True)]
    assert len(out) == 2
    run(at=MONDAY + DAY)
    assert matters_of(out) == [None, None]
    (late,) = tell([(out[0].subject, out[0].body)], days=0)
    run(at=MONDAY + 2 * DAY)
    assert matters_of(out) == [None, None]
    assert matters_of([late])[0] in {None, matter.pk}


def test_what_a_person_put_in_stays_there(cast, tell, run, mixer):
    matter, _cases = mixer
    (lamp,) = tell([("路灯也是搅拌站撞坏的", "滨江公园东门的路灯坏了。")], days=0)
    keeping.link(matter=matter, actor=cast.actor("petition_officer"), number=lamp.number)
    row = MatterCase.objects.get(petition=lamp)
    run(at=MONDAY + DAY)
    again = MatterCase.objects.get(petition=lamp)
    assert (again.pk, again.matter_id, again.out) == (row.pk, matter.pk, False)
    assert again.by == Post.objects.get(pk=cast.post("petition_officer").pk)


def test_more_than_one_night_can_look_at_waits_for_the_next(tell, run, monkeypatch):
    monkeypatch.setattr(running, "MOST_FRESH", 4)
    cases = tell(MIXER, days=10)
    wages = tell(WAGES, days=5)
    tell(OTHERS[:6], days=3)
    assert run().looked == 4
    assert len(set(matters_of(cases))) == 1
    for n in range(3):
        run(at=MONDAY + (n + 1) * DAY)
    assert len(set(matters_of(wages))) == 1 and None not in matters_of(wages)


def test_the_task_runs_it(tell):
    tell([*MIXER, *OTHERS])
    tasks.group_new()
    assert Run.objects.get().made == 1
