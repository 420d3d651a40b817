"""An agreement, and the application to the court, as sheets: set by the same typesetter as all papers, kept nowhere.

They bear no 文号 and take no way through the units: whoever signs them is no unit. What is printed before signing is
the version that counts; nothing of it goes to a log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from documents.enums import Layout
from documents.rendering import Printed, render
from mediation.agreement_enums import AgreementKind
from mediation.agreement_selectors import here, name_of
from mediation.enums import Side
from mediation.models import Agreement, Duty, Party

BLANK = "＿" * 8
#: In the place of a unit above the title: an application is nobody's but the two who sign it.
NO_UNIT = "　"
#: The day of one hand; those of an agreement stand below the last.
DAY = "　　　年　月　日"


def _line(text: str, kind: str = "p") -> dict[str, Any]:
    return {"kind": kind, "text": text, "label": "", "cells": []}


def _sheet(
    title: str, unit: str, lines: list[dict[str, Any]], *, to: str = "", day: str = ""
) -> dict[str, Any]:
    return {
        "layout": Layout.NOTICE,
        "title": title,
        "unit": unit,
        "number": "",
        "day": day,
        "signer": "",
        "to": to,
        "attachments": [],
        "cc": "",
        "lines": lines,
    }


def agreement_paper(agreement: Agreement, actor: Actor, at: datetime) -> Printed:
    """The sheets to be signed, a copy for each party and one that stays (人民调解法 31). ``agreement`` is one that
    ``agreement_selectors.full`` read.

    Raises Refusal (code "incomplete"): a sign that no typeface at hand has.
    """
    text, parties = agreement.texts.all()[0], here(agreement.mediation)
    known = {one.pk: name_of(one, agreement, actor, masked=False) or BLANK for one in parties}
    lines = [_line(f"{Side(one.side).called_in(agreement.mediation)}：{known[one.pk]}") for one in parties]
    parts = [
        (_("主要事实"), text.facts),
        (_("争议事项"), text.dispute),
        (_("各方责任"), text.liability),
        (_("协议内容"), text.content),
    ]
    said = [(head, body) for head, body in parts if body]
    for n, (head, body) in enumerate(said):
        lines.append(_line(f"{_figure(n)}、{head}", "h1"))
        lines += [_line(row) for row in body.split("\n") if row.strip()]
    lines.append(_line(f"{_figure(len(said))}、{_('履行的方式和期限')}", "h1"))
    duties = list(text.duties.all())
    lines += [_line(f"{n}. {_duty(one, known)}") for n, one in enumerate(duties, 1)]
    if not duties:
        lines.append(_line(_("已当场履行完毕。") if text.done_already else _("按协议内容履行。")))
    copies = _("本协议一式%(n)d份，当事人各执一份，调解组织留存一份。") % {"n": len(parties) + 1}
    lines.append(_line(copies))
    lines += _hands(agreement, parties, known)
    day = agreement.effective_on
    return render(
        _sheet(
            agreement.get_kind_display(),
            agreement.mediation.room.name,
            lines,
            day=f"{day.year}年{day.month}月{day.day}日" if day else _("＿＿年＿＿月＿＿日"),
        ),
        at=at,
    )


def confirmation_paper(agreement: Agreement, actor: Actor, court: str, at: datetime) -> Printed:
    """司法确认申请书, a draft for both to sign: blanks for what is not known here (人民调解法 33)."""
    parties = here(agreement.mediation)
    known = {one.pk: name_of(one, agreement, actor, masked=False) or BLANK for one in parties}
    day = agreement.effective_on
    assert day is not None
    words = {
        "day": f"{day.year}年{day.month}月{day.day}日",
        "room": agreement.mediation.room.name,
        "kind": agreement.get_kind_display(),
    }
    lines = [_line(_("申请人：%(who)s") % {"who": known[one.pk]}) for one in parties]
    lines += [
        _line(_("一、请求事项"), "h1"),
        _line(_("请求确认申请人于%(day)s经%(room)s主持达成的%(kind)s有效。") % words),
        _line(_("二、事实和理由"), "h1"),
        _line(_("申请人因纠纷经%(room)s调解，于%(day)s达成%(kind)s。") % words),
        _line(
            _(
                "申请人达成协议出于自愿，协议内容没有违反法律的强制性规定，没有损害国家利益、社会公共利益和他人合法"
                "权益。现依照《中华人民共和国人民调解法》第三十三条，自协议生效之日起三十日内共同申请司法确认。"
            )
        ),
        _line(_("此致")),
        _line(court or f"{BLANK}{_('人民法院')}"),
        *(_line(_("申请人（签名）：%(blank)s") % {"blank": BLANK} + DAY) for _one in parties),
    ]
    return render(_sheet(_("司法确认申请书"), NO_UNIT, lines), at=at)


def _duty(duty: Duty, known: dict[int, str]) -> str:
    day = duty.due_on
    words = _("%(ower)s于%(day)s以前，向%(owed)s履行：%(what)s") % {
        "ower": known.get(duty.ower_id, BLANK),
        "owed": known.get(duty.owed_id, BLANK),
        "day": f"{day.year}年{day.month}月{day.day}日",
        "what": duty.what,
    }
    if duty.amount is not None:
        words += _("，金额人民币%(sum)s元") % {"sum": f"{duty.amount:,.2f}"}
    if duty.way:
        words += _("，方式：%(way)s") % {"way": duty.way}
    return f"{words}。"


def _hands(agreement: Agreement, parties: list[Party], known: dict[int, str]) -> list[dict[str, Any]]:
    if agreement.kind == AgreementKind.ORAL:
        return [_line(_("本协议为口头协议，由调解员记录。调解员：%(blank)s") % {"blank": BLANK} + DAY)]
    lines = [
        _line(_("%(who)s（签名、盖章或按指印）：%(blank)s") % {"who": known[one.pk], "blank": BLANK})
        for one in parties
    ]
    if agreement.kind == AgreementKind.MEDIATED:
        lines.append(_line(_("调解员（签名）：%(blank)s　　调解组织（印章）") % {"blank": BLANK}))
    return lines


def _figure(n: int) -> str:
    return "一二三四五六七八九十"[n]
