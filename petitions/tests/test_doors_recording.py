"""The handling plan, talks with the petitioner, and reconciliation, which is by consent of both and ends nothing."""

from datetime import timedelta

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.enums import Act, RecordKind, RecusalGround, Signature, Status, TalkWay
from petitions.models import PlanStep, Reconciliation, Talk
from petitions.services import answering, recording, recusing
from petitions.services.codes import new_token
from petitions.services.recording import NewStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast):
    return cast.actor("handler")


@pytest.fixture
def case(make_case):
    return make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))


def soon(days=5):
    return local_day(now()) + timedelta(days=days)


def talk(case, actor, **more):
    given = {
        "way": TalkWay.HOME,
        "held_at": now() - timedelta(hours=1),
        "place": "柳湾村七组",
        "present": "周然、张小河",
        "text": "信访人说夜市开到凌晨两点。",
        "signature": Signature.REFUSED,
    }
    recording.talk(petition=case, actor=actor, **given | more)


def reconcile(case, actor, **more):
    given = {
        "agreed_on": local_day(now()),
        "petitioner_side": "张小河",
        "other_side": "夜市经营户李四",
        "petitioner_consents": True,
        "other_consents": True,
        "text": "每晚十点收摊",
        "afterwards": "按和解内容履行后依法答复。",
    }
    recording.reconcile(petition=case, actor=actor, **given | more)


class TestThePlan:
    @pytest.mark.article(31)
    def test_steps_say_who_and_by_when_and_a_new_plan_takes_the_place_of_the_former(self, case, cast, lead):
        recording.plan(petition=case, actor=lead, steps=[NewStep("先谈话。", cast.handler, soon())])
        two = [NewStep("到现场。", cast.handler, soon()), NewStep("报审。", cast.unit_head, soon(9))]
        recording.plan(petition=case, actor=lead, steps=two, text="注意夜间测量。")
        first, second = case.records.filter(kind=RecordKind.PLAN).order_by("id")
        assert list(first.steps.values_list("text", flat=True)) == ["先谈话。"]
        assert list(second.steps.values_list("ordinal", "text", "who", "due_on")) == [
            (1, "到现场。", cast.handler.pk, soon()),
            (2, "报审。", cast.unit_head.pk, soon(9)),
        ]
        line = case.events.filter(act=Act.PLAN).last()
        assert "报审。" in line.text and "注意夜间测量。" in line.text and not line.public

    def test_it_needs_a_step_a_day_to_come_and_somebody_of_the_unit_who_is_not_recused(
        self, case, cast, lead
    ):
        wrong = [
            ([], "至少写一步"),
            ([NewStep("　", cast.handler, soon())], "做什么"),
            ([NewStep("谈话。", cast.handler, soon(-1))], "不能早于今天"),
            ([NewStep("谈话。", cast.handler2, soon())], "不是城市管理局的在岗人员"),
            ([NewStep("谈话。", cast.handler, soon())] * 9, "最多 8 步"),
        ]
        for steps, words in wrong:
            with pytest.raises(Refusal, match=words):
                recording.plan(petition=case, actor=lead, steps=steps)
        recusing.exclude(
            petition=case,
            actor=cast.actor("petition_officer"),
            user=cast.unit_head,
            ground=RecusalGround.INTEREST,
            reason="与经营户是亲戚。",
        )
        with pytest.raises(Refusal, match="已回避"):
            recording.plan(petition=case, actor=lead, steps=[NewStep("报审。", cast.unit_head, soon())])
        assert not PlanStep.objects.exists()

    def test_the_form_keeps_what_was_typed_and_says_what_a_step_lacks(self, case, cast, client_as):
        client = client_as(cast.handler)
        address = f"/cases/{case.number}/act/plan/"
        form = client.get(address).context["form"]
        sent = {
            "token": form["token"].value(),
            "text_2": "到现场测噪音。",
            "who_2": form["who_1"].field.choices,
        }
        sent["who_2"] = list(form.fields["who_2"].choices)[1][0]
        page = client.post(address, sent)
        assert page.status_code == 422 and "到现场测噪音。" in page.content.decode()
        assert "请填写这一步何时完成" in page.content.decode()
        assert client.post(address, sent | {"due_2": soon().isoformat()}).status_code == 302
        shown = client.get(f"/cases/{case.number}/").content.decode()
        assert "到现场测噪音。" in shown and soon().isoformat() in shown
        again = client.get(address).context["form"]
        assert again["text_1"].value() == "到现场测噪音。"  # the plan in force, to be gone on with


class TestTheTalk:
    @pytest.mark.article(31)
    def test_who_when_where_what_and_whether_they_signed(self, case, lead):
        talk(case, lead)
        row = Talk.objects.get(record__petition=case)
        assert (row.place, row.present, row.signature) == ("柳湾村七组", "周然、张小河", Signature.REFUSED)
        line = case.events.get(act=Act.TALK)
        assert "不愿签名" in line.text and not line.public
        assert "张小河" not in line.text  # history is kept for good, names are not

    def test_never_before_it_was_held_nor_before_the_case_came_in(self, case, lead):
        for when, words in (
            (now() + timedelta(hours=1), "不能晚于现在"),
            (case.received_at - timedelta(hours=1), "不能早于收到本件"),
        ):
            with pytest.raises(Refusal, match=words):
                talk(case, lead, held_at=when)
        for name in ("place", "present", "text"):
            with pytest.raises(Refusal, match="请写明"):
                talk(case, lead, **{name: "　"})
        assert not Talk.objects.exists()

    @pytest.mark.article(30)
    def test_of_a_confidential_case_the_unit_reads_neither_names_nor_place(self, cast, client_as, make_case):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), confidential=True)
        talk(case, cast.actor("handler"))
        reconcile(case, cast.actor("handler"), other_side="夜市甲")
        unit = client_as(cast.handler).get(f"/cases/{case.number}/").content.decode()
        assert "地点和在场人员保密" in unit and "双方姓名保密" in unit
        handling = unit.split('id="handling"')[1].split("</section>")[0]
        assert "张小河" not in handling and "柳湾村七组" not in handling and "夜市甲" not in handling
        office = client_as(cast.petition_officer).get(f"/cases/{case.number}/").content.decode()
        assert "柳湾村七组" in office and "夜市甲" in office


class TestReconciliation:
    @pytest.mark.article(33)
    def test_by_consent_of_both_and_the_case_goes_on_to_its_answer(self, case, cast, lead):
        running = set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True))
        reconcile(case, lead)
        row = Reconciliation.objects.get(record__petition=case)
        assert (row.petitioner_side, row.other_side) == ("张小河", "夜市经营户李四")
        case.refresh_from_db()
        assert case.status == Status.ACCEPTED
        assert set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True)) == running
        line = case.events.get(act=Act.RECONCILE)
        assert line.public and "仍由清江县城市管理局依法办理并答复您" in line.public_text
        assert "张小河" not in line.text + line.public_text
        asked = case.requests.get()
        answering.conclude(
            petition=case,
            actor=lead,
            text="已查，按和解履行。",
            basis="《噪声污染防治法》",
            outcomes={asked.pk: ("supported", "")},
        )
        assert case.status == Status.CONCLUDED

    @pytest.mark.article(33)
    @pytest.mark.parametrize("side", ["petitioner_consents", "other_consents"])
    def test_never_where_one_side_does_not_agree(self, side, case, lead):
        with pytest.raises(Refusal, match="双方自愿"):
            reconcile(case, lead, **{side: False})
        assert not Reconciliation.objects.exists() and not case.records.filter(kind="settled").exists()

    def test_not_on_a_day_to_come_and_with_nothing_left_out(self, case, lead):
        with pytest.raises(Refusal, match="不能晚于今天"):
            reconcile(case, lead, agreed_on=soon(1))
        for name in ("petitioner_side", "other_side", "text", "afterwards"):
            with pytest.raises(Refusal, match="请写明"):
                reconcile(case, lead, **{name: " "})

    def test_the_office_and_a_co_unit_do_not_make_it(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
        for who in ("petition_officer", "handler2"):
            with pytest.raises(Refusal) as refused:
                reconcile(case, cast.actor(who))
            assert refused.value.code == "forbidden"

    def test_by_the_form(self, case, cast, client_as):
        client, address = client_as(cast.handler), f"/cases/{case.number}/act/reconcile/"
        sent = {
            "token": new_token(), "agreed_on": local_day(now()).isoformat(), "petitioner_side": "张小河",
            "other_side": "李四", "text": "每晚十点收摊。", "afterwards": "依法答复。", "petitioner_consents": "on",
        }  # fmt: skip
        page = client.post(address, sent)
        assert page.status_code == 422 and "每晚十点收摊。" in page.content.decode()
        assert client.post(address, sent | {"other_consents": "on"}).status_code == 302
        assert "李四" in client.get(f"/cases/{case.number}/").content.decode()
