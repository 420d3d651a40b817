"""What becomes of the matters raised in a talk, and that no way of it keeps anybody from filing."""

import threading

import pytest
from django.db import connection

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from mediation.models import PublicTalk
from mediation.services import archives, talk_matters, talk_panel
from mediation.talk_enums import Fate, TalkState
from mediation.tests.talk_world import make_talk
from notifications.models import Notice
from petitions.enums import Act, Channel, Status
from petitions.models import Petition
from petitions.services import sealing
from petitions.services.registering import NewPerson
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def held(cast):
    return make_talk(cast, until=TalkState.HELD, key="petition_officer")


@pytest.fixture
def matter(cast, held):
    actor = cast.actor("petition_officer")
    return talk_matters.raise_matter(talk=held, actor=actor, text="3 号楼电梯停了两周。")


def test_matters_are_counted_on_and_say_something(cast, held):
    actor = cast.actor("petition_officer")
    made = [talk_matters.raise_matter(talk=held, actor=actor, text=text) for text in ("甲", "乙")]
    assert [one.ordinal for one in made] == [1, 2]
    refused(lambda: talk_matters.raise_matter(talk=held, actor=actor, text=" "), "invalid")
    other = cast.actor("town_clerk")
    refused(lambda: talk_matters.raise_matter(talk=held, actor=other, text="丙"), "forbidden")
    planned = make_talk(cast, until=TalkState.PLANNED, key="petition_officer")
    refused(lambda: talk_matters.raise_matter(talk=planned, actor=actor, text="丙"), "stale")


def test_one_is_passed_to_a_unit_which_reads_it_alone_and_answered_later(cast, held, matter):
    actor = cast.actor("petition_officer")
    settle = {"matter": matter, "actor": actor}
    refused(lambda: talk_matters.settle(fate=Fate.PASSED, note="请修", **settle), "invalid")
    refused(lambda: talk_matters.settle(fate=Fate.LINKED, note="x", **settle), "invalid")
    refused(lambda: talk_matters.settle(fate=Fate.ANSWERED, note=" ", **settle), "invalid")
    assert not PublicTalk.objects.visible_to(cast.actor("handler2")).exists()
    talk_matters.settle(fate=Fate.PASSED, note="请修", unit=cast.units.housing, **settle)
    assert PublicTalk.objects.visible_to(cast.actor("handler2")).get() == held
    assert not PublicTalk.objects.of_offices(cast.actor("handler2")).exists()
    notice = Notice.objects.get(recipient=cast.handler2)
    assert "电梯" not in notice.text
    refused(
        lambda: talk_matters.settle(fate=Fate.PASSED, note="又转", unit=cast.units.urban, **settle), "stale"
    )
    done = talk_matters.settle(fate=Fate.ANSWERED, note="已修好。", **settle)
    assert (done.fate, done.unit, done.note) == (Fate.ANSWERED, cast.units.housing, "请修\n已修好。")
    refused(lambda: talk_matters.settle(fate=Fate.ANSWERED, note="再答", **settle), "stale")


@pytest.mark.article(19)
def test_one_is_registered_by_the_door_of_the_counter(cast, matter):
    done = talk_matters.register_case(
        matter=matter,
        actor=cast.actor("petition_officer"),
        body="3 号楼电梯停了两周，请查。",
        person=NewPerson(name="张小河", phone="13900001111"),
        token="k" * 40,
    )
    case = done.petition
    assert (case.channel, case.status, case.registered_unit) == (
        Channel.VISIT,
        Status.REGISTERED,
        cast.units.petition_office,
    )
    matter.refresh_from_db()
    assert (matter.fate, matter.petition) == (Fate.REGISTERED, case)
    again = talk_matters.register_case(
        matter=matter, actor=cast.actor("petition_officer"), body="又来", token="k" * 40
    )
    assert (again.petition, again.query_code) == (case, done.query_code)
    refused(
        lambda: talk_matters.register_case(matter=matter, actor=cast.actor("petition_officer"), body="再来"),
        "stale",
    )
    assert Petition.objects.count() == 1


def test_nobody_need_leave_a_name_to_be_registered(cast, matter):
    done = talk_matters.register_case(
        matter=matter, actor=cast.actor("petition_officer"), body="电梯停了两周。"
    )
    assert done.petition.anonymous and not done.petition.persons.exists()


@pytest.mark.parametrize("key", ["mediator", "unit_head"])
def test_who_has_no_counter_registers_nothing(cast, key):
    talk = make_talk(cast, until=TalkState.HELD, key=key)
    found = talk_matters.raise_matter(talk=talk, actor=cast.actor(key), text="电梯")
    refused(lambda: talk_matters.register_case(matter=found, actor=cast.actor(key), body="电梯"), "forbidden")
    assert not Petition.objects.exists()


def test_one_belongs_to_a_case_that_is_within_sight(cast, fresh_case, matter):
    case = fresh_case()
    link = {"matter": matter, "actor": cast.actor("petition_officer")}
    assert "没有找到" in refused(lambda: talk_matters.link_case(number="339999-2026-9", **link), "invalid")
    row = talk_matters.link_case(number=f" {case.number} ", **link)
    assert (row.fate, row.petition) == (Fate.LINKED, case)
    assert case.events.filter(act=Act.MEDIATE, text__contains="业主恳谈会").exists()
    refused(lambda: talk_matters.link_case(number=case.number, **link), "stale")


@pytest.mark.article(30)
def test_a_sealed_case_or_one_out_of_sight_is_not_found(cast, make_case, fresh_case, matter):
    sealed = fresh_case()
    sealing.seal(petition=sealed, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    link = {"matter": matter, "actor": cast.actor("petition_officer")}
    assert "没有找到" in refused(lambda: talk_matters.link_case(number=sealed.number, **link), "invalid")
    town = make_talk(cast, until=TalkState.HELD)
    other = talk_matters.raise_matter(talk=town, actor=cast.actor("town_clerk"), text="停车")
    case = fresh_case()
    refused(
        lambda: talk_matters.link_case(matter=other, actor=cast.actor("town_clerk"), number=case.number),
        "invalid",
    )


@pytest.mark.article(28)
def test_a_unit_complained_of_in_a_case_found_here_counts_for_the_panel(cast, fresh_case, held, matter):
    case = fresh_case(complained_unit=cast.units.liuwan)
    talk_matters.link_case(matter=matter, actor=cast.actor("petition_officer"), number=case.number)
    assert talk_panel.units_about(held) == [cast.units.liuwan]


def test_names_are_forgotten_with_the_people_of_a_case_found_here(cast, fresh_case, held, matter):
    case = fresh_case()
    talk_matters.link_case(matter=matter, actor=cast.actor("petition_officer"), number=case.number)
    archives.forget(case)
    held.refresh_from_db()
    assert held.names == "" and held.came == 40


def test_a_mediator_reads_what_the_own_centre_convened(cast):
    talk = make_talk(cast, key="mediator")
    user = User.objects.create(username="town-mediator", name="村调解员")
    post = Post.objects.create(user=user, unit=cast.units.dongxi, role=Role.MEDIATOR, valid_from=SINCE)
    from accounts.actor import Actor

    assert PublicTalk.objects.visible_to(cast.actor("mediator")).get() == talk
    assert not PublicTalk.objects.visible_to(Actor.of(post)).exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_register_one_matter_at_once_leave_one_case(cast, matter):
    gate, said = threading.Barrier(2), []

    def go():
        try:
            gate.wait(5)
            talk_matters.register_case(matter=matter, actor=cast.actor("petition_officer"), body="电梯")
            said.append("done")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["done", "stale"] and Petition.objects.count() == 1
