"""From what was settled to an agreement that binds: its parts, its versions, its hands (人民调解法 28–31)."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from mediation.agreement_enums import AgreementKind, DutyState, Signer, SigningWay
from mediation.models import Agreement, AgreementClock, AgreementFile, AgreementText, Duty, Signature
from mediation.services import agreements, parties, performance, signing
from mediation.tests.agreement_world import (
    drafted,
    duties_of,
    duty,
    everybody,
    in_force,
    new,
    scan,
    settled,
    sides,
    today,
)
from tests.pictures import PNG
from tests.test_sealed_everywhere import seal

pytestmark = pytest.mark.django_db


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def matter(cast, mediation_of):
    return settled(cast, mediation_of(agreed=True))


def change(cast, made, version=None, key="mediator", **more):
    return agreements.revise(
        agreement=made,
        actor=cast.actor(key),
        new=new(made.mediation, **more),
        version=made.version if version is None else version,
    )


def sign(cast, made, key="mediator", **more):
    return signing.sign(agreement=made, actor=cast.actor(key), new=everybody(made, **more))


@pytest.mark.article(33)
def test_what_was_agreed_is_written_down_signed_by_all_and_binds(cast, matter):
    made = drafted(cast, matter)
    assert (made.holds, made.version) == (False, 1)
    made = sign(cast, made)
    assert made.effective_on == today()
    clocks = AgreementClock.objects.filter(agreement=made, stopped_at=None)
    assert sorted(clocks.values_list("rule__code", flat=True)) == [
        "agreement_duty",
        *["agreement_visit"] * 3,
        "judicial_confirmation",
    ]
    [one] = duties_of(made)
    assert local_day(one.clocks.get().raw_due_at) == one.due_on


def test_each_missing_part_is_named_before_anybody_signs(cast, matter):
    made = drafted(cast, matter, facts="", dispute=" ", liability="", duties=[])
    said = refused(lambda: sign(cast, made), "incomplete")
    for part in ("主要事实", "争议事项", "各方责任", "谁在哪天以前履行什么"):
        assert part in said
    made = change(cast, made, duties=[], done_already=True)
    assert sign(cast, made).holds


def test_a_way_of_doing_it_is_asked_for_before_signing(cast, matter):
    made = drafted(cast, matter, duties=[duty(matter, way="")])
    assert "履行方式" in refused(lambda: sign(cast, made), "incomplete")


def test_only_what_was_agreed_in_a_session_is_written_down(cast, mediation_of, matter):
    running = mediation_of(agreed=True)
    assert "还没有达成" in refused(lambda: drafted(cast, running), "stale")
    for key in ("handler", "unit_head", "clerk", "inspector", "handler2"):
        refused(lambda key=key: drafted(cast, matter, key=key), "forbidden")
    assert drafted(cast, matter, key="petition_officer").mediation == matter
    assert "已经拟好" in refused(lambda: drafted(cast, matter), "stale")
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": None}, "没有日期就没法提醒"),
        ({"days": -1}, "不能早于"),
        ({"days": 365 * 31}, "三十年"),
        ({"amount": "1000000000000"}, "多写了零"),
        ({"amount": "-5"}, "0.01"),
        ({"amount": "0"}, "0.01"),
        ({"what": " "}, "做什么"),
    ],
)
def test_a_duty_that_cannot_be_meant_is_refused_and_nothing_is_kept(cast, matter, wrong, words):
    said = refused(lambda: drafted(cast, matter, duties=[duty(matter), duty(matter, **wrong)]), "invalid")
    assert words in said and "第 2 项" in said
    assert not Agreement.objects.exists() and not AgreementText.objects.exists()


def test_a_duty_is_between_two_who_are_still_there(cast, mediation_of):
    mediation = mediation_of(agreed=True)
    left = parties.add_party(
        mediation=mediation,
        actor=cast.actor("mediator"),
        new=parties.NewParty(side="other", name="邻居老周"),
    )
    parties.let_go(party=left, actor=cast.actor("mediator"))
    settled(cast, mediation)
    assert "已经不在" in refused(
        lambda: drafted(cast, mediation, duties=[duty(mediation, ower=left)]), "invalid"
    )
    petitioner, _other = sides(mediation)
    same = duty(mediation, ower=petitioner)
    assert "同一个人" in refused(lambda: drafted(cast, mediation, duties=[same]), "invalid")


def test_too_many_duties_and_words_are_refused(cast, matter):
    refused(lambda: drafted(cast, matter, duties=[duty(matter)] * 25), "invalid")
    refused(lambda: drafted(cast, matter, content="约" * 5001), "invalid")
    refused(lambda: drafted(cast, matter, content="  "), "invalid")
    assert "没有" not in drafted(cast, matter, duties=[duty(matter)] * 24).kind


def test_every_change_is_a_version_that_is_signed_anew(cast, matter):
    made = drafted(cast, matter)
    petitioner, other = sides(matter)
    sign(cast, made, parties=[petitioner], others=())
    made = change(cast, made, content="改为每晚九点收摊。")
    assert made.version == 2
    assert signing.waiting_for(made, made.texts.get(number=2), [petitioner, other]) == [
        petitioner,
        other,
        Signer.MEDIATOR,
        Signer.SEAL,
    ]
    assert made.texts.get(number=1).content.startswith("摊主分三期")
    refused(lambda: change(cast, made, version=1), "stale")
    refused(lambda: sign(cast, made, version=1), "stale")
    assert sign(cast, made).holds


def test_nothing_changes_once_it_binds(cast, matter):
    made = in_force(cast, matter)
    assert "已经生效" in refused(lambda: change(cast, made), "stale")
    assert "已经生效" in refused(lambda: sign(cast, made), "stale")
    made.refresh_from_db()
    assert made.version == 1 and made.texts.count() == 1


def test_it_binds_with_the_last_hand_and_not_before(cast, matter):
    made = drafted(cast, matter)
    petitioner, other = sides(matter)
    steps = [
        {
            "parties": [petitioner],
            "others": (),
            "way": SigningWay.SCREEN,
            "signed_on": today() - timedelta(days=2),
        },
        {"parties": [other], "others": ()},
        {"parties": [], "others": (Signer.MEDIATOR,), "way": SigningWay.SCREEN},
    ]
    for step in steps:
        made = sign(cast, made, **step)
        assert not made.holds and not made.clocks.exists()
    refused(lambda: sign(cast, made, parties=[petitioner], others=()), "stale")
    made = sign(cast, made, parties=[], others=(Signer.SEAL,))
    assert made.effective_on == today()


def test_parties_who_settled_by_themselves_need_no_mediator_s_hand(cast, matter):
    made = drafted(cast, matter, kind=AgreementKind.SETTLED, facts="", dispute="", liability="")
    refused(lambda: sign(cast, made, others=(Signer.SEAL,)), "stale")
    made = sign(cast, made)
    assert made.holds
    assert not made.clocks.filter(rule__code="judicial_confirmation").exists()


@pytest.mark.article(33)
def test_an_oral_agreement_holds_when_the_mediator_has_recorded_it(cast, matter):
    made = drafted(cast, matter, kind=AgreementKind.ORAL, facts="", dispute="", liability="", duties=[])
    refused(lambda: sign(cast, made), "invalid")
    record = lambda key="mediator", version=1: agreements.record_oral(  # noqa: E731
        agreement=made, actor=cast.actor(key), version=version
    )
    refused(lambda: record("handler"), "forbidden")
    refused(lambda: record(version=7), "stale")
    assert record().effective_on == today()
    refused(record, "stale")
    made.refresh_from_db()
    assert made.clocks.filter(rule__code="judicial_confirmation", stopped_at=None).count() == 1


def test_one_on_paper_is_not_recorded_as_oral(cast, matter):
    made = drafted(cast, matter)
    refused(
        lambda: agreements.record_oral(agreement=made, actor=cast.actor("mediator"), version=1), "invalid"
    )


def test_what_shows_the_hands_is_looked_into_like_every_upload(cast, matter):
    made = drafted(cast, matter)
    bad = {
        "没有": None,
        "空": SimpleUploadedFile("空.png", b""),
        "假": SimpleUploadedFile("签字.png", b"<script>alert(1)</script>"),
        "文": SimpleUploadedFile("签字.txt", "签了".encode(), content_type="text/plain"),
        "坏": SimpleUploadedFile("签字.png", PNG[:40]),
    }
    for file in bad.values():
        refused(lambda file=file: sign(cast, made, file=file), "invalid")
    assert not made.files.exists()
    refused(lambda: sign(cast, made, parties=[], others=()), "invalid")
    refused(lambda: sign(cast, made, way=SigningWay.SCREEN), "invalid")
    refused(lambda: sign(cast, made, way=SigningWay.SCREEN, parties=[], others=(Signer.SEAL,)), "invalid")
    kept = sign(cast, made).files.get()
    assert kept.content and kept.extension == "png" and kept.size


@pytest.mark.parametrize("days", [-1, 400])
def test_it_is_signed_on_a_day_that_can_be(cast, matter, days):
    made = drafted(cast, matter)
    refused(lambda: sign(cast, made, signed_on=today() - timedelta(days=days)), "invalid")


def test_a_duty_whose_day_is_over_before_the_last_hand_is_put_right_first(cast, matter):
    made = drafted(cast, matter, duties=[duty(matter, days=0)])
    made.duties.update(due_on=today() - timedelta(days=1))
    assert "最后日期在签字日期之前" in refused(lambda: sign(cast, made), "invalid")


def test_somebody_of_another_matter_signs_nothing(cast, matter, mediation_of):
    made = drafted(cast, matter)
    stranger = sides(mediation_of(agreed=True))[1]
    refused(lambda: sign(cast, made, parties=[stranger], others=()), "stale")
    refused(lambda: sign(cast, made, key="handler"), "forbidden")


@pytest.mark.article(28)
def test_whoever_is_recused_or_complained_of_has_no_hand_in_it(cast, matter):
    case = matter.petition
    case.complained_unit = cast.units.mediation
    case.save(update_fields=["complained_unit"])
    refused(lambda: drafted(cast, matter), "forbidden")
    assert not Agreement.objects.visible_to(cast.actor("mediator")).exists()


@pytest.mark.article(30)
def test_a_sealed_case_takes_its_agreement_out_of_everybody_s_hands(cast, matter):
    made = in_force(cast, matter)
    seal(matter.petition, cast)
    for key in ("mediator", "petition_officer", "handler"):
        assert not Agreement.objects.visible_to(cast.actor(key)).exists()
    [one] = duties_of(made)
    told = performance.Told(outcome="done", on=today(), said_by="ower")
    refused(lambda: performance.report(duty=one, actor=cast.actor("mediator"), new=told), "forbidden")
    assert not made.clocks.filter(stopped_at=None).exists()
    assert one.state == DutyState.LAPSED


def test_who_reads_it(cast, matter):
    made = drafted(cast, matter)
    reads = lambda key: Agreement.objects.visible_to(cast.actor(key)).filter(pk=made.pk).exists()  # noqa: E731
    assert all(reads(key) for key in ("mediator", "petition_officer", "handler", "unit_head"))
    assert not any(reads(key) for key in ("clerk", "handler2", "leader", "statistician"))


def test_the_log_says_that_and_never_what(cast, matter):
    in_force(cast, matter)
    acts = AuditEntry.objects.filter(act__startswith="mediation.agreement")
    assert set(acts.values_list("act", flat=True)) == {
        "mediation.agreement_draft",
        "mediation.agreement_sign",
        "mediation.agreement_holds",
    }
    assert not any("收摊" in str(entry.detail) for entry in acts)
    events = matter.petition.events.values_list("text", flat=True)
    assert not any("三千元" in text for text in events)


def test_its_words_lie_sealed(cast, matter):
    made = in_force(cast, matter)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facts, content FROM mediation_agreementtext WHERE agreement_id = %s", [made.pk]
        )
        stored = b"".join(bytes(part) for part in cursor.fetchone())
        cursor.execute("SELECT what, way FROM mediation_duty WHERE agreement_id = %s", [made.pk])
        stored += b"".join(bytes(part) for part in cursor.fetchone())
        cursor.execute("SELECT content FROM mediation_agreementfile WHERE agreement_id = %s", [made.pk])
        stored += bytes(cursor.fetchone()[0])
    assert stored
    for words in ("收摊", "微信", "噪音"):
        assert words.encode() not in stored
    assert replace(new(matter), content="x").content == "x" and scan().size


def at_once(*doors):
    """What each of these came to, pressed in the same moment over two connections."""
    gate, said = threading.Barrier(len(doors)), []

    def press(door):
        try:
            gate.wait(5)
            door()
            said.append("done")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(door,)) for door in doors]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(said)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_once_leave_one_agreement_one_version_and_one_payment(cast, mediation_of):
    matter = settled(cast, mediation_of(agreed=True))
    assert at_once(*[lambda: drafted(cast, matter)] * 2) == ["done", "stale"]
    made = Agreement.objects.select_related("mediation").get()
    assert at_once(*[lambda: change(cast, made, version=1)] * 2) == ["done", "stale"]
    made.refresh_from_db()
    assert at_once(*[lambda: sign(cast, made)] * 2) == ["done", "stale"]
    assert made.clocks.count() == 5
    [one] = duties_of(made)
    told = performance.Told(outcome="partly", on=today(), said_by="owed", amount=Decimal("600"), seen=0)
    actor = cast.actor("mediator")
    pay = lambda: performance.report(duty=one, actor=actor, new=told)  # noqa: E731
    assert at_once(pay, pay) == ["done", "stale"]
    one.refresh_from_db()
    assert one.paid == Decimal("600.00")


def test_one_that_is_not_signed_after_all_is_taken_away_and_another_written(cast, matter):
    made = drafted(cast, matter)
    sign(cast, made, parties=[sides(matter)[0]], others=())
    refused(lambda: agreements.discard(agreement=made, actor=cast.actor("mediator"), version=2), "stale")
    refused(lambda: agreements.discard(agreement=made, actor=cast.actor("handler"), version=1), "forbidden")
    agreements.discard(agreement=made, actor=cast.actor("mediator"), version=1)
    for model in (Agreement, AgreementText, AgreementFile, Signature, Duty):
        assert not model.objects.exists()
    assert AuditEntry.objects.filter(act="mediation.agreement_discard").count() == 1
    assert drafted(cast, matter).version == 1


@pytest.mark.article(31)
def test_one_in_force_is_not_taken_away(cast, matter):
    made = in_force(cast, matter)
    refused(lambda: agreements.discard(agreement=made, actor=cast.actor("mediator"), version=1), "stale")
    assert Agreement.objects.get().holds
