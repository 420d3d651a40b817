"""A frozen month stands in the tree of units as it was: moving, renaming and ending units later changes nothing of it."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services import units as tree
from core.timekeeping import SHANGHAI
from petitions.enums import Status
from petitions.services import forwarding
from reports.models import FileForm, Freeze, FrozenUnit
from reports.periods import Month, Year
from reports.selectors.changes import restated
from reports.selectors.frozen import reading_for
from reports.selectors.month import month_figures
from reports.selectors.publishing import table_of
from reports.selectors.series import by_place
from reports.selectors.volumes import volumes
from reports.selectors.year import year_report
from reports.services import exports
from reports.services.freezing import freeze
from reports.tests.conftest import FIRST

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def september(cast, make_case):
    """Cases of a village, of its town and of two departments; a second town beside them."""
    units, officer = cast.units, cast.actor("petition_officer")
    for unit, count in ((units.liuwan, 3), (units.dongxi, 2), (units.urban, 2), (units.housing, 1)):
        for _n in range(count):
            case = make_case(at=FIRST)
            forwarding.forward(petition=case, actor=officer, unit=unit, at=FIRST + timedelta(days=1))
    return tree.create_unit(
        name="西岭镇人民政府", short_name="西岭镇", kind=UnitKind.TOWN, parent=units.district, code="XILING"
    )


def change_the_tree(cast, town):
    """The village goes to another town, a department gets another name, another one ends."""
    units = cast.units
    tree.move_unit(unit=units.liuwan, parent=town)
    Unit.objects.filter(pk=units.urban.pk).update(
        name="清江县综合执法局", short_name="综合执法局", code="NEW"
    )
    Unit.objects.filter(pk=units.housing.pk).update(valid_until=NOW.date() - timedelta(days=3))


def lines(figures):
    return {
        (unit.label if unit else ""): figures.by_unit[pk].count
        for pk in figures.by_unit
        for unit in [figures.units.get(pk)]
    }


def month_of(cast, who, unit, kept):
    return month_figures(
        actor=cast.actor(who), unit=Unit.objects.get(pk=unit.pk), month=SEPTEMBER, freeze=kept
    )


def test_lines_names_and_sums_of_a_frozen_month_stay_and_todays_follow_the_tree(cast, september):
    units = cast.units
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    asked = [("statistician", one) for one in (units.district, units.dongxi, units.liuwan, units.urban)]
    before = {(who, unit.pk): lines(month_of(cast, who, unit, kept)) for who, unit in asked}
    assert before["statistician", units.district.pk][units.dongxi.label] == 5
    assert before["statistician", units.dongxi.pk] == {units.dongxi.label: 2, units.liuwan.label: 3}
    was = {pk: unit.label for pk, unit in month_of(cast, *asked[0], kept).units.items()}
    rates = month_of(cast, *asked[0], kept).rates_by_unit
    change_the_tree(cast, september)
    for who, unit in asked:
        assert lines(month_of(cast, who, unit, kept)) == before[who, unit.pk], unit
    now = month_of(cast, *asked[0], kept)
    assert now.rates_by_unit == rates
    assert {pk: unit.label for pk, unit in now.units.items()} == was
    assert month_of(cast, "statistician", units.urban, kept).heading.startswith(units.urban.name)
    today = lines(month_of(cast, *asked[0], None))
    assert (today[units.dongxi.label], today["西岭镇"], today["综合执法局"]) == (2, 3, 2)
    # What was below another town then is in no line of this one.
    assert lines(month_of(cast, "statistician", september, kept)) == {}


def test_the_page_shows_both_and_every_frozen_number_opens_its_list(cast, september, client_as):
    client, units = client_as(cast.statistician), cast.units
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    change_the_tree(cast, september)
    page = client.get(reverse("reports:month"), {"month": "2026-09", "unit": units.dongxi.pk})
    rows = {row["name"]: row["figures"][0] for row in page.context["rows"]}
    assert {name: cell.text for name, cell in rows.items()} == {
        units.dongxi.label: "2",
        units.liuwan.label: "3",
    }
    found = client.get(rows[units.liuwan.label].url).context["found"]
    assert (found.cases, len(found.page.items), found.line_name) == (3, 3, units.liuwan.label)
    district = client.get(reverse("reports:month"), {"month": "2026-09", "unit": units.district.pk})
    names = [row["name"] for row in district.context["rows"]]
    assert units.urban.label in names and "综合执法局" not in names and "西岭镇" not in names
    for row in district.context["rows"]:
        for cell in row["figures"]:
            assert not cell.url or f"{client.get(cell.url).context['number']:,}" == cell.text
    _figures, changes = restated(cast.actor("statistician"), units.district, Freeze.objects.get())
    changed = {(one.line, one.name): (one.frozen, one.today) for one in changes}
    assert changed[units.dongxi.label, "件次"] == ("5", "2")
    assert changed["西岭镇", "件次"] == ("0", "3")
    assert not any(one.line in {"综合执法局", units.urban.label} for one in changes), (
        "a new name is no new number"
    )
    with_place = client.get(reverse("reports:volumes"), {"month": "2026-09", "by": "place"})
    places = {row.name: row.now for row in with_place.context["rows"]}
    assert (places[units.dongxi.label].text, places[units.liuwan.label].text) == ("8", "8")
    assert client.get(places[units.dongxi.label].url).context["number"] == 8
    today = client.get(reverse("reports:volumes"), {"month": "2026-09", "by": "place", "today": 1})
    assert {row.name: row.now.text for row in today.context["rows"]} == {
        "西岭镇": "8",
        units.liuwan.label: "8",
    }


def test_whose_figures_may_be_asked_for_is_a_question_of_today(cast, september, client_as):
    """The town's head reads no page of a village that is another town's now; the line of it stays in the town's own."""
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    units = cast.units
    change_the_tree(cast, september)
    village = Unit.objects.get(pk=units.liuwan.pk)
    mine = reading_for(cast.actor("unit_head"), units.urban, SEPTEMBER, freeze=kept)
    assert (mine.unit.name, mine.top.name) == (units.urban.name, units.urban.name)
    page = client_as(cast.unit_head).get(reverse("reports:month"), {"month": "2026-09", "unit": village.pk})
    assert page.status_code == 422
    # A unit that was made since has nothing in a month before it.
    new = tree.create_unit(name="新村", kind=UnitKind.VILLAGE, parent=Unit.objects.get(pk=units.dongxi.pk))
    empty = month_of(cast, "statistician", new, kept)
    assert (empty.total.count, empty.by_unit, empty.rates["office_satisfaction"].whole) == (0, {}, 0)


def test_files_public_table_charts_and_year_keep_the_lines_too(cast, september):
    actor, units = cast.actor("statistician"), cast.units
    kept = freeze(actor=actor, month=SEPTEMBER)
    table, texts = table_of(kept), {}

    def files():
        made = {}
        for form in FileForm:
            job = exports.request_export(actor=actor, unit=units.district, month=SEPTEMBER, form=form)
            assert exports.run_waiting() == 1
            job.refresh_from_db()
            with job.file.open("rb") as file:
                made[form] = file.read()
        return made

    change_the_tree(cast, september)
    made = files()
    book = CalamineWorkbook.from_filelike(BytesIO(made[FileForm.XLSX]))
    texts = {row[0]: row[1] for row in book.get_sheet_by_name("月报").to_python()[4:] if row[0]}
    assert (texts[units.dongxi.name], texts[units.urban.name]) == (5, 2)
    assert "西岭镇人民政府" not in texts and "清江县综合执法局" not in texts
    csv = made[FileForm.CSV].decode("utf-8-sig")
    assert f"{units.urban.name},{units.urban.code},count" in csv and "综合执法局" not in csv
    assert table_of(kept) == table
    figures, places = by_place(reading_for(actor, units.district, SEPTEMBER, freeze=kept))
    assert units.dongxi in places and september.pk not in figures.by_unit
    year = year_report(actor=actor, unit=units.district, year=Year(2026))
    assert {unit.pk: volume.count for unit, volume in year.units}[units.dongxi.pk] == 5
    assert figures.by_unit[units.dongxi.pk].count == 5


def test_a_month_compared_with_is_added_up_by_its_own_tree(cast, september, make_case):
    actor, units = cast.actor("statistician"), cast.units
    freeze(actor=actor, month=SEPTEMBER)
    make_case(at=FIRST + timedelta(days=35))
    change_the_tree(cast, september)
    found = volumes(reading_for(actor, units.district, Month(2026, 10), freeze=None))
    places = {line.name: (line.now, line.before) for line in found.lines["place"]}
    assert places == {"西岭镇": (1, 0), units.liuwan.label: (1, 8), units.dongxi.label: (0, 8)}


def test_a_moved_unit_keeps_its_numbers_of_the_one_month_that_is_frozen(cast, september):
    actor, units = cast.actor("statistician"), cast.units
    freeze(actor=actor, month=SEPTEMBER)
    change_the_tree(cast, september)
    village = Unit.objects.get(pk=units.liuwan.pk)
    found = volumes(reading_for(actor, village, Month(2026, 10), freeze=None))
    assert (found.total.now, found.total.before) == (0, 3)
    year = year_report(actor=actor, unit=village, year=Year(2026))
    assert [volume.count for _unit, volume in year.units] == [3]


def test_the_year_by_frozen_months_is_the_sum_of_their_lines(cast, september, make_case):
    actor, units = cast.actor("statistician"), cast.units
    freeze(actor=actor, month=SEPTEMBER)
    change_the_tree(cast, september)
    village = Unit.objects.get(pk=units.liuwan.pk)
    case = make_case(at=FIRST + timedelta(days=35))
    forwarding.forward(
        petition=case, actor=cast.actor("petition_officer"), unit=village, at=FIRST + timedelta(days=36)
    )
    freeze(actor=actor, month=Month(2026, 10))
    year = year_report(actor=actor, unit=units.district, year=Year(2026))
    counts = {unit.label: volume.count for unit, volume in year.units}
    assert (counts[units.dongxi.label], counts["西岭镇"], counts["综合执法局"]) == (5, 1, 2)


def test_the_kept_tree_is_never_changed(cast, make_case):
    make_case(at=FIRST)
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    rows = FrozenUnit.objects.filter(freeze=kept)
    assert set(rows.values_list("unit", "path")) == set(Unit.objects.values_list("pk", "path"))
    for act in (lambda: rows.update(name="改"), lambda: rows._raw_delete(rows.db)):
        with pytest.raises(InternalError, match="what was frozen never changes"), transaction.atomic():
            act()


def test_a_frozen_page_asks_the_same_of_one_village_and_of_many(cast, september, client_as, make_case):
    client, town = client_as(cast.statistician), cast.units.dongxi
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    asked = {"month": "2026-09", "unit": town.pk}

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("reports:month"), asked).status_code == 200
        return len(found)

    queries()
    one = queries()
    for n in range(3):
        tree.create_unit(name=f"新村{n}", kind=UnitKind.VILLAGE, parent=Unit.objects.get(pk=town.pk))
    make_case(until=Status.ACCEPTED, at=FIRST)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER, reason="补录")
    assert queries() == one
