"""Notices about a case leave by one door, which knows who stays out of it (条例 28)."""

import ast
from datetime import datetime
from pathlib import Path

import pytest

from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import RecusalGround
from petitions.models import Petition
from petitions.services import recusing, telling
from tests.cast import SINCE

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("petitions", "leaders", "mediation", "reviews", "supervision", "deadlines", "reports")
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)
#: The door itself; and who holds a sealed case, found by ``rules.can_hold``, which knows both grounds of each hat.
#: The sweep of the clocks sends lines whose recipients each room's ``alerts`` has found by the same rules. Of a dispute
#: that is no case its own room finds who may know; of a case it asks the door.
DOORS = {
    "petitions/services/telling.py",
    "petitions/services/holding.py",
    "deadlines/services/sweeping.py",
    "mediation/services/matters.py",
}


def past_the_door(text: str) -> list[int]:
    """Lines that tell people about something themselves."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        about = any(word.arg in {"about", None} for word in call.keywords)
        if name in {"notify_many", "NoticeRow"} or (name == "notify" and about):
            found.append(call.lineno)
    return found


def test_the_search_finds_a_notice_about_a_case():
    assert past_the_door("notify(recipients=[1], text='', about=case.about)") == [1]
    assert past_the_door("services.notify(**fields)\nnotify_many(rows)") == [1, 2]
    assert past_the_door("notify(recipients=[1], text='')\nnotify_about(case, [1])") == []


def test_no_room_tells_of_a_case_by_another_way():
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "tests" not in path.parts]
    assert len(files) > 100
    past = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in files
        if str(path.relative_to(ROOT)) not in DOORS
        for line in past_the_door(path.read_text())
    }
    assert past == set(), "use petitions.services.telling.notify_about"


@pytest.mark.django_db
class TestNotifyAbout:
    def told(self, case, *people, **kwargs) -> set[str]:
        case = Petition.objects.select_related("complained_unit").get(pk=case.pk)
        telling.notify_about(case, people, text="请看。", dedupe_key="one", at=AT, **kwargs)
        return {notice.recipient.username for notice in Notice.objects.filter(dedupe_key__startswith="one:")}

    def test_tells_people_and_posts_once_each(self, cast, make_case):
        people = (cast.handler.pk, cast.post("handler"), cast.post("unit_head"))
        assert self.told(make_case(), *people) == {"handler", "unit_head"}
        assert {one.about for one in Notice.objects.filter(text="请看。")} == {Petition.objects.get().about}

    def test_leaves_out_the_recused_under_every_hat(self, cast, make_case):
        case = make_case()
        recusing.exclude(
            petition=case,
            actor=cast.actor("petition_officer"),
            user=cast.clerk,
            ground=RecusalGround.FAMILY,
            reason="亲属",
            at=AT,
        )
        other = Post.objects.create(
            user=cast.clerk, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE
        )
        assert self.told(case, other, cast.clerk.pk, cast.handler.pk) == {"handler"}

    def test_leaves_out_the_unit_complained_of_but_for_its_own_part(self, cast, make_case):
        case = make_case(complained_unit=cast.units.urban)
        people = (cast.post("handler"), cast.unit_head.pk, cast.clerk.pk)
        assert self.told(case, *people) == {"clerk"}
        assert self.told(case, *people[:1], own_part=True) == {"clerk", "handler"}

    def test_a_person_with_a_post_elsewhere_is_told_by_name(self, cast, make_case):
        case = make_case(complained_unit=cast.units.urban)
        Post.objects.create(user=cast.handler, unit=cast.units.housing, role=Role.HANDLER, valid_from=SINCE)
        assert self.told(case, cast.handler.pk) == {"handler"}
