"""听证笔录: the hearing was held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import full_moment, han_date, local_day, now
from core.uploads import prepare_files
from core.wording import said
from hearings import panel
from hearings.enums import HearingAct, State
from hearings.models import Hearing, HearingRecord, RecusalAsked
from hearings.services import inside
from petitions.services import attaching


@dataclass(frozen=True)
class NewRecord:
    """What was written down. ``came``: who took part beside the panel. A petitioner who stayed away is at no fault."""

    began_at: datetime
    ended_at: datetime
    petitioner_came: bool
    came: str
    petitioner_said: str
    unit_said: str
    evidence: str
    opinion: str
    minority: str = ""
    files: Sequence[UploadedFile] = ()


def record(*, hearing: Hearing, actor: Actor, new: NewRecord, at: datetime | None = None) -> HearingRecord:
    """Enter the record; the hearing is held with that.

    Raises Refusal: before the day, on another day than the one told, times in the future or out of order, a panel that
    is not whole, an undecided recusal, something left out, recorded before.
    """
    at = at or now()
    texts = _texts(new)
    files = prepare_files(new.files)
    with attaching.undone_with_the_step(), transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.RECORD, State.TOLD)
        _check_times(row, new, at)
        waiting = RecusalAsked.objects.filter(member__hearing=row, granted=None)
        if waiting.exists():
            raise Refusal(_("信访人的回避申请还没有决定，请先决定。"), code="invalid")
        if why := panel.lacking(row, at):
            raise Refusal(why, code="invalid")
        made = HearingRecord(
            hearing=row,
            began_at=new.began_at,
            ended_at=new.ended_at,
            petitioner_came=new.petitioner_came,
            at=at,
            by=actor.user,
            who=actor.label[:120],
            **texts,
        )
        made.save(force_insert=True)
        made.files.set(attaching.attach(row.petition, files, actor=actor, at=at))
        row.state, row.ended_at = State.HELD, at
        row.save(update_fields=["state", "ended_at"])
        public = _("%(day)s已举行听证。") % {"day": han_date(row.day)}
        inside.history(row.petition, actor, f"{public}{texts['opinion']}", at, public=public)
        inside.on_record(row.petition, row, actor, "record", at, came=new.petitioner_came)
    hearing.refresh_from_db()
    return made


def _texts(new: NewRecord) -> dict[str, str]:
    """Cleaned and whole. Raises Refusal."""
    return {
        "came": said(new.came, _("请写明参加人。"), longest=2000),
        "petitioner_said": said(new.petitioner_said, _("信访人到场的，请写明其陈述。"))
        if new.petitioner_came
        else clean_text(new.petitioner_said)[:20_000],
        "unit_said": said(new.unit_said, _("请写明办理单位的说明。")),
        "evidence": said(new.evidence, _("请写明证据和质证情况；没有的，写“没有”。")),
        "opinion": said(new.opinion, _("请写明听证意见。")),
        "minority": said(new.minority) if clean_text(new.minority) else "",
    }


def _check_times(row: Hearing, new: NewRecord, at: datetime) -> None:
    if at < row.starts_at and local_day(at) < row.day:
        raise Refusal(
            _("听证定于 %(when)s，还没有举行，不能登记笔录。") % {"when": full_moment(row.starts_at)},
            code="invalid",
        )
    if local_day(new.began_at) != row.day:
        raise Refusal(
            _("通知信访人的日子是 %(day)s。在别的日子举行的，请先改期并通知。") % {"day": han_date(row.day)},
            code="invalid",
        )
    if new.ended_at <= new.began_at:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if new.ended_at > at:
        raise Refusal(_("结束时间还没有到，请在听证结束以后登记。"), code="invalid")
