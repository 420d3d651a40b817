from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from core.converters import scattered
from core.timekeeping import now
from mediation.enums import Result, State
from mediation.models import MediationCase, Room, Session
from mediation.services.sessions import hold_session
from petitions.enums import Kind, Status
from petitions.services import forwarding
from petitions.services.codes import new_token
from tests.mediating import older

pytestmark = pytest.mark.django_db


def test_residents_see_published_rooms_and_no_mediators_name(cast, client, room_of):
    room_of()
    room_of(name="内部调解室", published=False)
    page = client.get(reverse("mediation:rooms")).content.decode()
    for words in ("宝大叔调解室", "东溪镇河沿路8号", "0570-1234567", "工作日 8:30–17:30", "全凭自愿"):
        assert words in page
    assert "内部调解室" not in page
    assert cast.mediator.name not in page


def test_the_page_for_residents_says_when_there_is_nothing(client, cast):
    assert "还没有公布调解室" in client.get(reverse("mediation:rooms")).content.decode()


def test_a_mediation_from_the_pages_from_opening_to_agreement(cast, client_as, fresh_case, room_of):
    case, room = fresh_case(), room_of()
    handler, mediator = client_as(cast.handler), client_as(cast.mediator)
    page = handler.get(reverse("mediation:case", args=[case.number]))
    assert "转入调解室" in page.content.decode()
    data = {"room": room.pk, "mediator": cast.mediator.pk, "token": new_token()}
    assert handler.post(reverse("mediation:open", args=[case.number]), data).status_code == 302
    assert case.number in mediator.get(reverse("mediation:mine")).content.decode()
    add = reverse("mediation:party_add", args=[case.number])
    assert mediator.post(add, {"side": "other", "name": "摊主老李"}).status_code == 302
    for party, who in zip(
        MediationCase.objects.get().parties.order_by("pk"), ("张小河", "摊主老李"), strict=True
    ):
        answer = mediator.post(
            reverse("mediation:consent", args=[case.number]),
            {"party": scattered(party.pk), "who": who, "how": "phone"},
        )
        assert answer.status_code == 302
    tomorrow = (now() + timedelta(days=1)).date()
    data = {
        "room": room.pk,
        "mediator": cast.mediator.pk,
        "day": tomorrow,
        "start": "09:00",
        "end": "10:30",
        "token": new_token(),
    }
    address = reverse("mediation:schedule", args=[case.number])
    assert mediator.get(address).status_code == 200
    assert mediator.post(address, data).status_code == 302
    taken = mediator.get(address).content.decode()
    assert "09:00–10:30" in taken
    again = mediator.post(address, {**data, "start": "10:00", "end": "11:00", "token": new_token()})
    assert again.status_code == 409
    assert "已有安排" in again.content.decode()
    session = Session.objects.get()
    past = now() - timedelta(hours=2)
    Session.objects.update(starts_at=past, ends_at=past + timedelta(hours=1))
    hold = reverse("mediation:hold", args=[case.number, session.pk])
    empty = mediator.post(hold, {"record": "谈成了。", "result": "agreed", "agreement": ""})
    assert empty.status_code == 422
    assert "谈成了。" in empty.content.decode()
    done = mediator.post(hold, {"record": "谈成了。", "result": "agreed", "agreement": "每晚十点收摊。"})
    # The mediator's reading right ended with the mediation; the agreement is written from what was noted.
    assert done.url == reverse("mediation:agreement_add", args=[session.mediation_id])
    assert mediator.get(reverse("mediation:case", args=[case.number])).status_code == 404
    assert MediationCase.objects.get().result == Result.AGREED
    for key, seen in (("handler", True), ("petition_officer", True), ("leader", False)):
        page = client_as(getattr(cast, key)).get(reverse("mediation:case", args=[case.number]))
        assert "达成协议" in page.content.decode(), key
        assert ("每晚十点收摊" in page.content.decode()) is seen, key


def test_leaving_and_ending_and_cancelling_from_the_pages(cast, client_as, mediation_of, session_of):
    client = client_as(cast.mediator)
    mediation = mediation_of(agreed=True)
    number, session = mediation.petition.number, session_of(mediation)
    assert client.post(reverse("mediation:cancel", args=[number, session.pk])).status_code == 302
    assert client.post(reverse("mediation:cancel", args=[number, session.pk])).status_code == 409
    withdraw = reverse("mediation:withdraw", args=[number])
    party = {"party": scattered(mediation.parties.get(side="other").pk)}
    assert client.post(withdraw, {"party": ""}).status_code == 422
    assert client.post(withdraw, party).status_code == 302
    assert client.post(withdraw, party).status_code == 404
    other = mediation_of()
    address = reverse("mediation:end", args=[other.petition.number])
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "双方不见面"}).status_code == 302


def test_a_consent_given_twice_is_told_on_the_page_with_what_was_typed(cast, client_as, mediation_of):
    mediation, client = mediation_of(), client_as(cast.handler)
    address = reverse("mediation:consent", args=[mediation.petition.number])
    data = {"party": scattered(mediation.parties.get().pk), "who": "张小河的女儿", "how": "phone"}
    assert client.post(address, data).status_code == 302
    again = client.post(address, data)
    assert again.status_code == 409
    assert "张小河的女儿" in again.content.decode()
    assert "信访人的同意已经记录" in again.content.decode()


def test_the_officer_keeps_rooms_from_the_pages(cast, client_as):
    client = client_as(cast.petition_officer)
    data = {
        "unit": cast.units.xishan.pk,
        "name": "宋哥调解室",
        "address": "西山路1号",
        "mediators": [cast.mediator.pk],
    }
    assert client.get(reverse("mediation:room_add")).status_code == 200
    assert client.post(reverse("mediation:room_add"), {**data, "address": ""}).status_code == 422
    assert client.post(reverse("mediation:room_add"), data).status_code == 302
    again = client.post(reverse("mediation:room_add"), data)
    assert again.status_code == 422
    assert "同名" in again.content.decode()
    room = Room.objects.get()
    assert room.mediators.get() == cast.mediator
    change = reverse("mediation:room_change", args=[room.pk])
    assert "宋哥调解室" in client.get(change).content.decode()
    assert client.post(change, {**data, "name": "宋哥工作室"}).status_code == 302
    assert "宋哥工作室" in client.get(reverse("mediation:room_list")).content.decode()


def test_lists_cost_the_same_for_one_and_three(
    cast, client, client_as, mediation_of, session_of, django_assert_num_queries
):
    desk = client_as(cast.mediator)

    def one_more(hour):
        session_of(mediation_of(agreed=True), hour=hour)

    one_more(8)
    desk.get(reverse("mediation:mine"))
    for hours in ((10, 12), (14, 16)):
        with django_assert_num_queries(8):
            desk.get(reverse("mediation:mine"))
        with django_assert_num_queries(7):
            desk.get(reverse("mediation:room_list"))
        with django_assert_num_queries(2):
            client.get(reverse("mediation:rooms"))
        for hour in hours:
            one_more(hour)


def test_a_sealed_case_has_no_mediation_page_for_anybody(cast, client_as, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION).petition
    for key in ("petition_officer", "discipline_officer", "mediator"):
        for name in ("case", "open", "schedule"):
            address = reverse(f"mediation:{name}", args=[case.number])
            client = client_as(getattr(cast, key))
            assert (client.post(address) if name == "open" else client.get(address)).status_code == 404


def test_an_outsider_sees_nothing_and_a_stranger_is_sent_to_log_in(
    cast, client, client_as, mediation_of, session_of
):
    mediation = mediation_of(agreed=True)
    number, session = mediation.petition.number, session_of(mediation)
    outside = client_as(cast.outsider)
    reads = [reverse(f"mediation:{name}", args=[number]) for name in ("case", "schedule")]
    writes = [reverse(f"mediation:{name}", args=[number]) for name in ("open", "consent", "withdraw", "end")]
    writes += [reverse(f"mediation:{name}", args=[number, session.pk]) for name in ("cancel", "hold")]
    assert [outside.get(address).status_code for address in reads] == [404] * len(reads)
    assert [outside.post(address).status_code for address in writes] == [404] * len(writes)
    assert number not in outside.get(reverse("mediation:mine")).content.decode()
    desk = [reverse(f"mediation:{name}") for name in ("room_list", "room_add")]
    assert [outside.get(address).status_code for address in desk] == [403, 403]
    assert outside.get(reverse("mediation:room_change", args=[mediation.room_id])).status_code == 403
    for address in [*reads, *desk, reverse("mediation:mine")]:
        assert client.get(address).url.startswith(reverse("accounts:login"))
    for address in writes:
        assert client.post(address).url.startswith(reverse("accounts:login"))


def test_a_mediator_sees_only_what_was_put_into_ones_hands(cast, client_as, mediation_of):
    from accounts.enums import Role
    from accounts.models import Post, User

    mediation = mediation_of()
    other = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=other, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=cast.post("mediator").valid_from
    )
    client = client_as(other)
    assert client.get(mediation.get_absolute_url()).status_code == 404
    assert mediation.petition.number not in client.get(reverse("mediation:mine")).content.decode()


def test_whoever_may_read_the_case_sees_that_a_session_was_held_but_only_some_what_was_said(
    cast, client_as, mediation_of, session_of
):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation)
    hold_session(
        session=session,
        actor=cast.actor("mediator"),
        record="只在屋里说的话",
        result=Result.NOT_AGREED,
        at=session.starts_at + timedelta(hours=1),
    )
    page = client_as(cast.leader).get(mediation.get_absolute_url()).content.decode()
    assert "未达成" in page
    assert "只在屋里说的话" not in page
    assert MediationCase.objects.get().state == State.HELD


def test_of_a_confidential_case_only_the_petition_office_reads_who_consented(
    cast, client_as, fresh_case, mediation_of, session_of
):
    mediation = mediation_of(case=fresh_case(confidential=True), agreed=True)
    session = session_of(mediation)
    past = now() - timedelta(hours=2)
    Session.objects.update(starts_at=past, ends_at=past + timedelta(hours=1))
    hold_session(
        session=session,
        actor=cast.actor("mediator"),
        record="张小河（13800001234）要求每晚十点收摊。",
        result=Result.AGREED,
        agreement="摊主与张小河约定十点收摊。",
    )
    again = mediation_of(case=mediation.petition, agreed=True)
    assert again.is_open
    for key, knows in (("petition_officer", True), ("handler", False), ("mediator", False)):
        page = client_as(getattr(cast, key)).get(reverse("mediation:case", args=[mediation.petition.number]))
        text = page.content.decode()
        assert ("张小河" in text) is knows, key
        assert ("13800001234" in text) is knows, key
        assert ("身份保密" in text) is not knows, key
        assert text.count("十点收摊") == 2, key
        assert "摊主老李" in text, key


@pytest.mark.parametrize(
    ("key", "reads_record"),
    [
        ("petition_officer", True),
        ("handler", True),
        ("mediator", True),
        ("unit_head", None),
        ("clerk", None),
        ("leader", False),
        ("inspector", None),
        ("statistician", None),
    ],
)
def test_nobody_reads_the_full_name_of_who_consented_for_the_petitioner(
    cast, client_as, mediation_of, key, reads_record
):
    """As on the case page: whoever needs the name opens it there, with a reason and on record."""
    mediation = mediation_of(agreed=True)
    page = client_as(getattr(cast, key)).get(mediation.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert "张小河" not in text
    assert "张*河" in text
    if reads_record is not None:
        assert ("摊主老李" in text) is reads_record
        assert ("摊**李" in text) is not reads_record


@pytest.fixture
def noon():
    """Tomorrow at noon, so that a morning session is over and on one day."""
    at = (now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(at, tick=False):
        yield at


def held_form(room, at, **other):
    return {
        "room": room.pk,
        "day": at.date().isoformat(),
        "start": "09:10",
        "end": "10:05",
        "record": "双方谈了夜市收摊时间。",
        "result": "not_agreed",
        **other,
    }


def test_a_session_nobody_booked_is_recorded_in_one_step(cast, client_as, mediation_of, noon):
    mediation = older(mediation_of(agreed=True))
    mediator = client_as(cast.mediator)
    case_page = mediator.get(mediation.get_absolute_url()).content.decode()
    address = reverse("mediation:held", args=[mediation.petition.number])
    assert "补记一场" in case_page and "现在开一场" in case_page
    assert address in case_page
    assert mediator.get(address).status_code == 200
    answer = mediator.post(address, held_form(mediation.room, noon))
    assert answer.url == mediation.get_absolute_url()
    session = Session.objects.get()
    assert (session.hours, session.result, session.mediator) == (
        "09:10–10:05",
        Result.NOT_AGREED,
        cast.mediator,
    )
    again = mediator.post(address, held_form(mediation.room, noon))
    assert again.status_code == 409
    assert "已有安排" in again.content.decode()
    assert Session.objects.count() == 1


def test_a_session_held_before_its_time_takes_the_booked_ones_place(
    cast, client_as, mediation_of, session_of, noon
):
    mediation = older(mediation_of(agreed=True))
    booked = session_of(mediation, days=3)
    mediator = client_as(cast.mediator)
    data = held_form(
        mediation.room, noon, instead_of=scattered(booked.pk), result="agreed", agreement="每晚十点收摊。"
    )
    answer = mediator.post(reverse("mediation:held", args=[mediation.petition.number]), data)
    # The mediation has ended: on to the agreement, with what was written down beside the form.
    assert answer.url == reverse("mediation:agreement_add", args=[mediation.pk])
    landed = mediator.get(answer.url).content.decode()
    assert "已保存调解记录。" in landed and "请接着写下来" in landed
    assert mediation.number in landed and "双方谈了夜市收摊时间。" in landed
    session = Session.objects.get()
    assert (session.pk, session.hours, session.cancelled_at) == (booked.pk, "09:10–10:05", None)
    assert session.day == noon.date()
    mediation.refresh_from_db()
    assert mediation.result == Result.AGREED


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"end": "09:00"}, "结束时间须晚于开始时间。"),
        ({"end": "12:30"}, "结束时间还没有到，请在调解结束以后记录。"),
        ({"start": "00:10", "anyway": "on"}, "一次调解最长 8 小时，请分开记录。"),
        ({"day": "2020-01-01"}, "开始时间早于转入调解的时间"),
        ({"start": "02:10", "end": "03:10"}, "确实是这个时间的，请勾选再保存。"),
        ({"record": ""}, "请填写这一项。"),
        ({"result": ""}, "请选择。"),
        ({"result": "agreed"}, "达成协议的，请写明协议内容。"),
        ({"agreement": "十点收摊"}, "没有达成协议的，不要填写协议内容。"),
    ],
)
def test_what_is_wrong_with_a_session_is_said_and_the_words_stay(
    cast, client_as, mediation_of, noon, wrong, sentence
):
    mediation = older(mediation_of(agreed=True))
    data = held_form(mediation.room, noon) | wrong
    answer = client_as(cast.mediator).post(reverse("mediation:held", args=[mediation.petition.number]), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert data["record"] in text
    assert not Session.objects.exists()


def test_an_empty_record_comes_back_with_the_same_fields_and_nothing_chosen(
    cast, client_as, mediation_of, session_of, noon
):
    mediation, mediator = mediation_of(agreed=True), client_as(cast.mediator)
    address = reverse("mediation:held", args=[mediation.petition.number])
    form = mediator.get(address).context["form"]
    assert not form["result"].value()
    empty = mediator.post(address, {}).context["form"]
    assert list(empty.fields) == list(form.fields)
    assert "result" in empty.errors
    # One that was booked when the form was opened and was cancelled meanwhile is told.
    gone = session_of(mediation, days=3)
    assert "instead_of" in mediator.get(address).context["form"].fields
    Session.objects.update(cancelled_at=now())
    answer = mediator.post(address, held_form(mediation.room, noon, instead_of=scattered(gone.pk)))
    assert (answer.status_code, "instead_of" in answer.context["form"].errors) == (422, True)


def test_without_consent_or_right_no_session_is_recorded(cast, client_as, mediation_of, noon):
    mediation = mediation_of()
    address = reverse("mediation:held", args=[mediation.petition.number])
    assert client_as(cast.mediator).get(address).status_code == 409
    assert client_as(cast.handler).get(address).status_code == 403
    assert client_as(cast.outsider).get(address).status_code in {403, 404}


def test_a_case_that_is_answered_offers_no_mediation_and_sending_it_is_told(
    cast, client_as, fresh_case, make_case, room_of
):
    room = room_of()
    for case, offered in (
        (fresh_case(), True),
        (make_case(until=Status.CONCLUDED), False),
        (make_case(until=Status.CLOSED), False),
    ):
        for key in ("petition_officer", "handler"):
            page = client_as(getattr(cast, key)).get(reverse("mediation:case", args=[case.number]))
            assert page.status_code == 200
            assert ("转入调解室" in page.content.decode()) is offered, (case.status, key)
    data = {"room": room.pk, "mediator": cast.mediator.pk, "token": new_token()}
    answer = client_as(cast.handler).post(reverse("mediation:open", args=[case.number]), data)
    assert answer.status_code == 409
    assert "没有生效：本件现在是“已办结”，“调解”要在" in answer.content.decode()
    assert not MediationCase.objects.exists()


# What a mediator did, after it has ended


@pytest.fixture
def held_by(cast, mediation_of, session_of):
    """A mediation of 张小河's case whose session of yesterday came out as ``result``; held by 方平."""

    def make(result=Result.AGREED, *, days=1, mediation=None, **fields):
        mediation = mediation or mediation_of(agreed=True)
        session = session_of(mediation, **fields)
        start = (now() - timedelta(days=days)).replace(hour=2, minute=0, second=0, microsecond=0)
        Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(minutes=90))
        session.refresh_from_db()
        words = {
            "record": "张小河说夜市太吵。",
            "agreement": "摊主老李十点收摊。" if result == Result.AGREED else "",
        }
        return hold_session(session=session, actor=cast.actor("mediator"), result=result, **words)

    return make


@pytest.fixture
def second_mediator(cast):
    from accounts.enums import Role
    from accounts.models import Post, User

    person = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=person,
        unit=cast.units.mediation,
        role=Role.MEDIATOR,
        valid_from=cast.post("mediator").valid_from,
    )
    return person


def ended_tab(client):
    answer = client.get(reverse("mediation:mine"), {"view": "ended"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_mediator_still_sees_what_they_did_and_nothing_of_the_case(cast, client_as, held_by):
    session = held_by()
    case, mediation = session.mediation.petition, session.mediation
    client = client_as(cast.mediator)
    page = ended_tab(client)
    for words in (mediation.room.name, session.hours, "达成协议"):
        assert words in page
    main = page.split("<main")[1].split("</main>")[0]
    for words in (case.number, case.subject, case.get_absolute_url(), mediation.get_absolute_url()):
        assert words not in page
    for name in ("张小河", "张*河", "老李", "十点收摊", "夜市", "城市管理局"):
        assert name not in page
    assert "/cases/" not in main
    assert main.count("<tr>") == 2
    # Among what is in hand there is nothing of it either.
    assert case.number not in client.get(reverse("mediation:mine")).content.decode()


def test_the_notice_of_the_end_leads_to_that_row(cast, client_as, held_by):
    from notifications.models import Notice

    session = held_by()
    notice = Notice.objects.get(
        dedupe_key__startswith=f"mediation:{session.mediation_id}:ended", recipient=cast.mediator
    )
    page = client_as(cast.mediator).get(notice.link)
    assert page.status_code == 200
    assert session.hours in page.content.decode()


def test_another_mediator_sees_none_of_it_and_a_stand_in_only_their_own_session(
    cast, client_as, held_by, second_mediator
):
    session = held_by()
    other = client_as(second_mediator)
    assert session.hours not in ended_tab(other)
    assert session.room.name not in ended_tab(other)
    assert "还没有结束的调解" in ended_tab(other)
    # Now 宋哥 stood in for one session of a mediation of 方平's.
    stood_in = held_by(Result.DECLINED, days=2)
    Session.objects.filter(pk=stood_in.pk).update(mediator=second_mediator)
    page = ended_tab(other)
    assert stood_in.room.name in page
    assert session.room.name not in page
    assert stood_in.mediation.petition.number not in page
    mine = ended_tab(client_as(cast.mediator))
    assert stood_in.room.name in mine
    assert "没有开过" in mine


def test_the_offices_still_read_the_case_in_their_ended_tab(cast, client_as, held_by):
    session = held_by()
    for key, seen in (
        ("handler", True),
        ("petition_officer", True),
        ("handler2", False),
        ("outsider", False),
    ):
        page = ended_tab(client_as(getattr(cast, key)))
        assert (session.mediation.petition.number in page) is seen, key


def test_a_row_tells_nothing_of_a_case_that_was_sealed(cast, client_as, fresh_case, mediation_of, held_by):
    case = fresh_case(until=Status.REGISTERED)
    done = held_by(mediation=mediation_of(case, agreed=True, actor="petition_officer"))
    client = client_as(cast.mediator)
    row = ended_tab(client).split("<tbody>")[1].split("</tbody>")[0]
    broken = mediation_of(case, agreed=True, actor="petition_officer")
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    broken.refresh_from_db()
    assert (broken.result, done.mediation.petition.pk) == (Result.SUSPENDED, case.pk)
    page = ended_tab(client)
    # What ended before stands as it stood; what sealing broke off, like any that came to no agreement.
    assert row in page
    assert broken.room.name in page
    assert "未达成协议" in page
    for words in ("中止", case.number, case.subject, "张小河", "密"):
        assert words not in page


def test_the_ended_tab_is_paged_by_key_and_costs_the_same_for_one_and_three(
    cast, client_as, held_by, django_assert_num_queries, monkeypatch
):
    from core import paging
    from mediation.views import cases

    client = client_as(cast.mediator)
    held_by(days=1)
    ended_tab(client)
    for more in ((2, 3), ()):
        with django_assert_num_queries(8):
            ended_tab(client)
        for days in more:
            held_by(Result.DECLINED, days=days)
    monkeypatch.setattr(cases, "paginate", lambda found, **kw: paging.paginate(found, **kw, size=2))
    page = client.get(reverse("mediation:mine"), {"view": "ended"}).context["page"]
    assert len(page.items) == 2
    rest = client.get(reverse("mediation:mine"), {"view": "ended", "cursor": page.next_cursor})
    assert len(rest.context["page"].items) == 1
    assert rest.context["bare"]
    assert not {one.pk for one in page.items} & {one.pk for one in rest.context["page"].items}


def test_a_session_that_somebody_recorded_first_says_so_once(cast, client_as, mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    for place, hour in enumerate((9, 12, 15)):
        session = session_of(mediation, hour=hour)
        start = now() - timedelta(hours=9 - 2 * place)
        Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    first, client = Session.objects.first(), client_as(cast.mediator)
    address = reverse("mediation:hold", args=[mediation.petition.number, first.pk])
    empty = client.post(address, {})
    assert empty.status_code == 422 and empty.content.decode().count('class="form-errors"') == 1
    sent = {"record": "双方各退一步，再谈一次。", "result": "suspended", "agreement": ""}
    assert client.post(address, sent).status_code == 302
    late = client.post(address, sent)
    assert late.status_code == 409 and late.content.decode().count("这次调解已于") == 1
