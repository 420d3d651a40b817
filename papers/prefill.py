"""What the system knows is filled in; what it cannot know stays empty, with its label. ``fields_of`` is the entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.selectors import district_of
from core.timekeeping import local_day
from documents.enums import PaperKind as K
from documents.models import Paper
from papers import overseen
from papers.facts import ANSWERS, BY_THE_SYSTEM, PATHS, Facts
from papers.heard import heard, hearing_record
from papers.titles import within_title
from papers.wording import on_paper
from petitions.enums import Outcome, Path, RefusalReason, ReplyKind
from petitions.models import (
    AcceptanceRefusal,
    ClosingReport,
    Extension,
    Objection,
    Petition,
    Reply,
    Share,
)
from petitions.rules import on_path_six
from petitions.selectors.material import open_request
from petitions.services.answering import review_body_of
from reviews import windows
from reviews.enums import Outcome as Finding
from reviews.models import Review

Fields = dict[str, Any]
BASIS = {
    RefusalReason.IN_HAND_ELSEWHERE: "《信访工作条例》第十九条",
    RefusalReason.LEGAL_ROUTE: "《信访工作条例》第三十一条",
    RefusalReason.NOT_COMPETENT: "《信访工作条例》第二十三条",
    RefusalReason.FINAL: "《信访工作条例》第三十六条",
}
REASONS = {
    RefusalReason.IN_HAND_ELSEWHERE: "该事项已由有权处理的机关在法定期限内受理或者办理",
    RefusalReason.LEGAL_ROUTE: "该事项应当通过诉讼、仲裁、行政复议等法定途径解决",
    RefusalReason.NOT_COMPETENT: "该事项不属于我单位职权范围",
}


def fields_of(kind: str, petition: Petition, subject: Any, actor: Actor, at: datetime) -> Fields:
    """The fields of a new paper: texts, days, lists of texts."""
    made = MAKERS[K(kind)](Facts(petition, actor, at), subject)
    if isinstance(title := made.get("subject"), str):
        made["subject"] = within_title(title)
    return made


def _case(facts: Facts) -> Fields:
    return {"case_number": facts.petition.number}


def _to_petitioner(facts: Facts, unit: Any) -> Fields:
    summary = facts.text(facts.petition.subject)
    return {
        "to": facts.addressee,
        **_case(facts),
        "received_on": facts.came_to(unit),
        "summary": summary if summary.endswith("。") else f"{summary}。",
        **facts.contacts(),
    }


def _unit(facts: Facts) -> Any:
    return facts.petition.lead_unit or facts.petition.registered_unit


def _acceptance(facts: Facts, _subject: None) -> Fields:
    unit = _unit(facts)
    return _to_petitioner(facts, unit) | {
        "source": facts.way_here(unit),
        "acceptance": _("您反映的事项属于我单位职责范围，决定予以受理"),
        "path": facts.path_words,
        "time_limit": facts.time_limit,
        "responsible_unit": unit.name,
        "query_way": facts.query_way,
    }


def _refusal(facts: Facts, subject: AcceptanceRefusal) -> Fields:
    reason = RefusalReason(subject.reason)
    words = facts.text(subject.explanation).rstrip("。")
    return _to_petitioner(facts, _unit(facts)) | {
        "reason": f"{REASONS[reason]}。{words}" if reason in REASONS else words,
        "legal_basis": BASIS[reason],
        "where_to_go": facts.text(subject.where_to_go),
    }


def _no_further(facts: Facts, subject: AcceptanceRefusal) -> Fields:
    final = None
    if facts.petition.repeat_of_id is not None:
        served = Review.objects.filter(
            petition=facts.petition.repeat_of_id, level="final", served_at__isnull=False
        )
        # After an order to handle anew the case goes on: that one ended nothing.
        served = served.exclude(outcome=Finding.REDO)
        final = served.select_related("body").order_by("-served_at").first()
    return _to_petitioner(facts, _unit(facts)) | {
        "final_body": final.body_label if final else "",
        "final_number": facts.number_of((K.FINAL_REVIEW,), review=final) if final else "",
        "final_on": (facts.dated((K.FINAL_REVIEW,), review=final) or final.decided_at) if final else "",
        "same_facts": facts.text(subject.explanation).rstrip("。"),
    }


def _routing(facts: Facts, subject: Reply) -> Fields:
    item, route = PATHS.get(Path(facts.petition.path), ("", "")) if facts.petition.path else ("", "")
    return _to_petitioner(facts, subject.unit) | {
        "path_item": item,
        "route": route,
        "competent_body": "",
        "legal_basis": facts.text(subject.basis),
        "time_limit": "",
    }


def _guidance(facts: Facts, _subject: None) -> Fields:
    """Which body, by which procedure and on what ground is for whoever guides to say."""
    given = {"competent_body": "", "procedure": "", "legal_basis": ""}
    return _to_petitioner(facts, facts.petition.registered_unit) | given


def _supplement(facts: Facts, _subject: None) -> Fields:
    asked = open_request(facts.petition, facts.at)
    return {
        "to": facts.addressee,
        **_case(facts),
        "received_on": facts.petition.registered_at,
        "missing_items": facts.text(asked.items) if asked else "",
        "how": facts.text(asked.how).rstrip("。") if asked else _("当面、邮寄或者在网上查询页提交"),
        "due_on": asked.row.due_on if asked else "",
        "silence": _("逾期没有补正的，我单位根据现有材料办理。"),
        **facts.contacts(),
    }


def _extension(facts: Facts, subject: Extension) -> Fields:
    clock = facts.conclusion
    accepted = facts.petition.accepted_at
    return {
        "to": facts.addressee,
        **_case(facts),
        "accepted_on": accepted,
        "due_on": facts.first_due(clock) if clock else "",
        "new_due_on": clock.due_at if clock else "",
        "days": str(subject.days),
        "reason": facts.text(subject.reason).rstrip("。"),
        "approver": subject.approved_by.get_full_name(),
        **facts.contacts(),
    }


def _line(facts: Facts) -> str:
    """One case in the list of a letter."""
    petition = facts.petition
    words = {
        "number": petition.number,
        "who": facts.petitioner_for_offices,
        "day": on_paper(petition.received_at),
        "channel": petition.get_channel_display(),
        "subject": facts.for_offices(petition.subject),
    }
    return _("信访件%(number)s，%(who)s，%(day)s%(channel)s，反映“%(subject)s”。") % words


def _letter(facts: Facts, subject: Share) -> Fields:
    return {
        "to": subject.unit.name,
        "subject": facts.for_offices(facts.petition.subject),
        "cases": [_line(facts)],
        **facts.contacts(),
    }


def _forwarding(facts: Facts, subject: Share) -> Fields:
    return _letter(facts, subject) | {"note": facts.for_offices(subject.demand)}


def _co_letter(facts: Facts, subject: Share) -> Fields:
    """Who leads, what the co-unit is to contribute, and by which day."""
    lead = facts.petition.lead_unit
    return _letter(facts, subject) | {
        "lead": lead.name if lead is not None else "",
        "demand": facts.for_offices(subject.demand).rstrip("。") + "。" if subject.demand.strip() else "",
        "due_on": subject.feedback_due_on,
    }


def _assignment(facts: Facts, subject: Share) -> Fields:
    return _letter(facts, subject) | {
        "demand": facts.for_offices(subject.demand),
        "due_on": subject.feedback_due_on,
        "report_demand": _("办结后请书面反馈办理结果，提交办结报告，并附已签发的处理意见书或者答复。"),
    }


def _sender_of(facts: Facts) -> str:
    lead = facts.lead
    office = (
        lead.sent_from if lead is not None and lead.sent_from is not None else facts.petition.registered_unit
    )
    return str(office.name)


def _objection(facts: Facts, subject: Objection) -> Fields:
    suggested = subject.suggested_unit
    return {
        "to": _sender_of(facts),
        **_case(facts),
        "subject": facts.for_offices(facts.petition.subject),
        "sent_number": facts.sent_number(),
        "received_on": facts.came_to(subject.unit),
        "reasons": facts.for_offices(subject.reason),
        "suggestion": _("建议由%(unit)s承办。") % {"unit": suggested.name} if suggested else "",
        **facts.contacts(),
    }


def _objection_answer(facts: Facts, subject: Objection) -> Fields:
    decision, follows = (
        (_("同意你单位提出的异议"), _("请你单位交还有关材料。"))
        if subject.agreed
        else (_("不同意你单位提出的异议"), _("请你单位依法继续办理，原办理期限不变。"))
    )
    return {
        "to": subject.unit.name,
        **_case(facts),
        "subject": facts.for_offices(facts.petition.subject),
        "raised_on": subject.raised_at,
        "decision": decision,
        "reasons": facts.for_offices(subject.decision),
        "next": follows,
        **facts.contacts(),
    }


def _requests(facts: Facts) -> list[str]:
    return [facts.text(one.text) for one in facts.petition.requests.all()]


def _outcomes(facts: Facts, subject: Reply) -> list[str]:
    """One for each request: what was decided and why."""
    found = []
    for one in facts.petition.requests.all():
        label = str(Outcome(one.outcome).label) if one.outcome else ""
        words = "".join(facts.text(one.opinion).splitlines()).rstrip("。")  # a line of the form each
        said = "：".join(part for part in (label, words if words != label else "") if part)
        found.append(f"{said}。" if said else "")
    return [one for one in found if one]


def _opinion(facts: Facts, subject: Reply) -> Fields:
    unit = subject.unit
    came = facts.came_to(unit)
    words = {"way": facts.way_here(unit), "day": on_paper(came)}
    received = _("%(way)s，我单位于%(day)s收到") % words
    body = subject.review_body or review_body_of(unit)
    return {
        "to": facts.addressee,
        **_case(facts),
        "subject": facts.text(facts.petition.subject),
        "received": received,
        "accepted_on": facts.petition.accepted_at,
        "requests": _requests(facts),
        "facts": "\n".join(part for part in (facts.text(subject.text), heard(facts)) if part),
        "legal_basis": facts.text(subject.basis),
        "outcomes": _outcomes(facts, subject),
        "review_body": body.name if body else "",
    }


def _simple_reply(facts: Facts, subject: Reply) -> Fields:
    return {
        "to": facts.addressee,
        **_case(facts),
        "subject": facts.text(facts.petition.subject),
        "received_on": facts.petition.received_at,
        "answer": facts.text(subject.text),
        "basis": facts.text(subject.basis),
        "how": _("书面"),
        "answered_on": subject.at,
        "remedy": _remedy(facts, subject),
        **facts.contacts(),
    }


def _remedy(facts: Facts, subject: Reply) -> str:
    """Against an answer of 简易办理: the ordinary procedure, by word to the unit, and 复查 (条例 35)."""
    ordinary = _("对本答复不满意、要求按普通程序办理并出具处理意见书的，可以向我单位提出")
    body = subject.review_body or review_body_of(subject.unit)
    if body is None or not on_path_six(facts.petition):
        return f"{ordinary}。"
    words = _(
        "%(ordinary)s；也可以自收到本答复之日起30日内，向%(body)s请求复查（《信访工作条例》第三十五条）。"
    )
    return words % {"ordinary": ordinary, "body": body.name}


def _finding(review: Review, facts: Facts) -> str:
    label = str(Finding(review.outcome).label)
    words = {
        Finding.UPHELD: _("维持原意见。"),
        Finding.REVOKED: _("撤销原意见。"),
        Finding.CHANGED: _("变更原意见。"),
        Finding.REDO: _("责令原办理单位自收到之日起重新办理，不得以同一事实和理由作出相同的意见。"),
    }[Finding(review.outcome)]
    return f"{words or label}{facts.text(review.opinion)}"


def _review(facts: Facts, subject: Review) -> Fields:
    assert subject.reply is not None
    reply = subject.reply
    final = windows.body_of_final(facts.petition, subject, facts.at)
    return {
        "to": facts.addressee,
        **_case(facts),
        "subject": facts.text(facts.petition.subject),
        "requested_on": subject.applied_at,
        "handling_body": reply.unit.name,
        "opinion_number": facts.number_of_answer(reply) or _("未编文号"),
        "opinion_on": facts.dated(ANSWERS, reply=reply) or reply.at,
        "requests": [facts.text(subject.reason)],
        "facts": facts.text(subject.text),
        "legal_basis": facts.text(subject.basis),
        "finding": _finding(subject, facts),
        "final_body": final.name if final else settings.FINAL_REVIEW_BODY,
        "cc": reply.unit.name,
    }


def _final_review(facts: Facts, subject: Review) -> Fields:
    assert subject.first is not None
    first = subject.first
    held = [
        _("%(start)s至%(end)s举行听证：%(text)s")
        % {"start": on_paper(one.start_on), "end": on_paper(one.end_on), "text": facts.text(one.text)}
        for one in subject.hearings.all()
    ]
    return {
        "to": facts.addressee,
        **_case(facts),
        "subject": facts.text(facts.petition.subject),
        "requested_on": subject.applied_at,
        "review_body": first.body_label,
        "review_number": facts.number_of((K.REVIEW,), review=first) or _("未编文号"),
        "review_on": facts.dated((K.REVIEW,), review=first) or first.decided_at,
        "requests": [facts.text(subject.reason)],
        "facts": facts.text(subject.text),
        "hearing": "\n".join(held),
        "legal_basis": facts.text(subject.basis),
        "finding": _finding(subject, facts),
        "cc": "、".join(dict.fromkeys((first.body_label, subject.handled_by.name))),
    }


def _closing_report(facts: Facts, subject: Share) -> Fields:
    petition = facts.petition
    reply = getattr(petition, "reply", None)
    called = _("处理意见书") if reply and reply.kind == ReplyKind.OPINION else _("答复")
    number = facts.number_of_answer(reply) if reply else ""
    return _report_of_answer(facts, subject, reply) | {
        "to": subject.sent_from.name if subject.sent_from else petition.registered_unit.name,
        **_case(facts),
        "subject": facts.for_offices(petition.subject),
        "assigned_number": facts.number_of((K.ASSIGNMENT,), share=subject) or BY_THE_SYSTEM,
        "petitioner": _("%(who)s，%(n)d人。")
        % {"who": facts.petitioner_for_offices, "n": petition.head_count},
        "attachments": [f"{called}（{number}）" if number else called],
    }


def _report_of_answer(facts: Facts, subject: Share, reply: Reply | None) -> Fields:
    """What the unit wrote in its last report on this answer; before there is one, what the answer says."""
    sent = ClosingReport.objects.filter(share=subject, reply=reply).order_by("-sent_at", "-id").first()
    if sent is not None:
        return {
            "requests": [facts.for_offices(sent.demand)],
            "handling": facts.for_offices(sent.handling),
            "result": facts.for_offices(sent.result),
            "attitude": facts.for_offices(sent.attitude),
            "contact": sent.contact,
            "phone": sent.phone,
        }
    return {
        "requests": [facts.for_offices(one.text) for one in facts.petition.requests.all()],
        "handling": facts.for_offices(reply.text) if reply else "",
        "result": facts.for_offices("\n".join(_outcomes(facts, reply))) if reply else "",
        "attitude": "",
        **facts.contacts(),
    }


def _urgent_report(facts: Facts, _subject: None) -> Fields:
    petition = facts.petition
    district = district_of(petition.registered_unit)
    name = district.name if district else settings.DISTRICT_NAME
    places = [petition.place_unit.name if petition.place_unit else "", petition.place_text]
    return {
        "to": name,
        "subject": facts.for_offices(petition.subject),
        "when": on_paper(petition.received_at) + f"{petition.received_at.astimezone(facts.at.tzinfo):%H:%M}",
        "where": "".join(places),
        "people": _("%(n)d人") % {"n": petition.head_count},
        "demand": facts.for_offices("；".join(one.text for one in petition.requests.all()) or petition.body),
        "trend": "",
        "measures": "",
        "recipients": _(
            "%(district)s党委、政府，主管部门，%(district)s信访工作联席会议办公室，上级信访部门，同时报国家信访局"
        )
        % {"district": name},
        **facts.contacts(),
    }


def _service_record(facts: Facts, subject: Paper) -> Fields:
    """A form to be signed by hand; what was recorded of the last try is filled in."""
    last = subject.deliveries.order_by("-id").first()
    knows = not facts.petition.sealed
    first = facts.petition.persons.first() if knows else None
    called = f"《{subject.template.get_kind_display()}》"
    return {
        "paper": f"{called}（{subject.number}）" if subject.number else called,
        "recipient": last.recipient if last else facts.addressee,
        "method": last.get_method_display() if last else "",
        "where": (last.place if last else "")
        or (facts.text(first.address) if first and first.address else ""),
        "when": on_paper(local_day(last.served_at)) if last and last.served_at else "",
        "witnesses": last.witnesses if last else "",
        "evidence": last.proof if last else "",
        "server": facts.actor.user.get_full_name() if facts.actor.user else "",
    }


MAKERS: dict[K, Callable[[Facts, Any], Fields]] = {
    K.ACCEPTANCE: _acceptance,
    K.REFUSAL: _refusal,
    K.NO_FURTHER: _no_further,
    K.ROUTING: _routing,
    K.GUIDANCE: _guidance,
    K.SUPPLEMENT: _supplement,
    K.EXTENSION: _extension,
    K.FORWARDING: _forwarding,
    K.ASSIGNMENT: _assignment,
    K.CO_LETTER: _co_letter,
    K.OBJECTION: _objection,
    K.OBJECTION_ANSWER: _objection_answer,
    K.OPINION: _opinion,
    K.SIMPLE_REPLY: _simple_reply,
    K.REVIEW: _review,
    K.FINAL_REVIEW: _final_review,
    K.CLOSING_REPORT: _closing_report,
    K.SUPERVISION: overseen.supervision,
    K.SUMMONS: overseen.summons,
    K.LISTED: overseen.listed,
    K.RECTIFY: overseen.rectify,
    K.CIRCULAR: overseen.circular,
    K.SUGGEST_WORK: overseen.suggestion,
    K.SUGGEST_POLICY: overseen.suggestion,
    K.SUGGEST_LIABILITY: overseen.suggestion,
    K.URGENT_REPORT: _urgent_report,
    K.HEARING_RECORD: hearing_record,
    K.SERVICE_RECORD: _service_record,
}
