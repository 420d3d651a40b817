"""通知补充材料 (补正): the unit asks for what is missing, no clock waits for it, and the next supplement answers it."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from petitions.enums import Act, Kind, MaterialState, Path, RecusalGround, Status
from petitions.models import MaterialRequest, Petition
from petitions.selectors import case as case_selector
from petitions.selectors import material, public
from petitions.services import asking, codes, following, forwarding, recusing, sealing
from petitions.tests.test_public_mine import own, page  # noqa: F401

pytestmark = pytest.mark.django_db
ITEMS, HOW = "房产证复印件。", "在网上查询页上传，或者当面交。"


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def ask(case, actor, at=None, **more):
    fields = {"items": ITEMS, "how": HOW, "due_on": date(2026, 9, 20), **more}
    asking.request_material(petition=case, actor=actor, at=at or moment(9, 10), **fields)


def bring(case, at):
    from accounts.actor import Actor

    following.supplement(petition=case, actor=Actor.petitioner(), text="照片在此。", at=at)


def states(case, at):
    return [asked.state for asked in material.requests_of(case, at)]


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.mark.article(23, 34)
@pytest.mark.parametrize("status", [Status.FORWARDED, Status.ACCEPTED])
def test_no_statutory_clock_stops_moves_or_starts(make_case, handler, status):
    case = make_case(until=status)

    def clocks():
        rows = case.clocks.order_by("id")
        return list(rows.values_list("rule__code", "started_at", "due_at", "stopped_at", "next_at"))

    before, due = clocks(), Petition.objects.get(pk=case.pk).due_at
    ask(case, handler)
    assert clocks() == before
    bring(case, moment(9, 12))
    assert clocks() == before
    assert (case.status, Petition.objects.get(pk=case.pk).due_at) == (status, due)


def test_it_is_open_until_a_supplement_answers_it(make_case, handler):
    case = make_case(until=Status.ACCEPTED)
    bring(case, moment(9, 9))  # before it was asked for: no answer to it
    ask(case, handler)
    assert states(case, moment(9, 11)) == [MaterialState.OPEN]
    bring(case, moment(9, 12))
    (asked,) = material.requests_of(case, moment(9, 25))
    assert (asked.state, asked.answered_at) == (MaterialState.ANSWERED, moment(9, 12))


def test_its_day_passes_and_what_is_brought_late_still_answers_it(make_case, handler):
    case = make_case(until=Status.ACCEPTED)
    ask(case, handler)
    assert states(case, moment(9, 20, 23)) == [MaterialState.OPEN]
    assert states(case, moment(9, 21, 0)) == [MaterialState.PASSED]
    bring(case, moment(9, 22))
    assert states(case, moment(9, 23)) == [MaterialState.ANSWERED]


def test_it_stands_in_history_and_audit_log_and_its_row_never_changes(make_case, handler):
    case = make_case(until=Status.ACCEPTED)
    ask(case, handler)
    event = case.events.get(act=Act.REQUEST_MATERIAL)
    assert event.public and "房产证复印件" in event.public_text and "2026年9月20日" in event.public_text
    assert AuditEntry.objects.filter(act="petition.request_material", object_id=case.audit_name).count() == 1
    for change in (lambda rows: rows.update(items="别的"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(MaterialRequest.objects.all())


def test_the_petitioner_reads_it_beside_the_form_and_after_it_was_answered_no_more(own, cast):  # noqa: F811
    client, case = own(until=Status.ACCEPTED)
    day = (now() + timedelta(days=5)).date()
    asking.request_material(
        petition=case, actor=cast.actor("handler"), items="龚䶮的房产证。", how=HOW, due_on=day
    )
    text = page(client.get("/mine/"))
    assert "龚䶮的房产证。" in text and "怎么交：" in text and HOW in text
    assert 'class="sheet supplement" open' in text
    assert "补充材料不影响办理期限" in text
    token = codes.new_token()
    client.post("/mine/supplement/", {"text": "房产证在附件里。", "token": token})
    text = page(client.get("/mine/"))
    assert 'id="asked"' not in text and "您补充了材料" in text
    (asked,) = material.requests_of(case, now())
    assert asked.state == MaterialState.ANSWERED


def test_a_day_that_has_passed_bars_nobody_and_an_answered_case_asks_no_more(own, cast):  # noqa: F811
    client, case = own(until=Status.ACCEPTED)
    day = (now() + timedelta(days=2)).date()
    asking.request_material(petition=case, actor=cast.actor("handler"), items=ITEMS, how=HOW, due_on=day)
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        asked = public.own_case(case).asked_for
        assert [one.state for one in asked] == [MaterialState.PASSED]
    Petition.objects.filter(pk=case.pk).update(concluded_at=now())
    assert public.own_case(Petition.objects.get(pk=case.pk)).asked_for == []
    assert client.get("/mine/").status_code == 200


def test_the_handler_sees_it_on_the_case(make_case, cast, client_as):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
    day = (now() + timedelta(days=5)).date()
    asking.request_material(petition=case, actor=cast.actor("handler"), items=ITEMS, how=HOW, due_on=day)
    text = client_as(cast.handler).get(case.get_absolute_url()).content.decode()
    assert "等待补充" in text and "房产证复印件" in text
    form = client_as(cast.unit_head).get(reverse("petitions:act", args=[case.number, "request_material"]))
    assert "已经通知过、还没有补充的：房产证复印件" in form.content.decode()


def test_the_supplement_tells_the_unit(make_case, cast, handler):
    case = make_case(until=Status.ACCEPTED)
    ask(case, handler)
    bring(case, moment(9, 12))
    assert cast.handler.notices.filter(about=case.about, text__contains="有补充材料").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"items": "　 "}, "需要补充哪些材料"),
        ({"how": ""}, "怎么交"),
        ({"items": "长" * 2001}, "最多 2000 字"),
        ({"due_on": date(2026, 9, 10)}, "今天以后"),
        ({"due_on": date(2026, 12, 30)}, "不要超过 60 天"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_and_changes_nothing(make_case, handler, wrong, sentence):
    case = make_case(until=Status.ACCEPTED)
    with pytest.raises(Refusal, match=sentence):
        ask(case, handler, **wrong)
    assert not case.material_requests.exists() and not case.events.filter(act=Act.REQUEST_MATERIAL).exists()


def test_the_same_is_not_asked_twice_while_it_is_open_and_again_after_its_day(make_case, cast, handler):
    case = make_case(until=Status.ACCEPTED)
    ask(case, handler)
    with pytest.raises(Refusal, match="已经通知过同样的材料") as refused:
        ask(case, cast.actor("unit_head"), items=" 房产证 复印件。", at=moment(9, 11))
    assert refused.value.code == "stale"
    ask(case, handler, items="身份证复印件。", at=moment(9, 11))
    ask(case, handler, at=moment(9, 21), due_on=date(2026, 9, 30))
    assert case.material_requests.count() == 3


def test_the_same_form_twice(make_case, handler):
    case, token = make_case(until=Status.ACCEPTED), codes.new_token()
    ask(case, handler, token=token)
    with pytest.raises(Refusal) as refused:
        ask(case, handler, token=token)
    assert refused.value.code == "repeated"


@pytest.mark.parametrize("status", [Status.REGISTERED, Status.OBJECTED, Status.CONCLUDED, Status.CLOSED])
def test_only_while_the_unit_has_it_in_hand(make_case, handler, status):
    with pytest.raises(Refusal) as refused:
        ask(make_case(until=status), handler)
    assert refused.value.code == "stale"


@pytest.mark.article(28)
def test_whoever_does_not_lead_or_is_recused_asks_nothing(make_case, cast, handler):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    for who in ("petition_officer", "handler2", "inspector", "leader", "outsider"):
        with pytest.raises(Refusal):
            ask(case, cast.actor(who))
    recusing.recuse(petition=case, actor=handler, ground=RecusalGround.FAMILY)
    with pytest.raises(Refusal):
        ask(Petition.objects.get(pk=case.pk), handler)


@pytest.mark.article(28)
def test_a_unit_complained_of_asks_nothing(make_case, cast):
    case = make_case(until=Status.FORWARDED, unit=cast.units.housing, complained_unit=cast.units.urban)
    with pytest.raises(Refusal):
        ask(case, cast.actor("handler"))


@pytest.mark.article(30)
def test_of_a_confidential_case_a_reader_who_must_not_know_reads_no_name_in_it(make_case, cast, handler):
    case = make_case(until=Status.ACCEPTED, confidential=True)
    ask(case, handler, items="张小河的房产证。", how="请张小河当面交。")
    found = case_selector.find(handler, case.number)
    (asked,) = case_selector.page_context(found, handler, moment(9, 11))["material"]
    assert "张小河" not in asked.items + asked.how


@pytest.mark.article(30)
def test_of_an_accusation_only_the_discipline_body_asks_and_what_was_asked_before_goes_with_it(
    make_case, cast
):
    case = make_case(until=Status.ACCEPTED)
    ask(case, cast.actor("handler"))
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪", at=moment(9, 11))
    sealed = Petition.objects.get(pk=case.pk)
    with pytest.raises(Refusal):
        ask(sealed, cast.actor("handler"), at=moment(9, 12))
    ask(sealed, cast.actor("discipline_officer"), items="转账记录。", at=moment(9, 12))
    assert sealed.material_requests.count() == 2


def test_a_joined_case_is_asked_by_itself(make_case, cast, handler):
    officer = cast.actor("petition_officer")
    original, joined = make_case(), make_case()
    following.link(petition=joined, actor=officer, original=original, join=True)
    forwarding.forward(petition=original, actor=officer, unit=cast.units.urban, at=moment(9, 4))
    forwarding.accept(petition=original, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=moment(9, 7))
    ask(original, handler)
    assert not joined.material_requests.exists()
