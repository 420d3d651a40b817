"""Messages of an old board come in through the same door: each once, with its time, and a bad row stops nothing."""

import csv
import re
import time
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.timekeeping import SHANGHAI, now
from petitions.enums import Channel, Status
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.services.importing import MessageImport, moment
from petitions.services.registering import NewPerson, NewPetition
from petitions.services.registering_many import Posted, register_many

pytestmark = pytest.mark.django_db
HEAD = "message_id,user,subject,posted_at,body,likes,dislikes\n"
SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "messages.csv"


def rows_of(n, posted="2019-05-06 07:08:09"):
    return HEAD + "".join(f"{k},A{k:05},标题{k},{posted},内容{k},0,0\n" for k in range(n))


def run(path, *options):
    out = StringIO()
    call_command("import_messages", str(path), *options, stdout=out, verbosity=0)
    return out.getvalue()


def broken(path):
    with Path(f"{path}.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


@pytest.fixture
def file(tmp_path, cast):
    path = tmp_path / "messages.csv"
    path.write_text(rows_of(3))
    return path


def test_a_message_becomes_a_case_with_its_time_and_person(file, cast):
    assert "新登记 3 件，已有 0 件，未登记 0 行" in run(file)
    case = Petition.objects.get(source_ref="board:1")
    posted = datetime(2019, 5, 6, 7, 8, 9, tzinfo=SHANGHAI)
    assert (case.channel, case.status) == (Channel.MESSAGE_BOARD, Status.REGISTERED)
    assert case.registered_at == case.received_at == posted
    assert case.number.startswith(f"{settings.DISTRICT_CODE}-2019-")
    assert (case.subject, case.body, case.persons.get().name) == ("标题1", "内容1", "A00001")
    assert case.registered_unit == cast.units.petition_office
    assert case.events.get().at == posted
    assert case in Petition.objects.visible_to(cast.actor("clerk"))
    entry = AuditEntry.objects.get(act="petition.register", object_id=case.audit_name)
    assert entry.detail == {"channel": "message_board", "imported": True}
    assert entry.at > posted


def test_running_it_again_adds_nothing(file):
    run(file)
    before = Petition.objects.count(), PetitionEvent.objects.count(), AuditEntry.objects.count()
    assert "新登记 0 件，已有 3 件" in run(file)
    assert (Petition.objects.count(), PetitionEvent.objects.count(), AuditEntry.objects.count()) == before


def test_a_longer_file_adds_only_what_is_new(file):
    run(file)
    file.write_text(rows_of(5))
    assert "新登记 2 件，已有 3 件" in run(file)


def test_broken_rows_go_to_a_file_with_line_and_reason_and_stop_nothing(file):
    file.write_text(
        rows_of(2)
        + ",A1,没有编号,2019-01-01 00:00:00,内容,0,0\n"
        + "90,A1,时间不对,昨天下午,内容,0,0\n"
        + "91,A1,,2019-01-01 00:00:00,  ,0,0\n"
        + "92,A1,少一列,2019-01-01 00:00:00\n"
        + f"93,A1,太长,2019-01-01 00:00:00,{'长' * 20_001},0,0\n"
        + "94,A1,将来,2999-01-01 00:00:00,内容,0,0\n"
        + "1,A1,编号重复,2019-01-01 00:00:00,别的内容,0,0\n"
        + "95,A1,好的,2019-01-01 00:00:00,内容,0,0\n"
    )
    assert "新登记 3 件，已有 0 件，未登记 7 行" in run(file)
    found = broken(file)
    assert [line for line, _reason in found] == [4, 5, 6, 7, 8, 9, 10]
    words = ("编号", "昨天下午", "请写下", "4 列", "20001", "将来", "第 3 行重复")
    assert all(word in reason for word, (_line, reason) in zip(words, found, strict=True))


def test_the_error_file_goes_when_all_is_mended(file):
    file.write_text(HEAD + "1,A,题,无,文,0,0\n")
    run(file)
    assert broken(file)
    file.write_text(HEAD + "1,A,题,2019-01-01 10:00,文,0,0\n")
    run(file)
    assert not Path(f"{file}.errors.csv").exists()


def test_an_open_quote_does_not_swallow_the_rows_after_it(file):
    good = "".join(f'{k},A,题{k},2019-01-01 00:00:00,"内容\n第二行 {k}",0,0\n' for k in range(10, 20))
    file.write_text(HEAD + '1,A,题,2019-01-01 00:00:00,"没有收住的引号,0,0\n' + good)
    assert "新登记 10 件，已有 0 件，未登记 1 行" in run(file)
    assert broken(file)[0][0] == 2
    assert Petition.objects.get(source_ref="board:19").body == "内容\n第二行 19"


def test_an_open_quote_in_the_last_row_loses_that_row_alone(file):
    file.write_text(rows_of(2) + '9,A,题,2019-01-01 00:00:00,"没有收住,0,0\n')
    assert "新登记 2 件，已有 0 件，未登记 1 行" in run(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_is_read(encoding, file):
    file.write_bytes((HEAD + "1,A,䶮家巷,2019-01-01 00:00:00,内容 😀,0,0\n").encode(encoding))
    run(file)
    case = Petition.objects.get()
    assert (case.subject, case.body) == ("䶮家巷", "内容 😀")


def test_control_signs_bare_returns_and_nul_do_no_harm(file):
    body = '"一\r二\x00\x0b三\u2028四\u202e五"'
    file.write_bytes((HEAD + f"1,A,题\x00,2019-01-01 00:00:00,{body},0,0\r\n").encode())
    run(file)
    case = Petition.objects.get()
    assert (case.subject, case.body) == ("题", "一\n二三\n四五")


def test_a_body_of_twenty_thousand_signs_is_taken(file):
    file.write_text(HEAD + f"1,A,题,2019-01-01 00:00:00,{'长' * 20_000},0,0\n")
    run(file)
    assert len(Petition.objects.get().body) == 20_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "缺少列"),
        (b"a,b\n1,2\n", "缺少列"),
        (b"\xff\xfe\x00", "编码"),
        (b"\x81\xff\xff\n", "编码"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence(content, said, file):
    file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run(file)
    assert not Petition.objects.exists()


def test_a_missing_file_and_an_unknown_unit_are_said_plainly(file, tmp_path):
    with pytest.raises(CommandError, match="无法读取"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="没有找到机构"):
        run(file, "--unit", "查无此局")


def test_another_unit_may_be_named(file, cast):
    run(file, "--unit", "339999100")
    assert Petition.objects.filter(registered_unit=cast.units.dongxi).count() == 3


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2019-02-28 11:25:05", 11),
        ("2019/2/8 9:05", 9),
        ("2019-02-28T11:25:05+08:00", 11),
        ("2019-02-28 03:25Z", 11),
    ],
)
def test_posting_times_are_read_in_shanghai(text, hour):
    assert moment(text).astimezone(SHANGHAI).hour == hour


@pytest.mark.parametrize("text", ["", "2019-02-30 10:00:00", "28.2.2019", "x" * 500])
def test_other_times_are_refused(text):
    with pytest.raises(ValueError, match="看不懂"):
        moment(text)


@pytest.mark.parametrize(
    ("age", "codes"),
    [
        (timedelta(minutes=2), {"forwarding", "respond_10", "call_30", "first_round_24"}),
        (timedelta(hours=2), {"forwarding", "first_round_24"}),
        (timedelta(days=20), {"forwarding"}),
        (timedelta(days=31), set()),
        (timedelta(days=2500), set()),
    ],
)
def test_old_messages_start_no_clocks_and_new_ones_only_those_that_can_be_kept(age, codes, cast):
    new = NewPetition(channel=Channel.MESSAGE_BOARD, body="内容", persons=[NewPerson(phone="13800001111")])
    at = now()
    (case,) = register_many(
        actor=Actor.system(), rows=[Posted(new, at - age)], unit=cast.units.petition_office, at=at
    )
    running = PetitionClock.objects.filter(petition=case).select_related("rule")
    assert {clock.rule.code for clock in running} == codes
    assert case.due_at == min((clock.due_at for clock in running), default=None)


def test_a_sealed_row_in_a_batch_goes_to_the_discipline_route(cast):
    rows = [
        Posted(NewPetition(channel=Channel.LETTER, body="甲", kind=kind), now())
        for kind in ("", "accusation")
    ]
    plain, sealed = register_many(actor=Actor.system(), rows=rows, unit=cast.units.petition_office)
    sealed.refresh_from_db()
    assert sealed.lead_unit == cast.units.discipline
    assert all(re.fullmatch(r"339999-[0-9]{4}-[0-9]{7}", case.number) for case in (plain, sealed))
    assert sealed not in Petition.objects.visible_to(cast.actor("petition_officer"))


def test_a_batch_takes_the_same_statements_for_ten_and_for_four_hundred(cast):
    def statements(n, first):
        text = HEAD + "".join(f"{first + k},A,题,2019-05-06 07:08:09,文{k},0,0\n" for k in range(n))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            MessageImport(text.encode(), unit=cast.units.petition_office).run()
        return len(queries)

    statements(1, 0)  # the first case of the year makes the series
    assert statements(400, 1000) == statements(10, 100) <= 20


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="no shared messages.csv beside the project")
def test_the_boards_three_thousand_messages_are_in_within_a_minute(cast, tmp_path):
    path = tmp_path / "messages.csv"
    path.write_bytes(SHARED.read_bytes())
    began = time.monotonic()
    assert "新登记 3000 件，已有 0 件，未登记 0 行" in run(path)
    assert time.monotonic() - began < 60
    assert "新登记 0 件，已有 3000 件" in run(path)
    assert not PetitionClock.objects.exists()
