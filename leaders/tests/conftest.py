"""What the tests of this room share. Doors are called at real moments: the database's clocks and the views agree."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts.models import Post
from core.timekeeping import SHANGHAI, local_day, now
from leaders.enums import VisitKind
from leaders.services.days import DayPlan, plan_day
from leaders.services.inboxes import InboxPlan, file_letter, name_delegate, open_inbox
from leaders.services.instructions import instruct
from leaders.services.packages import assign_package
from petitions.enums import Channel, Status
from petitions.services import codes
from petitions.services.registering import NewPerson, NewPetition


@pytest.fixture(autouse=True)
def cold_cache():
    cache.clear()


@pytest.fixture
def today():
    return now().date()


@pytest.fixture
def fresh_case(make_case):
    """A case of a few days, forwarded to 城市管理局 (in the charge of 高远) unless said otherwise; what made it is older than
    yesterday at any hour."""

    def make(until=Status.FORWARDED, **new):
        return make_case(until=until, at=now() - timedelta(days=2, hours=6), **new)

    return make


@pytest.fixture
def package_of(cast, fresh_case, today):
    def make(case=None, *, days=30, post="leader", actor="petition_officer", at=None):
        return assign_package(
            petition=case or fresh_case(),
            actor=cast.actor(actor),
            post=cast.post(post),
            target_on=today + timedelta(days=days),
            reason="多次反映未解决",
            at=at,
        )

    return make


@pytest.fixture
def instruction_of(cast, fresh_case):
    def make(case=None, *, text="请于7日内研究提出意见。", **kwargs):
        return instruct(petition=case or fresh_case(), actor=cast.actor("leader"), text=text, **kwargs)

    return make


@pytest.fixture
def plan(cast):
    """``plan(days=2, hour=9)``: 高远 at 东溪镇 for two hours."""

    def make(*, days=2, hour=9, hours=2, post="leader", **kwargs):
        start = (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        fields = {
            "post": cast.post(post) if isinstance(post, str) else post,
            "kind": VisitKind.FIXED,
            "starts_at": start,
            "ends_at": start + timedelta(hours=hours),
            "place_unit": cast.units.dongxi,
            "place_text": "镇政府一楼接待室",
            **kwargs,
        }
        return DayPlan(**fields)

    return make


@pytest.fixture
def day_of(cast, plan):
    def make(**kwargs):
        return plan_day(actor=cast.actor("petition_officer"), plan=plan(**kwargs))

    return make


@pytest.fixture
def day_today(cast, plan):
    """A reception of today that began within the last hour, with three slots."""

    def make(**kwargs):
        at = now().astimezone(SHANGHAI)
        start = max(at - timedelta(hours=1), at.replace(hour=0, minute=1, second=0, microsecond=0))
        fields = {"starts_at": start, "ends_at": start + timedelta(hours=11), "slots": 3, **kwargs}
        return plan_day(
            actor=cast.actor("petition_officer"), plan=plan(**fields), at=start - timedelta(days=3)
        )

    return make


BODY = "柳湾村口的路灯坏了三个月，晚上老人出门摔过两次，村里说没有钱修。"


@pytest.fixture
def leader_post(cast):
    Post.objects.filter(pk=cast.post("leader").pk).update(title="县长")
    cast.post("leader").title = "县长"
    return cast.post("leader")


@pytest.fixture
def box(cast, leader_post):
    plan = InboxPlan(name="县长信箱", slug="xianzhang", post=leader_post, purpose="民生急难愁盼。")
    return open_inbox(actor=cast.actor("petition_officer"), plan=plan)


@pytest.fixture
def letter_tokens():
    return {}


@pytest.fixture
def letter_to(cast, box, letter_tokens):
    """``letter_to()``: the case of a letter to the box, as a resident files it."""

    def make(**new):
        fields = {
            "channel": Channel.ONLINE,
            "body": BODY,
            "persons": [NewPerson(name="李桂芳", phone="13900000001")],
        }
        token = codes.new_token()
        new = NewPetition(**{**fields, **new})
        done = file_letter(inbox=box, new=new, unit=cast.units.petition_office, token=token)
        letter_tokens[done.petition.pk] = token
        return done.petition

    return make


@pytest.fixture
def named(cast, box):
    """``named(user)``: a delegate of the box from today on."""

    def make(user, *, by="leader"):
        today = local_day(now())
        return name_delegate(
            inbox=box, actor=cast.actor(by), user=user, valid_from=today, last_day=today + timedelta(days=30)
        )

    return make


@pytest.fixture
def mine_page(client, letter_tokens):
    """What the petitioner reads on their own page."""

    def read(case):
        client.post("/query/", {"number": case.number, "code": codes.query_code(letter_tokens[case.pk])})
        return client.get("/mine/").content.decode()

    return read
