"""The audit log names every case alike, and the auditor follows one by its number."""

import pytest

from accounts.models import AuditEntry
from accounts.services import audit
from core.converters import scattered
from petitions.enums import Kind, RecusalGround
from petitions.models import Recusal

pytestmark = pytest.mark.django_db
PAGE = "/staff/audit/"


@pytest.fixture
def auditor(cast, client_as):
    return client_as(cast.auditor)


@pytest.fixture
def look(auditor):
    """The ids of the entries that a filter shows, its own earlier looks left out."""

    def ask(**filters):
        items = auditor.get(PAGE, filters).context["page"].items
        return [entry.pk for entry in items if entry.act != "audit.look"]

    return ask


def about(*cases):
    names = [name for case in cases for name in (scattered(case.pk), case.number, str(case.pk))]
    rows = AuditEntry.objects.filter(object_type="petitions.petition", object_id__in=names)
    return list(rows.order_by("-pk").values_list("pk", flat=True))


def older(case, name, act="petition.look"):
    """An entry as earlier versions wrote it."""
    entry = audit.build(actor=audit.Actor.system(), act=act, obj=case)
    entry.object_id = name
    entry.save(force_insert=True)
    return entry


def test_a_sealed_case_and_an_open_one_are_named_by_the_same_kind_of_word(make_case):
    open_case, sealed = make_case(), make_case.registered(kind=Kind.ACCUSATION).petition
    for case in (open_case, sealed):
        names = set(AuditEntry.objects.filter(act="petition.register").values_list("object_id", flat=True))
        assert scattered(case.pk) in names
        assert not {str(case.pk), case.number} & names


def test_the_page_shows_no_entry_by_number_or_bare_id(make_case, auditor):
    cases = [make_case(), make_case.registered(kind=Kind.ACCUSATION).petition]
    older(cases[0], cases[0].number)
    older(cases[1], str(cases[1].pk))
    items = auditor.get(PAGE, {"act": "petition."}).context["page"].items
    assert {entry.object_name for entry in items} == {scattered(case.pk) for case in cases}
    assert cases[0].number not in auditor.get(PAGE).content.decode()


@pytest.mark.parametrize("sealed", [False, True])
def test_a_case_is_followed_by_its_number_by_the_last_part_and_by_the_link_old_entries_too(
    make_case, look, auditor, sealed
):
    case = make_case.registered(kind=Kind.ACCUSATION).petition if sealed else make_case()
    make_case()
    older(case, case.number)
    older(case, str(case.pk))
    assert len(about(case)) >= 3
    last = case.number.rpartition("-")[2]
    for typed in (case.number, last, last.removeprefix("J"), scattered(case.pk)):
        assert look(case=typed) == about(case), typed
    entry = auditor.get(PAGE, {"case": case.number}).context["page"].items[0]
    assert entry.only == f"case={scattered(case.pk)}"
    page = auditor.get(PAGE, {"case": case.number}).content.decode()
    row = page.partition("<tbody>")[2]
    assert "只看本件" in row
    assert "只看此人" in auditor.get(PAGE).content.decode().partition("<tbody>")[2]
    assert f"信访件 {scattered(case.pk)}" in row


def test_what_is_no_number_gets_a_sentence_and_a_number_of_no_case_an_empty_list(look, auditor, make_case):
    make_case()
    answer = auditor.get(PAGE, {"case": "张小河"})
    assert answer.status_code == 422
    assert "请填写完整的信访件编号，或只填最后一段数字。" in answer.content.decode()
    assert look(case="339999-2026-0000000") == []


def test_following_a_case_is_itself_on_record_without_its_number(auditor, make_case):
    case = make_case()
    auditor.get(PAGE, {"case": case.number})
    detail = AuditEntry.objects.filter(act="audit.look").latest("pk").detail
    assert detail == {"filters": ["case"], "case": [scattered(case.pk)]}


@pytest.mark.parametrize("ground", [RecusalGround.COMPLAINED_OF, RecusalGround.values[0]])
def test_an_auditor_reads_nothing_of_a_case_they_are_out_of_until_it_ends(
    cast, make_case, look, auditor, ground
):
    case, other = make_case(), make_case()
    older(case, case.number)
    older(case, str(case.pk))
    own = Recusal.objects.create(
        petition=case, user=cast.auditor, ground=ground, reason="本人", recorded_at=case.registered_at
    )
    assert not set(look()) & set(about(case))
    assert set(about(other)) <= set(look())
    for typed in (case.number, case.number.rpartition("-")[2], scattered(case.pk)):
        assert look(case=typed) == []
    seen = [auditor.get(PAGE, {"case": number}) for number in (case.number, "339999-2026-0000000")]
    details = AuditEntry.objects.filter(act="audit.look").order_by("-pk").values_list("detail", flat=True)[:2]
    assert [detail["case"] for detail in details] == [["339999-2026-0000000"], [case.number]]
    assert [answer.status_code for answer in seen] == [200, 200]
    own.ended_at, own.ended_by, own.end_reason = case.registered_at, cast.petition_officer, "已核实"
    own.save()
    assert set(about(case)) <= set(look())
