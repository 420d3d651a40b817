"""From the draft to the signature: 拟稿, 核稿, 签发, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from documents import rules
from documents.enums import FROZEN, PaperState
from documents.models import Paper, PaperTemplate
from documents.selectors import template_on

#: Signs of one field; an opinion of fifty pages has fewer.
LONGEST = 40_000


def draft(
    *,
    actor: Actor,
    unit: Unit,
    kind: str,
    fields: Mapping[str, Any],
    about: str = "",
    major: bool = False,
    at: datetime | None = None,
) -> Paper:
    """A new draft under the template of the day of ``at`` (Asia/Shanghai). ``fields``: texts, days, lists of texts.

    Raises Refusal: not of that unit, no template, a field the template does not know or that is too long.
    """
    at = at or now()
    template = template_on(kind, local_day(at))
    paper = Paper(
        template=template,
        unit=unit,
        about=about,
        major=major,
        fields_text=kept(template, fields),
        drafted_by=actor.user,
        drafted_at=at,
    )
    rules.require_records(actor, paper)
    with transaction.atomic():
        paper.save(force_insert=True)
        audit.record(actor=actor, act="paper.draft", obj=paper, detail={"kind": kind}, at=at)
    return paper


def revise(*, actor: Actor, paper: Paper, fields: Mapping[str, Any], at: datetime | None = None) -> Paper:
    """Put other fields in; what was checked or signed must be checked and signed again. Who revises is its drafter now.

    Raises Refusal: not of that unit, already issued, unknown fields.
    """
    with transaction.atomic():
        row = lock(paper)
        rules.require_writer(actor, row.unit)
        _refuse_frozen(row)
        row.fields_text = kept(row.template, fields)
        row.drafted_by, row.drafted_at = actor.user, at or now()
        _back_to_draft(row, note="")
        audit.record(actor=actor, act="paper.revise", obj=row, at=at)
    return row


def check(*, actor: Actor, paper: Paper, at: datetime | None = None) -> Paper:
    """核稿 by somebody of the unit who did not draft it. Raises Refusal."""
    with transaction.atomic():
        row = lock(paper)
        rules.require_writer(actor, row.unit)
        _require_state(row, PaperState.DRAFT, _("此件不是文稿，不能核稿。"))
        rules.require_other(actor, row, _("拟稿人不能核自己的稿，请由其他工作人员核稿。"))
        row.state, row.checked_by, row.checked_at = PaperState.CHECKED, actor.user, at or now()
        row.save(update_fields=["state", "checked_by", "checked_at"])
        audit.record(actor=actor, act="paper.check", obj=row, at=at)
    return row


def send_back(*, actor: Actor, paper: Paper, note: str, at: datetime | None = None) -> Paper:
    """Back to the drafter, with what is to be mended. Raises Refusal: no note, nothing to send back."""
    note = clean_text(note)
    with transaction.atomic():
        row = lock(paper)
        if row.state == PaperState.APPROVED or not rules.works_for(actor, row.unit):
            rules.require_approver(actor, row)
        else:
            rules.require_writer(actor, row.unit)
        if not note:
            raise Refusal(_("请写明退回的理由和要修改的地方。"), code="invalid")
        _refuse_frozen(row)
        _back_to_draft(row, note=note)
        audit.record(actor=actor, act="paper.send_back", obj=row, at=at)
    return row


def approve(*, actor: Actor, paper: Paper, at: datetime | None = None) -> Paper:
    """签发. The day of ``at`` is the date the paper bears. Everything the law asks for must be there.

    Raises Refusal: not checked, not a head or leader, the drafter, or something required is missing ("incomplete").
    """
    with transaction.atomic():
        row = lock(paper)
        rules.require_approver(actor, row)
        _require_state(row, PaperState.CHECKED, _("文书须先核稿再签发。"))
        rules.require_complete(row.template, row.fields)
        row.state, row.approved_by, row.approved_at = PaperState.APPROVED, actor.user, at or now()
        row.save(update_fields=["state", "approved_by", "approved_at"])
        audit.record(actor=actor, act="paper.approve", obj=row, at=at)
    return row


def discard(*, actor: Actor, paper: Paper, at: datetime | None = None) -> Paper:
    """作废: a draft that nobody wants, by whoever wrote it or the head of its unit; it never had a number and never
    gets one. The row stays. What it was to correct can be corrected by another.

    Raises Refusal: neither of them, issued already, discarded before.
    """
    with transaction.atomic():
        row = lock(paper)
        _refuse_frozen(row)
        rules.require_discarder(actor, row)
        was = row.corrects_id
        row.state, row.corrects = PaperState.VOID, None
        row.save(update_fields=["state", "corrects"])
        detail = {"kind": row.kind} | ({"was": was} if was else {})
        audit.record(actor=actor, act="paper.discard", obj=row, detail=detail, at=at)
    return row


def set_major(*, actor: Actor, paper: Paper, major: bool, reason: str, at: datetime | None = None) -> Paper:
    """Whether a leader must sign it. Whoever writes for the unit, or signs for it, asks for a leader; only a leader
    says that none is needed, so that no head takes back what was put to somebody above.

    Raises Refusal: not of that unit, not a leader, signed already, no signature at all, as it was.
    """
    with transaction.atomic():
        row = lock(paper)
        _refuse_frozen(row)
        if not row.template.approval:
            raise Refusal(_("这种文书不用签发。"), code="invalid")
        rules.require_raiser(actor, row, major=major)
        if row.state == PaperState.APPROVED:
            raise Refusal(_("文书已经签发。要改由领导签发的，请先退回修改。"), code="stale")
        if row.major == major:
            words = _("这份文书已经报领导签发。") if major else _("这份文书不用领导签发。")
            raise Refusal(words, code="stale")
        row.major = major
        row.save(update_fields=["major"])
        detail = {"major": major, "reason": reason}
        audit.record(actor=actor, act="paper.major", obj=row, detail=detail, at=at)
    return row


def correct(*, actor: Actor, paper: Paper, fields: Mapping[str, Any], at: datetime | None = None) -> Paper:
    """A new draft in the place of an issued paper; it will name the old one, which stays as it is.

    Raises Refusal: not issued, corrected before (correct the correction), and whatever ``draft`` refuses.
    """
    with transaction.atomic():
        old = lock(paper)
        if not old.is_frozen:
            raise Refusal(_("尚未印发的文书请直接修改，不必更正。"))
        if Paper.objects.filter(corrects=old).exists():
            raise Refusal(_("此件已有更正文书，请在更正文书上办理。"))
        made = draft(
            actor=actor,
            unit=old.unit,
            kind=old.kind,
            fields=fields,
            about=old.about,
            major=old.major,
            at=at,
        )
        made.corrects = old
        made.save(update_fields=["corrects"])
        audit.record(actor=actor, act="paper.correct", obj=made, detail={"was": old.pk}, at=at)
    return made


def lock(paper: Paper) -> Paper:
    """The row as it is now, held until the transaction ends."""
    return Paper.objects.select_for_update(of=("self",)).select_related("template", "unit").get(pk=paper.pk)


def _require_state(row: Paper, state: PaperState, sentence: str) -> None:
    if row.state != state:
        raise Refusal(sentence, code="stale")


def _refuse_frozen(row: Paper) -> None:
    if row.state in FROZEN:
        raise Refusal(_("文书印发后不能修改；确有错误的，请另行更正。"))
    if row.state == PaperState.VOID:
        raise Refusal(_("没有生效：这份草稿已经作废。需要的，请重新拟写。"), code="stale")


def _back_to_draft(row: Paper, *, note: str) -> None:
    row.state, row.sent_back = PaperState.DRAFT, note
    row.checked_by = row.checked_at = row.approved_by = row.approved_at = None
    row.save(
        update_fields=[
            *("state", "sent_back", "fields_text", "drafted_by", "drafted_at"),
            *("checked_by", "checked_at", "approved_by", "approved_at"),
        ]
    )


def kept(template: PaperTemplate, fields: Mapping[str, Any]) -> str:
    """The fields as they are kept. Raises Refusal (code "invalid")."""
    labels = {spec.name: spec.label for spec in template.specs}
    kept = {}
    for name, value in fields.items():
        if name not in labels:
            raise Refusal(
                _("%(paper)s没有“%(name)s”这一项。")
                % {"paper": template.get_kind_display(), "name": name[:40]},
                code="invalid",
            )
        kept[name] = _value(value)
        if sum(map(len, kept[name])) > LONGEST:
            raise Refusal(_("“%(label)s”太长，请精简。") % {"label": labels[name]}, code="invalid")
    return json.dumps(kept, ensure_ascii=False)


def _value(value: Any) -> str | list[str]:
    if isinstance(value, datetime):
        value = local_day(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list | tuple):
        return [text for text in (clean_text(str(one)) for one in value) if text]
    return clean_text(str(value)) if value is not None else ""
