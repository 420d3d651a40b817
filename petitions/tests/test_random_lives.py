"""Whatever anybody tries, in whatever order and at whatever time: no state that the law forbids, no clock that runs on a
closed case, no event that is lost."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines.services.sweeping import sweep
from documents.rendering import Printed
from documents.services import issuing, set_word
from papers.services import drafting
from petitions.enums import (
    Act,
    AdoptionDecision,
    CallOutcome,
    Channel,
    Kind,
    NoticeWay,
    Outcome,
    Path,
    Rating,
    RecusalGround,
    RefusalReason,
    ServiceMethod,
    Signature,
    Status,
    TalkWay,
    Urgency,
)
from petitions.models import Extension, Petition, PetitionClock, PetitionEvent, Reply, Share, ShareClock
from petitions.rules import report_state
from petitions.services import following
from petitions.services.recording import NewStep
from petitions.tests.lives_beside import beside, held_beside
from petitions.tests.own_codes import own_code
from petitions.tests.who_may import TABLE
from petitions.views.acts import DOORS
from reviews.enums import Channel as ReviewChannel
from reviews.services import applying
from tests.cases import MORNING, OUTSIDE, REPORT, check_off

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = (
    "clerk",
    "town_clerk",
    "petition_officer",
    "handler",
    "handler2",
    "unit_head",
    "unit_head2",
    "leader",
    "inspector",
    "mediator",
    "statistician",
    "discipline_officer",
    "auditor",
    "outsider",
    "petitioner",
)
#: What brings a case on; tried more often than the rest, so that lives come to an end at all.
ONWARD = {
    Status.REGISTERED: Act.FORWARD,
    Status.FORWARDED: Act.ACCEPT,
    Status.OBJECTED: Act.AGREE_OBJECTION,
    Status.REFUSED: Act.CLOSE,
    Status.ACCEPTED: Act.CONCLUDE,
    Status.CONCLUDED: Act.SERVE,
    Status.SERVED: Act.EVALUATE,
    Status.EVALUATED: Act.CLOSE,
    Status.CLOSED: Act.SEAL,
}
#: Who can bring it on, as a rule.
NEAR = {
    Status.REGISTERED: ("petition_officer",),
    Status.OBJECTED: ("petition_officer",),
    Status.SERVED: ("petitioner",),
    Status.EVALUATED: ("petition_officer",),
    Status.CLOSED: ("petition_officer",),
}
UNITS = ("urban", "urban", "urban", "housing", "dongxi", "discipline", "district", "petition_office")
#: Codes of the district's own, so that every life has clocks of them: starts, stops, working days.
OWN = (
    (["register"], ["conclude"], 3),
    (["forward", "assign", "seal", "redo"], ["accept", "visit", "object"], 2),
    (["accept", "note", "serve"], ["call", "evaluate", "supplement"], 5),
)
WAITS = (0 * DAY, HOUR, DAY, 6 * DAY, 16 * DAY, 31 * DAY, 61 * DAY)


@dataclass
class Life:
    """One case and what happened to it. ``taken``: (state before, act, state after) of each step that was not refused."""

    cast: object
    case: Petition
    at: datetime
    draw: object
    taken: list = field(default_factory=list)
    done: dict = field(default_factory=dict)
    """Whether a step on a paper or a review was not refused."""
    names: set = field(default_factory=set)
    """What the audit log calls the case: a sealed one by another name."""

    def one_of(self, choices):
        return self.draw(st.sampled_from(list(choices)))

    def words(self) -> str:
        return self.one_of(["已核实，依规办理。", "", "　\n"])

    def unit(self):
        return getattr(self.cast.units, self.one_of(UNITS))

    def person(self):
        return getattr(self.cast, self.one_of(WHO[:-1]))

    def part(self):
        """A co-unit's part, or where there is none a row that stands for one that has gone."""
        return self.case.shares.filter(role="co").order_by("-id").first() or Share(pk=0)

    def given(self, act: Act) -> dict:
        """What a form of the act could hold, right or wrong."""
        kind = self.one_of(Kind)
        told = {
            Act.CLASSIFY: lambda: {
                "kind": kind,
                "path": self.one_of(Path) if kind == Kind.APPEAL else None,
                "category_id": None,
                "complained_unit": self.one_of([None, None, self.unit()]),
                "complained_people": [],
                "reason": self.words(),
            },
            Act.SEAL: lambda: {"reason": self.words()},
            Act.NAME_COMPLAINED: lambda: {
                "complained_unit": self.unit(),
                "complained_people": [self.person()],
            },
            Act.REPORT_UP: lambda: {
                "body": "上级纪委监委",
                "how": "机要",
                "handed_over_at": self.at,
                "receipt": "收据一号",
            },
            Act.FORWARD: lambda: {"unit": self.unit(), "co_units": [], "note": ""},
            Act.ASSIGN: lambda: {
                "unit": self.unit(),
                "feedback_due_on": local_day(self.at) + self.one_of([-DAY, 5 * DAY, 40 * DAY]),
                "demand": self.words(),
                "co_units": [self.cast.units.housing],
            },
            Act.CO_ADD: lambda: {
                "units": [self.unit()],
                "demand": self.words(),
                "reason": self.words(),
                "due_on": self.one_of([None, local_day(self.at) - DAY, local_day(self.at) + 9 * DAY]),
            },
            Act.CO_END: lambda: {"part": self.part(), "reason": self.words()},
            Act.CO_RETURN: lambda: {
                "part": self.part(),
                "reason": self.words(),
                "due_on": local_day(self.at) + self.one_of([-DAY, 5 * DAY]),
            },
            Act.CO_OBJECT: lambda: {"reason": self.words()},
            Act.CO_WEIGH: lambda: {
                "part": self.part(),
                "agree": self.one_of([True, False]),
                "decision": self.words(),
            },
            Act.SUCCEED: lambda: {"unit": self.unit(), "basis": self.words()},
            Act.OBJECT: lambda: {"reason": self.words()},
            Act.AGREE_OBJECTION: lambda: {"decision": self.words()},
            Act.REJECT_OBJECTION: lambda: {"decision": self.words()},
            Act.ACCEPT: lambda: {
                "kind": kind,
                "path": self.one_of([Path.PETITION, Path.PETITION, *Path]) if kind == Kind.APPEAL else None,
                "note": "情况有变。",
                "simplify": self.one_of([False, False, True]),
                "supportable": True,
            },
            Act.REFUSE: lambda: {
                "reason": self.one_of(RefusalReason),
                "explanation": self.words(),
                "where_to_go": "县人民法院",
            },
            Act.LINK: lambda: {"original": self.case, "join": True},
            Act.REQUEST_MATERIAL: lambda: {
                "items": self.words(),
                "how": "当面交。",
                "due_on": local_day(self.at) + self.one_of([-DAY, 5 * DAY]),
            },
            Act.UNLINK: lambda: {"reason": self.words()},
            Act.CORRECT_FIRST: lambda: {
                "first_nationwide": self.one_of([True, False, None]),
                "reason": self.words(),
            },
            Act.SEND_REPORT: lambda: REPORT | {"result": self.one_of(["支持。", "支持。", "支持。", "　"])},
            Act.ACCEPT_REPORT: lambda: {"decision": self.words()},
            Act.RETURN_REPORT: lambda: {
                "decision": self.words(),
                "due_on": local_day(self.at) + self.one_of([-DAY, 5 * DAY]),
            },
            Act.CALL: lambda: {
                "outcome": self.one_of(CallOutcome),
                "text": "约定见面",
                "meeting_at": self.at + DAY,
            },
            Act.PLAN: lambda: {
                "steps": [
                    NewStep(self.words(), self.person(), local_day(self.at) + self.one_of([-DAY, 5 * DAY]))
                    for _one in range(self.one_of([0, 1, 2]))
                ]
            },
            Act.TALK: lambda: {
                "way": self.one_of(TalkWay),
                "held_at": self.at + self.one_of([-HOUR, HOUR]),
                "place": "本单位",
                "present": "承办人、信访人",
                "text": self.words(),
                "signature": self.one_of(Signature),
            },
            Act.RECONCILE: lambda: {
                "agreed_on": local_day(self.at) + self.one_of([0 * DAY, DAY]),
                "petitioner_side": "信访人",
                "other_side": "夜市经营户",
                "petitioner_consents": True,
                "other_consents": self.one_of([True, True, False]),
                "text": self.words(),
                "afterwards": "依法答复。",
            },
            Act.ADOPT: lambda: {
                "study": self.words(),
                "decision": (decision := self.one_of(AdoptionDecision)),
                "reasons": self.words(),
                "practice": "落实。" if decision.is_adopted else "",
                "practice_due_on": local_day(self.at) + self.one_of([0 * DAY, 9 * DAY])
                if decision.is_adopted
                else None,
            },
            Act.NAME_RESPONSIBLE: lambda: {"user": self.person()},
            Act.EXTEND: lambda: {"days": self.one_of([0, 1, 30, 31]), "reason": self.words()},
            Act.CONVERT: lambda: {"reason": self.words()},
            Act.GIVE_NOTICE: lambda: {
                "way": self.one_of([NoticeWay.DIRECT, NoticeWay.DIRECT, *NoticeWay]),
                "told_at": self.at - self.one_of([0 * DAY, 0 * DAY, DAY, -DAY]),
                "recipient": "张小河",
                "proof": self.words(),
            },
            Act.CHANGE_WAY: lambda: {
                "kind": kind,
                "path": self.one_of(Path) if kind == Kind.APPEAL else None,
                "reason": self.words(),
            },
            Act.GUIDE: lambda: {"body": "人民法院", "procedure": "民事诉讼", "basis": self.words()},
            Act.CORRECT: lambda: {
                "reason": self.words(),
                "text": self.words(),
                "basis": "《噪声污染防治法》",
                "outcomes": {
                    asked.pk: (self.one_of([*Outcome]), "理由") for asked in self.case.requests.all()
                },
            },
            Act.CONCLUDE: lambda: {
                "text": self.words(),
                "basis": self.one_of(["《噪声污染防治法》", ""]),
                "outcomes": {
                    asked.pk: (self.one_of([Outcome.SUPPORTED, Outcome.SUPPORTED, *Outcome]), "理由")
                    for asked in self.case.requests.all()[: self.one_of([0, 9, 9, 9])]
                },
            },
            Act.MAKE_OPINION: lambda: {
                "paper_number": self.one_of([OUTSIDE, OUTSIDE, ""]),
                "made_on": local_day(self.at) - self.one_of([0 * DAY, 0 * DAY, DAY, -DAY, 400 * DAY]),
            },
            Act.SERVE: lambda: {
                "method": self.one_of([ServiceMethod.DIRECT, ServiceMethod.DIRECT, *ServiceMethod]),
                "served_at": self.at - self.one_of([0 * DAY, 0 * DAY, DAY, -DAY, 400 * DAY]),
                "recipient": "张小河",
                "paper_number": self.one_of([OUTSIDE, OUTSIDE, ""]),
                "signed": self.one_of([True, True, False]),
            },
            Act.RECUSE: lambda: {"ground": self.one_of(RecusalGround)},
            Act.EXCLUDE: lambda: {
                "user": self.person(),
                "ground": self.one_of(RecusalGround),
                "reason": self.words(),
            },
            Act.READMIT: lambda: {"user": self.person(), "reason": self.words()},
            Act.RAISE_URGENCY: lambda: {"urgency": self.one_of(Urgency), "reason": self.words()},
            Act.ASK_LOWERING: lambda: {"urgency": self.one_of(Urgency), "reason": self.words()},
            Act.AGREE_LOWERING: lambda: {"decision": self.words()},
            Act.REJECT_LOWERING: lambda: {"decision": self.words()},
            Act.EVALUATE: lambda: {"office_rating": Rating.SATISFIED, "unit_rating": Rating.DISSATISFIED},
            Act.SUPPLEMENT: lambda: {"text": self.words(), "files": []},
            Act.CLOSE: lambda: {"text": str(check_off(self.case) or "")},
        }
        return told.get(act, lambda: {"text": self.words()})()

    def onward(self) -> Act:
        """What brings the case on; of one that was assigned the report, as often as not."""
        act = ONWARD[self.case.status]
        if self.case.status == Status.REGISTERED:
            return self.one_of([act, act, Act.ASSIGN])
        state = report_state(self.case)
        if self.case.status not in {Status.CONCLUDED, Status.SERVED, Status.EVALUATED} or state == "none":
            return act
        wanted = [Act.ACCEPT_REPORT, Act.RETURN_REPORT] if state == "sent" else [Act.SEND_REPORT]
        return self.one_of([act, *wanted])

    def tries(self, who: str, act: Act) -> None:
        """Refused, it changes nothing; done, it is exactly one more line of the history (more, where the system takes a
        step of its own in answer)."""
        actor = Actor.petitioner() if who == "petitioner" else self.cast.actor(who)
        before = Status(self.case.status)
        lines = self.case.events.count()
        data = self.given(act)
        doors = {Act.EVALUATE: following.evaluate, Act.SUPPLEMENT: following.supplement}
        door = doors.get(act) or DOORS[act].service
        try:
            door(petition=self.case, actor=actor, at=self.at, **data)
        except Refusal:
            self.case.refresh_from_db()
            assert (self.case.status, self.case.events.count()) == (before, lines), (
                "a refusal changed something"
            )
            return
        self.case.refresh_from_db()
        told = list(self.case.events.order_by("id")[lines:])
        assert told[0].act == act
        assert told[0].from_status == before
        self.taken += told

    def sweeps(self) -> None:
        """The system's own hour: windows that have passed close cases."""
        lines = self.case.events.count()
        sweep(PetitionClock, now=self.at)
        self.case.refresh_from_db()
        self.taken += list(self.case.events.order_by("id")[lines:])


def held_by_the_law(life: Life) -> None:
    """What must be so after every step."""
    case = life.case
    events = list(PetitionEvent.objects.filter(petition=case).order_by("id"))
    running = set(
        PetitionClock.objects.filter(petition=case, stopped_at=None).values_list("rule__code", flat=True)
    )
    # Every step is one the hand-written table knows, and the history leads without a break to where the case stands.
    status = Status.REGISTERED
    for event in events[1:]:
        assert (Act(event.act), Status(event.from_status)) in TABLE, f"{event.act} in {event.from_status}"
        assert event.from_status == status, "a step is missing from the history"
        status = Status(event.to_status)
    assert status == case.status
    assert len(events) == 1 + len(life.taken)
    # A co-unit is waited for only while its part is open and the whole is not answered.
    for clock in ShareClock.objects.filter(share__petition=case, stopped_at=None).select_related(
        "share", "rule"
    ):
        assert clock.share.is_live_part and case.status in {"forwarded", "objected", "accepted"}
        if clock.rule.code == "co_answer":
            assert clock.share.answered_at is None
    # A code of the district's own runs under one version at a time, bound to whoever has the case, and starts after one of
    # its own steps.
    own = PetitionClock.objects.filter(petition=case, rule__code__startswith="own_").select_related("rule")
    acts = {event.act for event in events}
    codes = [clock.rule.code for clock in own if clock.running]
    assert len(codes) == len(set(codes))
    for clock in own:
        assert acts & set(clock.rule.start_acts)
        assert clock.stopped_at is None or clock.stopped_at >= clock.started_at
        assert clock.stopped_by in {"", *acts}
    # Closed: nothing runs (条例 34, 35).
    if case.status == Status.CLOSED:
        assert running == set()
    reply = Reply.objects.filter(petition=case).first()
    # The sixty days run only while path six is in hand or its opinion is not made, and were lengthened at most once by
    # at most thirty (条例 34).
    if "conclusion" in running:
        assert (case.kind, case.path) == (Kind.APPEAL, Path.PETITION)
        assert case.status == Status.ACCEPTED or (case.status == Status.CONCLUDED and reply.made_at is None)
    # Whoever is still to be told has the fifteen days running, and is told nothing twice (条例 23).
    if case.notice_owed:
        assert "notice" in running
    if case.status in {Status.ACCEPTED, Status.REFUSED} and "notice" in running:
        assert case.notice_owed
    # Between the answer and its service somebody is always bound: to make the opinion, or to serve it.
    if case.status == Status.CONCLUDED:
        assert ("conclusion" if reply.made_at is None else "service") in running
        assert case.due_at is not None
    else:
        assert "service" not in running
    extensions = Extension.objects.filter(petition=case)
    assert extensions.count() <= 1 and all(1 <= one.days <= 30 for one in extensions)
    # An opinion names its basis and decides every request (条例 32).
    assert (reply is not None) == (case.concluded_at is not None), (
        "an answer and its day come and go together"
    )
    if reply is not None and reply.kind == "opinion":
        assert reply.basis and reply.review_body is not None and reply.review_body != reply.unit
        assert all(asked.outcome for asked in case.requests.all())
    # What nobody received opens no window (条例 35).
    if "petitioner_window" in running:
        assert case.served_at is not None
    # Only 交办 has a set date, until its report is sent; closed with an answer, the report was accepted (条例 22).
    lead = Share.objects.filter(petition=case, ended_at=None, role="lead").first()
    stands = lead.report if lead is not None else "none"
    if "feedback" in running:
        assert stands in {"due", "returned"} and case.status != Status.REFUSED
    if stands != "none":
        assert lead.kind == "assign"
    if case.status == Status.CLOSED and reply is not None:
        assert stands in {"none", "accepted"}
    if stands in {"sent", "accepted", "returned"}:
        last = case.closing_reports.filter(reply=reply).order_by("id").last()
        word = getattr(last, "decision", None)
        assert stands == ("sent" if word is None else "accepted" if word.accepted else "returned")
    # One lead at a time; an accusation is with nobody but the discipline body (条例 30).
    leads = Share.objects.filter(petition=case, ended_at=None, role="lead")
    assert leads.count() <= 1
    if case.kind == Kind.ACCUSATION:
        assert case.sealed
        assert all(share.unit.kind == "discipline" for share in leads)
        for who in ("petition_officer", "handler", "unit_head", "leader", "inspector", "statistician"):
            if case.registered_by != getattr(life.cast, who):
                seen = Petition.objects.visible_to(life.cast.actor(who)).filter(pk=case.pk)
                assert not seen.exists(), f"{who} reads a sealed case"
    # Whoever is complained of, and whoever is recused, neither reads nor leads (条例 28, 30).
    if case.complained_unit is not None and case.complained_unit.kind not in {"district", "petition_office"}:
        assert not any(
            share.unit.is_within(case.complained_unit) for share in leads if case.status != "closed"
        )
    for recusal in case.recusals.filter(ended_at=None):
        for post in recusal.user.posts.all():
            assert not Petition.objects.visible_to(Actor.of(post)).filter(pk=case.pk).exists()


def new_life(cast, make_case, draw) -> Life:
    """A case that was registered this moment."""
    channel = draw(st.sampled_from([Channel.ONLINE, Channel.LETTER]))
    filed = make_case.registered(at=MORNING, channel=channel, requests=["请规定夜市收摊时间", "请测噪声"])
    return Life(cast, Petition.objects.get(pk=filed.petition.pk), MORNING, draw)


def answered_life(cast, make_case, draw) -> Life:
    """A case that was answered and served the day before."""
    case = make_case(until=Status.SERVED, at=MORNING)
    taken = list(case.events.order_by("id")[1:])
    return Life(cast, Petition.objects.get(pk=case.pk), MORNING + DAY, draw, taken, names={case.audit_name})


def reviewed_life(cast, make_case, draw) -> Life:
    """One whose petitioner asked for a review of the answer."""
    life = answered_life(cast, make_case, draw)
    lines = life.case.events.count()
    applying.apply(
        petition=life.case,
        actor=Actor.petitioner(),
        channel=ReviewChannel.PAGE,
        reason="没有写收摊时间。",
        at=life.at,
    )
    life.taken += list(life.case.events.order_by("id")[lines:])
    return life


@pytest.fixture
def numbered(cast, monkeypatch):
    """Every unit has a word for its numbers. What is set on the sheets is looked at elsewhere and would take its time."""
    for place, unit in enumerate(vars(cast.units).values()):
        set_word(actor=cast.actor("sysadmin"), unit=unit, word=f"清{'甲乙丙丁戊己庚辛壬癸子丑'[place]}")
    for room in (drafting, issuing):
        monkeypatch.setattr(room, "render", lambda content, *, at: Printed(b"%PDF-1.7", 1))


@pytest.mark.article(28, 30, 32, 34, 35)
@pytest.mark.parametrize(
    "begin, lives, at_least",
    [
        pytest.param(new_life, 25, {Act.FORWARD, Act.ACCEPT, "paper"}, id="registered"),
        pytest.param(answered_life, 10, {Act.EVALUATE, Act.CLOSE, "paper"}, id="answered"),
        pytest.param(reviewed_life, 10, {"paper", "review"}, id="reviewed"),
    ],
)
def test_no_order_of_acts_by_anybody_leads_where_the_law_forbids(
    cast, make_case, numbered, begin, lives, at_least
):
    tried: set = set()

    @settings(max_examples=lives, phases=[Phase.explicit, Phase.generate])
    @given(data=st.data())
    def any_life(data) -> None:
        with transaction.atomic():
            for starts, stops, length in OWN:
                own_code(cast, starts, stops, length)
            life = begin(cast, make_case, data.draw)
            before = len(life.taken)
            _lives(life)
            tried.update(life.done, (event.act for event in life.taken[before:]))
            _audited(life)
            transaction.set_rollback(True)

    any_life()
    # A test of nothing but refusals would prove nothing.
    assert at_least <= tried


def _lives(life: Life) -> None:
    """Some steps, most of them such as bring the case on, by whoever is near it as a rule."""
    for _step in range(life.draw(st.integers(4, 16))):
        life.at += life.one_of(WAITS)
        onward = life.one_of([True, True, False])
        act = life.onward() if onward else life.one_of([*DOORS, Act.EVALUATE, Act.SUPPLEMENT])
        near = NEAR.get(Status(life.case.status), ("handler", "handler", "unit_head", "discipline_officer"))
        if act in {Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.SEND_REPORT}:
            near = ("handler", "petition_officer")
        if life.one_of([False] * 6 + [True]):
            life.sweeps()
        elif life.one_of([False, True] if life.case.served_at else [False] * 3 + [True]):
            beside(life)
        else:
            life.tries(life.one_of(near if onward else WHO), act)
        life.names.add(life.case.audit_name)
        held_by_the_law(life)
        held_beside(life)


def _audited(life: Life) -> None:
    """Every step of the history has its line in the audit log, sealed into the chain or waiting to be."""
    acts = [f"petition.{event.act}" for event in life.taken]
    lines = AuditEntry.objects.filter(object_type="petitions.petition", object_id__in=life.names)
    assert sorted(lines.filter(act__in=set(acts)).values_list("act", flat=True)) == sorted(acts)
