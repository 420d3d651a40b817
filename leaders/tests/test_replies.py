import threading

import pytest
from django.db import connection
from django.urls import reverse

from core.errors import Refusal
from leaders.decisions import counts
from leaders.enums import ReplyState
from leaders.models import LetterReply
from leaders.services.replies import ask_back, draft_reply, drop_reply, mark_of, release_reply
from notifications.models import Notice
from petitions.enums import Kind
from petitions.services import forwarding

TEXT = "您反映的路灯，已请东溪镇本月内修好，修好后会告诉您。"


@pytest.mark.django_db
def test_nothing_goes_out_before_the_leader_released_it(cast, box, letter_to, named, mine_page):
    named(cast.handler2)
    case = letter_to()
    draft_reply(letter=case.inbox_letter, actor=cast.actor("handler2"), text=TEXT)
    assert TEXT not in mine_page(case)
    assert Notice.objects.filter(recipient=cast.leader, text__contains="请签发").exists()
    release_reply(letter=case.inbox_letter, actor=cast.actor("leader"))
    page = mine_page(case)
    assert TEXT in page and "高远" in page and "不是法定的答复" in page
    reply = LetterReply.objects.get()
    assert (reply.state, reply.post, reply.decided_by) == (
        ReplyState.RELEASED,
        cast.post("leader"),
        cast.leader,
    )


@pytest.mark.django_db
def test_nobody_but_the_leader_releases(cast, box, letter_to, named, client_as):
    named(cast.handler2)
    case = letter_to()
    draft_reply(letter=case.inbox_letter, actor=cast.actor("handler2"), text=TEXT)
    for key in ("handler2", "petition_officer", "leader2", "unit_head", "inspector"):
        for door in (release_reply, drop_reply):
            with pytest.raises(Refusal) as refused:
                door(letter=case.inbox_letter, actor=cast.actor(key))
            assert refused.value.code == "forbidden"
    url = reverse("leaders:decide", args=[case.inbox_letter.pk])
    assert client_as(cast.handler2).post(url, {"verdict": "yes"}).status_code == 403
    assert client_as(cast.leader2).post(url, {"verdict": "yes"}).status_code == 404
    assert LetterReply.objects.get().state == ReplyState.DRAFT


@pytest.mark.django_db
def test_the_leader_asks_back_and_the_drafter_answers_with_a_new_draft(
    cast, box, letter_to, named, client_as
):
    named(cast.handler2)
    letter = letter_to().inbox_letter
    draft_reply(letter=letter, actor=cast.actor("handler2"), text=TEXT)
    url = reverse("leaders:decide", args=[letter.pk])
    leader = client_as(cast.leader)
    assert leader.post(url, {"verdict": "back", "text": "改了一半"}).status_code == 422
    assert "改了一半" in leader.post(url, {"verdict": "back", "text": "改了一半"}).content.decode()
    assert leader.post(url, {"verdict": "back", "words": "哪天修好？"}).status_code == 302
    assert Notice.objects.filter(recipient=cast.handler2, text__contains="退回补充").exists()
    assert "哪天修好？" in client_as(cast.handler2).get(letter.get_absolute_url()).content.decode()
    with pytest.raises(Refusal, match="没有待签发"):
        release_reply(letter=letter, actor=cast.actor("leader"))
    draft_reply(letter=letter, actor=cast.actor("handler2"), text=TEXT + "12月5日前。")
    assert LetterReply.objects.get().state == ReplyState.DRAFT


@pytest.mark.django_db
def test_a_draft_that_was_changed_under_the_leaders_eyes_is_not_sent_unread(cast, box, letter_to):
    letter = letter_to().inbox_letter
    draft_reply(letter=letter, actor=cast.actor("petition_officer"), text=TEXT)
    seen = mark_of(TEXT)
    draft_reply(letter=letter, actor=cast.actor("petition_officer"), text="另一份。")
    with pytest.raises(Refusal, match="刚才有人改过"):
        release_reply(letter=letter, actor=cast.actor("leader"), seen=seen)
    release_reply(letter=letter, actor=cast.actor("leader"), seen=mark_of("另一份。"), text="领导自己改的。")
    assert LetterReply.objects.get().text == "领导自己改的。"


@pytest.mark.django_db
def test_the_unit_that_answers_for_the_case_drafts_and_others_do_not(cast, box, letter_to, client_as):
    case = letter_to()
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.SUGGESTION)
    forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=cast.units.urban)
    case.refresh_from_db()
    assert "领导信箱" in client_as(cast.handler).get(case.get_absolute_url()).content.decode()
    draft_reply(letter=case.inbox_letter, actor=cast.actor("handler"), text=TEXT)
    for key in ("handler2", "outsider", "clerk"):
        with pytest.raises(Refusal):
            draft_reply(letter=case.inbox_letter, actor=cast.actor(key), text=TEXT)


@pytest.mark.django_db
@pytest.mark.parametrize("text, sentence", [("  ", "请写回复内容"), ("字" * 5001, "最多 5000 字")])
def test_bad_drafts_are_refused_in_words(cast, box, letter_to, text, sentence):
    with pytest.raises(Refusal, match=sentence):
        draft_reply(letter=letter_to().inbox_letter, actor=cast.actor("leader"), text=text)


@pytest.mark.django_db
def test_of_a_case_sealed_meanwhile_nothing_is_drafted_or_released(cast, box, letter_to):
    case = letter_to()
    letter = case.inbox_letter
    draft_reply(letter=letter, actor=cast.actor("petition_officer"), text=TEXT)
    forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    for door in (
        lambda: release_reply(letter=letter, actor=cast.actor("leader")),
        lambda: ask_back(letter=letter, actor=cast.actor("leader"), words="？"),
        lambda: draft_reply(letter=letter, actor=cast.actor("petition_officer"), text=TEXT),
    ):
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.code == "forbidden"


@pytest.mark.django_db
def test_what_waits_for_release_stands_among_the_decisions(cast, box, letter_to, client_as):
    letter = letter_to().inbox_letter
    assert counts(cast.actor("leader"))["leaders.replies"] == 0
    draft_reply(letter=letter, actor=cast.actor("petition_officer"), text=TEXT)
    assert counts(cast.actor("leader"))["leaders.replies"] == 1
    assert counts(cast.actor("leader2"))["leaders.replies"] == 0
    page = client_as(cast.leader).get(reverse("leaders:decisions")).content.decode()
    assert f"{letter.get_absolute_url()}#reply" in page
    assert client_as(cast.leader).get(reverse("leaders:home")).context["home"].deciding == 1


@pytest.mark.django_db
def test_taking_the_case_in_hand_opens_it_to_the_leader_and_to_nobody_else(cast, box, letter_to, client_as):
    case = letter_to()
    url = reverse("leaders:take", args=[case.inbox_letter.pk])
    assert client_as(cast.petition_officer).post(url).status_code == 403
    answer = client_as(cast.leader).post(url)
    assert answer.url == reverse("leaders:instruct", args=[case.number])
    assert client_as(cast.leader).get(answer.url).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_once_over_two_connections_one_counts(cast, box, letter_to):
    letter = letter_to().inbox_letter
    draft_reply(letter=letter, actor=cast.actor("petition_officer"), text=TEXT)
    start, said = threading.Barrier(2), []

    def release():
        try:
            start.wait(10)
            release_reply(letter=letter, actor=cast.actor("leader"))
            said.append("released")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    both = [threading.Thread(target=release) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(said) == ["released", "stale"]
    assert LetterReply.objects.filter(state=ReplyState.RELEASED).count() == 1
