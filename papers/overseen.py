"""What the letters of those who oversee say: supervision, the joint conference, the three suggestions (条例 39, 40)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from conference.models import Order
from papers.facts import Facts
from papers.wording import on_paper
from supervision.models import Suggestion, Supervision
from supervision.selectors import facts_of

Fields = dict[str, Any]


def supervision(facts: Facts, subject: Supervision) -> Fields:
    petition, pressed = facts.petition, facts_of(subject)
    assert pressed is not None and subject.opened_at is not None
    running = petition.clocks.filter(stopped_at=None, due_at__lt=subject.opened_at).select_related("rule")
    late = [f"{one.rule.name}已于{on_paper(one.due_at)}届满" for one in running if not one.is_right]
    problem = [part for part in (pressed.ground, facts.for_offices(pressed.ground_text), *late) if part]
    days = "、".join(on_paper(day) for day in pressed.previous)
    return {
        "to": pressed.unit,
        "case_number": petition.number,
        "subject": facts.for_offices(petition.subject),
        "problem": "；".join(problem) + "。",
        "mode": "、".join(pressed.modes) or _("书面"),
        "earlier": _("此前已督办：%(told)s") % {"told": days} if days else "",
        "demand": facts.for_offices(pressed.demand),
        "due_on": on_paper(pressed.due_on),
        **facts.contacts(),
    }


def _order(facts: Facts, subject: Order) -> Fields:
    """What both letters of the joint conference say (条例 39)."""
    item = subject.item
    words = {"number": item.meeting.number, "n": item.ordinal}
    return {
        "to": subject.unit.name,
        "decision": _("联席会议纪要（%(number)s）第%(n)d项决定") % words,
        "matter": facts.for_offices(subject.facts),
        "demand": facts.for_offices(subject.demand),
        "due_on": subject.due_on,
        **facts.contacts(),
    }


def summons(facts: Facts, subject: Order) -> Fields:
    """When and where is for whoever drafts to say."""
    assert subject.talk_post is not None
    people = _("你单位%(post)s") % {"post": subject.talk_post.title or subject.talk_post.get_role_display()}
    words = {"people": people, "by": subject.talk_by}
    return _order(facts, subject) | {
        "subject": facts.for_offices(subject.item.title),
        "when": "",
        "where": "",
        "people": _("%(people)s；约谈人：%(by)s。") % words,
    }


def listed(facts: Facts, subject: Order) -> Fields:
    assert subject.supervision is not None
    nodes = [f"{node.name}：{on_paper(node.due_on)}" for node in subject.supervision.listing.milestones.all()]
    return _order(facts, subject) | {
        "subject": facts.for_offices(facts.petition.subject),
        "milestones": nodes,
    }


def rectify(facts: Facts, subject: Order) -> Fields:
    return _order(facts, subject) | {"subject": facts.for_offices(subject.item.title)}


def circular(facts: Facts, subject: Order) -> Fields:
    """To the unit it is about and to whoever it was to be made known to."""
    units = [subject.unit, *subject.circulated.order_by("path")]
    return rectify(facts, subject) | {
        "to": "、".join(dict.fromkeys(unit.name for unit in units)),
        "criticised": subject.unit.name,
    }


def suggestion(facts: Facts, subject: Suggestion) -> Fields:
    """Without the case's number: whom it goes to need not read the case."""
    clock = subject.clocks.order_by("-id").first()
    return {
        "to": subject.unit.name,
        "subject": facts.for_offices(subject.title),
        "source": _("我单位在办理信访事项中发现有关问题，现提出如下建议。"),
        "facts": facts.for_offices(subject.facts),
        "legal_basis": facts.for_offices(subject.basis),
        "suggestion": "\n".join(part for part in (facts.for_offices(subject.text), _whose(subject)) if part),
        "due_on": on_paper(clock.due_at) if clock else "",
        **facts.contacts(),
    }


def _whose(subject: Suggestion) -> str:
    """Whose responsibility is in question, of 追究责任 alone."""
    people = [one.get_full_name() for one in subject.about_people.order_by("pk")]
    unit = _("责任单位：%(unit)s。") % {"unit": subject.about_unit.name} if subject.about_unit else ""
    return unit + (_("责任人员：%(people)s。") % {"people": "、".join(people)} if people else "")
