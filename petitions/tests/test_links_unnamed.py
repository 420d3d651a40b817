"""The history of a repeat names no number: the original may be sealed later, or its reader recused from it."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from core.timekeeping import now
from petitions.enums import Act, Kind, Path, RecusalGround
from petitions.models import Petition
from petitions.services import following, forwarding, recusing

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(make_case):
    return make_case(at=now() - timedelta(days=1)), make_case(at=now() - timedelta(days=1))


def link(cast, pair, **kwargs) -> None:
    original, repeat = pair
    following.link(petition=repeat, actor=cast.actor("petition_officer"), original=original, **kwargs)


def page(client, case) -> str:
    answer = client.get(case.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_reads_both_sees_the_link_on_the_page(pair, cast, client_as):
    link(cast, pair)
    assert pair[0].number in page(client_as(cast.petition_officer), pair[1])
    entry = AuditEntry.objects.get(act="petition.link")
    assert (entry.detail["original"], entry.detail["joined"]) == (pair[0].audit_name, False)


def test_an_original_sealed_later_is_named_nowhere_on_the_repeats_page(pair, cast, client_as):
    link(cast, pair)
    original, repeat = pair
    officer = cast.actor("petition_officer")
    forwarding.forward(petition=repeat, actor=officer, unit=cast.units.urban)
    forwarding.classify(petition=original, actor=officer, kind=Kind.ACCUSATION, reason="核对原文")
    assert Petition.objects.get(pk=original.pk).sealed
    assert original.number not in page(client_as(cast.handler), repeat)
    assert original.number not in page(client_as(cast.petition_officer), repeat)


def test_one_recused_from_the_original_does_not_read_its_number_on_the_joined_case(pair, cast, client_as):
    link(cast, pair, join=True)
    original, joined = pair
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    forwarding.forward(petition=original, actor=officer, unit=cast.units.urban)
    forwarding.accept(petition=original, actor=handler, kind=Kind.APPEAL, path=Path.PETITION)
    recusing.exclude(
        petition=original, actor=officer, user=cast.handler, ground=RecusalGround.FAMILY, reason="亲属"
    )
    found = page(client_as(cast.handler), joined)
    assert "与同一事项的原件一并办理。" in found
    assert original.number not in found


def test_no_text_of_the_joined_case_holds_the_number(pair, cast):
    link(cast, pair, join=True)
    original, joined = pair
    forwarding.forward(petition=original, actor=cast.actor("petition_officer"), unit=cast.units.urban)
    texts = [text for row in joined.events.all() for text in (row.text, row.public_text)]
    assert joined.events.get(act=Act.LINK).text == "并入同一事项的原件"
    assert not any(original.number in text for text in texts)
