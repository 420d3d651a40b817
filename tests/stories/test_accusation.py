"""检举控告: it is not there for anybody but the discipline route and the registrar, wherever one looks (条例 30)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import now
from deadlines.services import sweep_all
from notifications.models import Notice
from petitions.enums import Act, Kind, Status
from petitions.models import Petition
from petitions.services import codes
from reports.models import ExportJob
from reports.services import exports
from tests.cast import PEOPLE
from tests.stories.test_clerk import register

SUBJECT = "城管中队长收受摊主好处"
WORDS = "城市管理局某中队长每月收受夜市摊主好处费，纵容占道经营。"
MONTH = "2026-09"
ROUTE = {"discipline_officer"}
DISTRICT = {"statistician", "petition_officer", "inspector"}


@pytest.fixture
def accusation(cast, desks, settings, tmp_path, time):
    """Registered over the counter by the clerk against 城市管理局."""
    settings.MEDIA_ROOT = tmp_path
    case, _answer, _client = register(
        desks,
        "clerk",
        {"name": "李勇", "phone": "13700003333"},
        subject=SUBJECT,
        body=WORDS,
        kind="accusation",
        complained_unit=cast.units.urban.pk,
    )
    return case


def pages_of(cast, case):
    """Every address of the site at which a case can show, for those who may open it."""
    month = f"?month={MONTH}"
    return [
        reverse("reports:home"),
        reverse("petitions:list"),
        *(f"{reverse('petitions:list')}?view={view}" for view in ("all", "late", "today", "forwarding")),
        f"{reverse('petitions:list')}?view=all&q={SUBJECT[:4]}",
        f"{reverse('petitions:list')}?view=all&q={case.number}",
        f"{reverse('petitions:list')}?view=all&unit={cast.units.discipline.pk}",
        reverse("notifications:inbox"),
        reverse("leaders:home"),
        reverse("leaders:changes"),
        reverse("leaders:packages"),
        reverse("leaders:instructions"),
        reverse("mediation:mine"),
        reverse("reports:month") + month,
        reverse("accounts:audit_log"),
    ]


def doors_of(case):
    return [
        case.get_absolute_url(),
        reverse("petitions:preview", args=[case.number]),
        *(
            reverse("petitions:act", args=[case.number, act])
            for act in ("forward", "note", "link", "supervise")
        ),
        reverse("petitions:clock", args=[case.number, case.clocks.first().pk]),
        reverse("petitions:reveal", args=[case.number, case.persons.first().ordinal]),
        reverse("mediation:case", args=[case.number]),
        reverse("leaders:instruct", args=[case.number]),
        reverse("leaders:receive_case", args=[case.number]),
    ]


def test_it_goes_to_the_discipline_route_at_once(cast, desks, accusation):
    assert (accusation.sealed, accusation.kind, accusation.confidential) == (True, Kind.ACCUSATION, True)
    assert (accusation.status, accusation.lead_unit) == (Status.FORWARDED, cast.units.discipline)
    assert list(accusation.events.order_by("pk").values_list("act", flat=True)) == [Act.REGISTER, Act.ROUTE]
    inbox = desks.inbox("discipline_officer")
    assert len(inbox) == 1
    assert accusation.number in inbox[0]
    assert SUBJECT in desks.read("discipline_officer", reverse("petitions:list"))
    assert WORDS in desks.read("discipline_officer", accusation.get_absolute_url())
    assert WORDS in desks.read("clerk", accusation.get_absolute_url()), "the registrar, by name"


@pytest.mark.parametrize("who", sorted(set(PEOPLE) - ROUTE - {"clerk"}))
@pytest.mark.article(30, 46)
def test_nobody_else_finds_it_anywhere(who, cast, desks, accusation):
    for days in (1, 5, 20, 70):
        sweep_all(now=now() + timedelta(days=days))
    client = desks.of(who)
    for address in pages_of(cast, accusation):
        answer = client.get(address, follow=True)
        assert answer.status_code in {200, 403, 422}, (address, answer.status_code)
        page = answer.content.decode()
        for words in (SUBJECT, WORDS[:12], "李勇"):
            assert words not in page, (address, words)
        if f"q={accusation.number}" not in address and "audit" not in address:
            assert accusation.number not in page, address
    for address in doors_of(accusation):
        assert client.get(address).status_code in {403, 404}, address
    assert not Notice.objects.filter(recipient=getattr(cast, who), text__contains=accusation.number).exists()


def test_alerts_of_its_clocks_stay_within_the_route(cast, desks, accusation):
    for days in (1, 5, 20, 70):
        sweep_all(now=now() + timedelta(days=days))
    told = set(
        Notice.objects.filter(text__contains=accusation.number).values_list("recipient__username", flat=True)
    )
    # Where the route has nobody above its handlers, they are told again, not the office or an administrator.
    assert told == {"discipline_officer"}


def test_no_count_and_no_figure_moves_by_it(cast, desks, make_case, time):
    make_case.registered(subject="一件平常的事")

    def counts():
        found = {}
        for who in sorted(DISTRICT | {"unit_head", "leader", "town_clerk"}):
            client = desks.of(who)
            tabs = client.get(reverse("petitions:list")).context["tabs"]
            found[who] = [(tab.key, tab.count) for tab in tabs]
        for who in sorted(DISTRICT):
            month = desks.of(who).get(reverse("reports:month"), {"month": MONTH})
            found[f"{who} month"] = [figure.text for figure in month.context["total"]["figures"]]
        home = desks.of("petition_officer").get(reverse("reports:home"))
        found["board"] = [(number.label, number.text) for number in home.context["board"]]
        return found

    before = counts()
    case, _answer, _client = register(desks, "clerk", {"name": "李勇"}, subject=SUBJECT, kind="accusation")
    assert case.sealed
    assert counts() == before


def test_no_export_holds_it(cast, desks, accusation):
    for who in sorted(DISTRICT | {"unit_head"}):
        client = desks.of(who)
        unit = cast.units.urban if who == "unit_head" else cast.units.district
        assert client.post(reverse("reports:export"), {"month": MONTH, "unit": unit.pk}).status_code == 302
    exports.run_waiting(limit=10)
    for job in ExportJob.objects.all():
        sheet = job.file.open("rb").read()
        assert SUBJECT.encode() not in sheet
        assert accusation.number.encode() not in sheet
        assert job.progress == 100


def test_beside_the_form_it_is_offered_to_nobody_else(cast, desks, accusation):
    data = {
        "token": codes.new_token(),
        "subject": SUBJECT,
        "body": WORDS,
        "persons-TOTAL_FORMS": "1",
        "persons-0-name": "李勇",
        "persons-0-phone": "13700003333",
    }
    for who in ("petition_officer", "town_clerk"):
        beside = desks.of(who).post(reverse("petitions:register_similar"), data).content.decode()
        assert accusation.number not in beside
        assert SUBJECT not in beside


def test_filed_online_it_has_no_registrar_and_the_accuser_reads_no_name_in_return(
    cast, desks, resident, time
):
    case = resident.file(body=WORDS, kind="accusation", name="李勇")
    assert (case.sealed, case.registered_by) == (True, None)
    desks.read("clerk", case.get_absolute_url(), status=404)
    desks.read("petition_officer", case.get_absolute_url(), status=404)
    assert WORDS in desks.read("discipline_officer", case.get_absolute_url())
    page = resident.look()
    assert "您的举报" in page
    assert "冯肃" not in page


@pytest.mark.article(30)
def test_found_to_be_one_later_it_vanishes_from_everybody_who_had_it(cast, desks, make_case, time):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=3), subject=SUBJECT)
    assert SUBJECT in desks.read("handler", reverse("petitions:list"))
    desks.do("petition_officer", case, "seal", reason="反映干部违纪违法问题")
    assert case.sealed
    assert case.lead_unit == cast.units.discipline
    for who in ("handler", "unit_head", "petition_officer", "inspector", "leader", "statistician"):
        desks.read(who, case.get_absolute_url(), status=404)
        assert SUBJECT not in desks.of(who).get(reverse("petitions:list") + "?view=all").content.decode()
    assert SUBJECT in desks.read("discipline_officer", reverse("petitions:list"))
    assert Petition.objects.get(pk=case.pk).responsible is None
