"""What the random lives try beside the desk's acts: papers from the draft to their service, reviews, their hearings."""

from __future__ import annotations

from datetime import timedelta

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day
from documents.enums import PaperState, ServiceMethod, ServiceOutcome
from documents.services import NewDelivery
from papers import due
from papers.models import CasePaper
from papers.services import drafting, serving
from petitions.models import Petition
from reviews.enums import Channel, NotAdmitted, Outcome, State, ToldHow
from reviews.models import CalledHearing, Review, ReviewClock
from reviews.services import applying, deciding, hearings

#: Who takes a paper on, as a rule; and anybody.
WRITERS = ("handler", "handler", "handler2", "petition_officer", "unit_head", "clerk", "outsider")
SIGNERS = ("unit_head", "unit_head", "leader", "leader2", "handler", "unit_head2", "petition_officer")
BODY = ("leader2", "leader", "petition_officer", "petition_officer", "unit_head", "inspector", "outsider")


def beside(life) -> None:
    """A few steps on one paper or one review. Refused, a step changes nothing of case, papers and reviews."""
    steps = life.one_of([_paper, _review, _review]) if life.case.served_at else _paper
    for _step in range(life.one_of([1, 4])):
        _tries(life, steps)


def _tries(life, step) -> None:
    lines, before = life.case.events.count(), _standing(life.case)
    try:
        step(life)
    except Refusal:
        life.case.refresh_from_db()
        assert (life.case.events.count(), _standing(life.case)) == (lines, before), (
            "a refusal changed something"
        )
        return
    life.case.refresh_from_db()
    life.taken += list(life.case.events.order_by("id")[lines:])
    life.done["paper" if step is _paper else "review"] = True


def _standing(case: Petition) -> tuple:
    papers = CasePaper.objects.filter(petition=case).order_by("id")
    reviews = Review.objects.filter(petition=case).order_by("id")
    return (
        Petition.objects.values_list("status", flat=True).get(pk=case.pk),
        list(papers.values_list("paper__state", "paper__serial", "revision", "submitted_at")),
        list(reviews.values_list("state", "outcome", "served_at")),
    )


def _paper(life) -> None:
    """The next step of the newest paper in work, or a draft of what the case asks for."""
    rows = CasePaper.objects.filter(petition=life.case, discarded_at=None, paper__archived_at=None)
    row = rows.select_related("paper__template", "paper__unit", "petition").order_by("-id").first()
    finished = row is None or (
        (row.paper.served_at is not None or not row.paper.template.service) and row.paper.is_frozen
    )
    writer, signer = (life.cast.actor(life.one_of(who)) for who in (WRITERS, SIGNERS))
    if finished:
        asked = due.papers_of(Petition.objects.get(pk=life.case.pk))
        if not asked:
            return
        wanted = life.one_of(asked)
        drafting.draft(
            actor=writer, petition=life.case, due=wanted, token=f"{life.at:%m%d%H%M}" * 3, at=life.at
        )
        return
    assert row is not None
    paper = row.paper
    if paper.state == PaperState.DRAFT and row.submitted_at is None and paper.template.approval:
        missing = {spec.name: "已核实" for spec in paper.template.specs if not paper.fields.get(spec.name)}
        fields = paper.fields | (missing if life.one_of([True, True, False]) else {})
        drafting.save(actor=writer, row=row, fields=fields, revision=row.revision, submit=True, at=life.at)
    elif paper.state == PaperState.DRAFT and paper.template.approval:
        drafting.check(actor=signer, row=row, at=life.at)
    elif paper.state == PaperState.CHECKED:
        drafting.approve(actor=signer, row=row, at=life.at)
    elif paper.state in {PaperState.APPROVED, PaperState.DRAFT}:
        drafting.issue(actor=writer, row=row, at=life.at)
    else:
        new = NewDelivery(
            method=life.one_of([ServiceMethod.DIRECT, ServiceMethod.DIRECT, *ServiceMethod]),
            recipient="张小河",
            tried_at=life.at - life.one_of([timedelta(0), timedelta(0), timedelta(days=1)]),
            outcome=life.one_of([ServiceOutcome.SERVED, ServiceOutcome.SERVED, *ServiceOutcome]),
        )
        serving.serve(actor=writer, row=row, new=new, at=life.at)


def _review(life) -> None:
    """Ask, or do to the one that runs what may come next."""
    actor, at = life.cast.actor(life.one_of(BODY)), life.at
    row = Review.objects.open().filter(petition=life.case).order_by("-id").first()
    if row is None:
        who = Actor.petitioner() if life.one_of([True, True, False]) else actor
        channel = Channel.PAGE if who.user is None else Channel.COUNTER
        applying.apply(petition=life.case, actor=who, channel=channel, reason="没有写收摊时间。", at=at)
        return
    if row.state == State.DECIDED:
        deciding.serve(review=row, actor=actor, method=ServiceMethod.DIRECT, served_at=at, at=at)
        return
    words = {"text": "已查清。", "basis": "条例第三十五条"}
    match life.one_of(["decide", "decide", "decide", "hear", "call", "call_off", "withdraw", "not_admit"]):
        case "decide":
            outcome = life.one_of(Outcome)
            opinion = life.one_of(["", "另行安排。"])
            deciding.decide(review=row, actor=actor, outcome=outcome, opinion=opinion, at=at, **words)
        case "hear":
            day = local_day(at)
            deciding.record_hearing(review=row, actor=actor, start_on=day, end_on=day, text="到会", at=at)
        case "call":
            hearings.call(
                review=row,
                actor=actor,
                starts_at=at + timedelta(days=life.one_of([1, 8])),
                place="县政府",
                told_on=local_day(at),
                told_how=ToldHow.WRITTEN,
                posts=[life.cast.post(who) for who in ("leader", "petition_officer", "inspector")],
                at=at,
            )
        case "call_off":
            hearings.call_off(review=row, actor=actor, reason="改期", at=at)
        case "withdraw":
            applying.withdraw(review=row, actor=Actor.petitioner(), at=at)
        case "not_admit":
            applying.not_admit(review=row, actor=actor, ground=NotAdmitted.SAME_AGAIN, text="已复查", at=at)


def held_beside(life) -> None:
    """What must be so of papers and reviews after every step."""
    case = life.case
    rows = CasePaper.objects.filter(petition=case).select_related("paper__template")
    papers = [row.paper for row in rows]
    for paper in papers:
        # Signed by somebody other than whoever wrote it; numbered once it is issued, and never before.
        if paper.template.approval and paper.is_frozen:
            assert paper.approved_by_id not in {None, paper.drafted_by_id}
            assert paper.checked_by_id not in {None, paper.drafted_by_id}
        assert bool(paper.content_hash) == paper.is_frozen
        assert paper.is_frozen or not paper.number
    numbers = [paper.number for paper in papers if paper.number]
    assert len(numbers) == len(set(numbers))
    for review in Review.objects.filter(petition=case).select_related("reply", "body"):
        # By a body above and never the unit itself (条例 35, 36); its days run while it decides and no longer.
        if review.body is not None:
            assert review.body_id != review.handled_by.pk
        running = set(
            ReviewClock.objects.filter(review=review, stopped_at=None).values_list("rule__code", flat=True)
        )
        deciding_days = {"review_30", "final_review_30"} & running
        assert bool(deciding_days) <= (review.state == State.ASKED)
        if review.state == State.ASKED and review.body is not None:
            assert deciding_days
        if "petitioner_window" in running:
            assert review.state == State.SERVED and not review.is_final
        # Nobody is called to a hearing of a review that has ended.
        if CalledHearing.objects.filter(review=review, ended_at=None).exists():
            assert review.state == State.ASKED
    if case.sealed:
        assert not Review.objects.open().filter(petition=case).exists()
