from datetime import timedelta

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import now
from leaders.enums import VisitKind
from leaders.models import DayCase, VisitDay
from leaders.selectors.day_cases import suggestions
from leaders.services.day_cases import drop_case, pick_case
from leaders.services.days import cancel_day
from leaders.services.replacing import substitute
from petitions.enums import Kind, RecusalGround, Status
from petitions.models import Petition
from petitions.services import recusing

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(day_of):
    return day_of(kind=VisitKind.WITH_CASE)


@pytest.fixture
def pick(cast, day):
    def make(case, **kwargs):
        return pick_case(**{"day": day, "petition": case, "actor": cast.actor("petition_officer")} | kwargs)

    return make


def reads(cast, key, case):
    return Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()


@pytest.fixture
def lone(make_case, cast):
    return make_case(until=Status.REGISTERED, at=now() - timedelta(days=2, hours=6))


def test_the_leader_reads_what_is_taken_along_and_no_longer_when_it_is_dropped(cast, lone, pick):
    assert not reads(cast, "leader2", lone)
    picked = pick(lone, law="依据条例", open_points="房子还没修")
    assert reads(cast, "leader", lone)
    again = pick(lone, law="依据物业条例")
    assert (again.pk, again.law, again.open_points) == (picked.pk, "依据物业条例", "")
    drop_case(picked=picked, actor=cast.actor("petition_officer"))
    assert not reads(cast, "leader", lone)
    assert DayCase.objects.count() == 0


def test_reading_goes_to_whoever_goes_instead_and_ends_with_a_cancelled_day(cast, day, lone, pick):
    pick(lone)
    officer = cast.actor("petition_officer")
    substitute(day=day, actor=officer, post=cast.post("leader2"), reason="出差")
    assert (reads(cast, "leader", lone), reads(cast, "leader2", lone)) == (False, True)
    cancel_day(day=VisitDay.objects.get(pk=day.pk), actor=officer, reason="防汛")
    assert not reads(cast, "leader2", lone)


def test_a_sealed_case_and_one_the_leader_avoids_are_refused(cast, day, lone, pick):
    for user in (cast.leader, cast.leader2):
        recusing.exclude(
            petition=lone,
            actor=cast.actor("petition_officer"),
            user=user,
            ground=RecusalGround.FAMILY,
            reason="亲属",
        )
    with pytest.raises(Refusal) as refusal:
        pick(lone)
    assert "已回避" in refusal.value.sentence
    Petition.objects.filter(pk=lone.pk).update(sealed=True, kind=Kind.ACCUSATION)
    with pytest.raises(Refusal) as refusal:
        pick(lone)
    assert refusal.value.code == "forbidden"


def test_nobody_recused_takes_over_a_day_with_the_case(cast, day, lone, pick):
    pick(lone)
    recusing.exclude(
        petition=lone,
        actor=cast.actor("petition_officer"),
        user=cast.leader2,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )
    with pytest.raises(Refusal) as refusal:
        substitute(day=day, actor=cast.actor("petition_officer"), post=cast.post("leader2"), reason="出差")
    assert "须回避这一场带案" in refusal.value.sentence
    assert VisitDay.objects.get(pk=day.pk).leader == cast.leader


@pytest.mark.parametrize("key", ["leader", "clerk", "handler", "outsider"])
def test_only_the_office_picks(cast, lone, pick, key):
    with pytest.raises(Refusal) as refusal:
        pick(lone, actor=cast.actor(key))
    assert refusal.value.code == "forbidden"


def test_old_repeated_and_crowded_cases_are_suggested_never_sealed_ones(cast, day, fresh_case):
    plain, crowded, sealed = fresh_case(), fresh_case(head_count=40), fresh_case(head_count=40)
    old, again = fresh_case(), fresh_case()
    Petition.objects.filter(pk=old.pk).update(registered_at=now() - timedelta(days=90))
    Petition.objects.filter(pk=again.pk).update(repeat_of=plain, first_here=False)
    Petition.objects.filter(pk=sealed.pk).update(sealed=True, kind=Kind.ACCUSATION)
    found = suggestions(cast.actor("petition_officer"), day, now())
    assert [(one.case.pk, one.why) for one in found] == [
        (old.pk, "已 90 天"),
        (crowded.pk, "40 人"),
        (again.pk, "重复反映"),
    ]


def test_the_office_picks_and_the_leader_reads_one_page_for_each(cast, client_as, day, fresh_case):
    case, office = fresh_case(head_count=40), client_as(cast.petition_officer)
    address = reverse("leaders:day_cases", args=[day.pk])
    assert case.number in office.get(address).content.decode()
    wrong = office.post(address, {"number": "没有", "law": "依据物业条例"})
    assert wrong.status_code == 422 and "依据物业条例" in wrong.content.decode()
    data = {"number": case.number, "law": "依据物业条例第四条", "open_points": "钱由谁出"}
    assert office.post(address, data).status_code == 302
    assert "钱由谁出" in office.get(address, {"number": case.number}).content.decode()
    pages = reverse("leaders:day_pre_read", args=[day.pk])
    read = client_as(cast.leader).get(pages).content.decode()
    for words in (case.number, "依据物业条例第四条", "钱由谁出", "什么事", "做过什么"):
        assert words in read
    assert client_as(cast.leader2).get(pages).status_code == 403
    assert client_as(cast.clerk).get(pages).status_code == 403
    picked = DayCase.objects.get()
    drop = reverse("leaders:day_case_drop", args=[picked.pk])
    assert client_as(cast.leader).post(drop).status_code == 403
    assert office.post(drop).status_code == 302
    assert "没有带案" in office.get(pages).content.decode()


def test_the_choice_of_cases_costs_the_same_for_one_and_three(
    cast, client_as, day, pick, fresh_case, django_assert_num_queries
):
    client, address = client_as(cast.petition_officer), reverse("leaders:day_cases", args=[day.pk])
    pick(fresh_case())
    fresh_case(head_count=40)
    client.get(address)
    for _n in range(2):
        with django_assert_num_queries(9):
            client.get(address)
        pick(fresh_case())
        fresh_case(head_count=40)
