"""What the pages about agreements show. Texts only of what ``Agreement.objects.visible_to`` gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.text import mask_name
from core.timekeeping import local_day, now
from mediation import rules
from mediation.agreement_enums import RUNNING, AgreementKind, DutyState, Signer
from mediation.agreement_querysets import settled_by
from mediation.enums import MediationAct, Result, Side
from mediation.models import (
    Agreement,
    AgreementClock,
    AgreementFile,
    AgreementText,
    AgreementVisit,
    Confirmation,
    Dispute,
    Duty,
    MediationCase,
    Party,
    Signature,
)
from mediation.services import agreement_checks, signing
from petitions import rules as petition_rules
from petitions.extensions import Part
from petitions.models import Petition

#: Rows of one section of the list to follow up.
MOST = 50
#: How far ahead of its day a duty or a visit stands there.
AHEAD = timedelta(days=14)
#: How long an agreement nobody has written down yet is asked for.
UNWRITTEN = timedelta(days=90)


def full() -> QuerySet[Agreement]:
    """With everything that its page prints. Ten queries."""
    texts = AgreementText.objects.prefetch_related(
        Prefetch("duties", queryset=Duty.objects.select_related("ower", "owed").prefetch_related("reports")),
        Prefetch("signatures", queryset=Signature.objects.select_related("party")),
    )
    found: QuerySet[Agreement] = Agreement.objects.select_related(
        "mediation__room__unit", "mediation__mediator", "mediation__petition"
    )
    return found.prefetch_related(
        Prefetch("texts", queryset=texts.filter(number=F("agreement__version"))),
        Prefetch("files", queryset=AgreementFile.objects.defer("content")),
        "mediation__parties",
        "visits",
        "confirmations",
        "came_back__mediation",
    )


def here(mediation: MediationCase) -> list[Party]:
    """Whoever it is between now, the petitioner's side first, of parties that were read along."""
    found = [one for one in mediation.parties.all() if one.left_at is None]
    return sorted(found, key=lambda one: (one.side != Side.PETITIONER, one.pk))


def name_of(party: Party, agreement: Agreement, actor: Actor, *, masked: bool = True) -> str:
    """As this reader of the agreement may have it: of the petitioner masked on a page, or that it is the petitioner;
    on the paper that is signed whole, and empty, to be filled in by hand, where the identity is kept (条例 30)."""
    if not party.is_petitioner:
        return str(party.name)
    name = _name_of_first(agreement.mediation.matter, actor)
    if masked:
        return mask_name(name) if name else Side(party.side).called_in(agreement.mediation)
    return name


def _name_of_first(matter: Petition | Dispute, actor: Actor) -> str:
    if isinstance(matter, Dispute):
        return str(matter.name)
    first = (
        matter.persons.order_by("ordinal").first() if petition_rules.knows_petitioner(matter, actor) else None
    )
    return str(first.name) if first is not None else ""


def names(agreement: Agreement, actor: Actor) -> dict[int, str]:
    """By id of the party, of those who left too. One query for the petitioner."""
    return {one.pk: name_of(one, agreement, actor) for one in agreement.mediation.parties.all()}


@dataclass(frozen=True)
class DutyLine:
    duty: Duty
    ower: str
    owed: str

    @property
    def state_words(self) -> str:
        late = self.duty.late
        if self.duty.state == DutyState.DONE:
            return str(_("已履行（迟了）") if late else _("已履行"))
        return str(_("逾期") if late and self.duty.is_running else self.duty.get_state_display())


@dataclass(frozen=True)
class Shown:
    """An agreement as its page prints it. ``waiting``: whose hand is not below it; ``missing``: parts not said yet."""

    agreement: Agreement
    text: AgreementText
    parties: list[str]
    duties: list[DutyLine]
    signed: list[tuple[Signature, str]]
    waiting: list[str]
    missing: list[str]
    window: AgreementClock | None
    confirmation: Confirmation | None

    @property
    def broken(self) -> bool:
        """Whether the page says what may be done next."""
        return any(
            one.duty.state == DutyState.BROKEN or (one.duty.is_running and one.duty.late)
            for one in self.duties
        )

    @property
    def window_open(self) -> bool:
        return self.window is not None and self.window.running and self.window.ends_at > now()


def shown(agreement: Agreement, actor: Actor) -> Shown:
    """One that ``full()`` read. Two queries more."""
    text = agreement.texts.all()[0]
    known, parties = names(agreement, actor), here(agreement.mediation)
    lines = [DutyLine(one, known[one.ower_id], known[one.owed_id]) for one in text.duties.all()]
    waiting = [] if agreement.holds else signing.waiting_for(agreement, text, parties)
    window = agreement.clocks.select_related("rule").filter(duty=None, visit=None).first()
    return Shown(
        agreement,
        text,
        [f"{known[one.pk]}（{Side(one.side).called_in(agreement.mediation)}）" for one in parties],
        lines,
        [
            (one, known[one.party_id] if one.party_id else str(Signer(one.signer).label))
            for one in text.signatures.all()
        ],
        [known[one.pk] if isinstance(one, Party) else str(one.label) for one in waiting],
        [] if agreement.holds else agreement_checks.missing(AgreementKind(agreement.kind), text, parties),
        window,
        next(iter(reversed(agreement.confirmations.all())), None),
    )


def hands(agreement: Agreement, actor: Actor) -> list[tuple[Party | Signer, str]]:
    """Who may still sign the version that counts, with their names."""
    text, parties = agreement.texts.all()[0], here(agreement.mediation)
    known = names(agreement, actor)
    return [
        (one, known[one.pk] if isinstance(one, Party) else str(one.label))
        for one in signing.waiting_for(agreement, text, parties)
    ]


@dataclass(frozen=True)
class Line:
    """One agreement on the page of its mediation: that there is one, of which kind, and how it stands; more for whoever
    reads it."""

    agreement: Agreement
    reads: bool
    duties: Sequence[Duty]


def lines_of(mediations: Sequence[MediationCase], actor: Actor) -> list[Line]:
    """Agreements of mediations that the actor sees. Three queries at most."""
    found = list(Agreement.objects.filter(mediation__in=[one.pk for one in mediations]))
    if not found:
        return []
    ids = [one.pk for one in found]
    reads = set(Agreement.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    duties: dict[int, list[Duty]] = {}
    for duty in living_duties().filter(agreement__in=reads):
        duties.setdefault(duty.agreement_id, []).append(duty)
    return [Line(one, one.pk in reads, duties.get(one.pk, [])) for one in found]


def living_duties() -> QuerySet[Duty]:
    """Of the version that counts."""
    return Duty.objects.filter(text__number=F("agreement__version"))


@dataclass(frozen=True)
class ToFollow:
    """What an actor has to follow up, soonest first."""

    today: date
    unwritten: list[MediationCase]
    unsigned: list[Agreement]
    duties: list[Duty]
    windows: list[AgreementClock]
    courts: list[Confirmation]
    visits: list[AgreementVisit]

    @property
    def is_empty(self) -> bool:
        return not (
            self.unwritten or self.unsigned or self.duties or self.windows or self.courts or self.visits
        )


def to_follow(actor: Actor, at: datetime | None = None) -> ToFollow:
    """Of the agreements this actor reads. Six queries, and one for the parties of each section with rows."""
    at = at or now()
    today = local_day(at)
    mine = Agreement.objects.visible_to(actor).values("pk")
    row = ("petition", "dispute", "room")
    below = tuple(f"mediation__{name}" for name in row)
    of = tuple(f"agreement__mediation__{name}" for name in row)
    people = "agreement__mediation__parties"
    unwritten = settled_by(actor).filter(
        result=Result.AGREED, agreements=None, ended_at__gte=at - UNWRITTEN, ended_at__lte=at
    )
    windows = AgreementClock.objects.filter(
        agreement__in=mine, duty=None, visit=None, stopped_at=None, due_at__gt=at
    )
    owed = (
        living_duties()
        .filter(
            agreement__in=mine,
            agreement__effective_on__isnull=False,
            due_on__lte=today + AHEAD,
        )
        .filter(Q(state__in=RUNNING) | Q(state=DutyState.BROKEN, agreement__came_back=None))
    )
    visits = AgreementVisit.objects.filter(agreement__in=mine, result="", due_on__lte=today + AHEAD)
    asked = Confirmation.objects.filter(agreement__in=mine, result="")
    return ToFollow(
        today,
        list(unwritten.select_related(*row).prefetch_related("parties").order_by("ended_at", "id")[:MOST]),
        list(
            Agreement.objects.filter(pk__in=mine, effective_on=None)
            .select_related(*below)
            .prefetch_related("mediation__parties")
            .order_by("made_at", "id")[:MOST]
        ),
        list(owed.select_related(*of).prefetch_related(people).order_by("due_on", "id")[:MOST]),
        list(windows.select_related("rule", *of).prefetch_related(people).order_by("due_at", "id")[:MOST]),
        list(asked.select_related(*of).prefetch_related(people).order_by("applied_on", "id")[:MOST]),
        list(visits.select_related(*of).prefetch_related(people).order_by("due_on", "id")[:MOST]),
    )


@dataclass(frozen=True)
class OwnDuty:
    mine: bool
    duty: Duty


def own_part(matter: Petition | Dispute, at: datetime) -> Part | None:
    """On the own page of whoever brought it: what was agreed with them and when what is due, nobody of the other side
    by name."""
    if matter.sealed:
        return None
    mediations = matter.mediations.all()
    own = set(Party.objects.filter(mediation__in=mediations, is_petitioner=True).values_list("pk", flat=True))
    agreements = Agreement.objects.filter(mediation__in=mediations)
    return part_of(agreements, own, at, petition=isinstance(matter, Petition))


def part_of(
    agreements: QuerySet[Agreement], parties: set[int], at: datetime, *, petition: bool = False
) -> Part | None:
    """The latest of these in force, with what these parties do or get."""
    found = agreements.filter(effective_on__isnull=False).select_related("mediation__room")
    agreement: Agreement | None = found.order_by("-effective_on", "-id").first()
    if agreement is None:
        return None
    own = [
        OwnDuty(one.ower_id in parties, one)
        for one in living_duties().filter(agreement=agreement)
        if {one.ower_id, one.owed_id} & parties
    ]
    window = AgreementClock.objects.filter(agreement=agreement, duty=None, visit=None, stopped_at=None)
    clock = window.filter(due_at__gt=at).first()
    until: date | None = local_day(clock.due_at) if clock is not None else None
    shown = {"agreement": agreement, "duties": own, "until": until, "petition": petition}
    return Part("mediation/own_agreement.html", shown)


def may_follow(agreement: Agreement, actor: Actor) -> dict[str, bool]:
    acts = (MediationAct.AGREE, MediationAct.SIGN, MediationAct.FOLLOW, MediationAct.CONFIRM)
    return {act.value: rules.may(act, actor, mediation=agreement.mediation) for act in acts}
