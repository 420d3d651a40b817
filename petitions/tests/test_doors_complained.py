"""The unit complained of, named only after the case was sent: it loses it, and what was before stays on record."""

from datetime import datetime

import pytest

from accounts.models import AuditEntry
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions.enums import Act, Kind, Path, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import forwarding
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)


def name(case, cast, unit):
    forwarding.classify(
        petition=case,
        actor=cast.actor("petition_officer"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=unit,
        reason="经核对原文",
        at=AT,
    )


def reads(case, actor):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.mark.parametrize("status", [Status.FORWARDED, Status.OBJECTED])
@pytest.mark.article(28)
def test_the_lead_unit_loses_the_case_its_notices_and_its_clocks(make_case, cast, status):
    case = make_case(until=Status.FORWARDED)
    if status == Status.OBJECTED:
        forwarding.object_to(petition=case, actor=cast.actor("handler"), reason="不属于本单位", at=AT)
    assert Notice.objects.filter(recipient=cast.handler, about=case.about).exists()
    name(case, cast, cast.units.urban)
    assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
    assert not reads(case, cast.actor("handler")) and not reads(case, cast.actor("unit_head"))
    assert not Notice.objects.filter(recipient__in=[cast.handler, cast.unit_head], about=case.about).exists()
    running = set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True))
    assert C.REFORWARDING in running
    assert not running & {C.NOTICE, C.OBJECTION}
    assert case.objections.filter(agreed=None).count() == 0
    acts = list(
        PetitionEvent.objects.filter(petition=case, at=AT).order_by("id").values_list("act", flat=True)
    )
    assert acts[-2:] == [Act.CLASSIFY, Act.TAKE_BACK]
    forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=cast.units.housing, at=AT)
    assert reads(case, cast.actor("handler2"))


def test_another_unit_complained_of_leaves_the_lead_alone(make_case, cast):
    case = make_case(until=Status.FORWARDED)
    name(case, cast, cast.units.housing)
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)


def test_who_was_complained_of_before_stays_on_record(make_case, cast):
    case = make_case(complained_unit=cast.units.urban)
    name(case, cast, cast.units.housing)
    entry = AuditEntry.objects.get(act="petition.classify")
    assert entry.detail["complained"] == cast.units.housing.pk
    assert entry.detail["complained_was"] == cast.units.urban.pk
    text = PetitionEvent.objects.get(petition=case, act=Act.CLASSIFY).text
    assert "城市管理局→住房和城乡建设局" in text
