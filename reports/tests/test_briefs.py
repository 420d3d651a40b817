"""民情日报: drafted once a working day, edited by one, signed by another, read by those it concerns."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from leaders.services import instructions
from notifications.models import Notice
from petitions.enums import Channel, Kind, Status, Urgency
from petitions.services import sealing
from reports.models import Brief, BriefReading, Section
from reports.selectors import briefs as reading
from reports.services import briefs
from reports.tasks import draft_brief
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def second(cast):
    """Another petition officer."""
    user = User.objects.create_user("second", name="郭安")
    post = Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    return Actor.of(post)


@pytest.fixture
def brief(cast, make_case):
    """Of a day with a mass visit, a late case and an accusation."""
    make_case(at=MONDAY - timedelta(hours=3), channel=Channel.VISIT, head_count=12, until=Status.ACCEPTED)
    make_case(at=MONDAY - timedelta(days=40), until=Status.FORWARDED)
    make_case.registered(at=MONDAY - timedelta(hours=2), kind=Kind.ACCUSATION)
    return briefs.draft_due(at=MONDAY)


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


def texts(row, section):
    return list(row.items.filter(section=section).values_list("text", flat=True))


def edited(cast, row, **texts_by_ordinal):
    briefs.save(
        brief=row, actor=cast.actor("petition_officer"), revision=row.revision,
        texts={}, added=[(Section.HARD, "东溪镇安置房漏雨，住户情绪激动。")],
    )  # fmt: skip
    row.refresh_from_db()


def test_a_brief_is_drafted_once_on_a_working_day_from_its_hour(cast, settings):
    sunday, early = MONDAY - timedelta(days=1), MONDAY.replace(hour=6)
    assert briefs.draft_due(at=sunday) is None
    assert briefs.draft_due(at=early) is None
    made = briefs.draft_due(at=MONDAY)
    assert (made.day, made.unit) == (date(2026, 11, 23), cast.units.district)
    assert briefs.draft_due(at=MONDAY + timedelta(hours=1)) is None
    draft_brief()
    assert Brief.objects.count() == 1
    later = briefs.draft_due(at=MONDAY + timedelta(days=2))  # nothing ran on Tuesday
    assert later.since == made.until
    assert later.until == MONDAY + timedelta(days=2)


def test_a_draft_says_counts_places_and_units_and_nobodys_words(cast, brief):
    assert texts(brief, Section.CAME) == ["登记 0 件，来访 1 批 12 人次。"]
    assert "办结归档 0 件" in texts(brief, Section.SETTLED)[0]
    (hard,) = texts(brief, Section.HARD)
    assert "集体访 12 人" in hard and "城市管理局" in hard
    assert texts(brief, Section.RED)[0].startswith("超期未办的件：")
    for item in brief.items.exclude(petition=None):
        assert item.petition.subject not in item.text and item.petition.number not in item.text
        assert not item.petition.sealed


def test_a_leaders_instruction_of_yesterday_stands_in_it(cast, make_case):
    case = make_case(at=MONDAY - timedelta(days=2), until=Status.ACCEPTED)
    instructions.instruct(
        petition=case, actor=cast.actor("leader"), text="三天内解决", unit=cast.units.urban,
        due_on=date(2026, 11, 30), at=MONDAY - timedelta(hours=12),
    )  # fmt: skip
    made = briefs.draft_due(at=MONDAY)
    (line,) = texts(made, Section.PROMISED)
    assert "高远交城市管理局办理一件" in line and "三天内解决" not in line


def test_it_is_edited_by_one_and_signed_by_another(cast, brief, second):
    edited(cast, brief)
    assert texts(brief, Section.HARD)[-1].startswith("东溪镇安置房")
    mine = refused(lambda: briefs.sign(brief=brief, actor=cast.actor("petition_officer")), "forbidden")
    assert "另一位同事" in mine
    briefs.sign(brief=brief, actor=second)
    assert brief.signed_by == second.post
    assert set(Notice.objects.filter(link=brief.get_absolute_url()).values_list("recipient", flat=True)) == {
        cast.leader.pk,
        cast.leader2.pk,
    }
    assert AuditEntry.objects.filter(act="brief.sign").count() == 1
    refused(lambda: briefs.sign(brief=brief, actor=second), "stale")
    assert "已经签发" in refused(lambda: edited(cast, brief), "stale")
    refused(lambda: briefs.gather_again(brief=brief, actor=second), "stale")


def test_of_two_who_edit_at_once_the_second_reads_what_the_first_wrote(cast, brief, client_as):
    opened = brief.revision
    edited(cast, brief)
    url = reverse("reports:brief_edit", args=[brief.pk])
    client, typed = client_as(cast.petition_officer), {"revision": opened, "text_1": "我写的第一条。"}
    page = client.post(url, typed)
    assert page.status_code == 409
    body = page.content.decode()
    assert "我写的第一条。" in body and "现在的内容" in body and "东溪镇安置房漏雨" in body
    brief.refresh_from_db()
    assert page.context["form"]["revision"].value() == str(brief.revision)
    again = {"revision": brief.revision, "text_1": "我写的第一条。"}
    assert client.post(url, again).status_code == 302
    assert brief.items.get(ordinal=1).text == "我写的第一条。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("请打 13800001111 联系。", "像是某个人的号码"),
        ("身份证11010519491231002X。", "像是某个人的号码"),
        ("字" * 501, "最多 500 字"),
    ],
)
def test_bad_lines_are_refused_with_a_sentence_and_kept_as_typed(cast, brief, client_as, text, sentence):
    url = reverse("reports:brief_edit", args=[brief.pk])
    before = list(brief.items.values_list("ordinal", "text"))
    page = client_as(cast.petition_officer).post(
        url, {"revision": brief.revision, "section_1": "hard", "new_1": text}
    )
    assert page.status_code == 422
    assert sentence in page.content.decode() and text in page.content.decode()
    assert list(brief.items.values_list("ordinal", "text")) == before


def test_a_struck_line_is_not_printed_and_an_empty_brief_is_not_signed(cast, brief, second):
    everything = dict.fromkeys(brief.items.values_list("ordinal", flat=True), "")
    briefs.save(brief=brief, actor=cast.actor("petition_officer"), revision=0, texts=everything, added=[])
    brief.refresh_from_db()
    assert reading.parts(brief, second) == []
    assert "一条内容也没有" in refused(lambda: briefs.sign(brief=brief, actor=second), "invalid")


def test_gathering_again_keeps_what_was_written_and_counts_what_came_since(cast, brief, make_case):
    edited(cast, brief)
    make_case(at=MONDAY + timedelta(minutes=5), urgency=Urgency.URGENT)
    with time_machine.travel(MONDAY + timedelta(minutes=10), tick=False):
        briefs.gather_again(brief=brief, actor=cast.actor("petition_officer"))
    assert texts(brief, Section.CAME) == ["登记 1 件，来访 1 批 12 人次。"]
    assert "东溪镇安置房漏雨，住户情绪激动。" in texts(brief, Section.HARD)


def test_each_reads_lines_of_what_they_may_read_and_nobody_of_what_was_sealed_since(
    cast, brief, second, client_as
):
    mass = brief.items.get(section=Section.HARD).petition
    briefs.sign(brief=brief, actor=second)

    def reads(who):
        shown = [line for part in reading.parts(brief, cast.actor(who)) for line in part.lines]
        return {line.item.petition_id for line in shown if line.item.petition_id}, shown

    cases, lines = reads("leader")
    assert mass.pk in cases and any(line.instructs for line in lines)
    assert reads("leader2")[0] == set()
    assert [line.item.section for line in reads("leader2")[1]].count(Section.CAME) == 1
    page = client_as(cast.leader).get(brief.get_absolute_url())
    assert reverse("leaders:instruct", args=[mass.number]) in page.content.decode()
    assert client_as(cast.leader).get(reverse("leaders:instruct", args=[mass.number])).status_code == 200
    sealing.seal(petition=mass, actor=cast.actor("petition_officer"), reason="反映干部违纪", at=MONDAY)
    assert mass.pk not in reads("leader")[0] | reads("petition_officer")[0] | reads("inspector")[0]


def test_who_opened_a_signed_brief_first_is_kept_once(cast, brief, second, client_as):
    url = brief.get_absolute_url()
    assert client_as(cast.leader).get(url).status_code == 404, "it is not signed yet"
    briefs.sign(brief=brief, actor=second)
    for _n in range(2):
        assert client_as(cast.leader).get(url).status_code == 200
    client_as(cast.inspector).get(url)
    assert [one.reader for one in BriefReading.objects.all()] == [cast.post("leader")]
    office = client_as(cast.petition_officer).get(url).content.decode()
    assert "谁看过" in office and "高远" in office
    assert "谁看过" not in client_as(cast.leader).get(url).content.decode()


@pytest.mark.parametrize("who", ["clerk", "handler", "statistician", "mediator", "auditor", "outsider"])
def test_others_have_no_brief(cast, brief, client_as, who):
    client = client_as(getattr(cast, who))
    assert client.get(reverse("reports:briefs")).status_code == 403
    assert client.get(brief.get_absolute_url()).status_code == 403


def test_a_head_of_another_unit_edits_and_signs_nothing(cast, brief, client_as):
    client = client_as(cast.unit_head)
    for name in ("brief_edit", "brief_gather", "brief_sign"):
        assert client.post(reverse(f"reports:{name}", args=[brief.pk])).status_code in {403, 404}
    brief.refresh_from_db()
    assert (brief.revision, brief.signed_at) == (0, None)


def test_the_archive_finds_words_in_lines_that_the_reader_sees(cast, brief, second, client_as):
    edited(cast, brief)
    briefs.sign(brief=brief, actor=second)
    url = reverse("reports:briefs")
    found = client_as(cast.leader).get(url, {"q": "安置房漏雨"})
    assert [one.pk for one in found.context["page"].items] == [brief.pk]
    assert client_as(cast.leader).get(url, {"q": "飞碟"}).context["page"].items == []
    assert client_as(cast.leader2).get(url, {"q": "集体访 12"}).context["page"].items == []


def test_a_brief_takes_the_same_number_of_queries_for_one_case_and_for_three(cast, make_case, client_as):
    def queries(n):
        day = MONDAY + timedelta(days=n)
        with time_machine.travel(day, tick=False):
            client = client_as(cast.petition_officer)
            made = briefs.draft_due(at=day)
            client.get(made.get_absolute_url())
            with CaptureQueriesContext(connection) as asked:
                client.get(made.get_absolute_url())
        return len(asked), made.items.exclude(petition=None).count()

    make_case(at=MONDAY - timedelta(hours=3), channel=Channel.VISIT, head_count=12)
    one, few = queries(0)
    for _n in range(3):
        make_case(at=MONDAY + timedelta(hours=3), channel=Channel.VISIT, head_count=12)
    three, many = queries(1)
    assert many > few >= 1
    assert one == three
