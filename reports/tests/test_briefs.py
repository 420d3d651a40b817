"""民情日报: drafted once a working day, edited by one, signed by another, read by those it concerns."""

import re
from datetime import date, datetime, timedelta
from unittest import mock

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
from leaders.services import instructions, stages
from leaders.services.receptions import NewPromise, Talk, receive
from matters.models import Matter, MatterCase
from notifications.models import Notice
from petitions.enums import Channel, Kind, RecusalGround, Status, Urgency
from petitions.services import recusing, sealing
from reports import brief_paper
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
        brief=row, actor=cast.actor("petition_officer"), edits={}, added=[(Section.HARD, "东溪镇安置房漏雨，住户情绪激动。")],
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


def test_rising_matters_stand_in_it_by_the_name_the_office_gave(cast, make_case):
    matter = Matter.objects.create(
        made_at=MONDAY, name="夜市噪音扰民", named_by=cast.post("petition_officer")
    )
    for n in range(3):
        case = make_case(at=MONDAY - timedelta(days=1 + n))
        MatterCase.objects.create(matter=matter, petition=case, at=MONDAY)
    avoided = make_case(at=MONDAY - timedelta(days=1), complained_unit=cast.units.petition_office)
    MatterCase.objects.create(matter=matter, petition=avoided, at=MONDAY)
    made = briefs.draft_due(at=MONDAY)
    hot = texts(made, Section.HOT)
    assert hot[0] == "热点问题“夜市噪音扰民”近 7 天 3 件，此前每周平均 0.0 件。"


@pytest.mark.article(28)
def test_no_count_tells_of_what_complains_of_the_office_or_has_somebody_recused(cast, make_case):
    at = MONDAY - timedelta(hours=2)
    make_case(at=at)
    make_case(at=at, complained_unit=cast.units.petition_office)
    avoided = make_case(at=at, urgency=Urgency.URGENT)
    recusing.exclude(
        petition=avoided,
        actor=cast.actor("petition_officer"),
        user=cast.clerk,
        ground=RecusalGround.FAMILY,
        reason="与信访人是亲属",
        at=at,
    )
    made = briefs.draft_due(at=MONDAY)
    assert texts(made, Section.CAME)[0].startswith("登记 1 件")
    assert made.items.get(section=Section.HARD).petition == avoided, "whoever may read it still has its line"


def test_a_leaders_instruction_of_yesterday_stands_in_it(cast, make_case):
    case = make_case(at=MONDAY - timedelta(days=2), until=Status.ACCEPTED)
    instructions.instruct(
        petition=case, actor=cast.actor("leader"), text="三天内解决", unit=cast.units.urban,
        due_on=date(2026, 11, 30), at=MONDAY - timedelta(hours=12),
    )  # fmt: skip
    made = briefs.draft_due(at=MONDAY)
    (line,) = texts(made, Section.PROMISED)
    assert "高远交城市管理局办理一件" in line and "三天内解决" not in line


@pytest.fixture
def promised(cast, make_case):
    """``promised(due, at=…)``: what a leader promised in a talk on a new case, for the own office to keep."""

    def make(due, at, **new):
        case = make_case(at=at - timedelta(days=1), until=Status.ACCEPTED)
        promise = NewPromise(text="亲自回访张小河", to_whom="张小河", due_on=due, task=False)
        talk = Talk(post=cast.post("leader"), said="谈了。", promises=[promise])
        return receive(petition=case, actor=cast.actor("clerk"), talk=talk, at=at).promises.get()

    return make


def test_what_the_leaders_own_office_promised_kept_or_let_pass_stands_in_it(cast, promised):
    friday, early = MONDAY - timedelta(days=3), MONDAY - timedelta(days=20)
    officer = cast.actor("petition_officer")
    assert briefs.draft_due(at=friday) is not None
    promised(date(2026, 12, 1), friday + timedelta(hours=1))
    kept = promised(date(2026, 11, 30), early)
    stages.keep_promise(promise=kept, actor=officer, text="已上门。", at=friday + timedelta(hours=2))
    late = promised(date(2026, 11, 10), early)
    stages.keep_promise(promise=late, actor=officer, text="已上门。", at=friday + timedelta(hours=3))
    promised(date(2026, 11, 20), early)
    promised(date(2026, 11, 10), early)  # past before this brief's days: the last one told of it
    in_time = promised(date(2026, 11, 20), early)
    stages.keep_promise(promise=in_time, actor=officer, text="已上门。", at=friday - timedelta(hours=1))
    sealed = promised(date(2026, 11, 20), early)
    sealing.seal(petition=sealed.record.petition, actor=officer, reason="反映干部违纪", at=MONDAY)
    made = briefs.draft_due(at=MONDAY)
    assert [re.sub("（周.）", "", text) for text in texts(made, Section.PROMISED)] == [
        "高远接访时作出一项承诺，由其办公室兑现，期限 2026年12月1日。",
        "高远接访时作出、由其办公室兑现的一项承诺超期兑现，期限 2026年11月10日。",
        "高远接访时作出、由其办公室兑现的一项承诺已经兑现，期限 2026年11月30日。",
        "高远接访时作出、由其办公室兑现的一项承诺到期没有兑现，期限 2026年11月20日。",
    ]
    items = made.items.filter(section=Section.PROMISED)
    assert len({item.source for item in items}) == 4 and all(item.petition_id for item in items)
    assert "张小河" not in str(list(items.values_list("text", flat=True))), "nobody's words"
    early_brief = Brief.objects.get(day=friday.date())
    assert "到期没有兑现" not in str(texts(early_brief, Section.PROMISED))


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


def opened(brief, **typed):
    """What a browser sends of a form opened now, with what was typed over it."""
    data = {f"text_{item.ordinal}": item.text for item in brief.items.all()}
    return {**data, **{f"initial-{name}": text for name, text in data.items()}, **typed}


def test_two_edit_different_lines_at_once_and_both_are_kept(cast, brief, client_as):
    url, client = reverse("reports:brief_edit", args=[brief.pk]), client_as(cast.petition_officer)
    one = opened(brief, text_1="甲写的第一条。", section_1="hard", new_1="甲补的一条。")
    two = opened(brief, text_2="")
    assert client.post(url, one).status_code == client.post(url, two).status_code == 302
    assert brief.items.get(ordinal=1).text == "甲写的第一条。"
    assert brief.items.get(ordinal=2).text == ""
    assert texts(brief, Section.HARD).count("甲补的一条。") == 1
    assert client.post(url, one).status_code == 302, "a second press of the same form"
    assert texts(brief, Section.HARD).count("甲补的一条。") == 1
    assert brief.items.get(ordinal=2).text == ""


def test_of_two_who_edit_one_line_the_second_reads_what_the_first_wrote(cast, brief, client_as):
    url, client = reverse("reports:brief_edit", args=[brief.pk]), client_as(cast.petition_officer)
    typed = opened(brief, text_1="乙写的第一条。", section_1="hard", new_1="乙补的一条。")
    client.post(
        url, opened(brief, text_1="甲写的第一条。", text_2="", section_1="hard", new_1="甲补的一条。")
    )
    page = client.post(url, typed)
    assert page.status_code == 409
    form = page.context["form"]
    assert (form["text_1"].value(), form["text_2"].value()) == ("乙写的第一条。", "")
    assert form["text_1"].help_text == "现在是：甲写的第一条。"
    assert form["new_1"].value() == "乙补的一条。"
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {name: value for name, value in form.data.items() if name.startswith("initial-")}
    assert "甲补的一条。" in sent.values()
    assert client.post(url, sent).status_code == 302
    assert brief.items.get(ordinal=1).text == "乙写的第一条。"
    assert brief.items.get(ordinal=2).text == ""
    assert {"甲补的一条。", "乙补的一条。"} <= set(texts(brief, Section.HARD))


def test_what_was_typed_for_a_line_that_is_gone_comes_back_as_a_new_one(cast, brief, client_as):
    url, client = reverse("reports:brief_edit", args=[brief.pk]), client_as(cast.petition_officer)
    typed = opened(brief, text_1="我写的第一条。")
    brief.items.filter(ordinal=1).delete()  # as gathering again does, where there is nothing to tell any more
    page = client.post(url, typed)
    assert page.status_code == 409
    assert page.context["form"]["new_4"].value() == "我写的第一条。"
    assert not brief.items.filter(text="我写的第一条。").exists()


def test_nobody_signs_what_they_have_not_read(cast, brief, second, client_as):
    edited(cast, brief)
    url, client = reverse("reports:brief_sign", args=[brief.pk]), client_as(second.user)
    for read in (brief.revision - 1, "", "²", "x" * 50):
        page = client.post(url, {"revision": read}, follow=True)
        assert "请看过现在的内容再签发" in page.content.decode()
    brief.refresh_from_db()
    assert not brief.is_signed
    client.post(url, {"revision": brief.revision})
    brief.refresh_from_db()
    assert brief.is_signed


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
    page = client_as(cast.petition_officer).post(url, {"section_1": "hard", "new_1": text})
    assert page.status_code == 422
    assert sentence in page.content.decode() and text in page.content.decode()
    assert list(brief.items.values_list("ordinal", "text")) == before


def test_a_struck_line_is_not_printed_and_an_empty_brief_is_not_signed(cast, brief, second):
    everything = {item.ordinal: briefs.Edit(was=item.text, text="") for item in brief.items.all()}
    briefs.save(brief=brief, actor=cast.actor("petition_officer"), edits=everything, added=[])
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


def corrected(row, actor, reason="漏写了一件"):
    return briefs.correct(brief=row, actor=actor, reason=reason)


def test_what_was_signed_is_corrected_by_a_new_version_and_the_old_one_stays(cast, brief, second, client_as):
    officer = cast.actor("petition_officer")
    refused(lambda: corrected(brief, officer), "stale")
    edited(cast, brief)
    briefs.sign(brief=brief, actor=second)
    before = list(brief.items.values_list("text", flat=True))
    made = corrected(brief, officer)
    assert (made.version, made.reason, made.is_signed, made.since) == (2, "漏写了一件", False, brief.since)
    assert list(made.items.values_list("text", flat=True)) == [text for text in before if text]
    leader = client_as(cast.leader)
    assert leader.get(made.get_absolute_url()).status_code == 404, "until it is signed the first one holds"
    refused(lambda: briefs.sign(brief=made, actor=officer), "forbidden")
    briefs.sign(brief=made, actor=second)
    assert "已更正" in Notice.objects.get(recipient=cast.leader, link=made.get_absolute_url()).text
    old = leader.get(brief.get_absolute_url()).content.decode()
    assert "这一期有第 2 版" in old
    assert "更正原因：漏写了一件" in leader.get(made.get_absolute_url()).content.decode()
    assert list(brief.items.values_list("text", flat=True)) == before
    assert "第 2 版" in refused(lambda: corrected(brief, officer), "stale")
    assert corrected(made, officer).version == 3
    assert AuditEntry.objects.filter(act="brief.correct").count() == 2


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "请填写这一项"), ("字" * 201, "最多 200 字"), ("打 13800001111 问过", "像是某个人的号码")],
)
def test_a_correction_needs_a_fit_reason_and_keeps_what_was_typed(
    cast, brief, second, client_as, reason, sentence
):
    briefs.sign(brief=brief, actor=second)
    page = client_as(cast.petition_officer).post(
        reverse("reports:brief_correct", args=[brief.pk]), {"reason": reason}
    )
    assert page.status_code == 422
    assert sentence in page.content.decode() and reason in page.content.decode()
    assert Brief.objects.count() == 1


def test_the_next_brief_begins_where_a_corrected_one_ended(cast, brief, second):
    briefs.sign(brief=brief, actor=second)
    corrected(brief, cast.actor("petition_officer"))
    assert briefs.draft_due(at=MONDAY + timedelta(days=1)).since == brief.until


def test_it_is_a_pdf_with_its_readers_lines_alone(cast, brief, second, client_as):
    url = reverse("reports:brief_pdf", args=[brief.pk])
    assert client_as(cast.leader).get(url).status_code == 404, "it is not signed yet"
    briefs.sign(brief=brief, actor=second)
    answer = client_as(cast.leader).get(url)
    file = b"".join(answer)
    assert answer.status_code == 200 and file.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert BriefReading.objects.get(brief=brief).reader == cast.post("leader")
    assert AuditEntry.objects.filter(act="brief.pdf").count() == 1
    of_leader = brief_paper.sheet(brief, reading.parts(brief, cast.actor("leader")), MONDAY).pdf
    of_other = brief_paper.sheet(brief, reading.parts(brief, cast.actor("leader2")), MONDAY).pdf
    assert of_leader != of_other
    assert brief_paper.sheet(brief, reading.parts(brief, cast.actor("leader")), MONDAY).pdf == of_leader


def test_a_draft_says_on_paper_that_it_is_one(cast, brief):
    said = []
    actor = cast.actor("petition_officer")
    with mock.patch.object(brief_paper, "render", lambda content, at: said.append(content)):
        brief_paper.sheet(brief, reading.parts(brief, actor), MONDAY)
    lines = [line["text"] for line in said[0]["lines"]]
    assert "（尚未签发，仅供核对。）" in lines and "一、新收" in lines
    assert said[0]["title"] == "清江县民情日报"


def test_the_paper_says_what_the_page_says_of_itself(cast, brief, second, client_as):
    briefs.sign(brief=brief, actor=second)
    newer = briefs.correct(brief=brief, actor=cast.actor("petition_officer"), reason="数字更正")
    client, said = client_as(cast.petition_officer), []
    page = re.sub(r"<[^>]*>|\s", "", client.get(brief.get_absolute_url()).content.decode())
    render = brief_paper.render
    with mock.patch.object(
        brief_paper, "render", lambda content, at: said.append(content) or render(content, at=at)
    ):
        assert client.get(reverse("reports:brief_pdf", args=[brief.pk])).status_code == 200
    paper = [line["text"] for line in said[0]["lines"]]
    assert f"注：{reading.LEFT_OUT}" in paper and "检举控告不在里面" in str(reading.LEFT_OUT)
    assert re.sub(r"\s", "", str(reading.LEFT_OUT)) in page
    assert f"这一期有第 {newer.version} 版，请看那一版。这里是更正以前的内容。" in paper
    assert "这一期有第2版，请看那一版。这里是更正以前的内容。" in page
    parts = reading.parts(brief, cast.actor("leader2"))
    with mock.patch.object(brief_paper, "render", lambda content, at: said.append(content)):
        brief_paper.sheet(brief, parts, MONDAY)
        brief_paper.sheet(brief, [], MONDAY)
    assert "另有 1 条是您分管范围以外的件，这里不列。" in [line["text"] for line in said[1]["lines"]]
    assert [line["text"] for line in said[2]["lines"]][1:3] == ["这一期没有内容。", f"注：{reading.LEFT_OUT}"]


def test_a_leader_is_told_of_what_is_in_other_charges_by_number_alone(cast, brief, second, make_case):
    briefs.sign(brief=brief, actor=second)
    hard = next(part for part in reading.parts(brief, cast.actor("leader2")) if part.section == Section.HARD)
    assert (hard.lines, hard.others) == ([], 1)
    own = next(part for part in reading.parts(brief, cast.actor("leader")) if part.section == Section.HARD)
    assert (len(own.lines), own.others) == (1, 0)
    mass = brief.items.get(section=Section.HARD).petition
    sealing.seal(petition=mass, actor=cast.actor("petition_officer"), reason="反映干部违纪", at=MONDAY)
    for who in ("leader", "leader2"):
        sections = [part.section for part in reading.parts(brief, cast.actor(who))]
        assert Section.HARD not in sections, "an accusation shows in no number"


def test_a_leaders_first_page_leads_to_the_newest_brief_until_it_is_read(cast, brief, second, client_as):
    client, home = client_as(cast.leader), reverse("leaders:home")
    assert "民情日报，您还没有看" not in client.get(home).content.decode()
    briefs.sign(brief=brief, actor=second)
    page = client.get(home).content.decode()
    assert "民情日报，您还没有看" in page and brief.get_absolute_url() in page
    client.get(brief.get_absolute_url())
    page = client.get(home).content.decode()
    assert "您还没有看" not in page and brief.get_absolute_url() in page


def test_what_was_struck_out_or_reworded_is_not_drafted_a_second_time(cast, brief):
    came, settled = (brief.items.get(section=section) for section in (Section.CAME, Section.SETTLED))
    edits = {
        came.ordinal: briefs.Edit(was=came.text, text="登记的件以窗口台账为准。"),
        settled.ordinal: briefs.Edit(was=settled.text, text=""),
    }
    officer = cast.actor("petition_officer")
    briefs.save(brief=brief, actor=officer, edits=edits, added=[])
    for _n in range(2):
        briefs.gather_again(brief=brief, actor=officer, at=MONDAY + timedelta(minutes=10))
        assert texts(brief, Section.CAME) == ["登记的件以窗口台账为准。"]
        assert texts(brief, Section.SETTLED) == [""]
        assert len(texts(brief, Section.HARD)) == 1, "the others are drafted once each"


def test_a_brief_gathered_again_late_tells_nothing_that_the_next_one_tells(cast, brief, make_case):
    at = MONDAY + timedelta(minutes=30)
    make_case(at=at)
    tuesday = briefs.draft_due(at=MONDAY + timedelta(days=1))
    assert tuesday.since == brief.until
    briefs.gather_again(
        brief=brief, actor=cast.actor("petition_officer"), at=MONDAY + timedelta(days=1, hours=3)
    )
    brief.refresh_from_db()
    assert brief.until == tuesday.since <= at
    assert texts(tuesday, Section.CAME)[0].startswith("登记 ")
    assert "来访 1 批 12 人次" in texts(brief, Section.CAME)[0]
