"""What a resident may read: the office that registers, the places to choose, and the one case that is theirs.

A resident has no post, so ``visible_to`` gives nothing; the only ways to a case are its number with its query code
and, in the session that filed it, the form's token. Internal notes and names of staff are never read here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.timekeeping import han_date, local_day, now
from deadlines.enums import CONTINUOUS, LengthUnit
from petitions import rules
from petitions.enums import Act, CallOutcome, Channel, Kind, MaterialState, Path, ReplyKind, Status
from petitions.models import Attachment, Category, Petition, PetitionClock
from petitions.selectors import material
from petitions.selectors.material import Asked
from petitions.services import codes
from petitions.services.clocks import AT_ARRIVAL
from petitions.workflow import ClockCode as C

#: Clocks a resident is told about, in the words of what will have happened by then. The others bind offices only.
PROMISES = {
    C.RESPOND: _lazy("回应您：已经收到，由谁联系"),
    C.CALL: _lazy("给您打电话，约定见面时间"),
    C.FIRST_ROUND: _lazy("明确责任人，完成第一轮办理"),
    C.FORWARDING: _lazy("转送到负责办理的单位"),
    C.REFORWARDING: _lazy("重新转送到负责办理的单位"),
    C.NOTICE: _lazy("书面告诉您是否受理"),
    C.CONCLUSION: _lazy("办结并答复您"),
    C.SIMPLE: _lazy("按简易办理答复您"),
    C.SERVICE: _lazy("把答复送达给您"),
    C.PETITIONER_WINDOW: _lazy("您评价的最后一天"),
}
#: Plain words of the public acts; what is not here is not shown even if a row says it is public.
PUBLIC_WORDS = {
    Act.REGISTER: _lazy("已登记"),
    Act.FORWARD: _lazy("已转送"),
    Act.ASSIGN: _lazy("已交办"),
    Act.RESPOND: _lazy("回应"),
    Act.NAME_RESPONSIBLE: _lazy("已明确责任人"),
    Act.FIRST_ROUND: _lazy("首轮办理情况"),
    Act.ACCEPT: _lazy("已受理"),
    Act.REFUSE: _lazy("不予受理"),
    Act.GIVE_NOTICE: _lazy("已书面告知"),
    Act.CHANGE_WAY: _lazy("办理途径有变化"),
    Act.GUIDE: _lazy("请向政法机关提出"),
    Act.CONVERT: _lazy("转为普通程序"),
    Act.EXTEND: _lazy("办理期限延长"),
    Act.RECONCILE: _lazy("已登记和解"),
    Act.ADOPT: _lazy("研究了您的建议"),
    Act.PRACTISE: _lazy("您的建议已落实"),
    Act.CONCLUDE: _lazy("答复"),
    Act.MAKE_OPINION: _lazy("处理意见已作出"),
    Act.SERVE: _lazy("答复已送达"),
    Act.EVALUATE: _lazy("您已评价"),
    Act.REQUEST_MATERIAL: _lazy("请您补充材料"),
    Act.SUPPLEMENT: _lazy("您补充了材料"),
    Act.LINK: _lazy("与另一件一并办理"),
    Act.UNLINK: _lazy("不再与另一件一并办理"),
    Act.SEAL: _lazy("已转纪检监察机关"),
    Act.REPORT_UP: _lazy("已移送上级纪检监察机关"),
    Act.TAKE_BACK: _lazy("已收回"),
    Act.SUCCEED: _lazy("由承继机构办理"),
    Act.RECUSE: _lazy("工作人员回避"),
    Act.EXCLUDE: _lazy("工作人员回避"),
    Act.CLOSE: _lazy("已办结归档"),
    Act.MEDIATE: _lazy("调解"),
    Act.REVIEW: _lazy("复查复核"),
    Act.REDO: _lazy("责令重新办理"),
    Act.AMEND: _lazy("答复已更正"),
}
#: What stands under 您反映的内容 was put down by a member of staff who listened.
TOLD_TO_STAFF = frozenset({Channel.VISIT, Channel.PHONE, Channel.TYPED_IN, Channel.RECEPTION})
ANSWERED = frozenset({Status.SERVED, Status.EVALUATED, Status.CLOSED})


@dataclass(frozen=True)
class Promise:
    """One date the resident can hold the offices to. ``by_day``: the whole day counts, no hour is shown."""

    code: str
    within: str
    words: str
    due_at: datetime
    by_day: bool
    late: bool
    provisional: bool

    @property
    def ours(self) -> bool:
        """An office must act by then; otherwise it is the resident's own last day."""
        return self.code != C.PETITIONER_WINDOW


@dataclass(frozen=True)
class PublicEvent:
    """One line of the public timeline."""

    label: str
    at: datetime
    public_text: str
    public: bool = True


@dataclass(frozen=True)
class Review:
    """The right of 复查 (条例 35): until when, how many whole days are left, and which body decides."""

    body: str
    until: datetime
    days_left: int
    open: bool


@dataclass(frozen=True)
class Meeting:
    """When the resident and the unit meet, as agreed by phone; ``over`` once the moment has passed."""

    at: datetime
    unit: str
    over: bool


@dataclass(frozen=True)
class OwnCase:
    """Everything the resident's page prints about one case."""

    petition: Petition
    promises: list[Promise]
    events: list[PublicEvent]
    attachments: list[Attachment]
    responsible: str
    answered: bool
    answer_comes: str
    review: Review | None
    may_supplement: bool
    may_evaluate: bool
    meeting: Meeting | None
    joined_number: str
    written_by_staff: bool
    asked_for: list[Asked]

    @property
    def next(self) -> Promise | None:
        """The nearest date, shown on top."""
        return self.promises[0] if self.promises else None


def petition_office(at: datetime | None = None) -> Unit | None:
    """The petition office of this installation's district, which registers what comes online; None if none is set."""
    offices = list(
        Unit.objects.active(local_day(at or now()))
        .filter(kind=UnitKind.PETITION_OFFICE)
        .select_related("parent")
        .order_by("path")
    )
    own = (office for office in offices if office.parent and office.parent.code == settings.DISTRICT_CODE)
    return next(own, offices[0] if offices else None)


def towns() -> QuerySet[Unit]:
    """Towns and streets of today, in the order of their codes."""
    return Unit.objects.active(local_day(now())).filter(kind=UnitKind.TOWN).order_by("code", "path")


def communities() -> QuerySet[Unit]:
    """Villages and communities of today, those of one town together."""
    units = Unit.objects.active(local_day(now())).filter(kind=UnitKind.VILLAGE).select_related("parent")
    return units.order_by("parent__code", "code", "path")


def current_categories() -> QuerySet[Category]:
    """Leaves of the newest category table."""
    return Category.objects.filter(version__is_current=True).order_by("level1", "level2", "level3")


def plain(typed: str) -> str:
    """A number or code as people type it: full-width signs, any dash and blanks between do not matter."""
    text = unicodedata.normalize("NFKC", typed).upper()
    text = "".join("-" if unicodedata.category(char) == "Pd" else char for char in text)
    return "".join(text.split())


def by_number_and_code(number: str, code: str) -> Petition | None:
    """The case that both belong to. An unknown number takes as long as a wrong code and says no more."""
    number, code = plain(number)[:40], plain(code)[:40]
    petition = Petition.objects.filter(number=number).first()
    if petition is None:
        codes.nothing_to_compare(number, code)
        return None
    return petition if codes.matches(number, code, petition.query_code_hash) else None


def by_token(token: str) -> Petition | None:
    """The case that was made by the form with this token."""
    return Petition.objects.filter(submit_key=codes.submit_key(token)).first()


def by_id(pk: int) -> Petition | None:
    """The case a session was let into by number and code."""
    related = (
        "joined_to",
        "lead_unit",
        "registered_unit",
        "place_unit",
        "reply__review_body",
        "reply__unit",
        "refusal",
    )
    return Petition.objects.select_related(*related, "service", "evaluation").filter(pk=pk).first()


def promises(petition: Petition, at: datetime) -> list[Promise]:
    """What will happen and by when, the nearest first: the case's own running clocks, none invented.

    The resident's own window is no promise of an office: it is told while it can be used, never as late. Of a case in
    简易办理 the 60 days, which run beside the 10 working days, are not told: the nearer day is the promise.
    """
    running = petition.clocks.filter(stopped_at=None, rule__code__in=PROMISES)
    if petition.status != Status.SERVED:
        running = running.exclude(rule__code=C.PETITIONER_WINDOW)
    if petition.simplified:
        running = running.exclude(rule__code=C.CONCLUSION)
    clocks = running.select_related("rule").order_by("due_at", "id")
    return [
        _promise(clock, at)
        for clock in clocks
        if clock.rule.code != C.PETITIONER_WINDOW or clock.ends_at >= at
    ]


def promises_at_arrival(petition: Petition, at: datetime) -> list[Promise]:
    """What the receipt tells, kept already or not: that an accusation was handed on at once, which ends its clock of
    forwarding, is not to be read off a paper that others may see (条例 30)."""
    first = petition.clocks.filter(rule__code__in=AT_ARRIVAL).select_related("rule").order_by("due_at", "id")
    return [_promise(clock, clock.started_at if clock.stopped_at else at) for clock in first]


def own_case(petition: Petition, at: datetime | None = None) -> OwnCase:
    """The resident's view of the case."""
    at = at or now()
    acts = {step.act for step in rules.allowed_acts(petition, Actor.petitioner())}
    answered = petition.status in ANSWERED and hasattr(petition, "reply") and hasattr(petition, "service")
    told = promises(petition, at)
    return OwnCase(
        petition=petition,
        promises=told,
        events=_events(petition),
        attachments=list(own_attachments(petition)),
        responsible=_responsible(petition, at),
        answered=answered,
        answer_comes=_answer_comes(petition),
        review=right_of_review(petition, at) if answered else None,
        may_supplement=Act.SUPPLEMENT in acts,
        may_evaluate=Act.EVALUATE in acts,
        meeting=agreed_meeting(petition, at),
        joined_number=_joined_number(petition),
        written_by_staff=petition.channel in TOLD_TO_STAFF,
        asked_for=_asked_for(petition, at) if Act.SUPPLEMENT in acts else [],
    )


def _answer_comes(petition: Petition) -> str:
    """Of an answer that is settled and not yet in the petitioner's hands: whether it is made, and nothing more."""
    if petition.status != Status.CONCLUDED or not hasattr(petition, "reply"):
        return ""
    if rules.opinion_pending(petition):
        return _("答复意见已经确定，正在制作；作出以后送达给您。")
    what = _("处理意见书") if petition.reply.kind == ReplyKind.OPINION else _("答复")
    made = petition.reply.made_at or petition.reply.at
    return _("%(what)s已于%(day)s作出，正在送达给您。") % {"what": what, "day": han_date(made)}


def _asked_for(petition: Petition, at: datetime) -> list[Asked]:
    """What the unit asked for and did not get yet, while it can still use it; a day that has passed bars nothing."""
    if petition.concluded_at is not None or petition.status == Status.REFUSED:
        return []
    return [asked for asked in material.requests_of(petition, at) if asked.state != MaterialState.ANSWERED]


def agreed_meeting(petition: Petition, at: datetime) -> Meeting | None:
    """The time agreed in the last call that reached the resident and named one; the note of the call stays inside."""
    agreed = petition.records.filter(call_outcome=CallOutcome.REACHED, meeting_at__isnull=False)
    record = agreed.select_related("unit").order_by("-at", "-id").first()
    if record is None or record.meeting_at is None:
        return None
    unit = record.unit or petition.lead_unit or petition.registered_unit
    return Meeting(at=record.meeting_at, unit=unit.label, over=record.meeting_at < at)


def _joined_number(petition: Petition) -> str:
    """The number of the case that is answered together with this one; nothing of one that is sealed."""
    other = petition.joined_to
    return other.number if other is not None and (petition.sealed or not other.sealed) else ""


def own_attachments(petition: Petition) -> QuerySet[Attachment]:
    """What the petitioner handed in: by themselves, or over the counter when the case was registered."""
    return petition.attachments.filter(added_by=None) | petition.attachments.filter(
        added_at=petition.registered_at
    )


def _promise(clock: PetitionClock, at: datetime) -> Promise:
    rule = clock.rule
    within = ""
    if rule.length and rule.code != C.PETITIONER_WINDOW:
        length = rule.length + clock.extended_days
        within = _("%(length)d %(unit)s内") % {"length": length, "unit": LengthUnit(rule.unit).label}
        if rule.on_duty:
            within = _("%(within)s（只计办公时间）") % {"within": within}
    return Promise(
        code=rule.code,
        within=within,
        words=str(PROMISES[rule.code]),
        due_at=clock.ends_at,
        by_day=rule.unit not in CONTINUOUS,
        late=clock.ends_at < at,
        provisional=clock.provisional,
    )


def _events(petition: Petition) -> list[PublicEvent]:
    rows = petition.events.filter(public=True).select_related("unit").order_by("at", "id")
    found = []
    for row in rows:
        words = PUBLIC_WORDS.get(Act(row.act))
        if words is None:
            continue
        label = f"{row.unit.label} · {words}" if row.unit and row.act != Act.REGISTER else str(words)
        found.append(PublicEvent(label=label, at=row.at, public_text=row.public_text))
    return found


def _responsible(petition: Petition, at: datetime) -> str:
    """Unit and post of the responsible person, never the name."""
    if petition.responsible_id is None or petition.lead_unit is None:
        return ""
    posts = Post.objects.current(local_day(at)).filter(user=petition.responsible_id).select_related("unit")
    post = next((post for post in posts if post.unit.is_within(petition.lead_unit)), None)
    if post is None:
        return ""
    return f"{post.unit.label} {post.title or post.get_role_display()}"


def right_of_review(petition: Petition, at: datetime) -> Review | None:
    """Only a 处理意见书 of path six can be taken to 复查; the days run from service (条例 31(6), 35)."""
    if petition.kind != Kind.APPEAL or petition.path != Path.PETITION:
        return None
    window = petition.clocks.filter(rule__code=C.PETITIONER_WINDOW).order_by("-id").first()
    if window is None:
        return None
    body = petition.reply.review_body
    left = (window.due_at - at) // timedelta(days=1)
    return Review(
        body=body.name if body else "",
        until=window.due_at,
        days_left=max(left, 0),
        open=window.due_at >= at,
    )
