"""Decides how each case goes: which acts, by whom, when. Most in time, some late, a few not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from core.timekeeping import local_day
from demo import wording
from demo.county import order_began
from demo.draft import AT_COUNTER, CLOSELY, Draft
from demo.workdays import Office
from petitions.enums import CallOutcome, Kind, Outcome, Path, ServiceMethod, Urgency

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NAMED_SINCE = 75 * DAY
#: Working days of 简易办理: to choose it, to answer.
SIMPLE_CHOICE, SIMPLE_DAYS = 3, 10
#: How many open cases are given a set date of today, of tomorrow and of the day after.
DUE_SOON = (7, 6, 3)
RATINGS = {
    Outcome.SUPPORTED: (62, 29, 9),
    Outcome.EXPLAINED: (34, 41, 25),
    Outcome.NOT_SUPPORTED: (9, 26, 65),
}
METHODS = (
    (ServiceMethod.DIRECT, 40),
    (ServiceMethod.ELECTRONIC, 28),
    (ServiceMethod.POST, 20),
    (ServiceMethod.FAMILY, 7),
    (ServiceMethod.ENTRUSTED, 3),
    (ServiceMethod.LEFT, 2),
)


def live(draft: Draft, office: Office, until: datetime) -> None:
    """Plan every act of the case, however far ahead; what lies after now is simply not done."""
    under_order = draft.registered_at >= order_began(until)
    draft.do(draft.registered_at, "register")
    if draft.sealed:
        _sealed(draft, office, under_order=under_order)
        return
    if under_order:
        _first_minutes(draft, office, until)
    if draft.repeat_of is not None and draft.channel not in AT_COUNTER:
        draft.do(draft.registered_at + draft.rng.randint(30, 50) * MINUTE, "link")
    sent_at = _forwarded(draft, office, until)
    if under_order:
        _first_day(draft, office, sent_at)
    elif draft.registered_at > until - NAMED_SINCE or draft.rng.random() < 0.2:
        # Before the district's order nobody was bound to name a person; who works on a case today is known.
        draft.do(sent_at + draft.rng.randint(1, 20) * HOUR, "name", by="lead")
    if draft.rng.random() < 0.035:
        _refused(draft, office, sent_at)
        return
    _answered(draft, office, _accepted(draft, office, sent_at))


def _first_minutes(draft: Draft, office: Office, until: datetime) -> None:
    """10 minutes and 30 minutes: mostly kept, less often at night."""
    rng, came = draft.rng, draft.registered_at
    night = not 7 <= came.hour < 22
    who = draft.registrar or rng.choice(("clerk", "clerk2", "officer3"))
    kept = rng.random() < (0.82 if night else 0.95)
    answered = came + (rng.randint(160, 410) if kept else int(rng.triangular(640, 5400, 700))) * timedelta(
        seconds=1
    )
    draft.do(answered, "respond", who=who, text=rng.choice(wording.RESPONSES))
    if not draft.has_phone:
        return
    luck = rng.random() + (0.04 if night else 0)
    if came < until - CLOSELY:
        luck = min(luck, 0.98)
    at = came + rng.randint(8, 18) * MINUTE
    if luck > 0.80:
        outcome = CallOutcome.WRONG_NUMBER if luck > 0.99 else CallOutcome.NOT_REACHED
        draft.do(at, "call_missed", who=who, outcome=outcome, text=rng.choice(wording.UNREACHED))
        at = came + (rng.randint(21, 28) if luck < 0.93 else int(rng.triangular(31, 120, 33))) * MINUTE
    if luck <= 0.99:
        meeting = office.workdays_after(at + HOUR, rng, 0, 2)
        draft.do(at, "call", who=who, text=rng.choice(wording.CALLS), meeting_at=meeting)


def _forwarded(draft: Draft, office: Office, until: datetime) -> datetime:
    rng = draft.rng
    luck = rng.random()
    start = draft.registered_at + 70 * MINUTE
    if luck < 0.72:
        at = office.open_at(start + rng.uniform(0, 5) * HOUR, rng)
    elif luck < 0.985:
        at = office.days_after(start, rng, 0.7, 6)
    else:
        at = office.days_after(start, rng, 15.5, 19)
    who = rng.choice(("officer", "officer2", "officer3"))
    #: In the last week more go to the wrong desk, so that the officers of the trial have something to decide.
    recent = draft.registered_at > until - 7 * DAY
    if draft.kind is None and (recent or draft.index % 3 == 0):
        draft.do(at - 4 * MINUTE, "classify", who=who)
    draft.lead = _lead(draft)
    if draft.matter.wrong and rng.random() < (0.5 if recent else 0.12):
        at = _objected(draft, office, at, who, until)
    else:
        _send(draft, at, who, draft.lead)
    return draft.marks["forward"]


def _send(draft: Draft, at: datetime, who: str, unit: str) -> None:
    rng = draft.rng
    co = [key for key in draft.matter.keys("co") if rng.random() < 0.22]
    co = [draft.town if key == "town" else key for key in co]
    assigned = rng.random() < 0.16
    due_on = local_day(at) + timedelta(days=rng.choice((15, 20, 30, 45))) if assigned else None
    text = rng.choice(wording.DEMANDS if assigned else wording.FORWARD_NOTES)
    draft.do(
        at, "forward", who=who, unit=unit, co=[key for key in co if key != unit], due_on=due_on, text=text
    )


def _lead(draft: Draft) -> str:
    keys = draft.matter.keys("units")
    key = draft.rng.choices(keys, [3] + [1] * (len(keys) - 1))[0]
    return draft.town if key == "town" else key


def _objected(draft: Draft, office: Office, at: datetime, who: str, until: datetime) -> datetime:
    """Sent to the wrong desk: objection within five working days, then agreed or rejected."""
    rng = draft.rng
    wrong = draft.matter.wrong
    if wrong == draft.lead:
        _send(draft, at, who, draft.lead)
        return at
    _send(draft, at, who, wrong)
    said = office.workdays_after(at, rng, 1, 3)
    draft.do(said, "object", unit=wrong, right=draft.lead, text=rng.choice(wording.OBJECTIONS))
    decided = office.workdays_after(said, rng, 1, 3)
    if at > until - 6 * DAY and said < until:
        decided = max(decided, office.open_at(until + 5 * HOUR, rng))  # still on the officer's desk
    if rng.random() < 0.15:
        draft.lead = wrong
        draft.do(decided, "reject", who=who, text=rng.choice(wording.REJECTED))
        return at
    draft.do(decided, "agree", who=who, text=rng.choice(wording.AGREED))
    again = office.workdays_after(decided + HOUR, rng, 0, 3)
    _send(draft, again, who, draft.lead)
    return again


def _first_day(draft: Draft, office: Office, sent_at: datetime) -> None:
    """24 hours: a named person and a finished first round."""
    rng, limit = draft.rng, draft.registered_at + 24 * HOUR
    late = rng.random() < 0.07
    early = draft.registered_at + 45 * MINUTE
    with_unit = sent_at + 2 * HOUR < limit
    named = sent_at + rng.randint(15, 70) * MINUTE if with_unit else early + rng.uniform(0.5, 15) * HOUR
    if late:
        named = max(sent_at, limit) + rng.triangular(0.2, 7, 0.5) * HOUR
    in_hand = "lead" if named >= sent_at else "office"
    draft.do(named, "name", by=in_hand)
    done = named + rng.randint(20, 50) * MINUTE
    draft.do(done, "first_round", by=in_hand, text=rng.choice(wording.FIRST_ROUNDS))
    if in_hand == "office":
        draft.do(max(sent_at, done) + rng.randint(2, 20) * HOUR, "name", by="lead")
        draft.marks["first_round"] = done


def _refused(draft: Draft, office: Office, sent_at: datetime) -> None:
    rng = draft.rng
    at = office.workdays_after(_after(draft, sent_at), rng, 1, 4)
    at = draft.do(at, "refuse", reason=rng.choice(list(wording.REFUSALS)))
    draft.do(office.days_after(at, rng, 4, 20), "close", by="office")


def _after(draft: Draft, sent_at: datetime) -> datetime:
    """Acts of the unit come after the case was sent to it and any objection was settled."""
    return max(sent_at, draft.marks.get("reject", sent_at), draft.marks.get("agree", sent_at))


def _accepted(draft: Draft, office: Office, sent_at: datetime) -> datetime:
    rng, start = draft.rng, _after(draft, sent_at)
    luck = rng.random()
    if luck < 0.86:
        at = office.workdays_after(start + HOUR, rng, 0, 3)
    elif luck < 0.965:
        at = office.days_after(start, rng, 4, 13)
    else:
        at = office.days_after(start, rng, 15.6, 24)
        _supervised(draft, start + 12 * DAY, wording.SUPERVISIONS[0])
    at = max(at, start + 5 * MINUTE)
    if _simple(draft) and at <= office.day_after(start, SIMPLE_CHOICE):
        draft.simplified = True
    return draft.do(at, "accept")


def _supervised(draft: Draft, at: datetime, text: str) -> None:
    """The unit is given a week, and reports a day or two before it is over."""
    draft.do(at, "supervise", text=text)
    draft.do(at + 5.3 * DAY, "answer_supervision")


def _simple(draft: Draft) -> bool:
    """Matters that a unit would take for 简易办理: first ones of one person, easy ones by the look of them."""
    matter = draft.matter
    on_six = matter.kind == Kind.APPEAL and matter.path == Path.PETITION
    easy = draft.heads == 1 and draft.repeat_of is None and draft.urgency == Urgency.NORMAL
    return on_six and easy and draft.index % 7 == 0


def _answered(draft: Draft, office: Office, accepted: datetime) -> None:
    """From acceptance to the end."""
    rng, matter = draft.rng, draft.matter
    longest = matter.kind == Kind.APPEAL and matter.path == Path.PETITION
    days = rng.triangular(9, 55, 24) if longest else rng.triangular(3, 42, 12)
    luck = rng.random()
    if draft.simplified:
        days = (
            rng.triangular(2, 12.5, 8) if luck > 0.1 else days
        )  # one in ten is converted before it is answered
    elif longest and luck < 0.045:
        days = rng.uniform(62, 84)
        asked = office.days_after(accepted, rng, 42, 56)
        draft.do(asked, "extend", days=rng.choice((15, 20, 30)), text=rng.choice(wording.EXTENSIONS))
    elif longest and luck < 0.085:
        days = rng.uniform(62, 96)
        _supervised(draft, accepted + 58.2 * DAY, wording.SUPERVISIONS[2])
    concluded = office.days_after(accepted, rng, days, days + 1)
    _between(draft, office, accepted, concluded)
    outcomes = [_outcome(rng, draft) for _ask in draft.asks]
    if draft.simplified and Outcome.NOT_SUPPORTED in outcomes:
        draft.do(accepted + (concluded - accepted) * 0.6, "convert", text=wording.CONVERSIONS[0])
    elif draft.simplified and concluded > office.day_after(accepted, SIMPLE_DAYS):
        draft.do(
            office.day_after(accepted, SIMPLE_DAYS - 1), "convert", text=rng.choice(wording.CONVERSIONS[1:])
        )
    draft.do(concluded, "conclude", outcomes=outcomes)
    _in_time_for_feedback(draft, _reported(draft, office, concluded))
    served = office.workdays_after(concluded + 20 * MINUTE, rng, 0, rng.choice((0, 1, 1, 2, 5)))
    method = rng.choices([m for m, _w in METHODS], [w for _m, w in METHODS])[0]
    draft.do(served, "serve", method=ServiceMethod.PUBLIC if not draft.persons else method)
    if draft.persons and rng.random() < 0.6:
        _evaluated(draft, office, served, outcomes)


def _reported(draft: Draft, office: Office, concluded: datetime) -> datetime:
    """办结报告 of what was assigned; one in seven is returned once. When it is first sent."""
    if all(details["due_on"] is None for _at, act, details in draft.acts if act == "forward"):
        return concluded
    rng = Random(f"report:{draft.index}")
    who, attitude = rng.choice(("officer", "officer2", "officer3")), rng.choice(wording.ATTITUDES)
    first = at = draft.do(office.days_after(concluded + HOUR, rng, 0.2, 3), "send_report", text=attitude)
    if rng.random() < 0.14:
        back = office.days_after(at, rng, 0.5, 3)
        due_on = local_day(back) + timedelta(days=7)
        draft.do(back, "return_report", who=who, text=rng.choice(wording.REPORT_RETURNS), due_on=due_on)
        at = draft.do(office.days_after(back, rng, 1, 6), "send_report", text=attitude)
    draft.do(office.days_after(at, rng, 0.5, 5), "accept_report", who=who)
    return first


def _in_time_for_feedback(draft: Draft, concluded: datetime) -> None:
    """Most set dates are met: those who set them know what the work takes."""
    for _at, act, details in draft.acts:
        if act == "forward" and details["due_on"] is not None and draft.rng.random() < 0.85:
            answered_on = local_day(concluded) + timedelta(days=draft.rng.randint(1, 9))
            details["due_on"] = max(details["due_on"], answered_on)


def _outcome(rng: Random, draft: Draft) -> Outcome:
    if draft.matter.declined.strip() and rng.random() < 0.13:
        return Outcome.NOT_SUPPORTED
    return Outcome.SUPPORTED if rng.random() < 0.64 else Outcome.EXPLAINED


def _between(draft: Draft, office: Office, start: datetime, end: datetime) -> None:
    """Notes, visits, co-units' answers and supplements while the case is in hand."""
    rng = draft.rng
    for _time in range(rng.choice((0, 0, 0, 0, 1, 2))):
        at = office.open_at(start + (end - start) * rng.uniform(0.1, 0.85), rng)
        if start < at < end:
            text = wording.note(rng, draft.matter, draft.slots)
            draft.do(at, "visit" if "到" in text else "note", text=text)
    answered = office.open_at(start + (end - start) * rng.uniform(0.3, 0.8), rng)
    if start < answered < end and rng.random() < 0.85:
        draft.do(answered, "co_answer", text=rng.choice(wording.CO_ANSWERS))
    if rng.random() < 0.05:
        draft.do(
            start + (end - start) * rng.uniform(0.2, 0.9), "supplement", text=rng.choice(wording.SUPPLEMENTS)
        )
    own = Random(f"material:{draft.index}")
    if own.random() < 0.08:
        at = office.open_at(start + (end - start) * own.uniform(0.1, 0.5), own)
        due_on = local_day(at) + timedelta(days=own.choice((5, 7, 10)))
        if start < at < end:
            draft.do(at, "ask", items=own.choice(wording.MATERIALS), due_on=due_on)


def _evaluated(draft: Draft, office: Office, served: datetime, outcomes: list[Outcome]) -> None:
    rng = draft.rng
    worst = max(outcomes, key=list(RATINGS).index, default=Outcome.SUPPORTED)
    unit = rng.choices((0, 1, 3), RATINGS[worst])[0]
    office_rating = unit if rng.random() < 0.6 else rng.choices((0, 1, 3), (64, 30, 6))[0]
    at = served + rng.uniform(0.3, 26) * DAY
    comment = rng.choice(wording.COMMENTS[unit])
    draft.do(at, "evaluate", office_rating=office_rating, unit_rating=unit, comment=comment)
    filed = office.days_after(at, rng, 0.5, 8)
    # The rest is closed by the sweep when the window ends.
    if filed < served + 29 * DAY and rng.random() < 0.8:
        draft.do(filed, "close", by="office")


def _sealed(draft: Draft, office: Office, *, under_order: bool) -> None:
    """检举控告: the discipline route alone, from the first minutes or from the moment it is recognised."""
    rng, draft.lead = draft.rng, "discipline"
    start = draft.registered_at + 2 * MINUTE
    if draft.kind is None:
        draft.do(start, "respond", who="clerk", text=wording.RESPONSES[0])
        start = draft.do(draft.registered_at + 40 * MINUTE, "classify", who="officer") + 5 * MINUTE
    else:
        start = draft.do(start + rng.randint(1, 4) * MINUTE, "respond", by="lead", text=wording.RESPONSES[3])
    if draft.has_phone and under_order:
        at = max(draft.registered_at + 15 * MINUTE, start + 2 * MINUTE)
        meeting = office.workdays_after(at + HOUR, rng, 1, 2)
        draft.do(at, "call", by="lead", text="约定当面核对，注意保密。", meeting_at=meeting)
    named = draft.do(max(start, draft.registered_at + HOUR) + 30 * MINUTE, "name", by="lead")
    if under_order:
        draft.do(named + 30 * MINUTE, "first_round", by="lead", text="已按程序登记，由专人负责。")
    accepted = draft.do(office.workdays_after(named + HOUR, rng, 0, 3), "accept")
    at = office.days_after(accepted, rng, 3, 9)
    draft.do(at, "note", text=wording.note(rng, draft.matter, draft.slots))
    outcomes = [rng.choice((Outcome.SUPPORTED, Outcome.EXPLAINED)) for _ask in draft.asks]
    concluded = draft.do(office.days_after(accepted, rng, 25, 75), "conclude", outcomes=outcomes)
    method = ServiceMethod.DIRECT if draft.persons else ServiceMethod.PUBLIC
    draft.do(office.workdays_after(concluded + HOUR, rng, 0, 2), "serve", method=method)


def due_soon(drafts: list[Draft], until: datetime) -> None:
    """Give some cases in hand a set date of today, tomorrow and the day after: they become 交办."""
    in_hand = [
        draft
        for draft in drafts
        if not draft.sealed
        and draft.marks.get("accept", until) < until < draft.marks.get("conclude", until)
        and local_day(draft.marks["forward"]) < local_day(until) - DAY
        and "agree" not in draft.marks
    ]
    for days, count in enumerate(DUE_SOON):
        for draft in in_hand[-count:]:
            in_hand.remove(draft)
            for _at, act, details in draft.acts:
                if act == "forward":
                    details["due_on"] = local_day(until) + timedelta(days=days)
                    details["text"] = wording.DEMANDS[days]
