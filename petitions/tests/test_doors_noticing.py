"""告知: the fifteen days end when the petitioner was told in writing, not when acceptance was decided (条例 23)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import (
    Act,
    AdoptionDecision,
    Channel,
    Kind,
    NoticeOf,
    NoticeWay,
    Path,
    RefusalReason,
    Status,
)
from petitions.models import Petition, PetitionClock
from petitions.selectors import case as case_page
from petitions.selectors import desk, public
from petitions.services import adopting, answering, following, forwarding, noticing, refusing
from petitions.services.registering import NewPerson
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}
POSTED = {"way": NoticeWay.POST, "recipient": "张小河", "proof": "邮件编号 EX123456"}


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def forwarded(cast, make_case, officer):
    def make(**new):
        case = make_case(**{**LETTER, **new})
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 4))
        return case

    return make


def accept(case, handler, at=None, **more):
    way = {"kind": Kind.APPEAL, "path": Path.PETITION, **more}
    forwarding.accept(petition=case, actor=handler, at=at or moment(9, 7), **way)


def refuse(case, handler):
    refusing.refuse(
        petition=case,
        actor=handler,
        reason=RefusalReason.LEGAL_ROUTE,
        explanation="应由法院审理。",
        where_to_go="清江县人民法院",
        at=moment(9, 7),
    )


def tell(case, actor, told_at=None, at=None, **more):
    told_at = told_at or moment(9, 8)
    noticing.give_notice(petition=case, actor=actor, told_at=told_at, at=at or told_at, **{**POSTED, **more})


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def notice_clock(case):
    return case.clocks.get(rule__code=C.NOTICE)


@pytest.mark.article(23)
class TestTheClock:
    @pytest.mark.parametrize("decide", [accept, refuse])
    def test_it_runs_on_after_the_decision_until_the_petitioner_is_told(self, forwarded, handler, decide):
        case = forwarded()
        due = notice_clock(case).due_at
        decide(case, handler)
        clock = notice_clock(case)
        assert (clock.stopped_at, clock.due_at, fresh(case).notice_owed) == (None, due, True)
        tell(case, handler, told_at=moment(9, 8), at=moment(9, 10))
        clock = notice_clock(case)
        assert (clock.stopped_at, clock.stopped_by) == (moment(9, 8), Act.GIVE_NOTICE)
        assert not fresh(case).notice_owed

    def test_whoever_filed_online_is_told_in_the_step_itself(self, forwarded, handler):
        case = forwarded(channel=Channel.ONLINE)
        accept(case, handler)
        clock = notice_clock(case)
        assert (clock.stopped_at, clock.stopped_by) == (moment(9, 7), Act.ACCEPT)
        row = case.written_notices.get()
        assert (row.of, row.way, row.told_at) == (NoticeOf.ACCEPTED, NoticeWay.PAGE, moment(9, 7))
        (line,) = [one for one in public.own_case(fresh(case)).events if "已受理" in one.label]
        assert "城市管理局已受理。本件按信访程序办理，自受理之日起60日内" in line.public_text

    def test_an_online_refusal_is_told_by_the_page_with_reason_and_remedy(self, forwarded, handler):
        case = forwarded(channel=Channel.ONLINE)
        refuse(case, handler)
        assert notice_clock(case).stopped_by == Act.REFUSE
        assert case.written_notices.get().of == NoticeOf.REFUSED
        assert "请向清江县人民法院提出" in case.events.get(act=Act.REFUSE).public_text

    @pytest.mark.parametrize(
        "persons",
        [[], [NewPerson(phone="13800001234")], [NewPerson(name="张小河")], [NewPerson(address="柳湾村")]],
    )
    def test_whose_name_or_address_is_not_clear_need_not_be_told_and_is_on_a_list(
        self, cast, forwarded, handler, persons
    ):
        case, other = forwarded(persons=persons), forwarded()
        accept(case, handler)
        accept(other, handler)
        assert notice_clock(case).stopped_by == Act.ACCEPT and not fresh(case).notice_owed
        assert case.written_notices.get().way == NoticeWay.NOBODY
        listed = {
            key: list(desk.cases(handler, desk.VIEWS[key], at=moment(9, 8)).values_list("pk", flat=True))
            for key in ("notice_owed", "nobody_to_tell")
        }
        assert listed == {"notice_owed": [other.pk], "nobody_to_tell": [case.pk]}
        assert "nobody_to_tell" in {view.key for view in desk.views_of(handler)}

    def test_a_name_with_a_telephone_can_be_asked_where_to_write(self, forwarded, handler):
        case = forwarded(persons=[NewPerson(name="张小河", phone="13800001234")])
        accept(case, handler)
        assert fresh(case).notice_owed

    def test_the_answer_in_hand_ends_it_as_well(self, forwarded, handler):
        case = forwarded()
        accept(case, handler, kind=Kind.SUGGESTION, path=None)
        adopting.adopt(
            petition=case,
            actor=handler,
            study="经论证可行。",
            decision=AdoptionDecision.KEPT,
            reasons="目前条件尚不具备。",
            at=moment(9, 8),
        )
        answering.conclude(petition=case, actor=handler, text="已采纳。", outcomes={}, at=moment(9, 8))
        assert fresh(case).notice_owed
        answering.serve(
            petition=case,
            actor=handler,
            method="direct",
            served_at=moment(9, 9),
            recipient="张小河",
            at=moment(9, 9),
        )
        assert notice_clock(case).stopped_by == Act.SERVE and not fresh(case).notice_owed

    def test_accepted_and_not_told_it_is_late_and_the_alert_leads_to_the_act(self, cast, forwarded, handler):
        case = forwarded()
        accept(case, handler)
        clock = notice_clock(case)
        sweep(PetitionClock, now=clock.due_at + timedelta(minutes=1))
        assert notice_clock(case).breached_at == clock.due_at
        notices = Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:", recipient=cast.handler)
        assert notices.latest("pk").link == f"{case.get_absolute_url()}act/give_notice/"

    def test_told_in_time_and_entered_late_it_was_not_late(self, forwarded, handler):
        case = forwarded()
        accept(case, handler)
        due = notice_clock(case).due_at
        sweep(PetitionClock, now=due + timedelta(minutes=1))
        tell(case, handler, told_at=moment(9, 8), at=due + DAY)
        assert (notice_clock(case).stopped_at, notice_clock(case).breached_at) == (moment(9, 8), None)


@pytest.mark.article(23)
class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"told_at": moment(9, 6)}, "作出决定之日到今天之间"),
            ({"told_at": moment(9, 9), "at": moment(9, 8)}, "作出决定之日到今天之间"),
            ({"recipient": " "}, "交给了谁"),
            ({"proof": ""}, "邮件编号"),
            ({"way": NoticeWay.ELECTRONIC}, "须经收件人同意"),
            ({"way": NoticeWay.PHONE}, "须书面告知"),
            ({"way": NoticeWay.PAGE}, "由系统在办理时告知"),
            ({"way": NoticeWay.NOBODY, "recipient": "", "proof": "找不到"}, "怎样查找过"),
        ],
    )
    def test_a_telling_that_nothing_shows_changes_nothing(self, forwarded, handler, more, words):
        case = forwarded()
        accept(case, handler)
        with pytest.raises(Refusal, match=words) as refused:
            tell(case, handler, **more)
        assert refused.value.code == "invalid"
        assert fresh(case).notice_owed and not case.written_notices.exists()

    def test_it_is_told_once(self, forwarded, handler):
        case = forwarded()
        accept(case, handler)
        tell(case, handler)
        with pytest.raises(Refusal, match="已经告知信访人"):
            tell(case, handler, told_at=moment(9, 9))

    def test_a_refusal_is_not_filed_away_before_it_was_told(self, forwarded, handler, officer):
        case = forwarded()
        refuse(case, handler)
        with pytest.raises(Refusal, match="还没有书面告知信访人"):
            following.close(petition=case, actor=officer, at=moment(9, 9))
        tell(case, handler)
        following.close(petition=case, actor=officer, at=moment(9, 9))
        assert fresh(case).status == Status.CLOSED


def test_the_case_page_says_how_and_the_texts_are_sealed(forwarded, handler):
    case = forwarded()
    accept(case, handler)
    assert ("待告知", "soon") in case_page.marks(fresh(case))
    tell(case, handler, paper_number="清城管告〔2026〕3号")
    (row,) = case_page.notices(fresh(case), handler)
    assert (row.paper_number, row.words) == ("清城管告〔2026〕3号", "邮件编号 EX123456")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT recipient, proof FROM petitions_writtennotice WHERE petition_id = %s", [case.pk]
        )
        assert not any(
            "张小河".encode() in bytes(cell) or b"EX123" in bytes(cell) for cell in cursor.fetchone()
        )
    event = case.events.get(act=Act.GIVE_NOTICE)
    assert event.text == "邮寄，文号 清城管告〔2026〕3号"
    assert event.public_text == "受理的情况已书面告知您（邮寄）。"


def test_a_joined_case_of_the_same_people_is_told_by_the_same_paper(
    cast, forwarded, handler, officer, make_case
):
    original = forwarded()
    joined = make_case(**LETTER)
    following.link(petition=joined, actor=officer, original=original, join=True, at=moment(9, 4, 10))
    forwarding.forward(petition=joined, actor=officer, unit=cast.units.urban, at=moment(9, 4, 11))
    accept(fresh(original), handler)
    assert fresh(joined).notice_owed
    tell(fresh(original), handler)
    assert not fresh(joined).notice_owed and joined.written_notices.count() == 1


class TestForm:
    def test_one_form_records_it_and_keeps_what_was_typed_when_it_is_wrong(
        self, cast, client_as, forwarded, handler
    ):
        case, browser = forwarded(), client_as(cast.handler)
        accept(case, handler)
        page = f"/cases/{case.number}/act/give_notice/"
        form = browser.get(page).context["form"]
        assert NoticeWay.PAGE not in dict(form.fields["way"].choices)
        sent = {"token": form["token"].value(), "way": "post", "told_at": "2026-09-08T10:00", "proof": ""}
        wrong = browser.post(page, {**sent, "recipient": "张小河"})
        assert wrong.status_code == 422 and "张小河" in wrong.content.decode()
        right = {**sent, "recipient": "张小河", "proof": "邮件编号 EX123456"}
        assert browser.post(page, right).status_code == 302
        assert case.written_notices.get().told_at == moment(9, 8, 10)

    def test_the_telephone_is_there_for_the_simplified_alone(self, cast, client_as, forwarded, handler):
        case = forwarded()
        accept(case, handler, simplify=True, supportable=True)
        form = client_as(cast.handler).get(f"/cases/{case.number}/act/give_notice/").context["form"]
        assert NoticeWay.PHONE in dict(form.fields["way"].choices)
        tell(case, handler, way=NoticeWay.PHONE, proof="拨打登记的号码，已告知")
        assert not fresh(case).notice_owed
