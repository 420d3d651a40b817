"""What the tests of this room share. Doors are called at real moments: the database's clocks and the views agree."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from conference.enums import ItemKind, OrderKind
from conference.services import disputing, meetings, minutes, ordering
from conference.services.minutes import Decided
from core.timekeeping import local_day, now
from petitions.enums import Status
from petitions.services import forwarding
from tests.cast import SINCE

TEXT = "两家单位都认为不属于自己的职责。"


@pytest.fixture
def today():
    return local_day(now())


@pytest.fixture
def hire(cast):
    """``hire("office_head", Role.UNIT_HEAD, "petition_office")``: the actor of somebody added to the cast."""

    def make(username, role, unit, name="苏平"):
        user = User.objects.create(username=username, name=name, password="!")
        post = Post.objects.create(user=user, unit=getattr(cast.units, unit), role=role, valid_from=SINCE)
        return Actor.of(post)

    return make


@pytest.fixture
def fresh_case(make_case):
    """A case of the last two days, sent to 城市管理局 unless said otherwise."""

    def make(until=Status.FORWARDED, **new):
        return make_case(until=until, at=now() - timedelta(days=2), **new)

    return make


@pytest.fixture
def passed_on(fresh_case, cast):
    """A case that 城市管理局 and then 住房和城乡建设局 objected to, both with success."""

    def make(**new):
        case, officer = fresh_case(**new), cast.actor("petition_officer")
        for who, unit in (("handler", None), ("unit_head2", cast.units.housing)):
            if unit is not None:
                forwarding.forward(petition=case, actor=officer, unit=unit)
            forwarding.object_to(petition=case, actor=cast.actor(who), reason="不属于本单位职责范围")
            forwarding.decide_objection(petition=case, actor=officer, agree=True, decision="同意。")
        return case

    return make


@pytest.fixture
def dispute(cast, passed_on):
    def make(case=None, *, units=("urban", "housing"), actor="petition_officer", facts=TEXT, **more):
        return disputing.open_dispute(
            petition=case or passed_on(),
            actor=cast.actor(actor),
            units=[getattr(cast.units, unit) for unit in units],
            facts=facts,
            **more,
        )

    return make


@pytest.fixture
def before_conference(cast, dispute):
    """A dispute that neither the units nor their superior decided."""

    def make(case=None, **more):
        row = dispute(case, **more)
        for reason in ("协商不成。", "县政府请联席会议研究。"):
            disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason=reason)
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def call(cast):
    """A meeting that began an hour ago, of 城市管理局 and 住房和城乡建设局, with 高远 in the chair."""

    def make(*, starts_at=None, actor="petition_officer", chair="leader", units=("urban", "housing"), **more):
        words = {"title": "第三次联席会议", "place": "县政府三楼会议室", **more}
        return meetings.call(
            actor=cast.actor(actor) if isinstance(actor, str) else actor,
            starts_at=starts_at or now() - timedelta(hours=1),
            chair=cast.post(chair),
            units=[getattr(cast.units, unit) for unit in units],
            **words,
        )

    return make


@pytest.fixture
def put(cast):
    """An item on the agenda: 城市管理局's shortcomings unless said otherwise."""

    def make(meeting, *, kind=ItemKind.SHORTCOMING, unit="urban", actor="petition_officer", **more):
        words = {"title": "超期不答复", "text": "一季度有九件超期。", **more}
        if kind != ItemKind.DISPUTE and unit:
            words["unit"] = getattr(cast.units, unit)
        return meetings.add_item(meeting=meeting, actor=cast.actor(actor), kind=kind, **words)

    return make


@pytest.fixture
def write(cast):
    def make(
        meeting, decisions=None, *, actor="petition_officer", text="各单位到会。", revision=None, **more
    ):
        meeting.refresh_from_db()
        known = {item.ordinal: Decided("责成整改。") for item in meeting.items.all()} | (decisions or {})
        return minutes.write(
            meeting=meeting,
            actor=cast.actor(actor) if isinstance(actor, str) else actor,
            text=text,
            decisions=known,
            revision=meeting.revision if revision is None else revision,
            **more,
        )

    return make


@pytest.fixture
def confirm(cast):
    def make(meeting, *, actor="leader", number="清联纪〔2026〕3号", **more):
        who = cast.actor(actor) if isinstance(actor, str) else actor
        meeting.refresh_from_db()
        known = {"revision": meeting.revision} | more
        return minutes.issue(meeting=meeting, actor=who, number=number, **known)

    return make


@pytest.fixture
def held(call, put, write, confirm):
    """An item of issued minutes."""

    def make(*, number="清联纪〔2026〕3号", **item):
        meeting = call()
        made = put(meeting, **item)
        write(meeting)
        confirm(meeting, number=number)
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def order(cast, held, today):
    def make(item=None, *, kind=OrderKind.RECTIFY, unit="urban", actor="inspector", days=20, **more):
        words = {
            "facts": "一季度有九件超期。",
            "basis": "《信访工作条例》第三十九条",
            "demand": "清理积压，写明每件的答复日期。",
            "due_on": today + timedelta(days=days) if days else None,
            **more,
        }
        new = ordering.NewOrder(kind=kind, unit=getattr(cast.units, unit), **words)
        return ordering.issue(item=item or held(), actor=cast.actor(actor), new=new)

    return make


@pytest.fixture
def office_head(hire):
    return hire("office_head", Role.UNIT_HEAD, "petition_office")
