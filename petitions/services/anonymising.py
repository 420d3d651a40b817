"""去标识: the people of a case whose term is over are made nobody, on one person's proposal and another's word.

What goes and what stays stands in docs/security.md. The case, its number and its figures stay for good.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from notifications.services import notify
from petitions import archive_rules, extensions
from petitions.archive_enums import ArchiveAct, ArchiveClass, ProposalOutcome
from petitions.enums import Status
from petitions.models import (
    ArchiveFile,
    ArchiveHold,
    ArchiveProposal,
    PaperService,
    Petition,
    Reconciliation,
    Talk,
)
from petitions.services.archiving import (
    built,
    history,
    is_longer,
    locked_case,
    locked_file,
    office_people,
    refuse_if_done,
    tell_about,
)

#: What stands in place of subject and body where these went too.
REPLACED = "已按档案规定去标识"
FILE_NAME = "（附件已按档案规定移除）"


def propose(*, petition: Petition, actor: Actor, reason: str, at: datetime | None = None) -> ArchiveProposal:
    """Propose one case. The heads of the petition office hear of a day's proposals once.

    Raises Refusal: not this actor's to propose, not ready (``_require_ready``), or proposed already.
    """
    at = at or now()
    with transaction.atomic():
        case = locked_case(petition, actor)
        if not archive_rules.proposes(actor):
            raise Refusal(_("去标识由信访部门的信访专员提出。"), code="forbidden")
        file = locked_file_of_closed(case, at)
        waiting = ArchiveProposal.objects.filter(petition=case, outcome="").first()
        if waiting is not None:
            raise Refusal(_("%(who)s已经提出，正等待决定。") % {"who": waiting.proposed_who}, code="stale")
        _require_ready(case, file, at)
        assert actor.user is not None
        made = ArchiveProposal.objects.create(
            petition=case,
            proposed_by=actor.user,
            proposed_who=actor.label[:120],
            proposed_at=at,
            reason=said(reason),
        )
        audit.record(actor=actor, act="archive.propose", obj=case, detail={"reason": made.reason}, at=at)
        _tell_heads(actor, at)
    return made


def _tell_heads(actor: Actor, at: datetime) -> None:
    own = actor.user.pk if actor.user else None
    notify(
        recipients=[pk for pk in office_people(Role.UNIT_HEAD, at) if pk != own],
        text=_("有到期信访件提出去标识，请决定。"),
        link=f"{reverse('petitions:archive')}?view=proposed",
        dedupe_key=f"archive:proposed:{local_day(at)}",
        at=at,
    )


def locked_file_of_closed(case: Petition, at: datetime) -> ArchiveFile:
    """Raises Refusal for a case that is not closed or is sealed: these are never offered."""
    if case.status != Status.CLOSED or case.sealed:
        raise Refusal(_("只有已办结、不属于检举控告的信访件可以去标识。"), code="stale")
    return locked_file(case, at)


def _require_ready(case: Petition, file: ArchiveFile, at: datetime) -> None:
    """Term over by the class as it is now, nothing that stops it, and nobody still at work on the case."""
    refuse_if_done(file)
    if not file.by_hand:
        _by_the_rule_again(case, file, at)
    if file.over_on is None or file.over_on > local_day(at):
        raise Refusal(_("本件的保管期限还没有满。"), code="stale")
    if ArchiveHold.objects.filter(petition=case, lifted_at=None).exists():
        raise Refusal(_("本件已暂缓：解除以前不能去标识。"), code="stale")
    if extensions.unfinished([case.pk]):
        raise Refusal(_("本件还有未了的包案、批示、调解、复查复核、落实或回访，办完以后再提。"), code="stale")


def _by_the_rule_again(case: Petition, file: ArchiveFile, at: datetime) -> None:
    """An instruction given after closing, or a changed setting, may have made the term longer."""
    (fresh,) = built([case], at)
    if is_longer(fresh.over_on, file.over_on):
        file.archive_class, file.over_on = ArchiveClass(fresh.archive_class), fresh.over_on


def decide(
    *,
    petition: Petition,
    actor: Actor,
    agree: bool,
    decision: str,
    texts_too: bool = False,
    at: datetime | None = None,
) -> None:
    """The second person's word. Agreement anonymises at once, in the same transaction; ``texts_too`` replaces subject
    and body as well.

    Raises Refusal: nothing waits, not this actor's to decide, the same person, or no longer ready.
    """
    at = at or now()
    with transaction.atomic():
        case = locked_case(petition, actor)
        if not archive_rules.decides(actor):
            raise Refusal(_("去标识由信访部门负责人决定。"), code="forbidden")
        file = locked_file_of_closed(case, at)
        waiting = ArchiveProposal.objects.select_for_update().filter(petition=case, outcome="").first()
        if waiting is None:
            raise Refusal(_("没有待决定的建议：可能已由他人决定，或者已暂缓。"), code="stale")
        _require_another(waiting, file, actor)
        waiting.decision, waiting.decided_who, waiting.decided_at = said(decision), actor.label[:120], at
        waiting.outcome = ProposalOutcome.AGREED if agree else ProposalOutcome.REJECTED
        waiting.decided_by, waiting.texts_too = actor.user, agree and texts_too
        if agree:
            _require_ready(case, file, at)
        waiting.save()
        act = "archive.agree" if agree else "archive.reject"
        audit.record(actor=actor, act=act, obj=case, detail={"reason": waiting.decision}, at=at)
        if agree:
            _anonymise(case, file, actor, texts_too=texts_too, at=at)
        words = _("%(number)s 已去标识。") if agree else _("%(number)s 不同意去标识，请看意见。")
        tell_about(case, [waiting.proposed_by_id], words, f"archive:decided:{waiting.pk}", at)


def _require_another(waiting: ArchiveProposal, file: ArchiveFile, actor: Actor) -> None:
    own = actor.user.pk if actor.user else None
    if waiting.proposed_by_id == own:
        raise Refusal(_("提出和决定须是两个人：请由另一位负责人决定。"), code="forbidden")
    if file.by_hand and file.class_by_id == own:
        raise Refusal(_("本件的保管期限是您更改的，请由另一位负责人决定。"), code="forbidden")


def _anonymise(case: Petition, file: ArchiveFile, actor: Actor, *, texts_too: bool, at: datetime) -> None:
    """Everything of one case, in the caller's transaction; the bytes of files go once it is committed."""
    people = case.persons.update(
        name=b"",
        id_number=b"",
        id_check_failed=False,
        phone=b"",
        address=b"",
        birth_on=None,
        id_index=None,
        phone_index=None,
        home_index=None,
    )
    PaperService.objects.filter(Q(petition=case) | Q(former_of=case)).update(recipient=b"")
    case.written_notices.update(recipient=b"", proof=b"")
    Talk.objects.filter(record__petition=case).update(place=b"", present=b"")
    Reconciliation.objects.filter(record__petition=case).update(petitioner_side=b"", other_side=b"")
    elsewhere = extensions.forget_people(case)
    case.query_code_hash = ""
    changed = ["query_code_hash"]
    if texts_too:
        case.subject = case.body = REPLACED  # a trigger keeps the words of the search
        changed += ["subject", "body"]
    case.save(update_fields=changed)
    files = _empty_files(case)
    file.done_at, file.texts_replaced = at, texts_too
    file.save()
    detail = {"people": people, "elsewhere": elsewhere, "attachments": files, "texts_too": texts_too}
    audit.record(actor=actor, act="archive.anonymise", obj=case, detail=detail, at=at)
    history(case, ArchiveAct.ANONYMISE, actor, at, REPLACED if texts_too else "")


def _empty_files(case: Petition) -> int:
    """Names, sums and bytes of the attachments; the rows stay. Bytes that a crash leaves behind are strays, which the
    nightly run removes (``attaching.remove_strays``)."""
    paths = [path for path in case.attachments.values_list("file", flat=True) if path]
    case.attachments.update(name=FILE_NAME, file="", sha256="", size=0)
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path), robust=True)
    return len(paths)
