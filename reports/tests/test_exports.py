"""Export jobs: pressed twice, two workers, a dead worker, somebody else's file."""

from datetime import timedelta
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from core.timekeeping import now
from reports.models import ExportJob, ExportState
from reports.periods import Month
from reports.services import exports

MONTH = Month(2026, 9)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(cast):
    return exports.request_export(actor=cast.actor("statistician"), unit=cast.units.district, month=MONTH)


def test_pressing_twice_gives_one_job(cast, job):
    again = exports.request_export(actor=cast.actor("statistician"), unit=cast.units.district, month=MONTH)
    assert again.pk == job.pk
    assert ExportJob.objects.count() == 1


def test_a_finished_job_does_not_stand_in_the_way_of_a_new_one(cast, job):
    exports.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.progress, bool(job.file)) == (ExportState.DONE, 100, True)
    again = exports.request_export(actor=cast.actor("statistician"), unit=cast.units.district, month=MONTH)
    assert again.pk != job.pk


def test_a_job_whose_worker_died_is_taken_up_when_its_claim_runs_out(job):
    assert exports.claim(now()).pk == job.pk
    assert exports.claim(now()) is None
    assert exports.claim(now() + exports.CLAIM + timedelta(seconds=1)).pk == job.pk


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_file(cast, job):
    made = []

    def work():
        made.append(exports.run_waiting())
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1]


def test_the_button_the_progress_and_the_file(cast, client_as):
    client = client_as(cast.statistician)
    client.post(reverse("reports:export"), {"month": "2026-09", "unit": cast.units.district.pk})
    job = ExportJob.objects.get()
    waiting = client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"})
    assert "hx-trigger" in waiting.content.decode()
    assert client.get(reverse("reports:download", args=[job.pk])).status_code == 404
    exports.run_waiting()
    ready = client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in ready
    assert reverse("reports:download", args=[job.pk]) in ready
    file = client.get(reverse("reports:download", args=[job.pk]))
    assert b"".join(file.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("who", ["petition_officer", "outsider", "leader", "unit_head"])
def test_nobody_else_finds_the_job(cast, client_as, job, who):
    client = client_as(getattr(cast, who))
    assert client.get(reverse("reports:job", args=[job.pk])).status_code == 404
    assert client.get(reverse("reports:download", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "clerk", "handler", "mediator", "auditor", "sysadmin"])
def test_pages_of_the_month_are_for_those_who_report(cast, client_as, who):
    client = client_as(getattr(cast, who))
    assert client.get(reverse("reports:month")).status_code == 403
    assert client.post(reverse("reports:export"), {"month": "2026-09"}).status_code == 403


@pytest.mark.parametrize(
    "asked", [{"month": "2026-13"}, {"month": "沒有"}, {"unit": "99999999"}, {"unit": "abc"}]
)
def test_an_unknown_month_or_unit_gets_a_sentence_and_changes_nothing(cast, client_as, asked):
    client = client_as(cast.statistician)
    page = client.get(reverse("reports:month"), asked)
    assert page.status_code == 422
    assert page.context["problem"] in page.content.decode()
    client.post(reverse("reports:export"), {"month": "2026-09", "unit": cast.units.district.pk, **asked})
    assert ExportJob.objects.count() == 0


def test_a_unit_head_cannot_export_another_unit(cast, client_as):
    client_as(cast.unit_head).post(
        reverse("reports:export"), {"month": "2026-09", "unit": cast.units.housing.pk}
    )
    assert ExportJob.objects.count() == 0


@pytest.mark.parametrize(
    ("month", "unit", "says"),
    [("2026-00", "339999", "2026-10"), ("2026-09", "000000", "000000")],
)
def test_the_command_refuses_with_a_sentence(cast, tmp_path, month, unit, says):
    with pytest.raises(CommandError, match=says):
        call_command("export_statistics", month=month, unit=unit, output=str(tmp_path / "m.xlsx"))
    assert not (tmp_path / "m.xlsx").exists()


def test_the_command_writes_the_file(cast, tmp_path):
    call_command("export_statistics", month="2026-09", unit="339999", output=str(tmp_path / "m.xlsx"))
    assert (tmp_path / "m.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("called", ["城市管理局", "清江县城市管理局", " 城市管理局 "])
def test_the_command_knows_a_unit_without_a_code_by_its_name(cast, tmp_path, capsys, called):
    call_command("export_statistics", month="2026-09", unit=called, output=str(tmp_path / "m.xlsx"))
    assert "清江县城市管理局 2026" in capsys.readouterr().out


def test_the_command_says_which_units_share_a_name(cast, tmp_path):
    type(cast.units.shiqiao).objects.filter(pk=cast.units.xishan.pk).update(short_name="石桥村")
    with pytest.raises(CommandError, match=r"不止一个：东溪镇石桥村.*339999001001"):
        call_command("export_statistics", month="2026-09", unit="石桥村", output=str(tmp_path / "m.xlsx"))
    assert not (tmp_path / "m.xlsx").exists()
