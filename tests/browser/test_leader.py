"""A leader's five minutes at 390 px: what is late, one tap to the case, one to an instruction; and what residents see."""

from datetime import timedelta

import pytest

from accounts.enums import UnitKind
from core.timekeeping import now
from leaders.enums import VisitKind
from leaders.models import CasePackage, Instruction, PackageClock
from leaders.services.days import DayPlan, plan_day
from leaders.services.instructions import instruct, report_instruction
from leaders.services.packages import assign_package
from mediation.enums import ConsentHow, Side
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import schedule_session
from petitions.enums import Status
from petitions.services import handling
from tests.browser.screens import fits, shoot
from tests.mediating import agrees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SUBJECTS = ("库区移民安置房漏水多年未修", "河边夜市噪音扰民", "安置小区电梯停运")


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def scene(cast, make_case):
    """Three packages (late, nearly due, in time), one report to read, one reception in two days."""
    officer, day = cast.actor("petition_officer"), now().date()
    packages = []
    for subject, days in zip(SUBJECTS, (40, 2, 50), strict=True):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), subject=subject)
        packages.append(
            assign_package(
                petition=case,
                actor=officer,
                post=cast.post("leader"),
                target_on=day + timedelta(days=days),
                reason="多次反映，涉及人数多",
            )
        )
    late = packages[0]
    past = now() - timedelta(days=4)
    CasePackage.objects.filter(pk=late.pk).update(target_on=past.date())
    PackageClock.objects.filter(package=late).update(
        started_at=past - timedelta(days=60), raw_due_at=past, due_at=past, soon_at=past - timedelta(days=3)
    )
    handling.note(petition=late.petition, actor=cast.actor("handler"), text="已联系施工队。")
    task = instruct(
        petition=packages[1].petition, actor=cast.actor("leader"), text="请约谈摊主，定出收摊时间。"
    )
    report_instruction(instruction=task, actor=cast.actor("handler"), text="已约谈，十点收摊。")
    plan_day(actor=officer, plan=reception(cast))
    return late


def reception(cast):
    start = (now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    return DayPlan(
        post=cast.post("leader"),
        kind=VisitKind.FIXED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        place_unit=cast.units.dongxi,
        place_text="镇政府一楼信访接待室",
        accompanying=[cast.units.urban],
    )


def test_a_leader_reads_the_late_case_and_writes_an_instruction_on_a_phone(cast, scene, page_of):
    page = page_of(cast.leader, 390)
    page.goto("/leaders/")
    fits(page)
    shoot(page, "leader-390")
    assert page.locator(".three-numbers strong").all_inner_texts() == ["0", "1", "0", "1"]
    first = page.locator("section[aria-labelledby=packages-title] .hand-list > li").first
    assert SUBJECTS[0] in first.inner_text()
    assert "超目标日期 4 天" in first.inner_text()
    box = first.get_by_role("link", name="批示", exact=True).bounding_box()
    assert box["height"] >= 44
    first.get_by_role("link", name="批示", exact=True).click()
    page.wait_for_url("**/leaders/instruct/**")
    fits(page)
    shoot(page, "instruct-390")
    page.get_by_label("请于7日内研究提出意见。").check()
    page.get_by_role("button", name="发出批示").click()
    page.wait_for_url("**/leaders/packages/*/")
    assert "已批示" in page.locator("#notices").inner_text()
    given = Instruction.objects.get(petition=scene.petition)
    assert given.text == "请于7日内研究提出意见。"
    assert given.unit.kind == UnitKind.DEPARTMENT
    assert "请于7日内研究提出意见。" in page.locator("section[aria-labelledby=tasks-title]").inner_text()
    fits(page)
    shoot(page, "package-390")
    page.get_by_role("link", name="看材料").click()
    page.wait_for_url(f"**{scene.petition.get_absolute_url()}")
    assert scene.petition.number in page.content()


def test_a_leader_reads_a_report_and_says_so_on_a_phone(cast, scene, page_of):
    page = page_of(cast.leader, 390)
    page.goto("/leaders/")
    page.get_by_role("link", name="已约谈，十点收摊").click()
    fits(page)
    shoot(page, "instruction-390")
    page.get_by_role("button", name="知道了", exact=True).click()
    page.wait_for_load_state()
    assert "已阅" in page.locator("#notices").inner_text()
    assert Instruction.objects.get().acknowledged is True


@pytest.mark.parametrize("width", [390, 1366])
def test_every_page_of_a_leader_fits_the_window(cast, scene, page_of, width):
    page = page_of(cast.leader, width)
    for name, address in {
        "home": "/leaders/",
        "changes": "/leaders/changes/",
        "packages": "/leaders/packages/",
        "package": scene.get_absolute_url(),
        "package-add": "/leaders/packages/add/",
        "instructions": "/leaders/instructions/?view=all",
        "days": "/leaders/days/",
        "receive": "/leaders/receive/",
        "clock": PackageClock.objects.get(package=scene).get_explanation_url(),
    }.items():
        assert page.goto(address).ok, address
        fits(page)
        shoot(page, f"leader-{name}-{width}")


@pytest.mark.parametrize("width", [390, 1366])
def test_the_office_and_residents_see_the_reception_day(cast, scene, page_of, open_page, width):
    desk = page_of(cast.petition_officer, width)
    for name, address in {"day-add": "/leaders/days/add/", "days": "/leaders/days/"}.items():
        assert desk.goto(address).ok
        fits(desk)
        shoot(desk, f"officer-{name}-{width}")
    desk.locator(".desk-table a").first.click()
    desk.wait_for_url("**/leaders/days/*/")
    fits(desk)
    shoot(desk, f"officer-day-{width}")
    resident = open_page(width)
    resident.goto("/visits/")
    fits(resident)
    shoot(resident, f"visits-{width}")
    assert "高远" in resident.content()
    assert "镇政府一楼信访接待室" in resident.content()


@pytest.mark.parametrize("width", [390, 1366])
def test_a_mediator_arranges_a_session_once_both_sides_agree(cast, make_case, page_of, open_page, width):
    mediation = agreed_mediation(cast, make_case)
    page = page_of(cast.mediator, width)
    for name, address in {"mine": "/mediation/", "case": mediation.get_absolute_url()}.items():
        assert page.goto(address).ok
        fits(page)
        shoot(page, f"mediation-{name}-{width}")
    page.get_by_role("link", name="安排调解").click()
    page.wait_for_url("**/schedule/")
    fits(page)
    page.get_by_label("日期").fill((now() + timedelta(days=1)).date().isoformat())
    page.get_by_role("button", name="安排调解").click()
    page.locator(".form-errors").wait_for()
    assert "已有安排" in page.locator(".form-errors").inner_text()
    fits(page)
    shoot(page, f"mediation-schedule-{width}")
    page.get_by_label("开始").fill("14:00")
    page.get_by_label("结束").fill("15:00")
    page.get_by_role("button", name="安排调解").click()
    page.wait_for_url(f"**{mediation.get_absolute_url()}")
    assert mediation.sessions.count() == 2
    resident = open_page(width)
    resident.goto("/mediation/rooms/")
    fits(resident)
    shoot(resident, f"rooms-{width}")


def agreed_mediation(cast, make_case):
    """Both sides consented; tomorrow at nine is taken by this very case."""
    room = keep_room(
        actor=cast.actor("petition_officer"),
        card=RoomCard(
            unit=cast.units.dongxi,
            name="宝大叔调解室",
            address="东溪镇河沿路8号",
            phone="0570-1234567",
            hours="工作日 8:30–17:30",
            mediators=[cast.mediator],
        ),
    )
    mediation = open_mediation(
        petition=make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2)),
        actor=cast.actor("handler"),
        room=room,
        mediator=cast.mediator,
    )
    for side, who in ((Side.PETITIONER, "张小河"), (Side.OTHER, "摊主老李")):
        agrees(mediation, side, cast.actor("handler"), who=who, how=ConsentHow.IN_PERSON)
    nine = (now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    schedule_session(
        mediation=mediation,
        actor=cast.actor("handler"),
        room=room,
        mediator=cast.mediator,
        starts_at=nine,
        ends_at=nine + timedelta(hours=1),
    )
    return mediation
