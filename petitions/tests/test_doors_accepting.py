"""受理 under another kind or path than the case was classified as (条例 29–31, 34)."""

from datetime import datetime

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Act, Kind, Path, Status
from petitions.forms.accepting import AcceptForm
from petitions.models import Petition
from petitions.services import following, forwarding, sealing
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db
WHY = "来信是提出夜市管理的建议，没有具体诉求"


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def forwarded(cast, make_case, officer):
    """A case classified by the office, joined to another one if given, and sent to 城市管理局."""

    def make(kind=Kind.APPEAL, path=Path.PETITION, joined_to=None):
        case = make_case()
        if kind is not None:
            forwarding.classify(petition=case, actor=officer, kind=kind, path=path, at=moment(9, 3, 10))
        if joined_to is not None:
            following.link(petition=case, actor=officer, original=joined_to, join=True, at=moment(9, 3, 11))
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 4))
        return case

    return make


def accept(case, handler, kind, path=None, note=""):
    forwarding.accept(petition=case, actor=handler, kind=kind, path=path, note=note, at=moment(9, 7))


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def told_of_a_change(case):
    rows = Notice.objects.filter(link=case.get_absolute_url(), dedupe_key__startswith="changed way:")
    return {notice.recipient for notice in rows}, {notice.text for notice in rows}


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize(
    ("kind", "path"), [(Kind.SUGGESTION, None), (Kind.APPEAL, Path.DUTY), (Kind.APPEAL, Path.LITIGATION)]
)
@pytest.mark.article(31, 34)
def test_the_unit_does_not_walk_out_of_the_sixty_days_without_a_reason(
    forwarded, handler, kind, path, reason
):
    case = forwarded()
    with pytest.raises(Refusal, match="原定为“申诉求决·六、信访程序”") as refused:
        accept(case, handler, kind, path, reason)
    assert refused.value.code == "invalid"
    case = fresh(case)
    assert (case.status, case.kind, case.path) == (Status.FORWARDED, Kind.APPEAL, Path.PETITION)
    assert not told_of_a_change(case)[0]


def test_with_a_reason_the_history_has_old_and_new_words_and_the_senders_officers_are_told(
    cast, forwarded, handler
):
    case = forwarded()
    accept(case, handler, Kind.SUGGESTION, note=WHY)
    assert (case.status, case.kind, case.path) == (Status.ACCEPTED, Kind.SUGGESTION, None)
    event = case.events.get(act=Act.ACCEPT)
    assert event.text == f"由“申诉求决·六、信访程序”改为“建议意见”受理。理由：{WHY}"
    assert WHY not in event.public_text
    people, texts = told_of_a_change(case)
    assert cast.petition_officer in people
    assert cast.handler not in people
    (text,) = texts
    assert case.number in text
    assert case.subject not in text
    detail = AuditEntry.objects.get(act="petition.accept").detail
    assert detail == {"kind": "suggestion", "path": None, "was_kind": "appeal", "was_path": 6}
    assert not case.clocks.filter(rule__code=C.CONCLUSION).exists()


def test_what_told_of_a_change_is_taken_back_when_the_case_is_sealed(cast, forwarded, handler):
    case = forwarded()
    accept(case, handler, Kind.SUGGESTION, note=WHY)
    assert told_of_a_change(case)[0]
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
    assert not told_of_a_change(case)[0]


def test_an_appeal_made_of_a_suggestion_needs_the_reason_too(forwarded, handler):
    case = forwarded(Kind.SUGGESTION, None)
    with pytest.raises(Refusal, match="原定为“建议意见”"):
        accept(case, handler, Kind.APPEAL, Path.PETITION)
    accept(case, handler, Kind.APPEAL, Path.PETITION, "写明了具体诉求")
    assert case.clocks.filter(rule__code=C.CONCLUSION, stopped_at=None).exists()


@pytest.mark.parametrize(("kind", "path"), [(None, None), (Kind.APPEAL, Path.PETITION)])
def test_what_was_not_set_or_is_not_changed_needs_no_reason_and_tells_nobody(forwarded, handler, kind, path):
    case = forwarded(kind, path)
    accept(case, handler, Kind.APPEAL, Path.PETITION, "请老李去办")
    assert case.events.get(act=Act.ACCEPT).text == "请老李去办"
    assert told_of_a_change(case) == (set(), set())


class TestJoined:
    def test_what_was_classified_otherwise_keeps_its_kind_and_is_accepted_by_itself(self, forwarded, handler):
        original = forwarded()
        joined = forwarded(joined_to=original)
        accept(original, handler, Kind.SUGGESTION, note=WHY)
        joined = fresh(joined)
        assert (fresh(original).status, joined.status) == (Status.ACCEPTED, Status.FORWARDED)
        assert (joined.kind, joined.path) == (Kind.APPEAL, Path.PETITION)
        assert joined.clocks.filter(rule__code=C.NOTICE, stopped_at=None).exists()
        accept(joined, handler, Kind.APPEAL, Path.PETITION)
        assert fresh(joined).status == Status.ACCEPTED

    @pytest.mark.parametrize("kind", [None, Kind.APPEAL])
    def test_what_is_open_or_the_same_goes_along(self, forwarded, handler, kind):
        original = forwarded()
        joined = forwarded(kind, Path.PETITION if kind else None, joined_to=original)
        accept(original, handler, Kind.APPEAL, Path.PETITION)
        joined = fresh(joined)
        assert (joined.status, joined.kind, joined.path) == (Status.ACCEPTED, Kind.APPEAL, Path.PETITION)

    def test_the_form_names_them(self, forwarded, handler):
        original = forwarded()
        free, same = forwarded(None, None, joined_to=original), forwarded(joined_to=original)
        form = AcceptForm(petition=fresh(original), actor=handler, at=moment(9, 7))
        assert f"并入的 {free.number} 一并受理。" in form.explain
        assert f"{same.number} 已定为“申诉求决·六、信访程序”" in form.explain


class TestForm:
    def test_it_says_what_was_set_and_that_a_change_needs_a_reason(self, forwarded, handler):
        form = AcceptForm(petition=forwarded(), actor=handler, at=moment(9, 7))
        assert "原定为“申诉求决·六、信访程序”" in form.fields["note"].help_text
        assert "必填理由" in form.fields["note"].label
        plain = AcceptForm(petition=forwarded(None, None), actor=handler, at=moment(9, 7))
        assert not plain.fields["note"].help_text

    def test_only_what_the_office_classified_stands_chosen(self, cast, client_as, forwarded, handler):
        said = AcceptForm(petition=forwarded(), actor=handler, at=moment(9, 7))
        assert (said["kind"].value(), said["path"].value()) == (Kind.APPEAL, Path.PETITION)
        case, browser = forwarded(None, None), client_as(cast.handler)
        Petition.objects.filter(pk=case.pk).update(kind=Kind.APPEAL, registered_by=None)  # as filed online
        page = f"/cases/{case.number}/act/accept/"
        form = browser.get(page).context["form"]
        assert not any(option.data["selected"] for name in ("kind", "path") for option in form[name])
        sent = {"note": "", "token": form["token"].value()}
        assert "kind" in browser.post(page, sent).context["form"].errors
        nowhere = browser.post(page, {**sent, "kind": "appeal"})
        assert (nowhere.status_code, "path" in nowhere.context["form"].errors) == (422, True)
        assert fresh(case).status == Status.FORWARDED
        assert browser.post(page, {**sent, "kind": "appeal", "path": "5"}).status_code == 302
        assert fresh(case).path == Path.DUTY

    def test_without_a_reason_it_comes_back_with_the_sentence(self, cast, client_as, forwarded):
        case, browser = forwarded(), client_as(cast.handler)
        page = f"/cases/{case.number}/act/accept/"
        token = browser.get(page).context["form"]["token"].value()
        answer = browser.post(page, {"kind": "suggestion", "path": "", "note": "", "token": token})
        assert answer.status_code == 422
        assert "须写明理由" in answer.content.decode()
        assert fresh(case).status == Status.FORWARDED
        browser.post(page, {"kind": "suggestion", "path": "", "note": WHY, "token": token})
        assert (fresh(case).status, fresh(case).kind) == (Status.ACCEPTED, Kind.SUGGESTION)
