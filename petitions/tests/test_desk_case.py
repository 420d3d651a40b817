"""The case page, the preview, clocks, people, files: who sees what, and that the forged and the foreign look the same."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import now
from petitions import extensions, rules
from petitions.enums import Act, Kind, Path, ServiceMethod, Status
from petitions.models import PaperService, Petition
from petitions.selectors import case as case_page
from petitions.services import answering, following, handling, scope
from petitions.services.registering import NewPerson
from tests.cases import MORNING, OUTSIDE

pytestmark = pytest.mark.django_db
ROLES = (
    "clerk",
    "petition_officer",
    "handler",
    "unit_head",
    "leader",
    "mediator",
    "inspector",
    "statistician",
)


def url(case, tail=""):
    return f"/cases/{case.number}/{tail}"


def clock_page(case, clock):
    return reverse("petitions:clock", args=[case.number, clock.pk])


def shown_acts(response):
    return {step.key for step in [*response.context["steps"], *response.context["rare"]]}


class TestWhoOpensIt:
    def pages(self, case):
        person, clock = case.persons.first(), case.clocks.first()
        return [
            url(case),
            url(case, "preview/"),
            url(case, "act/note/"),
            clock_page(case, clock),
            url(case, f"person/{person.ordinal}/reveal/"),
            url(case, f"attachment/{case.attachments.get().token}/"),
        ]

    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.ACCEPTED, files=[SimpleUploadedFile("a.txt", "夜市照片说明".encode())])

    def test_the_handler_opens_every_page_of_the_case(self, cast, client_as, case):
        client = client_as(cast.handler)
        assert [client.get(page).status_code for page in self.pages(case)] == [200] * 6

    def test_for_an_outsider_it_does_not_exist_and_looks_like_a_forged_number(self, cast, client_as, case):
        client = client_as(cast.outsider)
        forged = client.get("/cases/339999-2026-999999/")
        assert forged.status_code == 404
        for page in self.pages(case):
            response = client.get(page)
            assert response.status_code == 404
            assert response.content == forged.content

    def test_without_a_login_one_is_sent_there_for_real_and_forged_numbers_alike(self, client, case):
        for page in [*self.pages(case), "/cases/339999-2026-999999/"]:
            response = client.get(page)
            assert (response.status_code, response["Location"]) == (
                302,
                f"{reverse('accounts:login')}?next={page}",
            )

    @pytest.mark.parametrize("key", ["sysadmin", "secadmin", "auditor"])
    def test_posts_that_read_no_cases_are_refused(self, cast, client_as, case, key):
        client = client_as(getattr(cast, key))
        assert {client.get(page).status_code for page in self.pages(case)} == {403}

    def test_a_clock_or_person_of_another_case_is_not_found_under_this_number(
        self, cast, client_as, case, make_case
    ):
        other = make_case(until=Status.ACCEPTED)
        client = client_as(cast.petition_officer)
        assert client.get(clock_page(case, other.clocks.first())).status_code == 404
        assert client.get(url(case, "person/99/reveal/")).status_code == 404


class TestButtons:
    @pytest.mark.parametrize("status", Status)
    def test_they_are_the_allowed_acts_and_no_others(self, cast, client_as, make_case, status):
        case = make_case(until=status)
        for reader in (cast.leader, cast.mediator):
            scope.grant(case, reader)
        above = case_page.WITH_FORMS_ABOVE | case_page.NOT_AT_THE_DESK
        for key in ROLES:
            response = client_as(getattr(cast, key)).get(url(case))
            if status == Status.REGISTERED and key in {"handler", "unit_head"}:
                assert response.status_code == 404  # no unit has it yet
                continue
            # Its five working days are long over: the door would say so, no button leads there.
            allowed = {step.act for step in rules.allowed_acts(case, cast.actor(key))} - above - {Act.OBJECT}
            assert shown_acts(response) - above == allowed, key
            page = response.content.decode()
            for act in set(Act) - above:
                assert (f"/act/{act}/" in page) == (act in allowed), (key, act)

    @pytest.mark.parametrize("status", Status)
    def test_each_opens_its_form_and_the_others_do_not(self, cast, client_as, make_case, status):
        case = make_case(until=status)
        above = case_page.WITH_FORMS_ABOVE | case_page.NOT_AT_THE_DESK
        for key in ("petition_officer", "handler", "unit_head", "inspector"):
            client = client_as(getattr(cast, key))
            allowed = {step.act for step in rules.allowed_acts(case, cast.actor(key))}
            refused = {403, 409}
            if status == Status.REGISTERED and key in {"handler", "unit_head"}:
                refused = {404}
            for act in set(Act) - above - {Act.REGISTER}:
                code = client.get(url(case, f"act/{act}/")).status_code
                assert code in ({200} if act in allowed else refused), (key, act, code)

    @pytest.mark.article(34)
    def test_an_extension_is_offered_once_and_where_there_are_sixty_days(self, cast, client_as, make_case):
        head, at = client_as(cast.unit_head), now() - timedelta(hours=8)
        case = make_case(until=Status.ACCEPTED, at=at)
        assert Act.EXTEND in shown_acts(head.get(url(case)))
        handling.extend(petition=case, actor=cast.actor("unit_head"), days=10, reason="需要检测")
        assert Act.EXTEND not in shown_acts(head.get(url(case)))
        for kind, path in ((Kind.APPEAL, Path.DUTY), (Kind.SUGGESTION, None)):
            other = make_case(until=Status.ACCEPTED, at=at, kind=kind, path=path)
            assert Act.EXTEND not in shown_acts(head.get(url(other))), kind

    def test_the_likely_one_comes_first(self, cast, client_as, make_case):
        expected = {
            Status.REGISTERED: ("petition_officer", Act.FORWARD),
            Status.FORWARDED: ("handler", Act.ACCEPT),
            Status.OBJECTED: ("petition_officer", Act.AGREE_OBJECTION),
            Status.ACCEPTED: ("handler", Act.CONCLUDE),
            Status.CONCLUDED: ("handler", Act.SERVE),
            Status.EVALUATED: ("petition_officer", Act.CLOSE),
        }
        for status, (key, act) in expected.items():
            response = client_as(getattr(cast, key)).get(url(make_case(until=status)))
            assert response.context["steps"][0].key == act, status

    def test_under_accepting_stands_the_date_the_arithmetic_gives(
        self, cast, client_as, make_case, time_machine
    ):
        from tests.cases import MORNING

        case = make_case(until=Status.FORWARDED)
        time_machine.move_to(MORNING, tick=False)
        page = client_as(cast.handler).get(url(case)).content.decode()
        assert "受理后开始 60 日办理期限，至 2026-11-02" in page

    def test_a_room_above_adds_its_act_by_registering_its_address(
        self, cast, client_as, make_case, monkeypatch
    ):
        monkeypatch.setattr(extensions, "_builders", {})
        case = make_case(until=Status.ACCEPTED)
        scope.grant(case, cast.leader)
        client = client_as(cast.leader)
        assert "instruct" not in shown_acts(client.get(url(case)))
        assert client.get(url(case, "act/instruct/")).status_code == 404
        extensions.register(Act.INSTRUCT, lambda petition: f"/leaders/{petition.number}/")
        assert f'href="/leaders/{case.number}/"' in client.get(url(case)).content.decode()
        assert client.get(url(case, "act/instruct/"))["Location"] == f"/leaders/{case.number}/"

    def test_an_unknown_act_is_not_found(self, cast, client_as, make_case):
        assert (
            client_as(cast.handler).get(url(make_case(until=Status.ACCEPTED), "act/delete/")).status_code
            == 404
        )


class TestPeople:
    @pytest.fixture
    def case(self, make_case):
        persons = [
            NewPerson(
                name="张小河", phone="13800001234", id_number="11010519491231002X", address="柳湾村 3 组"
            )
        ]
        return make_case(until=Status.FORWARDED, persons=persons)

    def reveal(self, client, case, field="phone", reason="电话联系信访人", **headers):
        person = case.persons.get()
        return client.post(
            url(case, f"person/{person.ordinal}/reveal/"), {"field": field, "reason": reason}, headers=headers
        )

    def test_they_are_masked_on_the_page(self, cast, client_as, case):
        page = client_as(cast.handler).get(url(case)).content.decode()
        assert "张*河" in page
        assert "138****1234" in page
        for secret in ("张小河", "13800001234", "11010519491231002X", "柳湾村 3 组"):
            assert secret not in page

    def test_one_field_opens_at_a_time_with_a_reason_and_on_record(self, cast, client_as, case):
        response = self.reveal(client_as(cast.handler), case)
        page = response.content.decode()
        assert "13800001234" in page
        assert "张小河" not in page
        assert "no-store" in response["Cache-Control"]
        entry = AuditEntry.objects.get(act="petition.reveal")
        assert entry.user == cast.handler
        assert (entry.detail["field"], entry.detail["reason"]) == ("phone", "电话联系信访人")

    def test_looking_at_the_form_reveals_nothing(self, cast, client_as, case):
        page = client_as(cast.handler).get(url(case, f"person/{case.persons.get().ordinal}/reveal/"))
        assert "13800001234" not in page.content.decode()
        assert not AuditEntry.objects.filter(act="petition.reveal").exists()

    @pytest.mark.parametrize(
        ("field", "reason"), [("phone", ""), ("phone", "看"), ("query_code", "核对身份"), ("", "核对身份")]
    )
    def test_without_a_reason_or_with_a_forged_field_nothing_opens(
        self, cast, client_as, case, field, reason
    ):
        response = self.reveal(client_as(cast.handler), case, field, reason)
        assert response.status_code == 422
        assert "13800001234" not in response.content.decode()

    @pytest.mark.parametrize("key", ["inspector", "statistician", "leader"])
    def test_readers_who_do_not_handle_it_cannot(self, cast, client_as, case, key):
        client = client_as(getattr(cast, key))
        assert self.reveal(client, case).status_code == 403
        assert "/reveal/" not in client.get(url(case)).content.decode()
        assert AuditEntry.objects.get(act="petition.reveal").outcome == "refused"

    def test_in_a_confidential_case_only_the_petition_office_can(self, cast, client_as, make_case):
        case = make_case(until=Status.FORWARDED, confidential=True)
        client = client_as(cast.handler)
        page = client.get(url(case)).content.decode()
        assert "身份保密" in page
        for secret in ("张*河", "138****1234", "张小河"):
            assert secret not in page
        assert self.reveal(client, case).status_code == 403
        assert "13800001234" in self.reveal(client_as(cast.petition_officer), case).content.decode()

    def test_who_signed_for_the_answer_is_masked_for_readers(self, cast, client_as, make_case):
        case = make_case(until=Status.SERVED)
        paper = PaperService.objects.get()
        paper.recipient = "张小河"
        paper.save()
        for reader in (cast.handler, cast.statistician):
            page = client_as(reader).get(url(case)).content.decode()
            assert "张小河" not in page
            assert "张*河" in page


class TestSealed:
    @pytest.fixture
    def case(self, cast, make_case):
        return make_case.registered(kind=Kind.ACCUSATION, actor=cast.actor("clerk")).petition

    def test_every_look_at_it_is_on_record(self, cast, client_as, case):
        client = client_as(cast.discipline_officer)
        client.get(url(case))
        client.get(url(case, "preview/"))
        looks = AuditEntry.objects.filter(act="petition.look", object_id=case.audit_name)
        assert [entry.user for entry in looks] == [cast.discipline_officer] * 2
        # The auditor learns that somebody looked, not that there was an accusation to look at.
        assert not any("sealed" in entry.detail for entry in looks)

    @pytest.mark.parametrize("key", ["petition_officer", "inspector", "leader", "handler", "town_clerk"])
    def test_it_does_not_exist_for_anybody_else(self, cast, client_as, case, key):
        client = client_as(getattr(cast, key))
        assert client.get(url(case)).content == client.get("/cases/339999-2026-J99999/").content

    def test_the_registrar_may_read_it_and_do_nothing(self, cast, client_as, case):
        response = client_as(cast.clerk).get(url(case))
        assert shown_acts(response) == set()
        page = response.content.decode()
        assert "身份保密" in page
        assert "只有承办的纪检监察机关可以查看" in page
        assert "信访人要求保密" not in page  # nobody asked: the kind seals it
        assert "只有信访部门可以查看" not in page


class TestFiles:
    @pytest.fixture
    def case(self, make_case):
        return make_case(files=[SimpleUploadedFile("夜市.pdf", b"%PDF-1.7\n<script>alert(1)</script>")])

    def test_they_come_as_harmless_downloads(self, cast, client_as, case):
        response = client_as(cast.petition_officer).get(
            url(case, f"attachment/{case.attachments.get().token}/")
        )
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox")
        assert b"".join(response.streaming_content) == b"%PDF-1.7\n<script>alert(1)</script>"
        assert AuditEntry.objects.filter(act="petition.download").count() == 1

    def test_a_forged_address_or_anothers_file_is_not_found(self, cast, client_as, case, make_case):
        client = client_as(cast.petition_officer)
        other = make_case()
        token = case.attachments.get().token
        assert client.get(url(other, f"attachment/{token}/")).status_code == 404
        assert client.get(url(case, "attachment/00000000-0000-4000-8000-000000000000/")).status_code == 404

    def test_a_row_without_its_file_is_not_found_rather_than_broken(self, cast, client_as, case):
        kept = case.attachments.get()
        kept.file.storage.delete(kept.file.name)
        response = client_as(cast.petition_officer).get(url(case, f"attachment/{kept.token}/"))
        assert response.status_code == 404


class TestPage:
    def test_the_handler_and_the_officer_see_the_rating_only_after_closing(self, cast, client_as, make_case):
        rated, closed = make_case(until=Status.EVALUATED), make_case(until=Status.CLOSED)
        handler, officer = client_as(cast.handler), client_as(cast.petition_officer)
        assert "基本满意" not in handler.get(url(rated)).content.decode()
        assert "基本满意" not in officer.get(url(rated)).content.decode()
        assert "基本满意" in client_as(cast.inspector).get(url(rated)).content.decode()
        assert "基本满意" in handler.get(url(closed)).content.decode()

    def test_history_is_newest_first_and_marks_what_is_internal(self, cast, client_as, make_case):
        response = client_as(cast.handler).get(url(make_case(until=Status.SERVED)))
        acts = [event.act for event in response.context["events"]]
        assert acts == ["serve", "conclude", "accept", "forward", "register"]

    def test_its_queries_do_not_grow_with_its_history(
        self, cast, client_as, make_case, django_assert_max_num_queries
    ):
        case = make_case(until=Status.CLOSED, co_units=[cast.units.housing], requests=["一", "二", "三"])
        client = client_as(cast.handler)
        client.get(url(case))
        with django_assert_max_num_queries(55):
            client.get(url(case))

    def test_every_clock_explains_itself(self, cast, client_as, make_case):
        case = make_case(until=Status.ACCEPTED)
        client = client_as(cast.handler)
        for clock in case.clocks.all():
            page = client.get(clock_page(case, clock)).content.decode()
            assert clock.rule.name in page
            assert clock.rule.basis in page

    def test_a_repeat_outside_ones_scope_is_not_named(self, cast, client_as, make_case):
        hidden = make_case(until=Status.FORWARDED, unit=cast.units.housing)
        case = make_case(until=Status.FORWARDED)
        Petition.objects.filter(pk=case.pk).update(repeat_of=hidden, first_here=False)
        assert hidden.number not in client_as(cast.handler).get(url(case)).content.decode()
        assert hidden.number in client_as(cast.petition_officer).get(url(case)).content.decode()

    def test_what_people_wrote_is_never_markup(self, cast, client_as, make_case):
        case = make_case(subject="<b>粗</b>", body="<script>alert(1)</script>", requests=["<img src=x>"])
        page = client_as(cast.petition_officer).get(url(case)).content.decode()
        for bad in ("<b>粗", "<script>alert", "<img src=x>"):
            assert bad not in page


def test_a_refusal_by_the_table_says_forbidden_or_stale_and_nothing_else(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    with pytest.raises(Refusal) as refused:
        rules.require(case, Act.CONCLUDE, cast.actor("outsider"))
    assert refused.value.code == "forbidden"


def test_the_proof_of_service_does_not_name_a_confidential_petitioner(cast, client_as, make_case):
    case = make_case(until=Status.CONCLUDED, confidential=True)
    answering.serve(
        petition=case,
        actor=cast.actor("handler"),
        method=ServiceMethod.DIRECT,
        served_at=MORNING + timedelta(hours=5),
        recipient="张小河之女",
        paper_number=OUTSIDE,
        proof="张小河之女张小溪本人签收，电话13800001234",
        at=MORNING + timedelta(hours=5),
    )
    for who, knows in (("petition_officer", True), ("handler", False), ("unit_head", False)):
        text = client_as(getattr(cast, who)).get(url(case)).content.decode()
        assert ("张小河" in text) is knows, who
        assert ("13800001234" in text) is knows, who
        assert "本人签收" in text, who


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("leader", True),
        ("inspector", True),
        ("petition_officer", True),
        ("handler", True),
        ("unit_head", True),
        ("handler2", False),
        ("unit_head2", False),
    ],
)
def test_a_co_unit_reads_that_a_leader_wrote_and_not_what(who, reads, cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    following.remark(
        petition=case, act=Act.INSTRUCT, actor=cast.actor("leader"), text="三天内查清摊主的后台。"
    )
    for tail in ("", "preview/"):
        text = client_as(getattr(cast, who)).get(url(case, tail)).content.decode()
        assert ("三天内查清" in text) is reads
        assert ("高远" in text) is reads
        assert ("领导批示" in text) is not reads
