import html
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.timekeeping import now
from leaders.models import CasePackage, PackageClock
from leaders.selectors.home import area_pulse, leader_home
from leaders.selectors.pulse import rising_of
from leaders.services.instructions import report_instruction
from leaders.services.replies import draft_reply
from petitions.enums import Kind, Status
from petitions.models import Petition
from petitions.services import forwarding, handling

pytestmark = pytest.mark.django_db


def make_late(package, days=4):
    """Its target was ``days`` ago, as if it had been set then."""
    past = now() - timedelta(days=days)
    CasePackage.objects.filter(pk=package.pk).update(target_on=past.date())
    PackageClock.objects.filter(package=package).update(
        started_at=past - timedelta(days=9), raw_due_at=past, due_at=past, soon_at=past - timedelta(days=3)
    )


def test_three_numbers_packages_late_first_and_what_waits(cast, package_of, instruction_of, day_of):
    package_of(days=30)
    late = package_of(days=20)
    make_late(late)
    package_of(post="leader2")
    waiting = instruction_of()
    unread = instruction_of()
    report_instruction(instruction=unread, actor=cast.actor("handler"), text="已办。")
    day_of(days=3)
    home = leader_home(cast.actor("leader"))
    assert home.packages[0].package == late
    assert home.packages[0].reason.startswith("超目标日期 4 天")
    assert (home.late, home.package_count) == (1, 2)
    assert home.lamps == [
        ("late", "超期", 1, "late"),
        ("soon", "将到期", 0, "soon"),
        ("done", "正常", 1, "fine"),
    ]
    assert home.unread == [unread]
    assert home.waiting == [waiting]
    assert len(home.days) == 1
    assert home.today == []


def test_changes_since_yesterday_are_what_others_did_on_my_cases(cast, package_of, fresh_case, make_case):
    mine, other = package_of(fresh_case(until=Status.ACCEPTED)).petition, fresh_case(until=Status.ACCEPTED)
    for case in (mine, other):
        handling.note(petition=case, actor=cast.actor("handler"), text="到场查看。")
    handling.note(
        petition=mine, actor=cast.actor("handler"), text="很早以前。", at=now() - timedelta(days=2, hours=1)
    )
    home = leader_home(cast.actor("leader"))
    assert [(event.petition, event.label, event.text) for event in home.changes] == [
        (mine, "办理记录", "到场查看。")
    ]


def test_five_changes_and_the_rest_one_tap_away(cast, client_as, package_of, fresh_case):
    case = package_of(fresh_case(until=Status.ACCEPTED)).petition
    for n in range(7):
        handling.note(petition=case, actor=cast.actor("handler"), text=f"第{n}次")
    home = leader_home(cast.actor("leader"))
    assert (len(home.changes), home.more_changes) == (5, True)
    page = client_as(cast.leader).get(reverse("leaders:changes"))
    assert len(page.context["page"].items) == 7


def test_the_area_counts_this_week_against_the_same_days_52_weeks_ago(cast, make_case):
    at = now()
    monday = at - timedelta(days=at.weekday())
    this_week = monday.replace(hour=0, minute=30)
    made = [make_case(until=Status.FORWARDED, at=at - timedelta(days=30)) for _n in range(4)]
    for case, moment in zip(
        made,
        [this_week, this_week, this_week - timedelta(weeks=52), this_week - timedelta(days=1)],
        strict=True,
    ):
        Petition.objects.filter(pk=case.pk).update(registered_at=moment)
    area = area_pulse(cast.actor("leader"), max(at, this_week + timedelta(minutes=1)))
    assert (area.week, area.last_year) == ("2", "1")
    cache.clear()
    area = area_pulse(cast.actor("leader2"), at)
    assert (area.week, area.last_year) == ("0", "0")


def test_a_sealed_case_never_shows_on_the_page(cast, client_as, fresh_case, package_of):
    case = fresh_case(until=Status.REGISTERED)
    package_of(case)
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    page = client_as(cast.leader).get(reverse("leaders:home")).content.decode()
    assert case.number not in page
    assert case.subject not in page
    assert "您现在没有包案" in page


def test_the_page_costs_the_same_for_one_and_three(
    cast, client_as, package_of, instruction_of, day_of, django_assert_num_queries
):
    client = client_as(cast.leader)

    def one_more(days):
        package = package_of(days=days)
        handling.note(petition=package.petition, actor=cast.actor("handler"), text="到场查看。")
        instruction_of()
        day_of(days=days)

    one_more(2)
    client.get(reverse("leaders:home"))
    with django_assert_num_queries(13):
        client.get(reverse("leaders:home"))
    one_more(3)
    one_more(4)
    with django_assert_num_queries(13):
        page = client.get(reverse("leaders:home"))
    assert len(page.context["home"].packages) == 3


LISTS = ("packages", "instructions", "days", "decisions", "readings")


def numbers_on(page):
    """{address: numbers} of every link of the page that says a number and leads to a list: those on top, the lamps, the
    counts, the lines."""
    lists = {reverse(f"leaders:{name}") for name in LISTS} | {reverse("petitions:list")}
    found = {}
    for address, inside in re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL):
        strong = re.search(r"<strong>(\d+)</strong>", inside)
        number = strong or re.search(r"(\d+)", re.sub(r"<[^>]+>", " ", inside))
        if number and address.split("?")[0] in lists:
            found.setdefault(html.unescape(address), set()).add(int(number[1]))
    return found


def listed(client, address):
    """How many rows the list at this address has."""
    context = client.get(address).context
    if "kinds" in context:
        return sum(len(kind.rows) for kind in context["kinds"])
    return len(context["page"].items)


@pytest.mark.article(18)
def test_every_number_opens_the_list_it_counts(
    cast, client_as, package_of, instruction_of, day_of, day_today, letter_to, fresh_case
):
    make_late(package_of())
    near = package_of()
    PackageClock.objects.filter(package=near).update(soon_at=now() - timedelta(hours=1))
    package_of(), package_of()
    unread = instruction_of()
    report_instruction(instruction=unread, actor=cast.actor("handler"), text="已办。")
    day_today(), day_of(days=3), day_of(days=4)
    draft_reply(letter=letter_to().inbox_letter, actor=cast.actor("petition_officer"), text="已阅。")
    mine = (near.petition, fresh_case(), fresh_case())  # in a package or not
    others = fresh_case(unit=cast.units.housing)  # in the charge of another leader
    Petition.objects.update(due_at=now() + timedelta(days=9))
    late = [case.pk for case in (*mine, others)]
    Petition.objects.filter(pk__in=late).update(due_at=now() - timedelta(days=1))
    client = client_as(cast.leader)
    page = client.get(reverse("leaders:home"))
    home, numbers = page.context["home"], numbers_on(page.content.decode())
    said = {address.split("/leaders/")[-1]: n for address, n in numbers.items()}
    assert said["packages/?view=late"] == {1} and said["packages/?view=soon"] == {1}
    assert said["packages/?view=fine"] == {2} and said["packages/?view=mine"] == {4}
    assert said["days/?view=today"] == {1} and said["instructions/?view=unread"] == {1}
    assert said["instructions/?view=waiting"] == {0} and said["decisions/"] == {1}
    assert numbers[home.red_url] == {3}
    assert len(numbers) >= 10
    for address, spoken in numbers.items():
        assert spoken == {listed(client, address)}, address


def test_a_late_case_that_is_sealed_is_in_no_number(cast, client_as, fresh_case):
    case = fresh_case(until=Status.REGISTERED, unit=cast.units.urban)
    Petition.objects.filter(pk=case.pk).update(due_at=now() - timedelta(days=1))
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    Petition.objects.filter(pk=case.pk).update(due_at=now() - timedelta(days=1))
    assert leader_home(cast.actor("leader")).red == "0"


def test_only_leaders_have_this_page(cast, client, client_as):
    for name in ("leaders:home", "leaders:changes"):
        assert client.get(reverse(name)).url.startswith(reverse("accounts:login"))
        for key in ("outsider", "petition_officer", "handler", "sysadmin"):
            assert client_as(getattr(cast, key)).get(reverse(name)).status_code == 403, key
        assert client_as(cast.leader).get(reverse(name)).status_code == 200


def test_three_matters_that_rise_most_against_their_own_past_and_never_what_is_too_few():
    at = now()
    week = {"城建": 9, "环保": 5, "教育": 4, "交通": 6, "农业": 2, "社保": 3}
    past = {"城建": 4 * 8, "环保": 4, "交通": 4, "农业": 0, "社保": 4 * 5}
    found = rising_of(week, past, at, at)
    assert [(one.name, one.week, one.before) for one in found] == [
        ("交通", 6, 1.0),
        ("教育", 4, 0.0),
        ("环保", 5, 1.0),
    ]


def test_the_figures_of_the_area_open_the_lists_they_count(cast, client_as, make_case):
    at = now()
    start = (at - timedelta(days=at.weekday())).replace(hour=0, minute=5)
    for _n in range(3):
        case = make_case(until=Status.FORWARDED, at=at - timedelta(days=30))
        Petition.objects.filter(pk=case.pk).update(registered_at=start)
    client = client_as(cast.leader)
    area = client.get(reverse("leaders:home")).context["home"].area
    assert area.week == "3"
    assert len(client.get(area.url).context["page"].items) == 3
    assert len(client.get(area.last_year_url).context["page"].items) == int(area.last_year)
    for one in area.rising:
        assert len(client.get(one.url).context["page"].items) == one.week


def test_what_waits_is_counted_as_its_page_lists_it(cast, client_as, letter_to):
    for _n in range(2):
        letter = letter_to().inbox_letter
        draft_reply(letter=letter, actor=cast.actor("petition_officer"), text="已阅，正在办。")
    client = client_as(cast.leader)
    home = client.get(reverse("leaders:home")).context["home"]
    kinds = client.get(reverse("leaders:decisions")).context["kinds"]
    letters = client.get(reverse("leaders:readings")).context["page"].items
    assert (home.deciding, home.letters) == (sum(len(kind.rows) for kind in kinds), len(letters)) == (2, 2)


def test_the_page_of_decisions_costs_the_same_for_one_and_three(
    cast, client_as, letter_to, django_assert_num_queries
):
    client = client_as(cast.leader)

    def one_more():
        draft_reply(letter=letter_to().inbox_letter, actor=cast.actor("petition_officer"), text="已阅。")

    one_more()
    client.get(reverse("leaders:decisions"))
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("leaders:decisions"))
    one_more()
    one_more()
    with django_assert_num_queries(len(seen)):
        client.get(reverse("leaders:decisions"))


def test_no_instruction_is_offered_on_a_package_whose_case_is_closed(cast, make_case, package_of, client_as):
    case = make_case(until=Status.CLOSED)
    package, leader = package_of(case), client_as(cast.leader)
    door = reverse("leaders:instruct", args=[case.number])
    home = leader.get(reverse("leaders:home")).content.decode()
    assert package.get_absolute_url() in home and door not in home
    assert door not in leader.get(package.get_absolute_url()).content.decode()
    other = package_of()
    assert (
        reverse("leaders:instruct", args=[other.petition.number])
        in leader.get(reverse("leaders:home")).content.decode()
    )
