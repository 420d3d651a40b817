"""The pages of agreements: what is typed comes back, who sees what, one press per step."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from core.converters import scattered
from core.timekeeping import now
from mediation.agreement_enums import AgreementKind
from mediation.models import Agreement
from mediation.services import confirmations, performance
from mediation.tests.agreement_world import (
    WORDS,
    drafted,
    duties_of,
    duty,
    in_force,
    scan,
    settled,
    sides,
    today,
)
from petitions import extensions

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(cast, mediation_of):
    return settled(cast, mediation_of(agreed=True))


@pytest.fixture
def page(cast, client_as):
    return client_as(cast.mediator)


def url(name, *rows):
    return reverse(f"mediation:{name}", args=rows)


def typed(matter, rows=3, kind="mediated", **more):
    petitioner, other = sides(matter)
    data = {"kind": kind, "rows": "4", **WORDS}
    for n in range(1, rows + 1):
        data |= {
            f"ower{n}": scattered(other.pk),
            f"owed{n}": scattered(petitioner.pk),
            f"what{n}": f"付第{n}期",
            f"amount{n}": "1000",
            f"due_on{n}": (today() + timedelta(days=30 * n)).isoformat(),
            f"way{n}": "转账",
        }
    return data | more


def test_from_the_list_to_an_agreement_with_three_instalments_that_binds(page, matter):
    listed = page.get(url("agreements"))
    assert "待写协议" in listed.content.decode()
    form = page.get(url("agreement_add", matter.pk))
    assert WORDS["content"] in form.content.decode()
    answer = page.post(url("agreement_add", matter.pk), typed(matter))
    made = Agreement.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    shown = page.get(made.get_absolute_url()).content.decode()
    assert shown.count("付第") == 3 and "摊主老李" in shown and "登记签字" in shown
    hands = [scattered(one.pk) for one in sides(matter)]
    page.post(
        url("agreement_sign", made.pk),
        {
            "version": 1,
            "hands": [*hands, "mediator", "seal"],
            "way": "paper",
            "signed_on": today().isoformat(),
            "slip": scan(),
        },
    )
    made.refresh_from_db()
    assert made.holds
    shown = page.get(made.get_absolute_url()).content.decode()
    assert "司法确认" in shown and "待回访" in shown and "登记履行情况" in shown
    kept = made.files.get()
    got = page.get(url("agreement_file", made.pk, kept.pk))
    assert got["Content-Disposition"].startswith("attachment") and got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got.streaming_content)[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due_on2": ""}, "没有日期就没法提醒"),
        ({"due_on2": "2020-01-01"}, "不能早于"),
        ({"amount2": "1e12"}, "多写了零"),
        ({"amount2": "很多"}, "请填写数字"),
        ({"ower2": ""}, "请选择谁履行"),
        ({"ower2": "1"}, "没有您选的这一项"),
        ({"content": ""}, "请填写这一项"),
        ({"kind": "x"}, "没有您选的这一项"),
    ],
)
def test_what_was_wrong_is_said_and_what_was_typed_is_kept(page, matter, wrong, words):
    answer = page.post(url("agreement_add", matter.pk), typed(matter, **wrong))
    shown = answer.content.decode()
    assert answer.status_code == 422 and words in shown
    assert "付第3期" in shown and not Agreement.objects.exists()


def test_twice_the_same_form_makes_one(page, matter):
    for _press in range(2):
        answer = page.post(url("agreement_add", matter.pk), typed(matter))
    assert answer.status_code == 409 and Agreement.objects.count() == 1
    assert page.get(url("agreement_add", matter.pk)).status_code == 302


def test_a_change_is_about_the_version_that_was_read(page, cast, matter):
    made = drafted(cast, matter)
    form = page.get(url("agreement_change", made.pk)).content.decode()
    assert "付补偿款" in form and 'name="version" value="1"' in form
    first = page.post(url("agreement_change", made.pk), typed(matter, version=1, content="九点收摊。"))
    assert first.status_code == 302
    second = page.post(url("agreement_change", made.pk), typed(matter, version=1, content="八点收摊。"))
    shown = second.content.decode()
    assert second.status_code == 409 and "八点收摊" in shown and 'name="version" value="2"' in shown
    assert made.texts.count() == 2


def test_one_that_binds_is_changed_no_more(page, cast, matter):
    made = in_force(cast, matter)
    assert page.get(url("agreement_change", made.pk)).status_code == 409
    answer = page.post(url("agreement_change", made.pk), typed(matter, version=1))
    assert answer.status_code == 409 and "已经生效" in answer.content.decode()
    answer = page.post(url("agreement_sign", made.pk), {"version": 1, "hands": ["seal"]})
    assert answer.status_code == 422


def test_a_file_that_is_none_is_refused_on_the_form(page, cast, matter):
    made = drafted(cast, matter)
    data = {"version": 1, "hands": ["seal"], "way": "paper", "signed_on": today().isoformat()}
    answer = page.post(url("agreement_sign", made.pk), data)
    assert answer.status_code == 422 and "请上传签好字的协议" in answer.content.decode()
    answer = page.post(url("agreement_sign", made.pk), data | {"hands": ["9999999999"]})
    assert answer.status_code == 422


def test_an_oral_one_is_recorded_with_one_press(page, cast, matter):
    made = drafted(cast, matter, kind=AgreementKind.ORAL, duties=[])
    assert "口头协议已记录" in page.get(made.get_absolute_url()).content.decode()
    assert page.post(url("agreement_record", made.pk), {"version": 1}).status_code == 302
    assert page.post(url("agreement_record", made.pk), {"version": 1}).status_code == 409


def test_the_sheets_are_printed_and_bear_no_number(page, cast, matter):
    made = drafted(cast, matter)
    answer = page.get(url("agreement_paper", made.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert page.get(url("confirmation_paper", made.pk)).status_code == 404


def test_the_application_to_the_court_is_printed_once_it_binds(page, cast, matter):
    made = in_force(cast, matter)
    answer = page.get(url("confirmation_paper", made.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_what_was_done_is_said_on_the_duty_s_own_page(page, cast, matter):
    made = in_force(cast, matter, duties=[duty(matter, days=5), duty(matter, days=35)])
    first = duties_of(made)[0]
    form = page.get(first.get_absolute_url())
    assert form.status_code == 200
    wrong = {"outcome": "partly", "on": today().isoformat(), "said_by": "owed", "seen_count": 0}
    answer = page.post(first.get_absolute_url(), wrong | {"words": "先付一点"})
    assert answer.status_code == 422 and "先付一点" in answer.content.decode()
    answer = page.post(first.get_absolute_url(), wrong | {"amount": "300"})
    assert answer["Location"] == made.get_absolute_url()
    assert "还剩 700.00 元" in page.get(made.get_absolute_url()).content.decode()
    stale = page.post(first.get_absolute_url(), wrong | {"amount": "300"})
    assert stale.status_code == 409 and 'name="seen_count" value="1"' in stale.content.decode()


def test_the_court_and_the_visits_are_a_press_each(page, cast, matter):
    made = in_force(cast, matter)
    ask = {"court": "清江县人民法院", "applied_on": today().isoformat(), "applied_by": "双方本人"}
    answer = page.post(url("confirmation_apply", made.pk), ask)
    assert answer.status_code == 422 and "共同申请" in answer.content.decode()
    assert page.post(url("confirmation_apply", made.pk), ask | {"together": "on"}).status_code == 302
    ruling = {"result": "confirmed", "result_on": today().isoformat(), "ruling_number": ""}
    answer = page.post(url("confirmation_result", made.pk), ruling)
    assert answer.status_code == 422 and "裁定书案号" in answer.content.decode()
    ruling["ruling_number"] = "（2026）浙0000民特1号"
    assert page.post(url("confirmation_result", made.pk), ruling).status_code == 302
    assert "民特1号" in page.get(made.get_absolute_url()).content.decode()
    visit = made.visits.first()
    answer = page.post(url("agreement_visit", made.pk, visit.pk), {"result": "unsatisfied"})
    assert answer.status_code == 422 and "不满意的" in answer.content.decode()
    said = {"result": "satisfied", "words": "都好。"}
    assert page.post(url("agreement_visit", made.pk, visit.pk), said).status_code == 302
    answer = page.post(url("agreement_visit", made.pk, visit.pk), said)
    assert answer.status_code == 409 and "已经登记" in answer.content.decode()


def test_a_broken_duty_says_where_to_go_and_who_may_mediate_again(cast, client_as, matter):
    made = in_force(cast, matter)
    [row] = duties_of(made)
    told = performance.Told(outcome="broken", on=today(), said_by="ower")
    performance.report(duty=row, actor=cast.actor("mediator"), new=told)
    mediator = client_as(cast.mediator).get(made.get_absolute_url()).content.decode()
    assert "向人民法院起诉" in mediator and "再次转入调解</button>" not in mediator
    officer = client_as(cast.petition_officer)
    assert "再次转入调解</button>" in officer.get(made.get_absolute_url()).content.decode()
    data = {"room": matter.room_id, "mediator": cast.mediator.pk}
    assert officer.post(url("agreement_again", made.pk), data).status_code == 302
    assert officer.post(url("agreement_again", made.pk), data).status_code == 409
    assert "又回来的调解" in officer.get(made.get_absolute_url()).content.decode()
    case_page = officer.get(reverse("mediation:case", args=[matter.petition.number])).content.decode()
    assert "以前达成过协议" in case_page and made.get_absolute_url() in case_page


def test_who_reads_no_record_sees_that_there_is_one_and_nothing_of_it(cast, client_as, matter):
    made = in_force(cast, matter)
    panel = reverse("mediation:case", args=[matter.petition.number])
    for user, reads in ((cast.handler, True), (cast.clerk, False)):
        shown = client_as(user).get(panel)
        assert shown.status_code == 200
        words = shown.content.decode()
        assert "调解协议书" in words and ("付补偿款" in words) is reads
        assert (made.get_absolute_url() in words) is reads
    for key in ("clerk", "leader", "handler2", "statistician"):
        for door in ("agreement", "agreement_paper", "agreement_change"):
            answer = client_as(getattr(cast, key)).get(url(door, made.pk))
            assert answer.status_code in {403, 404}, (key, door)


def test_the_petitioner_s_own_page_says_what_is_due_and_names_nobody(cast, matter, make_case):
    made = in_force(cast, matter)
    parts = [
        part for part in extensions.own_parts(matter.petition, now()) if "own_agreement" in part.template
    ]
    [part] = parts
    words = render_to_string(part.template, {"part": part.context})
    assert "对方要做" in words and "付补偿款" in words and "摊主老李" not in words
    assert made.holds


def test_the_list_asks_the_same_for_one_and_for_three(cast, client_as, mediation_of):
    def count():
        page = client_as(cast.mediator)
        page.get(url("agreements"))
        with CaptureQueriesContext(connection) as asked:
            assert page.get(url("agreements")).status_code == 200
        return len(asked)

    def more():
        made = in_force(cast, settled(cast, mediation_of(agreed=True)), duties=None)
        settled(cast, mediation_of(agreed=True))
        drafted(cast, settled(cast, mediation_of(agreed=True)))
        confirmations.apply(
            agreement=made,
            actor=cast.actor("mediator"),
            court="法院",
            applied_on=today(),
            applied_by="双方",
            together=True,
        )

    more()
    one = count()
    more()
    more()
    assert count() == one


def test_the_page_asks_the_same_for_one_duty_and_for_ten(cast, client_as, mediation_of):
    def count(n):
        matter = settled(cast, mediation_of(agreed=True))
        made = in_force(cast, matter, duties=[duty(matter, days=5 + day) for day in range(n)])
        page = client_as(cast.mediator)
        page.get(made.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            assert page.get(made.get_absolute_url()).status_code == 200
        return len(asked)

    assert count(10) == count(1)


def test_whoever_follows_it_up_can_telephone_and_each_look_is_on_record(
    cast, client_as, taken_up, mediation_of
):
    of_dispute = in_force(cast, settled(cast, taken_up(agreed=True)))
    client = client_as(cast.mediator)
    assert "13900000002" not in client.get(of_dispute.get_absolute_url()).content.decode()
    address = reverse("mediation:agreement_contacts", args=[of_dispute.pk])
    shown = client.get(address).content.decode()
    assert "13900000002" in shown and "13800000001" in shown
    assert AuditEntry.objects.filter(act="mediation.contact", object_id=str(of_dispute.pk)).count() == 1
    # Of a case the petitioner's stay with the case, which the mediator reads no longer.
    of_case = in_force(cast, settled(cast, mediation_of(agreed=True)))
    shown = client.get(reverse("mediation:agreement_contacts", args=[of_case.pk])).content.decode()
    assert "按信访件的规定查看" in shown and "13800000001" not in shown
    assert client_as(cast.handler).get(address).status_code == 404
