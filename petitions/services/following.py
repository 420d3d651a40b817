"""What comes after and beside: evaluation, supplements, linking, what rooms above did, closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.bulk import step_transaction
from core.errors import Refusal
from core.uploads import prepare_files
from petitions import extensions
from petitions.enums import Act, Rating, Status
from petitions.models import Evaluation, Petition, PetitionEvent
from petitions.services import attaching, joining, scope, telling
from petitions.services.stepping import lock, stepping


def evaluate(
    *,
    petition: Petition,
    actor: Actor,
    office_rating: Rating,
    unit_rating: Rating,
    comment: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """满意度评价, by the petitioner alone, once (条例 21; domain B5).

    The petition office hears of 不满意; the unit that was rated does not before the case is closed (domain G).
    """
    with stepping(petition, Act.EVALUATE, actor, at=at, token=token) as work:
        rated = Evaluation.objects.create(
            petition=work.petition,
            office_rating=office_rating,
            unit_rating=unit_rating,
            comment=comment,
            at=work.at,
        )
        work.public_text = _("您已评价。谢谢。")
        if Rating.DISSATISFIED in {office_rating, unit_rating}:
            case = work.petition
            telling.notify_about(
                case,
                telling.those_who_watch(case, work.at),
                text=_("%(number)s 信访人评价“不满意”，请了解情况。") % {"number": case.number},
                dedupe_key=f"evaluation:{rated.pk}",
                level="soon",
                at=work.at,
            )


def supplement(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
    token: str = "",
) -> None:
    """补充材料 by the petitioner; stops no clock. Whoever answers for the case is told."""
    files = prepare_files(files)
    with (
        attaching.undone_with_the_step(),
        stepping(petition, Act.SUPPLEMENT, actor, at=at, token=token) as work,
    ):
        if not text.strip() and not files:
            raise Refusal(_("请写明补充的内容，或上传材料。"), code="invalid")
        kept = attaching.attach(work.petition, files, actor=actor, at=work.at)
        work.text = text
        work.public_text = text + (_("（附件 %(n)d 个）") % {"n": len(kept)} if kept else "")
        case = work.petition
        telling.notify_about(
            case,
            telling.those_who_answer(case, work.at),
            text=_("%(number)s 有补充材料。") % {"number": case.number},
            dedupe_key=f"supplement:{case.pk}:{work.at.timestamp()}",
            at=work.at,
        )


def link(
    *,
    petition: Petition,
    actor: Actor,
    original: Petition,
    join: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """重复信访: same person and same matter, judged by a person, never merged silently.

    With ``join`` the case is answered together with the original (``services.joining``); it keeps its own number,
    receipt and clocks. Linking again without ``join`` takes it out of that.

    Raises Refusal: linked to itself, in a circle, to a case on the other side of the seal, or joined where one is
    answered already.
    """
    with step_transaction():
        joining.one_link_at_a_time(petition, original)
        # The original first, as in every step that joined cases take along.
        root = lock(joining.root_of(original))
        with stepping(petition, Act.LINK, actor, at=at, token=token) as work:
            joining.check_root(work.petition, original, root)
            if join:
                joining.join(work.petition, root)
            work.change(repeat_of=root, first_here=False, joined_to=root if join else None)
            # History stays when the original is sealed, or its reader recused: it names no number. The page shows
            # the original from ``repeat_of``, to whoever may read it.
            work.text = _("并入同一事项的原件") if join else _("关联同一事项的原件")
            work.detail = {"original": root.audit_name, "joined": join}


def remark(
    *,
    petition: Petition,
    act: Act,
    actor: Actor,
    text: str,
    public_text: str = "",
    at: datetime | None = None,
    token: str = "",
) -> PetitionEvent:
    """Put what a room above did (批示, 接访, 调解, 督办, 听证, 管辖协调) into the history; the state does not move."""
    if act not in {Act.INSTRUCT, Act.RECEIVE, Act.MEDIATE, Act.SUPERVISE, Act.DISPATCH, Act.HEAR, Act.CONFER}:
        raise ValueError(f"{act} has a door of its own")
    with stepping(petition, act, actor, at=at, token=token) as work:
        work.text, work.public_text = text, public_text
    assert work.event is not None
    return work.event


def grant_reading(*, petition: Petition, user_id: int) -> None:
    """Let the person a case was put into the hands of read it (包案, 调解)."""
    from accounts.models import User

    scope.grant(petition, User.objects.get(pk=user_id))


def revoke_reading(*, petition: Petition, user_id: int) -> None:
    """The package was struck off, the mediation ended: reading by name ends with it, unless another room still
    gives the case to the same person. Call it when what it was given for has been ended."""
    if not extensions.still_reads(petition, user_id):
        scope.revoke(petition, user_id)


def close(
    *,
    petition: Petition,
    actor: Actor,
    text: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """办结归档. The system closes a served case by itself when the 30-day window has passed unused."""
    with stepping(petition, Act.CLOSE, actor, at=at, token=token) as work:
        before = Status(work.petition.status)
        work.change(closed_at=work.at)
        work.text = text or (_("评价期届满，未评价") if before == Status.SERVED else "")
        work.public_text = _("本件已办结归档。")


def close_lapsed(petition_ids: Sequence[int], at: datetime) -> None:
    """Close served cases whose 30 days have passed unused, and evaluated ones nobody filed away."""
    closable = Petition.objects.filter(pk__in=petition_ids, status__in=[Status.SERVED, Status.EVALUATED])
    # A step locks the case first and its clocks second; the sweep comes the other way round, so it must not wait:
    # a busy case raises, its clock is put off and comes again.
    for petition in closable.select_for_update(of=("self",), nowait=True):
        close(petition=petition, actor=Actor.system(), at=at)
