"""What of a brief a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from petitions.enums import Status
from petitions.models import Petition
from reports import brief_rules
from reports.models import Brief, BriefItem, Section


@dataclass(frozen=True)
class Shown:
    """A line as one reader has it; ``instructs``: with a way to write an instruction beside it (批示)."""

    item: BriefItem
    instructs: bool


@dataclass(frozen=True)
class Part:
    section: Section
    lines: list[Shown]


def visible_to(actor: Actor) -> QuerySet[Brief]:
    """Signed ones for whoever reads them; all for the petition office; none for anybody else."""
    if not brief_rules.reads(actor):
        return Brief.objects.none()
    found = Brief.objects.select_related("unit", "signed_by__user", "signed_by__unit", "edited_by")
    return found if brief_rules.makes(actor) else found.filter(signed_at__isnull=False)


def search(actor: Actor, words: str) -> QuerySet[Brief]:
    """Those with a line of these words that this reader sees, the newest first; all where no words are given."""
    found = visible_to(actor)
    if words:
        lines = _told(actor).filter(brief=OuterRef("pk"), text__icontains=words)
        found = found.filter(Exists(lines))
    return found.order_by("-day")


def parts(brief: Brief, actor: Actor) -> list[Part]:
    """The printed lines by section. One query."""
    shown: dict[str, list[Shown]] = {}
    leads = actor.role == Role.LEADER
    for row in _told(actor).filter(brief=brief).exclude(text="").select_related("petition"):
        case = row.petition
        may = leads and case is not None and case.status != Status.CLOSED
        shown.setdefault(row.section, []).append(Shown(row, may))
    return [Part(section, shown[section]) for section in Section if section in shown]


def editable(brief: Brief, actor: Actor) -> list[BriefItem]:
    """The lines that this editor has before them; the others stay as they are."""
    return list(_told(actor).filter(brief=brief))


def _told(actor: Actor) -> QuerySet[BriefItem]:
    """Lines about no single case, and about cases this reader may read today: a leader those in the own charge, nobody
    what was sealed since or complains of them (条例 28, 30)."""
    cases = Petition.objects.visible_to(actor).filter(sealed=False)
    return BriefItem.objects.filter(Q(petition=None) | Q(petition__in=cases)).order_by("ordinal")
