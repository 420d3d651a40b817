"""重大紧急 (条例 46(4)): one raises it, two lower it, and never the unit it concerns."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Act, Status, Urgency
from petitions.models import PetitionEvent, UrgencyLowering
from petitions.services import codes, urgency
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def second(cast) -> Actor:
    """Another officer of the petition office."""
    user = User.objects.create(username="officer2", name="许第二", password="!")
    return Actor.of(
        Post.objects.create(
            user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
    )


@pytest.fixture
def grave(make_case):
    return make_case(until=Status.ACCEPTED, urgency=Urgency.GRAVE)


def ask(case, actor, to=Urgency.NORMAL):
    urgency.ask_lowering(petition=case, actor=actor, urgency=to, reason="险情已排除", at=AT)


def decide(case, actor, *, agree=True):
    urgency.decide_lowering(petition=case, actor=actor, agree=agree, decision="经核实", at=AT)


def test_whoever_handles_it_raises_it_at_once_and_the_office_is_told(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    urgency.raise_urgency(
        petition=case, actor=cast.actor("handler"), urgency=Urgency.GRAVE, reason="房屋随时可能倒塌", at=AT
    )
    case.refresh_from_db()
    assert case.urgency == Urgency.GRAVE
    told = Notice.objects.filter(text__contains="提为“重大紧急”")
    assert {notice.recipient for notice in told} == {cast.petition_officer, cast.handler, cast.unit_head}
    with pytest.raises(Refusal, match="岗位"):
        urgency.raise_urgency(
            petition=case, actor=cast.actor("handler"), urgency=Urgency.GRAVE, reason="再提", at=AT
        )


@pytest.mark.article(25, 46)
def test_one_officer_alone_lowers_nothing(grave, cast):
    officer = cast.actor("petition_officer")
    ask(grave, officer)
    grave.refresh_from_db()
    assert grave.urgency == Urgency.GRAVE
    with pytest.raises(Refusal) as refused:
        decide(grave, officer)
    assert refused.value.code == "forbidden"
    with pytest.raises(IntegrityError), transaction.atomic():
        UrgencyLowering.objects.update(agreed=True, decided_by=cast.petition_officer, decided_at=AT)


def test_a_second_officer_agrees_and_all_of_it_stands_on_record(grave, cast, second):
    ask(grave, cast.actor("petition_officer"), Urgency.URGENT)
    assert set(Notice.objects.filter(text__contains="申请降低").values_list("recipient", flat=True)) == {
        second.user.pk
    }
    decide(grave, second)
    grave.refresh_from_db()
    assert (grave.urgency, grave.lowering_asked_by) == (Urgency.URGENT, None)
    row = UrgencyLowering.objects.get()
    assert (row.asked_by, row.decided_by, row.agreed) == (cast.petition_officer, second.user, True)
    acts = list(
        PetitionEvent.objects.filter(petition=grave, at=AT).order_by("id").values_list("act", flat=True)
    )
    assert acts == [Act.ASK_LOWERING, Act.AGREE_LOWERING]
    assert (
        AuditEntry.objects.filter(act__in=["petition.ask_lowering", "petition.agree_lowering"]).count() == 2
    )


def test_refused_it_stays_and_may_be_asked_again(grave, cast, second):
    ask(grave, cast.actor("petition_officer"))
    with pytest.raises(Refusal, match="正等待"):
        ask(grave, second)
    decide(grave, second, agree=False)
    grave.refresh_from_db()
    assert grave.urgency == Urgency.GRAVE
    ask(grave, second)
    assert UrgencyLowering.objects.count() == 2


def test_raised_meanwhile_the_wish_to_lower_it_falls(make_case, cast):
    case = make_case(until=Status.ACCEPTED, urgency=Urgency.URGENT)
    ask(case, cast.actor("petition_officer"))
    urgency.raise_urgency(
        petition=case, actor=cast.actor("petition_officer"), urgency=Urgency.GRAVE, reason="又有险情", at=AT
    )
    case.refresh_from_db()
    assert (case.urgency, case.lowering_asked_by) == (Urgency.GRAVE, None)
    assert UrgencyLowering.objects.get().agreed is False


@pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "inspector", "clerk", "town_clerk"])
@pytest.mark.article(25, 46)
def test_neither_the_unit_nor_those_above_or_beside_it_lower_it(grave, cast, who):
    for do in (ask, decide):
        with pytest.raises(Refusal) as refused:
            do(grave, cast.actor(who))
        assert refused.value.code == "forbidden"


def test_a_report_about_the_petition_office_itself_is_lowered_by_nobody_there(make_case, cast, second):
    case = make_case(urgency=Urgency.GRAVE, complained_unit=cast.units.petition_office)
    for officer in (cast.actor("petition_officer"), second):
        with pytest.raises(Refusal):
            ask(case, officer)


def test_on_the_screen(grave, cast, second, client_as):
    url = reverse("petitions:act", args=[grave.number, Act.ASK_LOWERING])
    page = client_as(cast.petition_officer)
    assert page.post(url, {"token": codes.new_token(), "urgency": "normal"}).status_code == 422
    sent = {"token": codes.new_token(), "urgency": "normal", "reason": "误选"}
    assert page.post(url, sent).status_code == 302
    agree = reverse("petitions:act", args=[grave.number, Act.AGREE_LOWERING])
    assert page.get(agree).status_code == 403, "not by oneself"
    shown = client_as(second.user).get(agree).content.decode()
    assert "周静" in shown and "误选" in shown
