"""The three suggestions (条例 40, 41): issued, answered in writing, kept in a register; who may know of which."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.marking import codes_in, read_code
from core.timekeeping import now
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import RecusalGround, Status
from petitions.services import recusing, sealing
from supervision.enums import Adoption, SuggestionKind
from supervision.models import Suggestion, SuggestionClock
from supervision.services import archives, suggesting
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
K = SuggestionKind


@pytest.fixture
def suggest(cast):
    def make(kind=K.IMPROVE, *, unit="urban", actor="inspector", **more):
        words = {
            "title": "夜市管理",
            "facts": "三个月内反映十二件。",
            "basis": "《信访工作条例》第四十条",
            "text": "请明确收摊时间。",
            **more,
        }
        return suggesting.issue(actor=cast.actor(actor), kind=kind, unit=getattr(cast.units, unit), **words)

    return make


@pytest.fixture
def accuse(suggest, cast):
    def make(**more):
        words = {"unit": "discipline", "about_unit": cast.units.housing, **more}
        return suggest(K.ACCOUNTABILITY, **words)

    return make


def seen_by(cast):
    return {who for who in cast.people if Suggestion.objects.visible_to(cast.actor(who)).exists()}


@pytest.mark.article(40)
def test_it_is_told_to_the_unit_and_has_a_clock_of_thirty_days(cast, suggest):
    row = suggest()
    clock = row.clocks.get(stopped_at=None)
    assert timedelta(days=30) <= clock.due_at - row.issued_at <= timedelta(days=40)
    told = Notice.objects.filter(dedupe_key__startswith=f"suggestion:{row.pk}:")
    assert {notice.recipient.username for notice in told} == {"handler", "unit_head"}


@pytest.mark.parametrize("adoption", list(Adoption))
@pytest.mark.article(14, 40, 41)
def test_the_answer_says_how_far_it_was_adopted_and_stops_the_clock(cast, suggest, adoption):
    row = suggest()
    with pytest.raises(Refusal, match="请写明"):
        suggesting.answer(suggestion=row, actor=cast.actor("unit_head"), adoption=adoption, text=" ")
    suggesting.answer(suggestion=row, actor=cast.actor("unit_head"), adoption=adoption, text="已研究。")
    assert (row.adoption, row.answered_by) == (adoption, cast.unit_head)
    assert not row.clocks.filter(stopped_at=None).exists()
    with pytest.raises(Refusal, match="赵建国"):
        suggesting.answer(suggestion=row, actor=cast.actor("handler"), adoption=adoption, text="再说。")


@pytest.mark.parametrize(
    "who", ["petition_officer", "inspector", "handler2", "leader", "outsider", "auditor"]
)
def test_only_the_addressee_answers(cast, suggest, who):
    with pytest.raises(Refusal) as refused:
        suggesting.answer(
            suggestion=suggest(), actor=cast.actor(who), adoption=Adoption.ADOPTED, text="已办。"
        )
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize(
    "who", ["clerk", "handler", "unit_head", "leader", "statistician", "discipline_officer"]
)
def test_only_inspectors_and_officers_of_the_office_suggest(suggest, who):
    with pytest.raises(Refusal) as refused:
        suggest(actor=who)
    assert refused.value.code == "forbidden"


def test_an_officer_does_not_suggest_that_somebody_answers_for_it(accuse):
    with pytest.raises(Refusal) as refused:
        accuse(actor="petition_officer")
    assert refused.value.code == "forbidden"


def test_who_sees_a_suggestion_to_improve(cast, suggest):
    suggest()
    assert seen_by(cast) == {"inspector", "petition_officer", "handler", "unit_head", "leader", "leader2"}


def test_who_sees_that_somebody_should_answer_for_it(cast, accuse):
    accuse()
    assert seen_by(cast) == {"inspector", "discipline_officer", "leader", "leader2"}


@pytest.mark.article(40)
def test_whom_it_is_about_never_sees_it_under_whatever_hat(cast, accuse, client_as):
    Post.objects.create(
        user=cast.leader, unit=cast.units.petition_office, role=Role.INSPECTOR, valid_from=SINCE
    )
    row = accuse(about_unit=None, about_people=[cast.leader, cast.inspector])
    assert seen_by(cast) == {"discipline_officer", "leader2"}
    assert not Notice.objects.filter(recipient__in=[cast.leader, cast.inspector]).exists()
    assert client_as(cast.inspector).get(row.get_absolute_url()).status_code == 404
    assert row.title not in client_as(cast.inspector).get(reverse("supervision:suggestions")).content.decode()


def test_nobody_in_the_unit_it_is_about_sees_it(cast, accuse):
    user = User.objects.create(username="inside", name="内部人", password="!")
    post = Post.objects.create(user=user, unit=cast.units.discipline, role=Role.HANDLER, valid_from=SINCE)
    accuse(unit="district", about_unit=cast.units.discipline)
    assert not Suggestion.objects.visible_to(Actor.of(post)).exists()
    assert "discipline_officer" not in seen_by(cast)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"unit": "urban"}, "干部管理权限"),
        ({"about_unit": None}, "责任单位或者责任人员"),
        ({"facts": ""}, "事实"),
        ({"basis": " "}, "依据"),
        ({"text": ""}, "建议"),
    ],
)
def test_what_is_missing_or_misdirected_is_told(accuse, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        accuse(**more)
    assert not Suggestion.objects.exists()


def test_other_kinds_name_nobody(cast, suggest):
    with pytest.raises(Refusal, match="只有追究责任"):
        suggest(about_people=[cast.handler])


def test_one_that_grew_out_of_a_case_keeps_its_secrets(cast, suggest, make_case, client_as):
    case = make_case(until=Status.ACCEPTED, confidential=True)
    row = suggest(petition=case, unit="housing", facts="张小河反映夜市噪音。")
    page = client_as(cast.handler2).get(row.get_absolute_url()).content.decode()
    assert "张小河" not in page and case.number not in page
    recusing.recuse(petition=case, actor=cast.actor("petition_officer"), ground=RecusalGround.INTEREST)
    assert not Suggestion.objects.visible_to(cast.actor("petition_officer")).exists()
    sealing.seal(petition=case, actor=second_officer(cast), reason="反映干部违纪")
    assert seen_by(cast) == set()


def second_officer(cast):
    user = User.objects.create(username="officer-two", name="第二专员", password="!")
    unit = cast.units.petition_office
    return Actor.of(Post.objects.create(user=user, unit=unit, role=Role.PETITION_OFFICER, valid_from=SINCE))


def test_silence_is_told_to_the_unit_and_then_to_inspectors_alone_of_an_accusation(cast, accuse):
    accuse()
    sweep(SuggestionClock, now=now() + timedelta(days=60))
    told = Notice.objects.filter(dedupe_key__startswith="supervision.suggestionclock")
    assert {notice.recipient.username for notice in told} == {"discipline_officer", "inspector"}


def test_the_register_is_filtered_and_exported_with_a_mark(cast, suggest, accuse, client_as, tmp_path):
    suggest(title="=夜市管理")
    suggest(K.POLICY, unit="housing", title="装修规定")
    accuse(title="失职追究")
    inspector = client_as(cast.inspector)
    address = reverse("supervision:suggestions")
    page = inspector.get(address, {"kind": K.POLICY}).content.decode()
    assert "装修规定" in page and "夜市管理" not in page
    assert inspector.get(address, {"year": "nonsense", "kind": "x"}).status_code == 200

    def exported(client):
        answer = client.get(reverse("supervision:suggestions_export"))
        path = Path(tmp_path / "register.xlsx")
        path.write_bytes(b"".join(answer.streaming_content))
        return path

    path = exported(inspector)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert {row[1] for row in sheet[2:]} == {"=夜市管理", "装修规定", "失职追究"}
    mark = read_code(codes_in(path)[0])
    assert (mark.user_id, mark.post_id) == (cast.inspector.pk, cast.post("inspector").pk)
    assert AuditEntry.objects.filter(act="suggestion.export").count() == 1
    path = exported(client_as(cast.petition_officer))
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert "失职追究" not in {row[1] for row in sheet[2:]}
    assert client_as(cast.handler).get(reverse("supervision:suggestions_export")).status_code == 403


def test_the_form_keeps_what_was_typed(cast, client_as):
    inspector, address = client_as(cast.inspector), reverse("supervision:suggestion_add")
    form = {
        "kind": K.IMPROVE,
        "unit": cast.units.urban.pk,
        "number": "339999-2026-1",
        "title": "夜市管理",
        "facts": "十二件。",
        "basis": "条例第四十条",
        "text": "请改进。",
    }
    answer = inspector.post(address, form)
    assert answer.status_code == 422 and "没有找到这个编号" in answer.content.decode()
    assert "十二件。" in answer.content.decode() and not Suggestion.objects.exists()
    assert inspector.post(address, {**form, "number": ""}).status_code == 302
    row = Suggestion.objects.get()
    head = client_as(cast.unit_head)
    done = head.post(
        reverse("supervision:suggestion_answer", args=[row.pk]), {"adoption": "partly", "text": "先试行。"}
    )
    assert done.status_code == 302 and "先试行。" in inspector.get(row.get_absolute_url()).content.decode()


def test_the_register_needs_the_same_queries_for_one_row_and_for_three(cast, suggest, make_case, client_as):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_as(cast.inspector), []
    suggest(petition=make_case(until=Status.ACCEPTED))
    client.get(reverse("supervision:suggestions"))
    for _n in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("supervision:suggestions"))
        counts.append(len(seen))
        suggest(petition=make_case(until=Status.ACCEPTED))
        suggest()
    assert counts[0] == counts[1]


class TestSealing:
    def sealed(self, cast, case):
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")

    @pytest.mark.article(30, 40)
    def test_a_suggestion_out_of_a_case_that_is_sealed_lapses_and_is_asked_for_no_more(
        self, cast, suggest, make_case
    ):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))
        row = suggest(petition=case)
        self.sealed(cast, case)
        row.refresh_from_db()
        assert row.lapsed_at is not None and not row.is_open
        assert not row.clocks.filter(stopped_at=None).exists()
        before = Notice.objects.count()
        sweep(SuggestionClock, now=now() + timedelta(days=60))
        assert Notice.objects.count() == before and seen_by(cast) == set()
        with pytest.raises(Refusal):
            suggesting.answer(
                suggestion=row, actor=cast.actor("unit_head"), adoption=Adoption.ADOPTED, text="已办。"
            )

    @pytest.mark.article(30, 40)
    def test_what_the_discipline_body_has_in_hand_stays_with_it_alone(self, cast, accuse, make_case):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))
        row = accuse(petition=case)
        body = next(who for who in sorted(seen_by(cast)) if cast.actor(who).unit.kind == UnitKind.DISCIPLINE)
        self.sealed(cast, case)
        row.refresh_from_db()
        assert row.is_open and row.clocks.filter(stopped_at=None).exists()
        assert seen_by(cast) == {body}
        before = Notice.objects.filter(dedupe_key__contains="answered").count()
        suggesting.answer(suggestion=row, actor=cast.actor(body), adoption=Adoption.ADOPTED, text="已立案。")
        assert not row.clocks.filter(stopped_at=None).exists()
        assert Notice.objects.filter(dedupe_key__contains="answered").count() == before

    def test_an_open_suggestion_keeps_a_case_out_of_the_archives(self, cast, suggest, make_case):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))
        row = suggest(petition=case)
        assert archives.unfinished([case.pk]) == {case.pk}
        suggesting.answer(
            suggestion=row, actor=cast.actor("unit_head"), adoption=Adoption.ADOPTED, text="已办。"
        )
        assert archives.unfinished([case.pk]) == set()
