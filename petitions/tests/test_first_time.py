"""全国初次 is corrected by a step with its reason; a joined case is told where its answer comes from (条例 19)."""

from datetime import timedelta

import pytest

from core.errors import Refusal
from core.timekeeping import now
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import following
from petitions.services.codes import new_token, query_code
from petitions.services.first_time import correct_first

pytestmark = [pytest.mark.django_db, pytest.mark.article(19)]


@pytest.mark.parametrize("who", ["clerk", "petition_officer"])
def test_it_is_put_right_with_the_reason_on_record(who, cast, make_case):
    case = make_case(first_nationwide=None)
    correct_first(
        petition=case, actor=cast.actor(who), first_nationwide=False, reason="全国系统查到 2024 年反映过。"
    )
    assert Petition.objects.get(pk=case.pk).first_nationwide is False
    line = case.events.get(act=Act.CORRECT_FIRST)
    assert "由“不清楚”更正为“否”" in line.text and "2024" in line.text and not line.public
    with pytest.raises(Refusal, match="现在就是“否”"):
        correct_first(petition=case, actor=cast.actor(who), first_nationwide=False, reason="再说一次。")


def test_not_without_a_reason_nor_by_the_unit_nor_does_it_touch_the_other_flag(cast, make_case):
    case = make_case(until=Status.CLOSED, first_nationwide=True)
    officer = cast.actor("petition_officer")
    with pytest.raises(Refusal, match="理由"):
        correct_first(petition=case, actor=officer, first_nationwide=None, reason=" ")
    with pytest.raises(Refusal) as refused:
        correct_first(petition=case, actor=cast.actor("handler"), first_nationwide=None, reason="不清楚。")
    assert refused.value.code == "forbidden"
    correct_first(petition=case, actor=officer, first_nationwide=None, reason="登记时点错。")
    found = Petition.objects.get(pk=case.pk)
    assert (found.first_nationwide, found.first_here, found.status) == (None, True, Status.CLOSED)


def test_by_the_form(cast, make_case, client_as):
    case, client = make_case(first_nationwide=True), client_as(cast.petition_officer)
    address = f"/cases/{case.number}/act/correct_first/"
    assert client.get(address).context["form"]["first_nationwide"].value() == "yes"
    sent = {"token": new_token(), "first_nationwide": "maybe", "reason": "登记时点错。"}
    page = client.post(address, sent)
    assert page.status_code == 422 and "登记时点错。" in page.content.decode()
    assert client.post(address, sent | {"first_nationwide": "no"}).status_code == 302
    assert "<dt>全国初次</dt><dd>否</dd>" in client.get(f"/cases/{case.number}/").content.decode()


def test_a_joined_case_is_told_that_it_was_joined_and_who_answers(cast, make_case, client):
    token = new_token()
    at = now() - timedelta(days=1)
    original = make_case(until=Status.ACCEPTED, at=at)
    joined, linked = make_case(at=at, token=token), make_case(at=at)
    officer = cast.actor("petition_officer")
    following.link(petition=joined, actor=officer, original=original, join=True)
    following.link(petition=linked, actor=officer, original=original)
    line = joined.events.get(act=Act.LINK)
    assert line.public and "由清江县城市管理局一并答复" in line.public_text
    assert "编号、查询码和期限照旧" in line.public_text and original.number not in line.public_text
    assert not linked.events.get(act=Act.LINK).public
    client.post("/query/", {"number": joined.number, "code": query_code(token)})
    own = client.get("/mine/").content.decode()
    assert "与另一件一并办理" in own and "由清江县城市管理局一并答复" in own
