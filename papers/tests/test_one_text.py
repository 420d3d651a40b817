"""The recorded answer says what its paper says, from the issue on (条例 32)."""

import pytest

from core.errors import Refusal
from documents.enums import PaperKind as K
from papers.services import drafting
from papers.tests.test_own_papers import visitor
from petitions.enums import Act, Outcome, Path, Status
from petitions.models import Petition
from petitions.services import answering, codes, correcting, reviewing

pytestmark = pytest.mark.django_db
FACTS = "经查，夜市占道经营属实，已约谈摊主并划定收摊时间。"


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def lines(case):
    return list(case.events.filter(act=Act.AMEND))


@pytest.mark.article(32)
def test_the_issue_puts_the_paper_s_words_in_the_place_of_the_recorded_ones(lately, draft, bring):
    case = lately(Status.CONCLUDED)
    before = fresh(case).reply.text
    row = draft(case, K.OPINION)
    signed = bring(
        row,
        "approved",
        lacking={
            "facts": FACTS,
            "legal_basis": "《城市市容和环境卫生管理条例》",
            "outcomes": ["支持：夜市十点收摊。"],
        },
    )
    assert fresh(case).reply.text == before and not lines(case), "not before the issue"
    drafting.issue(actor=drafter(signed), row=signed)
    case = fresh(case)
    assert (case.reply.text, case.reply.basis) == (FACTS, "《城市市容和环境卫生管理条例》")
    asked = case.requests.get()
    assert (asked.outcome, asked.opinion) == (Outcome.SUPPORTED, "夜市十点收摊。")
    (line,) = lines(case)
    assert before in line.text and "清城〔" in line.text
    assert not line.public, "the petitioner had not been given the answer"
    assert case.status == Status.CONCLUDED


def drafter(row):
    from accounts.actor import Actor
    from accounts.models import Post

    return Actor.of(Post.objects.filter(user=row.paper.drafted_by, unit=row.paper.unit).get())


def test_where_nothing_differs_nothing_is_written(opinion):
    row = opinion()
    assert not lines(row.petition)


def test_the_petitioner_s_page_shows_one_text(lately, draft, bring, hand_over):
    token = codes.new_token()
    case = lately(Status.CONCLUDED, token=token)
    old = fresh(case).reply.text
    hand_over(bring(draft(case, K.OPINION), lacking={"facts": FACTS}))
    page = visitor(case, token).get("/mine/").content.decode()
    assert FACTS in page and old not in page


@pytest.mark.article(32)
@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        (["支持：十点收摊。", "解释说明：无法取消。"], "本件有 1 项诉求，文书写了 2 项"),
        (["不予支持：没有依据。"], "登记的结论是“支持”，文书写的是“不予支持”"),
    ],
)
def test_each_request_is_decided_in_the_paper_as_it_was_recorded(lately, draft, bring, outcomes, sentence):
    row = draft(lately(Status.CONCLUDED), K.OPINION)
    with pytest.raises(Refusal, match=sentence) as refused:
        bring(row, "draft", lacking={"outcomes": outcomes})
    assert refused.value.code == "incomplete"


def test_the_form_keeps_the_draft_and_says_what_to_do(lately, draft, client_as, offices):
    row = draft(lately(Status.CONCLUDED), K.OPINION)
    sent = {name: "\n".join(v) if isinstance(v, list) else v for name, v in row.paper.fields.items()}
    sent |= {"outcomes": "不予支持：没有依据。", "revision": row.revision, "then": "submit"}
    answer = client_as(offices.handler).post(f"{row.get_absolute_url()}save/", sent)
    assert answer.status_code == 422
    assert "文稿已保存，但还不能提交核稿。诉求 1 登记的结论是“支持”" in answer.content.decode()
    row.paper.refresh_from_db()
    assert row.paper.fields["outcomes"] == ["不予支持：没有依据。"]


@pytest.mark.article(32)
def test_an_issued_paper_that_decides_otherwise_than_the_corrected_record_is_not_served(
    opinion, bring, hand_over, offices
):
    row, handler = opinion(), offices.actor("handler")
    case = fresh(row.petition)
    correcting.correct(
        petition=case,
        actor=handler,
        reason="结论录入有误。",
        text=case.reply.text,
        basis=case.reply.basis,
        outcomes={case.requests.get().pk: (Outcome.EXPLAINED, "每周五、周六十点收摊。")},
    )
    with pytest.raises(Refusal, match="印发之后更正过") as refused:
        hand_over(row)
    assert (refused.value.code, fresh(case).status) == ("stale", Status.CONCLUDED)
    made = drafting.correct(actor=handler, row=row)
    hand_over(bring(made, lacking={"outcomes": ["解释说明：每周五、周六十点收摊。"]}))
    assert fresh(case).status == Status.SERVED


@pytest.mark.article(36)
def test_article_36_the_paper_brings_no_answer_back_that_was_set_aside(
    lately, draft, bring, hand_over, offices
):
    from accounts.actor import Actor

    row = bring(draft(lately(Status.CONCLUDED), K.OPINION), lacking={"facts": FACTS})
    hand_over(row)
    case = fresh(row.petition)
    reviewing.redo(petition=case, actor=Actor.system(), text="责令重办", public_text="重新办理")
    was = case.requests.get()
    outcomes = {was.pk: (Outcome(was.outcome), was.opinion)}
    words = {"basis": "《条例》", "outcomes": outcomes}
    with pytest.raises(Refusal, match="责令重新办理"):
        answering.conclude(petition=fresh(case), actor=offices.actor("handler"), text=FACTS, **words)
    answering.conclude(petition=fresh(case), actor=offices.actor("handler"), text="重新查明。", **words)
    again = draft(fresh(case), K.OPINION)
    with pytest.raises(Refusal, match="不能以同一事实和理由"):
        bring(again, "draft", lacking={"facts": FACTS})


def test_a_correction_of_a_served_opinion_is_taken_over_when_it_is_served_and_told(
    opinion, bring, hand_over, offices
):
    row = opinion()
    hand_over(row)
    made = drafting.correct(actor=offices.actor("handler"), row=row)
    issued = bring(made, lacking={"facts": FACTS})
    assert fresh(row.petition).reply.text != FACTS, "the petitioner has the old one still"
    hand_over(issued)
    case = fresh(row.petition)
    assert case.reply.text == FACTS and case.status == Status.SERVED
    (line,) = lines(case)
    assert line.public and issued.paper.number in line.public_text


def test_a_notice_of_another_way_is_recorded_in_its_words(lately, draft, bring):
    case = lately(Status.CONCLUDED, path=Path.LITIGATION)
    told = {
        "competent_body": "清江县人民法院",
        "time_limit": "三年内提起诉讼。",
        "legal_basis": "《民事诉讼法》",
    }
    bring(draft(case, K.ROUTING), lacking=told)
    reply = fresh(case).reply
    assert "有权处理的机关：清江县人民法院" in reply.text and reply.basis == "《民事诉讼法》"


def test_an_opinion_of_several_lines_is_one_item_and_no_change(lately, draft, bring):
    case = lately(Status.CONCLUDED)
    case.requests.update(opinion="夜市十点收摊。\n城管每晚巡查")
    row = draft(fresh(case), K.OPINION)
    assert row.paper.fields["outcomes"] == ["支持：夜市十点收摊。城管每晚巡查。"]
    bring(row)
    assert case.requests.get().opinion == "夜市十点收摊。\n城管每晚巡查" and not lines(case)
