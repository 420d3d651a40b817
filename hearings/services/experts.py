"""专家意见, 鉴定, 评估: asked, and answered once. No clock of the case stops meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import friendly_moment, han_date, local_day, now
from core.uploads import prepare_files
from core.wording import said
from hearings.enums import ExpertKind, HearingAct
from hearings.models import ExpertAnswer, ExpertQuestion
from hearings.models.experts import new_token
from hearings.services import inside
from petitions.models import Petition
from petitions.services import attaching

FARTHEST = 400


def ask(
    *,
    petition: Petition,
    actor: Actor,
    kind: ExpertKind,
    whom: str,
    question: str,
    asked_on: date,
    due_on: date,
    token: str = "",
    at: datetime | None = None,
) -> ExpertQuestion:
    """Put a question to an expert or a body. Days are those of Asia/Shanghai.

    Raises Refusal: not of the lead unit, answered already, nobody or nothing named, days out of order, sent twice.
    """
    at = at or now()
    whom = said(whom, _("请写明向谁征求意见。"), longest=200)
    question = said(question, _("请写明要回答的问题。"))
    with transaction.atomic():
        case = inside.locked_case(petition.pk, actor, HearingAct.ASK_EXPERT)
        if token and ExpertQuestion.objects.filter(token=token).exists():
            raise Refusal(_("这一步已经提交过，没有重复办理。"), code="repeated")
        if not local_day(case.registered_at) <= asked_on <= local_day(at):
            raise Refusal(_("征求日期须在本件登记之日到今天之间。"), code="invalid")
        if due_on < asked_on:
            raise Refusal(
                _("答复期限不能早于征求日期 %(day)s。") % {"day": han_date(asked_on)}, code="invalid"
            )
        if (due_on - asked_on).days > FARTHEST:
            raise Refusal(_("答复期限超过 %(n)d 天，请核对年份。") % {"n": FARTHEST}, code="invalid")
        row = ExpertQuestion(
            petition=case,
            token=token or new_token(),
            kind=kind,
            whom=whom,
            question=question,
            asked_on=asked_on,
            due_on=due_on,
            at=at,
            by=actor.user,
            who=actor.label[:120],
        )
        row.save(force_insert=True)
        words = {"kind": ExpertKind(kind).label, "day": han_date(due_on)}
        text = _("委托%(kind)s，%(day)s前答复。") % words
        inside.history(case, actor, text, at, public=_("已委托%(kind)s。") % words)
        inside.on_record(case, row, actor, "ask_expert", at, kind=kind)
    return row


def answer(
    *,
    question: ExpertQuestion,
    actor: Actor,
    opinion: str,
    received_on: date,
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
) -> ExpertAnswer:
    """Enter what came back, once.

    Raises Refusal: entered before (with who and when), nothing said, an impossible day.
    """
    at = at or now()
    opinion = said(opinion, _("请写明意见的结论。"))
    files = prepare_files(files)
    with attaching.undone_with_the_step(), transaction.atomic():
        case = inside.locked_case(question.petition_id, actor, HearingAct.ANSWER_EXPERT)
        row = ExpertQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
        before = ExpertAnswer.objects.filter(question=row).first()
        if before is not None:
            words = {"who": before.who, "when": friendly_moment(before.at)}
            raise Refusal(
                _("没有生效：%(who)s已于%(when)s登记意见。有新的意见，请另行征求。") % words, code="stale"
            )
        if not row.asked_on <= received_on <= local_day(at):
            raise Refusal(_("收到日期须在征求之日到今天之间。"), code="invalid")
        made = ExpertAnswer.objects.create(
            question=row,
            received_on=received_on,
            opinion=opinion,
            at=at,
            by=actor.user,
            who=actor.label[:120],
        )
        made.files.set(attaching.attach(case, files, actor=actor, at=at))
        inside.history(case, actor, _("收到%(kind)s。") % {"kind": ExpertKind(row.kind).label}, at)
        inside.on_record(case, row, actor, "answer_expert", at)
    return made
