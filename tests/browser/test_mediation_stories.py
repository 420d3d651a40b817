"""A family matter with protection, and a consent taken back in the second session: on a phone and at a desk."""

from datetime import timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from mediation.enums import ConsentHow, Result, Side, State
from mediation.models import JointWish, MediationCase, Session
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import hold_session, schedule_session
from petitions.enums import Status
from tests.browser.screens import fits, shoot
from tests.mediating import agrees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def mediation(cast, make_case):
    officer, mediator = cast.actor("petition_officer"), cast.actor("mediator")
    card = RoomCard(
        unit=cast.units.dongxi, name="千鹤嫂工作室", address="东溪镇河沿路8号", mediators=[cast.mediator]
    )
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=3))
    room = keep_room(actor=officer, card=card)
    made = open_mediation(petition=case, actor=officer, room=room, mediator=cast.mediator)
    for side in Side:
        agrees(made, side, mediator)
    return made


def begun(session: Session) -> Session:
    Session.objects.filter(pk=session.pk).update(
        starts_at=now() - timedelta(minutes=20), ends_at=now() + timedelta(minutes=40), other_comes_at=None
    )
    session.refresh_from_db()
    return session


@pytest.mark.parametrize("width", [390, 1366])
def test_a_family_matter_with_protection(cast, mediation, page_of, width):
    page, party = page_of(cast.mediator, width), mediation.parties.get(side=Side.OTHER)
    page.goto(mediation.get_absolute_url())
    page.get_by_role("link", name="电话和资料").last.click()
    page.wait_for_url("**/parties/*/")
    page.get_by_label("住址").fill("柳湾村七号")
    page.get_by_label("须与对方分开调解").check()
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**{mediation.get_absolute_url()}")
    fits(page)
    assert "人身安全保护令" in page.content() and "柳湾村七号" not in page.content()
    shoot(page, f"mediation-protected-{width}")
    # A joint session is refused, with all that was typed.
    day = (now() + timedelta(days=1)).astimezone(SHANGHAI).date().isoformat()
    page.goto(f"/mediation/cases/{mediation.petition.number}/schedule/")
    page.locator("[name=apart]").uncheck()
    page.locator("[name=mediator]").select_option(str(cast.mediator.pk))
    page.locator("[name=day]").fill(day)
    page.get_by_role("button", name="安排调解").click()
    page.get_by_text("不能安排或者记录当面的调解").first.wait_for()
    assert page.locator("[name=day]").input_value() == day
    assert not Session.objects.exists()
    page.locator("[name=apart]").check()
    page.get_by_label("对方几点到").fill("09:45")
    page.get_by_role("button", name="安排调解").click()
    page.wait_for_url(f"**{mediation.get_absolute_url()}")
    session = begun(Session.objects.get())
    assert session.apart
    # What the protected party says alone stays apart.
    page.goto(f"{mediation.get_absolute_url()}")
    page.get_by_role("link", name="议程、笔录和录音录像").first.click()
    page.wait_for_url("**/sessions/*/")
    page.get_by_label("哪一种谈话").select_option(index=2)
    page.locator("#minute_text").fill("我怕他，不想见面。")
    page.get_by_role("button", name="保存笔录").click()
    page.get_by_text("单独谈话（1 段）").wait_for()
    fits(page)
    assert "我怕他" not in page.content()
    shoot(page, f"mediation-session-{width}")
    page.get_by_text("单独谈话（1 段）").click()
    page.wait_for_url("**/apart/*/")
    fits(page)
    assert "我怕他" in page.content()
    # Later the party wishes it otherwise, by an own word.
    page.goto(f"/mediation/cases/{mediation.petition.number}/")
    page.get_by_role("link", name="电话和资料").last.click()
    page.get_by_role("link", name="本人明确要求当面调的").click()
    page.wait_for_url("**/wish/")
    page.get_by_label("谁提出").fill("本人")
    page.get_by_role("button", name="登记本人要求当面调").click()
    page.get_by_role("button", name="本人收回").wait_for()
    fits(page)
    shoot(page, f"mediation-wish-{width}")
    party.refresh_from_db()
    assert party.wants_joint and JointWish.objects.get().how == ConsentHow.WRITTEN


@pytest.mark.article(33)
@pytest.mark.parametrize("width", [390, 1366])
def test_consent_taken_back_in_the_second_session(cast, mediation, page_of, width):
    mediator = cast.actor("mediator")
    first = begun(_booked(mediation, cast, 1))
    hold_session(session=first, actor=mediator, record="第一次没有谈拢。", result=Result.NOT_AGREED)
    Session.objects.filter(pk=first.pk).update(
        starts_at=now() - timedelta(days=1), ends_at=now() - timedelta(hours=23)
    )
    second = begun(_booked(mediation, cast, 2))
    page = page_of(cast.mediator, width)
    page.goto(f"/mediation/cases/{mediation.petition.number}/")
    page.get_by_role("link", name="议程、笔录和录音录像").last.click()
    page.wait_for_url("**/sessions/*/")
    page.locator("#attend_party").select_option(index=2)
    page.get_by_role("button", name="登记到场").click()
    page.get_by_text("已登记到场").first.wait_for()
    page.locator("#minute_text").fill("对方说今天不想再谈。")
    page.get_by_role("button", name="保存笔录").click()
    page.get_by_text("笔录已保存").first.wait_for()
    page.goto(f"/mediation/cases/{mediation.petition.number}/")
    form = page.locator("form", has=page.get_by_role("button", name="记录不再调解"))
    form.locator("select").select_option(index=2)
    form.get_by_role("button", name="记录不再调解").click()
    page.wait_for_url("**/mediation/?view=ended")
    fits(page)
    shoot(page, f"mediation-withdrawn-{width}")
    ended = MediationCase.objects.get()
    assert (ended.state, ended.result) == (State.ENDED, Result.WITHDRAWN)
    second.refresh_from_db()
    assert second.cancelled_at is not None and second.held_at is None
    # The case goes its statutory way, which it never left: same state, same clocks.
    ended.petition.refresh_from_db()
    assert ended.petition.status == Status.ACCEPTED
    assert ended.petition.clocks.filter(stopped_at=None).exists()
    # The desk still reads that there were two sessions; nothing is held against anybody.
    desk = page_of(cast.petition_officer, width)
    desk.goto(f"/mediation/cases/{ended.petition.number}/")
    fits(desk)
    assert "第一次没有谈拢" in desk.content()


def _booked(mediation, cast, days):
    start = (now() + timedelta(days=days)).astimezone(SHANGHAI).replace(hour=9, minute=0)
    return schedule_session(
        mediation=mediation,
        actor=cast.actor("mediator"),
        room=mediation.room,
        mediator=cast.mediator,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )
