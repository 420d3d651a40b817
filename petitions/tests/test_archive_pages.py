"""到期鉴定 and the archive page of a case, as they are used."""

import pytest
from django.urls import reverse

from core.converters import scattered
from petitions.archive_enums import HoldKind
from petitions.enums import Kind, Status
from petitions.models import ArchiveFile, ArchiveHold, ArchiveProposal, Petition
from petitions.selectors import archive
from petitions.services import archiving
from petitions.tests.archive_world import OVER, REASON, office_head, old_case, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(cast):
    return office_head(cast)


@pytest.fixture
def over(cast, make_case):
    """A case whose term is over today."""

    def make(**new):
        case = old_case(cast, make_case, **new)
        ArchiveFile.objects.filter(petition=case).update(over_on="2026-01-01")
        return case

    return make


def listed(client, view=""):
    answer = client.get(reverse("petitions:archive"), {"view": view} if view else {})
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_the_list_to_nobody_by_two_people(cast, over, head, client_as):
    case, officer, chief = over(), client_as(cast.petition_officer), client_as(head.user)
    assert case.number in listed(officer)
    asked = officer.get(reverse("petitions:archive_propose"), {"number": case.number})
    assert "不会自动清除" in asked.content.decode()
    form = {"number": case.number, "reason": REASON}
    assert "已提出 1 件" in officer.post(reverse("petitions:archive_propose"), form).content.decode()
    assert case.number not in listed(officer, "due")
    assert REASON in listed(chief)  # the head's first view is what waits
    asked = chief.get(reverse("petitions:archive_decide"), {"number": case.number}).content.decode()
    assert "正文、标题一并替换为“已按档案规定去标识”" in asked
    form = {"number": case.number, "agree": "agree", "decision": "经审查，同意。", "texts_too": "on"}
    assert "已去标识 1 件" in chief.post(reverse("petitions:archive_decide"), form).content.decode()
    assert case.number in listed(officer, "done")
    case.refresh_from_db()
    assert (case.subject, case.persons.get().name) == ("已按档案规定去标识", "")


def test_several_at_once_and_one_that_was_held_meanwhile_is_left_out(cast, over, head, client_as):
    cases = [over() for _n in range(3)]
    archiving.hold(petition=cases[0], actor=cast.actor("inspector"), kind=HoldKind.AUDIT, reason="审计调卷")
    form = {"number": [case.number for case in cases], "reason": REASON}
    answer = client_as(cast.petition_officer).post(reverse("petitions:archive_propose"), form)
    assert "2 件中已提出 2 件" in answer.content.decode()
    assert ArchiveProposal.objects.count() == 2
    assert cases[0].number in listed(client_as(cast.petition_officer), "held")


@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": "短"}, {"reason": "长" * 301}])
def test_a_proposal_without_a_good_reason_comes_back_and_keeps_what_was_typed(cast, over, client_as, form):
    case = over()
    answer = client_as(cast.petition_officer).post(
        reverse("petitions:archive_propose"), {"number": case.number, **form}
    )
    assert answer.status_code == 422
    assert (form.get("reason") or case.number) in answer.content.decode()
    assert not ArchiveProposal.objects.exists()


@pytest.mark.parametrize("name", ["archive_propose", "archive_decide"])
def test_nothing_ticked_is_said_so(cast, head, client_as, name):
    who = cast.petition_officer if name == "archive_propose" else head.user
    answer = client_as(who).get(reverse(f"petitions:{name}"))
    assert answer.status_code == 422
    assert "没有选中可办的信访件" in answer.content.decode()


def test_a_foreign_or_sealed_number_is_not_there(cast, over, client_as, make_case):
    case, sealed = over(), make_case.registered(kind=Kind.ACCUSATION).petition
    form = {"number": [sealed.number, "339999-2026-9999999", "x'--"], "reason": REASON}
    answer = client_as(cast.petition_officer).post(reverse("petitions:archive_propose"), form)
    assert answer.status_code == 422
    assert not ArchiveProposal.objects.exists()
    assert case.number in listed(client_as(cast.petition_officer))


def test_open_sealed_and_young_cases_are_not_on_the_list(cast, make_case, over, client_as):
    young, running, sealed = old_case(cast, make_case), make_case(until=Status.SERVED), over()
    Petition.objects.filter(pk=sealed.pk).update(sealed=True, kind=Kind.ACCUSATION, path=None)
    page = listed(client_as(cast.petition_officer))
    assert not [one.number for one in (young, running, sealed) if one.number in page]


def test_a_view_that_is_none_is_said_so(cast, client_as):
    answer = client_as(cast.petition_officer).get(reverse("petitions:archive"), {"view": "rubbish"})
    assert answer.status_code == 422
    assert "没有这个视图" in answer.content.decode()


@pytest.mark.parametrize(
    "who", ["unit_head", "inspector", "clerk", "discipline_officer", "auditor", "leader"]
)
@pytest.mark.parametrize("name", ["archive", "archive_propose", "archive_decide"])
def test_only_the_petition_office_reviews(cast, client_as, who, name):
    assert client_as(getattr(cast, who)).get(reverse(f"petitions:{name}")).status_code == 403


def test_the_officer_does_not_open_the_decision_nor_the_head_the_proposal(cast, head, client_as):
    assert client_as(cast.petition_officer).get(reverse("petitions:archive_decide")).status_code == 403
    assert client_as(head.user).get(reverse("petitions:archive_propose")).status_code == 403


def test_only_the_petition_office_has_the_entry_in_its_navigation(cast, head, client_as):
    entry = f'href="{reverse("petitions:archive")}"'
    for who, has in ((cast.petition_officer, True), (head.user, True), (cast.unit_head, False)):
        assert (entry in client_as(who).get(reverse("petitions:list")).content.decode()) is has


def test_the_list_takes_the_same_queries_for_one_row_and_for_three(cast, over, django_assert_num_queries):
    actor = cast.actor("petition_officer")
    for wanted in (1, 3):
        while ArchiveFile.objects.count() < wanted:
            over()
        with django_assert_num_queries(21):
            rows = archive.page_of(actor, "due", OVER.date(), None).items
            assert [row.petition.lead_unit.label for row in rows] == ["城市管理局"] * wanted


def test_the_list_is_paged_by_key(cast, over):
    numbers = {over().number for _n in range(3)}
    actor, seen, cursor = cast.actor("petition_officer"), [], None
    for _page in range(2):
        page = archive.page_of(actor, "due", OVER.date(), cursor, size=2)
        seen += [row.petition.number for row in page.items]
        cursor = page.next_cursor
    assert (set(seen), len(seen), cursor) == (numbers, 3, None)


def test_the_case_page_shows_class_and_hold_and_the_way_there(cast, over, client_as):
    case = over()
    archiving.hold(petition=case, actor=cast.actor("inspector"), kind=HoldKind.AUDIT, reason="审计调卷")
    shown = client_as(cast.petition_officer).get(case.get_absolute_url()).content.decode()
    door = reverse("petitions:archive_case", args=[case.number])
    for words in ("10年", "2026-01-01 期满", "暂缓", "审计", door):
        assert words in shown
    reader = client_as(cast.handler).get(case.get_absolute_url()).content.decode()
    assert "10年" in reader
    assert door not in reader
    assert "审计调卷" not in reader.split('id="archive"')[1].split("</section>")[0]


def sent(client, case, do, **fields):
    form = {"do": do, **{f"{do}-{key}": value for key, value in fields.items()}}
    return client.post(reverse("petitions:archive_case", args=[case.number]), form)


def test_class_hold_and_lifting_on_the_archive_page(cast, over, client_as):
    case, officer, inspector = over(), client_as(cast.petition_officer), client_as(cast.inspector)
    assert sent(officer, case, "class", archive_class="thirty", reason="有查考价值").status_code == 302
    assert ArchiveFile.objects.get(petition=case).archive_class == "thirty"
    assert sent(officer, case, "hold", kind="litigation", reason="法院已立案").status_code == 302
    hold = ArchiveHold.objects.get()
    own = officer.get(reverse("petitions:archive_case", args=[case.number])).content.decode()
    assert "须由设置人以外的人解除" in own
    assert sent(officer, case, f"lift-{scattered(hold.pk)}", reason="自己解除一下").status_code == 422
    assert sent(inspector, case, f"lift-{scattered(hold.pk)}", reason="诉讼已结").status_code == 302
    hold.refresh_from_db()
    assert hold.lifted_by == cast.inspector
    assert sent(inspector, case, "class", archive_class="ten", reason="督查不改期限").status_code == 422


@pytest.mark.parametrize(
    "do, fields",
    [
        ("hold", {"kind": "", "reason": "法院已立案"}),
        ("hold", {"kind": "weather", "reason": "法院已立案"}),
        ("hold", {"kind": "audit", "reason": ""}),
        ("class", {"archive_class": "forever", "reason": "有查考价值"}),
        ("lift-999999", {"reason": "诉讼已结"}),
        ("lift-x", {"reason": "诉讼已结"}),
        ("", {}),
        ("drop table", {}),
    ],
)
def test_what_cannot_be_read_changes_nothing(cast, over, client_as, do, fields):
    case = over()
    answer = sent(client_as(cast.petition_officer), case, do, **fields)
    assert answer.status_code == 422
    assert not ArchiveHold.objects.exists()
    assert ArchiveFile.objects.get(petition=case).archive_class == "ten"
    if do in {"hold", "class"}:  # of a hold that is not there no form is left to keep it
        assert fields["reason"] in answer.content.decode()


def test_the_archive_page_is_not_there_for_whoever_does_not_read_the_case(cast, over, make_case, client_as):
    case, sealed = over(), make_case.registered(kind=Kind.ACCUSATION).petition
    assert (
        client_as(cast.outsider).get(reverse("petitions:archive_case", args=[case.number])).status_code == 404
    )
    assert (
        client_as(cast.handler).get(reverse("petitions:archive_case", args=[case.number])).status_code == 403
    )
    door = reverse("petitions:archive_case", args=[sealed.number])
    assert client_as(cast.petition_officer).get(door).status_code == 404
    assert client_as(cast.discipline_officer).get(door).status_code == 200


def test_the_head_decides_over_a_towns_case_and_reads_no_more_of_it(cast, over, head, client_as):
    case = over()
    Petition.objects.filter(pk=case.pk).update(registered_unit=cast.units.dongxi)
    case.scopes.filter(unit=cast.units.petition_office).delete()
    propose(cast, case)
    chief = client_as(head.user)
    assert case.number in listed(chief)
    page = chief.get(reverse("petitions:archive_case", args=[case.number]))
    assert page.status_code == 200
    assert case.get_absolute_url() + '"' not in page.content.decode()
    assert chief.get(case.get_absolute_url()).status_code == 404


def test_after_it_is_done_the_archive_page_offers_nothing(cast, over, client_as):
    case = over()
    ArchiveFile.objects.filter(petition=case).update(done_at=OVER)
    page = client_as(cast.petition_officer).get(reverse("petitions:archive_case", args=[case.number]))
    assert 'name="do"' not in page.content.decode()
    assert (
        sent(client_as(cast.petition_officer), case, "hold", kind="audit", reason="审计调卷").status_code
        == 422
    )


ODD = (
    "",
    " ",
    "x" * 5000,
    "\x00",
    "\u202e",
    "agree",
    "AGREE",
    "null",
    "-1",
    "1e9",
    "<script>",
    "';--",
    "😀" * 200,
)


def test_whatever_is_sent_to_the_decision_nothing_falls_over_and_nobody_is_anonymised(
    cast, over, head, client_as
):
    case = over()
    propose(cast, case)
    chief, door = client_as(head.user), reverse("petitions:archive_decide")
    for odd in ODD:
        for form in (
            {"number": odd, "agree": "agree", "decision": "经审查，同意。"},
            {"number": case.number, "agree": odd if odd != "agree" else "", "decision": "经审查，同意。"},
            {"number": case.number, "agree": "agree", "decision": odd * (odd != "agree"), "texts_too": odd}
            if len(odd) < 4 or len(odd) > 300
            else {"number": [odd, odd]},
        ):
            assert chief.post(door, form).status_code == 422, form
            assert chief.get(door, form).status_code in {200, 422}, form
    case.refresh_from_db()
    assert case.persons.get().name == "张小河"
    assert ArchiveProposal.objects.get().outcome == ""


def test_a_number_with_a_nul_forwards_nothing_and_falls_over_nowhere(cast, client_as):
    answer = client_as(cast.petition_officer).get(reverse("petitions:bulk_forward"), {"number": "\x00"})
    assert answer.status_code == 422
