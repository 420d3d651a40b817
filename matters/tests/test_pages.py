"""What each reader sees of a matter, and what the office does with it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import now
from matters import selectors
from matters.models import JointTask, Matter, MatterCase, MatterEvent
from matters.services import keeping, tasking
from matters.tests.conftest import DAY, MIXER, MONDAY, OTHERS, WAGES, matters_of
from notifications.models import Notice
from petitions.enums import Kind, RecusalGround, Status
from petitions.services import recusing, sealing
from supervision.enums import SuggestionKind
from supervision.models import Suggestion
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
TEXT = "请一起到现场，规定开工时间，装上除尘设备。"


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def task(cast, mixer, officer):
    return tasking.open_task(
        matter=mixer[0], actor=officer, title="搅拌站整治", text=TEXT,
        lead=cast.units.urban, units=[cast.units.housing], due_on=date(2026, 12, 20),
    )  # fmt: skip


def test_the_list_counts_for_each_reader_what_they_may_read(cast, mixer, client_as):
    matter, _cases = mixer
    (hot,) = [one for one in selectors.board(cast.actor("petition_officer"), now()) if one.matter == matter]
    assert (hot.total, hot.week, hot.before, hot.rises) == (4, 4, 0.0, True)
    page = client_as(cast.petition_officer).get(reverse("matters:list"))
    assert page.status_code == 200 and "上升" in page.content.decode()
    # The leader in charge of another department reads none of these cases, so that for them there is no such matter.
    assert selectors.board(cast.actor("leader2"), now()) == []
    assert client_as(cast.leader2).get(matter.get_absolute_url()).status_code == 404
    assert client_as(cast.leader).get(matter.get_absolute_url()).status_code in {200, 404}


@pytest.mark.article(28)
def test_whoever_is_recused_learns_of_a_case_neither_by_a_count_nor_by_a_line(
    cast, mixer, officer, client_as
):
    matter, cases = mixer
    keeping.name(matter=matter, actor=officer, words="云山路搅拌站扰民")
    extra = cases[0]
    other = User.objects.create_user("inspector2", name="郭安")
    Post.objects.create(user=other, unit=cast.units.petition_office, role=Role.INSPECTOR, valid_from=SINCE)
    recusing.exclude(
        petition=extra, actor=officer, user=cast.inspector, ground=RecusalGround.FAMILY, reason="亲属",
    )  # fmt: skip
    body = client_as(cast.inspector).get(matter.get_absolute_url()).content.decode()
    assert extra.number not in body and extra.subject not in body
    for who in ("inspector", "petition_officer"):
        assert selectors.one(cast.actor(who), matter.pk, now()).total == 3, (
            "nor does the difference tell of it"
        )


@pytest.mark.article(30)
def test_a_case_sealed_later_is_gone_from_page_count_and_history(cast, tell, mixer, officer, client_as):
    matter, _cases = mixer
    (lamp,) = tell(MIXER[:1], days=1, until=Status.FORWARDED)
    keeping.link(matter=matter, actor=officer, number=lamp.number)
    assert lamp.number in client_as(cast.inspector).get(matter.get_absolute_url()).content.decode()
    sealing.seal(petition=lamp, actor=officer, reason="反映干部违纪")
    body = client_as(cast.inspector).get(matter.get_absolute_url()).content.decode()
    assert lamp.number not in body
    assert selectors.one(officer, matter.pk, now()).total == 4


def test_below_three_there_is_no_matter_unless_it_has_a_name(cast, mixer, officer):
    matter, cases = mixer
    keeping.unlink(matter=matter, actor=officer, case=cases[0])
    assert selectors.one(officer, matter.pk, now()).total == 3
    keeping.name(matter=matter, actor=officer, words="云山路搅拌站扰民")
    keeping.unlink(matter=matter, actor=officer, case=cases[1])
    assert selectors.one(officer, matter.pk, now()).total == 2


def test_it_falls_when_there_were_more_before(cast, tell, run, officer):
    old = tell(MIXER, days=20)
    tell([(f"{s}（续）", b) for s, b in MIXER], days=19)
    tell(MIXER[:3], days=1)
    tell(OTHERS, days=5)
    run()
    hot = selectors.one(officer, matters_of(old)[0], now())
    assert hot.week == 3 and hot.before == 2.0 and hot.rises
    hot = selectors.one(officer, matters_of(old)[0], now() + 8 * DAY)
    assert hot.week == 0 and not hot.rises
    assert selectors.board(officer, now() + 8 * DAY, rising=True) == []


def test_a_case_of_years_ago_makes_nothing_rise_and_keeps_nothing_at_the_top(
    cast, tell, mixer, officer, client_as
):
    matter, _cases = mixer
    old = [tell(WAGES[:1], days=1100 - n)[0] for n in range(9)]
    wages = Matter.objects.exclude(pk=matter.pk).get()
    for case in old:
        keeping.link(matter=wages, actor=officer, number=case.number)
    hot = selectors.one(officer, wages.pk, now())
    assert (hot.total, hot.recent, hot.week, hot.before) == (12, 3, 3, 0.0)
    # What rises equally: the one with more cases of the last months comes first, whatever it had years ago.
    later = now() + 30 * DAY
    assert [one.matter for one in selectors.board(officer, later)] == [matter, wages]
    assert [one.week for one in selectors.board(officer, later)] == [0, 0]
    assert (
        sum(count for _day, count in selectors.by_day(selectors.cases_of(officer, wages), MONDAY.date())) == 3
    )
    page = client_as(cast.petition_officer).get(reverse("matters:suggest", args=[wages.pk])).content.decode()
    assert "近 90 天反映" in page and "信访件 3 件，最近 7 天 3 件" in page


def test_the_office_names_it_and_nobody_else_does(cast, mixer, officer, client_as):
    matter, _cases = mixer
    url = reverse("matters:name", args=[matter.pk])
    page = client_as(cast.petition_officer).post(url, {"words": "找 13800001111 的搅拌站"})
    assert page.status_code == 422
    assert "像是某个人的号码" in page.content.decode() and "找 13800001111" in page.content.decode()
    assert client_as(cast.petition_officer).post(url, {"words": "云山路搅拌站扰民"}).status_code == 302
    matter.refresh_from_db()
    assert matter.name == "云山路搅拌站扰民"
    assert AuditEntry.objects.filter(act="matter.name").count() == 1
    refused(lambda: keeping.name(matter=matter, actor=cast.actor("inspector"), words="别的"), "forbidden")
    assert client_as(cast.inspector).post(url, {"words": "别的"}).status_code == 403


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ({"number": "没有"}, "没有找到这个编号"),
        ({"kind": Kind.ACCUSATION}, "没有找到这个编号"),
        ({"complained": True}, "不归入热点问题"),
        ({"again": True}, "已经在这个热点问题里"),
    ],
)
def test_linking_says_what_is_wrong_and_keeps_what_was_typed(
    cast, mixer, make_case, client_as, make, sentence
):
    matter, cases = mixer
    if "number" in make:
        number = make["number"]
    elif "again" in make:
        number = cases[0].number
    elif "complained" in make:
        number = make_case(complained_unit=cast.units.district, at=MONDAY).number
    else:
        number = make_case.registered(kind=Kind.ACCUSATION, at=MONDAY).petition.number
    before = MatterCase.objects.count()
    page = client_as(cast.petition_officer).post(
        reverse("matters:link", args=[matter.pk]), {"number": number}
    )
    assert page.status_code in {409, 422}
    assert sentence in page.content.decode() and f'value="{number}"' in page.content.decode()
    assert MatterCase.objects.count() == before


def test_linking_moves_a_case_out_of_the_matter_it_was_in(cast, mixer, officer, run):
    matter, _cases = mixer
    wages = MatterCase.objects.exclude(matter=matter).first()
    keeping.link(matter=matter, actor=officer, number=wages.petition.number)
    assert matters_of([wages.petition]) == [matter.pk]
    run(at=MONDAY + DAY)
    assert matters_of([wages.petition]) == [matter.pk]


@pytest.fixture
def twins(cast, mixer, officer):
    """One matter under two names: the run's, and another that the office named and put a case into."""
    matter, cases = mixer
    keeping.name(matter=matter, actor=officer, words="云山路搅拌站扰民")
    other = Matter.objects.exclude(pk=matter.pk).get()
    keeping.name(matter=other, actor=officer, words="石桥村粉尘")
    keeping.link(matter=other, actor=officer, number=cases[0].number)
    return other, matter


def test_two_matters_that_are_one_are_merged_with_all_that_is_theirs(cast, twins, officer, client_as, run):
    old, into = twins
    task = tasking.open_task(
        matter=old, actor=officer, title="搅拌站整治", text=TEXT,
        lead=cast.units.urban, units=[cast.units.housing], due_on=date(2026, 12, 20),
    )  # fmt: skip
    out = old.cases.exclude(by__isnull=False).first()
    keeping.unlink(matter=old, actor=officer, case=out.petition)
    moved = list(old.cases.filter(out=False).values_list("petition", flat=True))
    stays = set(into.cases.filter(out=False).values_list("petition", flat=True))
    client, url = client_as(cast.petition_officer), reverse("matters:merge", args=[old.pk])
    page = client.post(url, {"into": into.pk, "reason": "说的都是云山路那一个搅拌站。"})
    assert page.status_code == 302 and page["Location"] == into.get_absolute_url()
    assert set(into.cases.filter(out=False).values_list("petition", flat=True)) == {*moved, *stays}
    assert not old.cases.filter(out=False).exists()
    assert old.cases.filter(petition=out.petition, out=True).exists(), "a person's word stands"
    old.refresh_from_db(), task.refresh_from_db()
    assert (old.merged_into, old.name, task.matter) == (into, "石桥村粉尘", into)
    # Its address leads on, its history is read there, and it is on no list.
    assert client.get(old.get_absolute_url())["Location"] == into.get_absolute_url()
    body = client.get(into.get_absolute_url()).content.decode()
    assert "“石桥村粉尘”并入“云山路搅拌站扰民”：说的都是云山路那一个搅拌站。" in body
    assert "搅拌站整治" in body and body.count("发起联合任务：") == 1
    assert [one.matter for one in selectors.board(officer, now())] == [into]
    entry = AuditEntry.objects.get(act="matter.merge")
    assert (entry.detail["into"], len(entry.detail["links"])) == (into.pk, len(moved))
    run(at=MONDAY + DAY)
    assert not old.cases.filter(out=False).exists()


def test_what_the_run_put_into_a_matter_meanwhile_follows_it(twins, officer, tell, run):
    old, into = twins
    keeping.merge(matter=old, into=into, actor=officer, reason="同一件事")
    (late,) = tell(OTHERS[:1], days=0)
    MatterCase.objects.create(matter=old, petition=late, at=MONDAY)
    # Until then it is on no list, and nothing is merged into it.
    assert [one.matter for one in selectors.board(officer, now())] == [into]
    refused(lambda: keeping.merge(matter=into, into=old, actor=officer, reason="倒回去"), "stale")
    run(at=MONDAY + DAY)
    assert matters_of([late]) == [into.pk]


def test_one_that_left_the_top_of_the_list_can_still_be_chosen(cast, twins, monkeypatch, client_as):
    old, into = twins
    monkeypatch.setattr(selectors, "SHOWN", 1)
    client = client_as(cast.petition_officer)
    for matter, other in ((old, into), (into, old)):
        if not client.get(matter.get_absolute_url()).context["forms"]["merge"].fields["into"].choices[1:]:
            url = reverse("matters:merge", args=[matter.pk])
            assert client.post(url, {"into": "9" * 30, "reason": "同一件事"}).status_code == 422
            assert client.post(url, {"into": other.pk, "reason": "同一件事"}).status_code == 302
            return
    raise AssertionError("one of the two is the first of the list")


def test_a_matter_merged_twice_ends_where_the_last_one_is(twins, officer, tell, client_as, cast):
    old, into = twins
    last = Matter.objects.create(made_at=MONDAY)
    for case in tell(OTHERS[:3], days=0):
        MatterCase.objects.create(matter=last, petition=case, at=MONDAY)
    keeping.merge(matter=old, into=into, actor=officer, reason="同一件事")
    keeping.merge(matter=into, into=last, actor=officer, reason="还是同一件事")
    last.refresh_from_db()
    assert last.name == "云山路搅拌站扰民", "a name is not lost"
    assert set(Matter.objects.filter(merged_into=last)) == {old, into}
    body = client_as(cast.petition_officer).get(old.get_absolute_url(), follow=True).content.decode()
    assert "：同一件事" in body and "：还是同一件事" in body
    assert "没有您可以查看的件" in refused(
        lambda: keeping.merge(matter=last, into=old, actor=officer, reason="倒回去"), "stale"
    )


@pytest.mark.article(28)
@pytest.mark.article(30)
def test_a_merge_takes_along_what_its_maker_may_not_read_and_tells_of_none_of_it(
    twins, officer, cast, client_as
):
    old, into = twins
    hidden = old.cases.filter(out=False, by=None).first().petition
    other = User.objects.create_user("inspector2", name="郭安")
    Post.objects.create(user=other, unit=cast.units.petition_office, role=Role.INSPECTOR, valid_from=SINCE)
    recusing.exclude(
        petition=hidden, actor=officer, user=cast.inspector, ground=RecusalGround.FAMILY, reason="亲属",
    )  # fmt: skip
    row = keeping.merge(matter=old, into=into, actor=officer, reason="同一件事")
    assert matters_of([hidden]) == [into.pk]
    for who in (cast.inspector, cast.petition_officer):
        assert hidden.number not in client_as(who).get(row.get_absolute_url()).content.decode()
    assert hidden.number not in str(MatterEvent.objects.get(act="merge").text)


def test_merging_says_what_is_wrong_and_keeps_what_was_typed(twins, officer, cast, client_as):
    old, into = twins
    client, url = client_as(cast.petition_officer), reverse("matters:merge", args=[old.pk])
    for typed, sentence in (
        ({"into": into.pk, "reason": ""}, "请填写这一项"),
        ({"into": into.pk, "reason": "打 13800001111"}, "像是某个人的号码"),
        ({"into": "", "reason": "同一件事"}, "请选择"),
        ({"into": old.pk, "reason": "同一件事"}, "从列表中选择"),
        ({"into": "x", "reason": "同一件事"}, "从列表中选择"),
    ):
        page = client.post(url, typed)
        body = page.content.decode()
        assert page.status_code == 422 and sentence in body and str(typed["reason"]) in body
    refused(lambda: keeping.merge(matter=old, into=old, actor=officer, reason="同一件事"), "invalid")
    refused(
        lambda: keeping.merge(matter=old, into=into, actor=cast.actor("inspector"), reason="同"), "forbidden"
    )
    assert client_as(cast.inspector).post(url, {"into": into.pk, "reason": "同"}).status_code == 403
    assert not Matter.objects.exclude(merged_into=None).exists()


def test_a_joint_task_is_opened_reported_on_by_each_unit_and_ended(cast, task, officer, client_as):
    assert set(Notice.objects.filter(link=task.get_absolute_url()).values_list("recipient", flat=True)) == {
        cast.unit_head.pk,
        cast.unit_head2.pk,
    }
    url = reverse("matters:task_report", args=[task.pk])
    client = client_as(cast.handler)
    assert client.get(task.get_absolute_url()).status_code == 200
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "已经规定夜里十点以后停工。"}).status_code == 302
    assert task.parts.get(unit=cast.units.urban).report.startswith("已经规定")
    assert task.parts.get(unit=cast.units.housing).report == ""
    refused(lambda: tasking.end_task(task=task, actor=cast.actor("handler"), result="好了"), "forbidden")
    tasking.end_task(task=task, actor=officer, result="夜里不再开工，除尘设备已装。")
    refused(lambda: tasking.end_task(task=task, actor=officer, result="再来"), "stale")
    late = client.post(url, {"text": "还有一句。"})
    assert late.status_code == 409 and "还有一句。" in late.content.decode()


def test_units_outside_a_task_do_not_see_it(cast, task, client_as):
    assert client_as(cast.unit_head).get(reverse("matters:tasks")).content.decode().count("搅拌站整治") == 1
    for who in ("leader2", "inspector"):
        assert client_as(getattr(cast, who)).get(task.get_absolute_url()).status_code == 200
    assert client_as(cast.clerk).get(task.get_absolute_url()).status_code == 403
    town = tasking.open_task(
        matter=task.matter, actor=cast.actor("petition_officer"), title="第二项", text=TEXT,
        lead=cast.units.dongxi, units=[cast.units.housing], due_on=date(2026, 12, 20),
    )  # fmt: skip
    assert client_as(cast.unit_head).get(town.get_absolute_url()).status_code == 404


@pytest.mark.article(28)
def test_a_unit_complained_of_is_not_asked_to_settle_it(cast, mixer, officer, make_case):
    matter, _cases = mixer
    against = make_case(complained_unit=cast.units.liuwan, at=MONDAY - DAY)
    keeping.link(matter=matter, actor=officer, number=against.number)
    said = refused(
        lambda: tasking.open_task(
            matter=matter, actor=officer, title="整治", text=TEXT, lead=cast.units.urban,
            units=[cast.units.liuwan], due_on=date(2026, 12, 20),
        ),
        "invalid",
    )  # fmt: skip
    assert "反映的就是" in said
    assert not JointTask.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due_on": "2026-11-23"}, "明天以后"),
        ({"due_on": "2036-01-01"}, "一年以内"),
        ({"due_on": "不知道"}, "请填写日期"),
        ({"units": []}, "请选择"),
        ({"text": "打 13800001111"}, "像是某个人的号码"),
        ({"units": ["lead"]}, "至少要有一个参加单位"),
        ({"lead": "abc"}, "从列表中选择"),
    ],
)
def test_a_task_with_something_wrong_is_refused_and_kept_as_typed(cast, mixer, client_as, change, sentence):
    matter, _cases = mixer
    typed = {
        "title": "搅拌站整治", "text": TEXT, "lead": cast.units.urban.pk,
        "units": [cast.units.housing.pk], "due_on": "2026-12-20", **change,
    }  # fmt: skip
    if typed["units"] == ["lead"]:
        typed["units"] = [cast.units.urban.pk]
    page = client_as(cast.petition_officer).post(reverse("matters:task_add", args=[matter.pk]), typed)
    body = page.content.decode()
    assert page.status_code == 422 and sentence in body and "搅拌站整治" in body
    assert not JointTask.objects.exists()


@pytest.mark.article(40)
def test_a_policy_suggestion_grows_out_of_a_matter(cast, mixer, officer, client_as):
    matter, _cases = mixer
    url = reverse("matters:suggest", args=[matter.pk])
    client = client_as(cast.petition_officer)
    assert "信访件 4 件" in client.get(url).content.decode()
    typed = {
        "kind": "policy", "unit": cast.units.urban.pk, "title": "规定搅拌站的距离",
        "facts": "近期反映搅拌站的信访件 4 件。", "basis": "条例第四十条", "text": "请研究规定与住宅的距离。",
    }  # fmt: skip
    assert client.post(url, {**typed, "kind": "accountability"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    made = Suggestion.objects.get()
    assert made.kind == SuggestionKind.POLICY and list(matter.suggestions.all()) == [made]
    assert made.title in client.get(matter.get_absolute_url()).content.decode()


def test_a_leader_sees_a_matter_of_cases_in_the_own_charge(cast, tell, run, client_as):
    cases = tell(MIXER, until=Status.FORWARDED)
    tell(OTHERS)
    run()
    (number,) = set(matters_of(cases))
    page = client_as(cast.leader).get(reverse("matters:matter", args=[number]))
    assert page.status_code == 200
    assert "归入一件" not in page.content.decode()


def test_the_list_takes_the_same_number_of_queries_for_one_matter_and_for_three(
    cast, tell, run, client_as, django_assert_max_num_queries
):
    tell(MIXER)
    tell(OTHERS)
    run()
    client = client_as(cast.petition_officer)
    client.get(reverse("matters:list"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("matters:list"))
    tell([(s.replace("搅拌站", "烧烤摊"), b.replace("搅拌站", "烧烤摊油烟")) for s, b in MIXER], days=1)
    tell([("停车难", "老城停车位太少，要求增加停车位。")] * 3, days=1)
    run(at=MONDAY + timedelta(hours=1))
    with CaptureQueriesContext(connection) as more:
        page = client.get(reverse("matters:list"))
    assert len(page.context["rows"]) >= 2
    assert len(more) == len(one)
