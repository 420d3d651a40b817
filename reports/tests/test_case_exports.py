"""Lists of cases as files: what stands in them, for whom, and how a job is cancelled, taken over and forgotten."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from core.cells import from_text
from core.errors import Refusal
from core.marking import codes_in, read_code
from core.sealing.rotating import rotate
from core.timekeeping import SHANGHAI, now
from petitions.enums import Kind, Status
from petitions.models import Look, Petition
from petitions.services import sealing
from reports.case_columns import ALL, COLUMNS, USUAL
from reports.models import ExportJob, ExportState, FileForm
from reports.selectors import case_rows
from reports.selectors.case_rows import ListWish
from reports.services import exports, jobs, making

REASON = "集中电话回访"
NEW_KEY = "2:" + "B" * 42 + "A"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def ask(cast, who="petition_officer", columns=USUAL, form=FileForm.XLSX, reason="", **filters):
    wish = ListWish("all", filters, tuple(columns))
    return exports.request_cases(actor=cast.actor(who), wish=wish, form=form, reason=reason)


def made(job):
    exports.run_waiting()
    job.refresh_from_db()
    assert job.state == ExportState.DONE, job.error
    return job


def sheet(job, name="信访件清单"):
    return CalamineWorkbook.from_path(job.file.path).get_sheet_by_name(name).to_python()


def lines(job):
    """The cases of a workbook, each as its heads and cells."""
    _title, _who, heads, *rows = sheet(job)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def table(job):
    with open(job.file.path, encoding="utf-8-sig", newline="") as file:
        heads, *rows = csv.reader(file)
    last = [row[0] for row in rows if row[0].startswith("# ")]
    rows = rows[: -len(last)]
    return [dict(zip(heads, row, strict=True)) for row in rows], last


def test_a_workbook_has_every_case_the_reader_sees_and_no_sealed_one(cast, make_case):
    cases = [make_case() for _ in range(3)]
    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    job = made(ask(cast))
    assert [row["编号"] for row in lines(job)] == [case.number for case in cases]
    assert sealed.number not in str(lines(job))
    assert (job.rows, job.progress) == (3, 100)


@pytest.mark.article(30)
def test_not_even_the_discipline_body_takes_a_sealed_case_out(cast, make_case):
    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    reader = cast.actor("discipline_officer")
    assert Petition.objects.visible_to(reader).filter(pk=sealed.pk).exists()
    wish = ListWish("all", {}, USUAL)
    assert case_rows.listed(reader, wish, at=now()).cases.count() == 0


def test_a_unit_has_its_own_cases_alone(cast, make_case):
    own = make_case(until=Status.ACCEPTED)
    other = make_case(until=Status.ACCEPTED, unit=cast.units.housing, handler="handler2")
    rows = lines(made(ask(cast, "unit_head")))
    assert [row["编号"] for row in rows] == [own.number] != [other.number]


def test_numbers_and_moments_are_cells_of_their_kind_and_texts_never_formulas(cast, make_case):
    case = make_case(subject="=1+1<&>", batch_count=1)
    [row] = lines(made(ask(cast)))
    assert row["标题"] == "=1+1<&>"
    assert row["人数"] == case.head_count
    registered = case.registered_at.astimezone(SHANGHAI).replace(tzinfo=None)
    assert abs(row["登记时间"] - registered) < timedelta(seconds=2)


def test_a_csv_says_the_same_keeps_formulas_out_and_bears_the_mark(cast, make_case):
    case = make_case(subject="=1+1")
    job = made(ask(cast, form=FileForm.CSV))
    [row], last = table(job)
    assert (row["编号"], row["标题"]) == (case.number, "'=1+1")
    assert cast.actor("petition_officer").label in last[-1]
    assert last[:-1] == [
        "# 视图：全部",
        "# 筛选：无",
        "# 件数：1",
        "# 不在其中：检举控告件，以及导出人无权查看的件",
        "# 时间：北京时间",
    ]
    [code] = codes_in(Path(job.file.path))
    assert read_code(code).subject == str(job.pk)


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("330106199001011234", "'330106199001011234"),
        ("05718888", "'05718888"),
        ("'330106199001011234", "''330106199001011234"),
        ("33010619900101123X", "33010619900101123X"),
        ("13800001111", "13800001111"),
        ("=330106199001011234", "'=330106199001011234"),
        ("-330106199001011234", "'-330106199001011234"),
    ],
)
def test_a_csv_keeps_long_numbers_as_text_and_makes_no_formula_of_them(cast, make_case, typed, cell):
    make_case(subject=typed)
    [row], notes = table(made(ask(cast, form=FileForm.CSV, q="", channel="online")))
    assert row["标题"] == cell and from_text(cell) == typed
    assert any(note.startswith("# 筛选：信访形式") for note in notes)


def test_a_workbook_bears_the_mark_and_says_who_what_and_how_many(cast, make_case):
    make_case()
    job = made(ask(cast, channel="visit", since="2020-01-01"))
    marks = {read_code(code).subject for code in codes_in(Path(job.file.path))}
    assert marks == {str(job.pk)}
    notes = {str(row[0]): str(row[1]) for row in sheet(job, "说明")}
    assert cast.actor("petition_officer").label in notes["导出"]
    assert "信访形式：来访" in notes["筛选"]
    assert notes["件数"] == str(job.rows)


def test_filters_of_the_page_narrow_the_file(cast, make_case):
    [one, _two] = [make_case(subject=words) for words in ("河道垃圾无人清运", "路灯不亮已经三周")]
    job = made(ask(cast, q="河道垃圾"))
    assert [row["编号"] for row in lines(job)] == [one.number]


def test_more_than_a_sheet_holds_goes_on_in_the_next(cast, make_case, monkeypatch):
    numbers = [make_case().number for _ in range(3)]
    monkeypatch.setattr("core.sheets.MOST_ROWS", 5)  # two cases below the heads
    job = made(ask(cast))
    found = [[row[0] for row in sheet(job, f"信访件清单{n}")[3:]] for n in (1, 2)]
    assert found == [numbers[:2], numbers[2:]]


def test_an_empty_list_is_a_file_with_heads(cast):
    job = made(ask(cast))
    assert (lines(job), job.rows) == ([], 0)


def test_pieces_follow_one_another_without_a_gap(cast, make_case, monkeypatch):
    numbers = [make_case().number for _ in range(5)]
    monkeypatch.setattr(case_rows, "PIECE", 2)
    assert [row["编号"] for row in lines(made(ask(cast)))] == numbers


def test_every_column_can_be_taken(cast, make_case):
    make_case()
    [row] = lines(made(ask(cast, columns=list(ALL), reason=REASON)))
    assert list(row) == [str(column.name) for column in ALL.values()]
    assert len(COLUMNS) >= 30


# People


def people(cast, who, make, **more):
    case = make(**more)
    columns = ("number", "people_name", "people_phone")
    [row] = lines(made(ask(cast, who, columns=columns, reason=REASON)))
    return case, case.persons.first(), row


def test_people_are_in_clear_for_whom_the_case_page_opens_them_and_each_case_is_a_look(cast, make_case):
    case, person, row = people(cast, "petition_officer", make_case)
    assert (row["信访人姓名"], row["信访人电话"]) == (person.name, person.phone)
    look = Look.objects.get(user=cast.petition_officer)
    assert (look.petition, look.reason) == (case, REASON)
    entry = AuditEntry.objects.get(act="report.export_cases")
    assert entry.detail["columns"] == ["number", "people_name", "people_phone"]
    assert entry.detail["reason"] == REASON


def test_people_are_masked_for_whom_the_case_page_masks_them(cast, make_case):
    _case, person, row = people(cast, "statistician", make_case)
    assert person.name not in str(row) and person.phone not in str(row)
    assert row["信访人姓名"].startswith(person.name[0])
    assert not Look.objects.exists()


@pytest.mark.article(30)
def test_a_confidential_petitioner_stays_hidden_from_the_unit_in_texts_too(cast, make_case):
    case = make_case(until=Status.ACCEPTED, confidential=True)
    person = case.persons.first()
    Petition.objects.filter(pk=case.pk).update(subject=f"{person.name}反映夜市噪音")
    columns = ("number", "subject", "people_name")
    [row] = lines(made(ask(cast, "unit_head", columns=columns, reason=REASON)))
    assert person.name not in str(row)
    assert row["信访人姓名"] == "身份保密"


def test_people_without_a_reason_are_refused(cast, make_case):
    make_case()
    with pytest.raises(Refusal, match="写明导出理由"):
        ask(cast, columns=("number", "people_name"))
    assert not ExportJob.objects.exists()


def test_a_list_that_names_too_many_people_is_refused(cast, make_case, settings):
    settings.EXPORT_PEOPLE_MOST = 1
    make_case()
    make_case()
    with pytest.raises(Refusal, match="最多 1 件"):
        ask(cast, columns=("number", "people_name"), reason=REASON)
    assert ask(cast).pk  # without people as many as there are


def test_what_was_looked_for_is_sealed_and_not_in_the_log(cast, make_case):
    job = ask(cast, q="张三丰")
    kept = bytes(ExportJob.objects.values_list("wish", flat=True).get(pk=job.pk))
    assert "张三丰".encode() not in kept
    assert "张三丰" not in str(AuditEntry.objects.get(act="report.export_cases").detail)
    assert ListWish.read(ExportJob.objects.get(pk=job.pk).wish).filters == {"q": "张三丰"}


# The job


def test_the_same_wish_twice_is_one_job_and_another_wish_another(cast):
    assert ask(cast).pk == ask(cast).pk
    assert ask(cast, columns=("number",)).pk != ask(cast).pk
    assert ask(cast, form=FileForm.CSV).pk != ask(cast).pk


def test_nobody_fills_the_queue(cast):
    for place in range(exports.MOST_WAITING):
        ask(cast, columns=list(COLUMNS)[: place + 1])
    with pytest.raises(Refusal, match="在排队或生成"):
        ask(cast, columns=("lead",))
    assert ask(cast, "statistician").pk


@pytest.mark.parametrize("who", ["handler", "clerk", "mediator"])
def test_desks_that_report_nothing_take_no_lists_out(cast, who):
    with pytest.raises(Refusal, match="不导出信访件清单"):
        ask(cast, who)


def test_a_cancelled_job_stops_at_the_next_piece_and_leaves_no_file(cast, make_case, monkeypatch, tmp_path):
    for _ in range(3):
        make_case()
    monkeypatch.setattr(case_rows, "PIECE", 1)
    job = ask(cast)
    read = []

    def told(one, percent, rows=None):
        read.append(rows)
        if rows == 1:
            exports.cancel(actor=cast.actor("petition_officer"), job=job)
        jobs.tick(one, percent, rows)

    monkeypatch.setattr(making, "tick", told)
    exports.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.wish, bool(job.file)) == (ExportState.STOPPED, "", False)
    assert read == [0, 1]
    assert not list(tmp_path.rglob("*.xlsx"))


def test_a_finished_job_cannot_be_cancelled(cast):
    job = made(ask(cast))
    with pytest.raises(Refusal, match="已经结束"):
        exports.cancel(actor=cast.actor("petition_officer"), job=job)


def test_a_worker_that_was_slow_does_not_overwrite_its_follower(cast):
    job = ask(cast)
    slow = exports.claim(now())
    follower = exports.claim(now() + exports.CLAIM + timedelta(seconds=1))
    assert (slow.pk, follower.attempt) == (job.pk, slow.attempt + 1)
    with pytest.raises(jobs.NotOurs):
        jobs.tick(slow, 50)
    jobs.finish(slow, ExportState.FAILED, error="x")
    job.refresh_from_db()
    assert job.state == ExportState.RUNNING


def test_a_job_that_kills_its_workers_is_given_up(cast):
    job = ask(cast)
    at = now()
    for _ in range(jobs.MOST_ATTEMPTS):
        assert exports.claim(at).pk == job.pk
        at += exports.CLAIM + timedelta(seconds=1)
    assert exports.claim(at) is None
    job.refresh_from_db()
    assert (job.state, "多次中断" in job.error) == (ExportState.FAILED, True)


def test_whoever_left_the_post_gets_no_file(cast):
    job = ask(cast)
    cast.petition_officer.is_active = False
    cast.petition_officer.save(update_fields=["is_active"])
    exports.run_waiting()
    job.refresh_from_db()
    assert (job.state, "岗位已经结束" in job.error) == (ExportState.FAILED, True)


def test_old_files_and_what_was_looked_for_are_deleted_once(cast, settings, tmp_path):
    job = made(ask(cast, q="张三丰"))
    at = now() + timedelta(days=settings.EXPORT_KEPT_DAYS, minutes=1)
    assert exports.delete_old(at=at - timedelta(minutes=2)) == 0
    assert [exports.delete_old(at=at), exports.delete_old(at=at)] == [1, 0]
    job = ExportJob.objects.get(pk=job.pk)
    assert (job.state, job.wish, bool(job.file)) == (ExportState.GONE, "", False)
    assert not list(tmp_path.rglob("*.xlsx"))


# The pages


def test_the_list_page_leads_to_the_form_with_its_filters(cast, client_as, make_case):
    make_case()
    client = client_as(cast.petition_officer)
    page = client.get(reverse("petitions:list"), {"view": "all", "channel": "online"}).content.decode()
    address = f"{reverse('reports:cases_export')}?view=all&amp;channel=online"
    assert address in page
    form = client.get(address.replace("&amp;", "&")).content.decode()
    assert "信访形式：网上" in form


def test_the_list_page_offers_nothing_to_desks_that_take_no_lists_out(cast, client_as, make_case):
    make_case()
    page = client_as(cast.handler).get(reverse("petitions:list"), {"view": "all"}).content.decode()
    assert reverse("reports:cases_export") not in page


def test_from_the_form_to_the_file_and_the_rest_of_it(cast, client_as, make_case):
    make_case()
    client = client_as(cast.petition_officer)
    address = f"{reverse('reports:cases_export')}?view=all"
    answer = client.post(address, {"form": "csv", "columns": ["number", "subject"]})
    job = ExportJob.objects.get()
    assert answer.status_code == 302
    assert (
        reverse("reports:job_cancel", args=[job.pk])
        in client.get(reverse("reports:exports")).content.decode()
    )
    made(job)
    url = reverse("reports:download", args=[job.pk])
    first = client.get(url)
    whole = b"".join(first.streaming_content)
    rest = client.get(url, headers={"Range": "bytes=10-", "If-Range": first["ETag"]})
    assert (rest.status_code, b"".join(rest.streaming_content)) == (206, whole[10:])
    assert rest["Content-Range"] == f"bytes 10-{len(whole) - 1}/{len(whole)}"
    assert AuditEntry.objects.filter(act="report.download").count() == 2
    assert next(csv.reader(io.StringIO(whole.decode("utf-8-sig")))) == ["编号", "标题"]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"form": "csv"}, "请至少选一列"),
        ({"form": "docx", "columns": ["number"]}, "请从列表中选择"),
        ({"form": "csv", "columns": ["query_code_hash"]}, "没有这一列"),
        ({"form": "csv", "columns": ["number"], "people": ["people_name"]}, "请写明导出理由"),
        (
            {"form": "csv", "columns": ["number"], "people": ["people_name"], "reason": "电话 13800138000"},
            "不要写电话",
        ),
    ],
)
def test_a_form_that_cannot_be_read_gets_a_sentence_and_keeps_what_was_ticked(cast, client_as, sent, says):
    answer = client_as(cast.petition_officer).post(f"{reverse('reports:cases_export')}?view=all", sent)
    page = answer.content.decode()
    assert (answer.status_code, says in page) == (422, True)
    assert not ExportJob.objects.exists()
    ticked = [code for code in (*sent.get("columns", ()), *sent.get("people", ())) if code in ALL]
    for code in ticked:
        assert re.search(
            rf'<input[^>]*value="{code}"[^>]*checked|<input[^>]*checked[^>]*value="{code}"', page
        )


@pytest.mark.parametrize(
    "query", ["view=nothing", "view=all&status=nothing", "view=all&since=2026-13-01", ""]
)
def test_a_list_that_does_not_exist_gets_a_sentence(cast, client_as, query):
    client = client_as(cast.petition_officer)
    sent = {"form": "csv", "columns": ["number"]}
    answer = client.post(f"{reverse('reports:cases_export')}?{query}", sent)
    assert answer.status_code == 422
    assert answer.context["problem"] in answer.content.decode()
    assert not ExportJob.objects.exists()


def test_one_cancels_ones_own_job_alone(cast, client_as):
    job = ask(cast)
    address = reverse("reports:job_cancel", args=[job.pk])
    assert client_as(cast.statistician).post(address).status_code == 404
    client_as(cast.petition_officer).post(address)
    job.refresh_from_db()
    assert job.state == ExportState.STOPPED


def test_statisticians_are_not_offered_people(cast, client_as):
    page = client_as(cast.statistician).get(f"{reverse('reports:cases_export')}?view=all").content.decode()
    assert "people_name" not in page


def test_what_people_wrote_leaves_with_a_reason_alone(cast, make_case, client_as):
    make_case()
    for column in ("body", "spot"):
        with pytest.raises(Refusal, match="写明导出理由"):
            ask(cast, "statistician", columns=("number", column))
        assert ask(cast, "statistician", columns=("number", column), reason=REASON).pk
    entry = AuditEntry.objects.filter(act="report.export_cases").latest("pk")
    assert (entry.detail["columns"], entry.detail["reason"]) == (["number", "spot"], REASON)
    url = reverse("reports:cases_export") + "?view=all"
    page = client_as(cast.statistician).post(url, {"form": "csv", "columns": ["number", "body"]})
    assert page.status_code == 422 and "请写明导出理由" in page.content.decode()


@pytest.mark.article(28, 30)
def test_a_list_made_before_something_was_hidden_is_not_handed_out(cast, make_case, client_as):
    case = make_case(until=Status.ACCEPTED)
    job, client = made(ask(cast)), client_as(cast.petition_officer)
    url = reverse("reports:download", args=[job.pk])
    assert client.get(url).status_code == 200
    path = Path(job.file.path)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
    page = client.get(url, follow=True)
    assert "文件已删除" in page.content.decode()
    job = ExportJob.objects.get(pk=job.pk)
    assert (job.state, job.wish, bool(job.file), path.exists()) == (ExportState.GONE, "", False, False)


def test_files_that_no_row_names_are_deleted_after_a_day(cast, tmp_path):
    job = made(ask(cast))
    stray = Path(job.file.path).with_name("0123456789abcdef.xlsx")
    stray.write_bytes(b"PK")
    assert exports.delete_old(at=now() + timedelta(hours=23)) == 0
    assert exports.delete_old(at=now() + timedelta(hours=25)) == 1
    assert Path(job.file.path).exists() and not stray.exists()


def test_what_was_looked_for_is_sealed_under_the_newest_key_batch_by_batch(cast, settings):
    jobs_of_three = [ask(cast, q=words) for words in ("张三丰", "李四光", "王五四")]
    settings.DATA_KEYS = f"{settings.DATA_KEYS} {NEW_KEY}"
    assert list(rotate(ExportJob, batch=2)) == [2, 1]
    settings.DATA_KEYS = NEW_KEY  # the old key is gone
    found = {ListWish.read(ExportJob.objects.get(pk=job.pk).wish).filters["q"] for job in jobs_of_three}
    assert found == {"张三丰", "李四光", "王五四"}
