"""Who takes over from a unit that ends (条例 24), said by the system administrator on its page."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import AuditEntry, UnitSuccession
from accounts.selectors import successors_of
from accounts.services import successions
from accounts.services.units import create_unit
from core.errors import Refusal
from core.timekeeping import SHANGHAI

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 7)
AT = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


def end(unit, day=DAY):
    unit.valid_until = day
    unit.save(update_fields=["valid_until"])


@pytest.fixture
def record(cast):
    def make(unit, *heirs, **changes):
        given = {"by": cast.actor("sysadmin"), "basis": "清江编〔2026〕3号", "at": AT} | changes
        return successions.record(unit=unit, successors=list(heirs), **given)

    return make


@pytest.mark.article(24)
def test_successors_are_followed_through_whatever_came_between(cast, record):
    first, second = cast.units.urban, cast.units.housing
    third = create_unit(name="城乡建设和管理局", kind=UnitKind.DEPARTMENT, parent=cast.units.district)
    end(first)
    record(first, second)
    assert successors_of(first, date(2026, 9, 6)) == []
    assert successors_of(first, DAY) == [second]
    end(second, date(2026, 10, 1))
    record(second, third)
    assert successors_of(first, date(2026, 10, 1)) == [third]
    assert successors_of(third, date(2026, 10, 1)) == []


def test_it_is_on_record_and_may_be_corrected_until_cases_have_gone_over(cast, record):
    end(cast.units.urban)
    record(cast.units.urban, cast.units.housing)
    record(cast.units.urban, cast.units.housing, cast.units.xiling)
    assert UnitSuccession.objects.filter(unit=cast.units.urban).count() == 2
    entry = AuditEntry.objects.filter(act="unit.succession").latest("id")
    assert entry.detail["successors"] == [cast.units.housing.pk, cast.units.xiling.pk]
    successions.followed(cast.units.urban, AT)
    with pytest.raises(Refusal, match="已经移交承继机构"):
        record(cast.units.urban, cast.units.xiling)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda cast: {"heirs": []}, "请选择承继机构"),
        (lambda cast: {"heirs": [cast.units.urban]}, "不能是机构自己"),
        (lambda cast: {"basis": "　"}, "请写明依据"),
        (lambda cast: {"by": cast.actor("petition_officer")}, "由系统管理员维护"),
        (lambda cast: {"heirs": [cast.units.discipline]}, "只能由同性质的机构承继"),
        (lambda cast: {"heirs": [cast.units.petition_office]}, "只能由同性质的机构承继"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(cast, record, change, sentence):
    end(cast.units.urban)
    given = {"heirs": [cast.units.housing]} | change(cast)
    with pytest.raises(Refusal, match=sentence):
        record(cast.units.urban, *given.pop("heirs"), **given)
    assert not UnitSuccession.objects.exists()


def test_nobody_follows_a_unit_in_use_and_no_ended_unit_follows(cast, record):
    with pytest.raises(Refusal, match="请先填写该机构的停用日期"):
        record(cast.units.urban, cast.units.housing)
    end(cast.units.urban)
    end(cast.units.housing, date(2026, 9, 1))
    with pytest.raises(Refusal, match="不在使用，不能承继"):
        record(cast.units.urban, cast.units.housing)


def test_the_database_takes_no_unit_that_follows_itself(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitSuccession.objects.create(
            unit=cast.units.urban,
            successor=cast.units.urban,
            basis="依据",
            recorded_at=AT,
            recorded_by=cast.sysadmin,
        )


def test_the_page_keeps_what_was_typed_and_says_what_is_missing(cast, client_as):
    unit = cast.units.urban
    end(unit)
    client = client_as(cast.sysadmin)
    page = f"/staff/units/{unit.pk}/succession/"
    answer = client.post(page, {"successors": [cast.units.housing.pk], "basis": ""})
    assert answer.status_code == 422
    assert "请写明依据" in answer.content.decode() and cast.units.housing.label in answer.content.decode()
    answer = client.post(
        page, {"successors": [cast.units.housing.pk], "basis": "编办〔2026〕䶮号"}, follow=True
    )
    assert "承继机构已登记" in answer.content.decode() and "䶮" in answer.content.decode()
    assert "由谁承继" in client.get(f"/staff/units/{unit.pk}/").content.decode()


def test_the_program_names_no_successor_of_its_own(cast, record):
    end(cast.units.urban)
    with pytest.raises(Refusal, match="本人的账号"):
        record(cast.units.urban, cast.units.housing, by=Actor.system())
