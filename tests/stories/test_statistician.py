"""The county's month: what the page says, the list behind each number holds, and the workbook repeats."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Status
from petitions.services import following
from reports.models import ExportJob, ExportState
from reports.services import exports

SEPTEMBER = "2026-09"
NOVEMBER = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def september(cast, make_case, settings, tmp_path, time):
    """Eight cases of September in several units, channels and states; one of August; one accusation."""
    settings.MEDIA_ROOT = tmp_path
    cases = [
        make_case(at=FIRST + timedelta(hours=n), until=until, unit=unit, channel=channel, **more)
        for n, (until, unit, channel, more) in enumerate(
            [
                (Status.REGISTERED, None, Channel.ONLINE, {}),
                (Status.FORWARDED, cast.units.urban, Channel.LETTER, {}),
                (Status.ACCEPTED, cast.units.urban, Channel.ONLINE, {"head_count": 30}),
                (Status.EVALUATED, cast.units.urban, Channel.ONLINE, {}),
                (Status.CLOSED, cast.units.urban, Channel.PHONE, {}),
                (
                    Status.ACCEPTED,
                    cast.units.housing,
                    Channel.VISIT,
                    {"head_count": 5, "handler": "handler2"},
                ),
                (Status.REFUSED, cast.units.urban, Channel.VISIT, {"head_count": 12, "batch_count": 2}),
                (Status.SERVED, cast.units.urban, Channel.ONLINE, {}),
            ]
        )
    ]
    following.link(
        petition=cases[1],
        actor=cast.actor("petition_officer"),
        original=cases[2],
        at=FIRST + timedelta(days=2),
    )
    make_case(at=datetime(2026, 8, 31, 23, 59, tzinfo=SHANGHAI), subject="八月的一件")
    make_case.registered(at=FIRST, kind=Kind.ACCUSATION, subject="举报的一件")
    time.move_to(NOVEMBER)
    return cases


def figures_of(answer):
    """{unit: [件次, 件, 批, 人次, 集体访批, 集体访人次, 重复件次]} as printed on the page, the total first."""
    context = answer.context
    rows = {"合计": context["total"]["figures"]}
    rows |= {row["name"]: row["figures"] for row in context["rows"]}
    return {name: [int(figure.text) for figure in figures[:7]] for name, figures in rows.items()}


def listed(desks, who, figure):
    """What the cases in the list behind a number add up to, in its own unit."""
    answer = desks.of(who).get(figure.url)
    assert answer.status_code == 200
    assert answer.context["found"].page.next_cursor is None
    cases = [line.case for line in answer.context["found"].page.items]
    if figure.label.endswith("人次"):
        return sum(case.head_count for case in cases)
    return sum(
        case.batch_count if case.channel in {Channel.VISIT, Channel.RECEPTION} else 1 for case in cases
    )


@pytest.mark.parametrize("who", ["statistician", "petition_officer", "inspector"])
def test_every_number_of_the_page_opens_the_list_it_was_counted_from(cast, desks, september, who):
    answer = desks.of(who).get(reverse("reports:month"), {"month": SEPTEMBER})
    assert figures_of(answer)["合计"] == [9, 6, 3, 17, 3, 17, 1]
    assert figures_of(answer)["城市管理局"] == [7, 5, 2, 12, 2, 12, 1]
    checked = 0
    for row in [answer.context["total"], *answer.context["rows"], *answer.context["channels"]]:
        for figure in row["figures"]:
            assert bool(figure.url) is (figure.text != "0")
            if figure.url:
                assert listed(desks, who, figure) == int(figure.text), (row["name"], figure.label)
                checked += 1
    assert checked >= 20
    assert "举报的一件" not in answer.content.decode()


def test_the_workbook_of_the_worker_repeats_the_page(cast, desks, september):
    client = desks.of("statistician")
    asked = {"month": SEPTEMBER, "unit": cast.units.district.pk}
    for _press in range(2):
        assert client.post(reverse("reports:export"), asked).status_code == 302
    job = ExportJob.objects.get()  # pressed twice, one job
    assert job.state == ExportState.QUEUED
    assert client.get(reverse("reports:download", args=[job.pk])).status_code == 404
    assert (
        "排队中"
        in client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    )

    assert exports.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.progress) == (ExportState.DONE, 100)
    answer = client.get(reverse("reports:download", args=[job.pk]))
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names[:2] == ["月报", "指标口径"]
    rows = book.get_sheet_by_name("月报").to_python()
    heads = next(n for n, row in enumerate(rows) if row[0] == "单位")
    printed = {
        row[0]: [int(cell) for cell in row[1:8]]
        for row in rows[heads + 1 :]
        if isinstance(row[1], (int, float))
    }
    page = figures_of(client.get(reverse("reports:month"), {"month": SEPTEMBER}))
    names = {unit.label: unit.name for unit in vars(cast.units).values()}
    channels = {str(channel.label) for channel in Channel}
    assert {name: row for name, row in printed.items() if name not in channels} == {
        names.get(name, name): figures for name, figures in page.items()
    }
    everything = str(rows) + str(book.get_sheet_by_name("指标口径").to_python())
    assert "检举控告不计入" in everything
    assert "举报的一件" not in everything

    # The file is its own asker's.
    for who in ("petition_officer", "leader", "handler"):
        assert desks.of(who).get(reverse("reports:download", args=[job.pk])).status_code == 404


def test_a_zero_denominator_is_a_dash_and_an_unknown_month_a_sentence(cast, desks, september):
    client = desks.of("statistician")
    empty = client.get(reverse("reports:month"), {"month": "2026-02"})
    assert all(figure.text == "—" for figure in empty.context["total"]["rates"])
    assert client.get(reverse("reports:month"), {"month": "2026-13"}).status_code == 422
    foreign = client.get(reverse("reports:month"), {"month": SEPTEMBER, "unit": "999999"})
    assert foreign.status_code == 422
    assert "没有这个机构" in foreign.content.decode()
    said = desks.send(client, reverse("reports:export"), month="九月", unit=cast.units.district.pk)
    assert "月" in said
    assert not ExportJob.objects.exists()


def test_a_unit_head_counts_the_own_unit_and_asks_for_no_other(cast, desks, september):
    client = desks.of("unit_head")
    answer = client.get(reverse("reports:month"), {"month": SEPTEMBER})
    assert figures_of(answer)["合计"][0] == 7
    other = client.get(reverse("reports:month"), {"month": SEPTEMBER, "unit": cast.units.housing.pk})
    assert other.status_code == 422
    for who in ("clerk", "handler", "mediator", "sysadmin"):
        assert desks.of(who).get(reverse("reports:month")).status_code == 403
