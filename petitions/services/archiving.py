"""How long closed cases are kept, and what stops their people from being anonymised.

Nothing here deletes anything. Each door locks the case, then its archive file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import office_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from notifications.services import notify
from petitions import archive_rules, extensions
from petitions.archive_enums import ArchiveAct, ArchiveClass, HoldKind, ProposalOutcome
from petitions.enums import Status
from petitions.models import ArchiveFile, ArchiveHold, ArchiveProposal, Petition
from petitions.services import telling
from petitions.services.stepping import lock, record_event

BATCH = 1000


def term_over(closed_at: datetime, archive_class: ArchiveClass) -> date | None:
    """The first day after the term, which counts from the end of the year of closing (Asia/Shanghai); None: never."""
    years = archive_class.years
    return None if years is None else date(local_day(closed_at).year + years + 1, 1, 1)


def class_of(case: Petition, instructed: bool) -> ArchiveClass:
    """The class by the rule (settings ``ARCHIVE_…``). A result is an answer: 不予受理 and a report upward are none."""
    if case.concluded_at is None:
        return ArchiveClass(settings.ARCHIVE_WITHOUT_RESULT)
    return ArchiveClass(settings.ARCHIVE_INSTRUCTED if instructed else settings.ARCHIVE_WITH_RESULT)


def built(cases: Sequence[Petition], at: datetime) -> list[ArchiveFile]:
    """Files by the rule, not saved. As many queries as rooms that give instructions."""
    instructed = extensions.instructed([case.pk for case in cases])
    found = []
    for case in cases:
        assert case.closed_at is not None
        kind = class_of(case, case.pk in instructed)
        over_on = term_over(case.closed_at, kind)
        found.append(ArchiveFile(petition=case, archive_class=kind, over_on=over_on, class_at=at))
    return found


def file_closed(at: datetime, batch: int = BATCH) -> int:
    """Give every closed case that has none its archive file; how many. Idempotent, a batch at a time."""
    filed = ArchiveFile.objects.filter(petition=OuterRef("pk"))
    waiting = Petition.objects.filter(~Exists(filed), status=Status.CLOSED).only("closed_at", "concluded_at")
    count = 0
    while cases := list(waiting.order_by("pk")[:batch]):
        ArchiveFile.objects.bulk_create(built(cases, at), ignore_conflicts=True)
        count += len(cases)
    _lengthen(at, batch)
    return count


def _lengthen(at: datetime, batch: int) -> None:
    """What would be offered although the rule now keeps it longer: an instruction given after closing, a setting."""
    over = ArchiveFile.objects.filter(over_on__lte=local_day(at), done_at=None, by_hand=False)
    last = 0
    while files := list(over.filter(pk__gt=last).select_related("petition").order_by("pk")[:batch]):
        last = files[-1].pk
        fresh = {one.petition_id: one for one in built([file.petition for file in files], at)}
        for file in files:
            if is_longer(new := fresh[file.pk].over_on, file.over_on):
                kept = ArchiveFile.objects.filter(pk=file.pk, done_at=None, by_hand=False)
                kept.update(archive_class=fresh[file.pk].archive_class, over_on=new, class_at=at)


def is_longer(new: date | None, old: date | None) -> bool:
    """None is for ever."""
    return old is not None and (new is None or new > old)


def tell_of_terms(at: datetime) -> None:
    """Once a year: the petition office hears that terms are over."""
    today = local_day(at)
    over = ArchiveFile.objects.filter(over_on__lte=today, done_at=None, petition__sealed=False)
    if over.exists():
        notify(
            recipients=office_people(Role.PETITION_OFFICER, at),
            text=_("有信访件保管期满，请鉴定是否去标识。"),
            link=reverse("petitions:archive"),
            dedupe_key=f"archive:terms:{today.year}",
            at=at,
        )


def office_people(role: Role, at: datetime) -> list[int]:
    """User ids of those who hold the role in a petition office."""
    return [post.user_id for post in office_posts(role, at)]


def locked_case(petition: Petition, actor: Actor) -> Petition:
    """The case, locked, if the actor may read it. Raises Refusal as for a case that does not exist."""
    case = lock(petition.pk)
    if not archive_rules.readable(actor).filter(pk=case.pk).exists():
        raise Refusal(_("没有这件信访件，或者不在您可查看的范围内。"), code="not_found")
    return case


def locked_file(case: Petition, at: datetime) -> ArchiveFile:
    """The archive file of a closed case, locked; made by the rule where the nightly run has not come to it yet."""
    if not ArchiveFile.objects.filter(petition=case).exists():
        ArchiveFile.objects.bulk_create(built([case], at), ignore_conflicts=True)
    return ArchiveFile.objects.select_for_update().get(petition=case)


def change_class(
    *,
    petition: Petition,
    actor: Actor,
    archive_class: ArchiveClass,
    reason: str,
    at: datetime | None = None,
) -> ArchiveFile:
    """Another class than the rule gives, with a reason, while nothing is anonymised or proposed."""
    at = at or now()
    with transaction.atomic():
        case = locked_case(petition, actor)
        if not archive_rules.classifies(case, actor):
            raise Refusal(_("只有信访部门的信访专员可以更改已办结件的保管期限。"), code="forbidden")
        file = locked_file(case, at)
        refuse_if_done(file)
        if ArchiveProposal.objects.filter(petition=case, outcome="").exists():
            raise Refusal(_("本件已提出去标识，正等待决定：请先由负责人退回，再更改保管期限。"), code="stale")
        reason = said(reason)
        was, file.archive_class = file.archive_class, archive_class
        assert case.closed_at is not None
        file.over_on = term_over(case.closed_at, ArchiveClass(archive_class))
        file.by_hand, file.class_by, file.class_reason, file.class_at = True, actor.user, reason, at
        file.save()
        detail = {"archive_class": str(archive_class), "was_class": str(was), "reason": reason}
        audit.record(actor=actor, act="archive.classify", obj=case, detail=detail, at=at)
    return file


def hold(
    *, petition: Petition, actor: Actor, kind: HoldKind, reason: str, at: datetime | None = None
) -> ArchiveHold:
    """Stop it at once and for good, until another person lifts this; a proposal that waits ends with it.

    A case may be held before it is closed, and for several grounds.
    """
    at = at or now()
    with transaction.atomic():
        case = locked_case(petition, actor)
        if not archive_rules.holds(actor):
            raise Refusal(_("只有信访专员、督查专员和纪检监察机关可以暂缓。"), code="forbidden")
        refuse_if_done(ArchiveFile.objects.filter(petition=case).first())
        assert actor.user is not None and actor.unit is not None
        made = ArchiveHold.objects.create(
            petition=case,
            kind=kind,
            reason=said(reason),
            set_by=actor.user,
            set_unit=actor.unit,
            set_who=actor.label[:120],
            set_at=at,
        )
        _stop_proposal(case, at)
        detail = {"hold_kind": str(kind), "reason": made.reason}
        audit.record(actor=actor, act="archive.hold", obj=case, detail=detail, at=at)
        if not archive_rules.is_of_route(made):
            history(case, ArchiveAct.HOLD, actor, at, f"{HoldKind(kind).label}：{made.reason}")
    return made


def _stop_proposal(case: Petition, at: datetime) -> None:
    waiting = ArchiveProposal.objects.select_for_update().filter(petition=case, outcome="").first()
    if waiting is None:
        return
    waiting.outcome, waiting.decided_at = ProposalOutcome.STOPPED, at
    waiting.save(update_fields=["outcome", "decided_at"])
    tell_about(
        case,
        {waiting.proposed_by_id, *office_people(Role.UNIT_HEAD, at)},
        _("%(number)s 已暂缓，去标识的建议随之停止。"),
        f"archive:stopped:{waiting.pk}",
        at,
    )


def lift(*, hold_pk: int, petition: Petition, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """Lift one hold; what was proposed before it has to be proposed anew.

    Raises Refusal: no such hold, lifted already, or set by the same person or by the discipline route.
    """
    at = at or now()
    with transaction.atomic():
        case = locked_case(petition, actor)
        holds = ArchiveHold.objects.select_for_update(of=("self",)).select_related("set_unit")
        found = holds.filter(petition=case, pk=hold_pk).first()
        if found is None:
            raise Refusal(_("没有这一项暂缓。"), code="not_found")
        if not found.is_open:
            raise Refusal(_("这一项暂缓已经解除。"), code="stale")
        if not archive_rules.lifts(found, actor):
            raise Refusal(
                _("暂缓须由设置人以外的人解除；纪检监察机关设置的，由纪检监察机关解除。"), code="forbidden"
            )
        found.lifted_by, found.lifted_who, found.lifted_at = actor.user, actor.label[:120], at
        found.lift_reason = said(reason)
        found.save(update_fields=["lifted_by", "lifted_who", "lifted_at", "lift_reason"])
        detail = {"hold_kind": found.kind, "reason": found.lift_reason}
        audit.record(actor=actor, act="archive.lift", obj=case, detail=detail, at=at)
        if not archive_rules.is_of_route(found):
            history(case, ArchiveAct.LIFT, actor, at, found.lift_reason)


def refuse_if_done(file: ArchiveFile | None) -> None:
    if file is not None and file.done_at is not None:
        raise Refusal(_("本件的个人信息已经去标识，不能再更改或暂缓。"), code="stale")


def history(case: Petition, act: ArchiveAct, actor: Actor, at: datetime, text: str) -> None:
    """A row of the case's history that is no step: for the desk alone, and no state moves."""
    record_event(case, act, actor, at, before=Status(case.status), public=False, text=text)


def tell_about(case: Petition, people: Iterable[int], text: str, key: str, at: datetime) -> None:
    telling.notify_about(
        case,
        people,
        text=text % {"number": case.number},
        link=reverse("petitions:archive_case", args=[case.number]),
        dedupe_key=key,
        at=at,
    )
