"""What of a brief a reader sees."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.enums import Role
from core.timekeeping import han_date, local_day, now
from petitions.enums import Status
from petitions.models import Petition
from reports import brief_rules
from reports.models import Brief, BriefItem, BriefKind, BriefReading, Section, UnitWarning
from reports.selectors import common

#: A brief older than this is no news on a first page.
NEWS = timedelta(days=4)
#: What a brief leaves out, on its page and on paper.
LEFT_OUT = gettext_lazy(
    "检举控告不在里面；只列出您可以查看的件；件数里没有反映本级领导机关和信访部门的、有人回避的件。"
)


@dataclass(frozen=True)
class Shown:
    """A line as one reader has it; ``instructs``: with a way to write an instruction beside it (批示)."""

    item: BriefItem
    instructs: bool


@dataclass(frozen=True)
class Part:
    """``others``: lines about cases in the charge of other leaders, told by their number alone."""

    section: Section
    lines: list[Shown]
    others: int


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
    return found.order_by("-day", "-kind", "-version")


def parts(brief: Brief, actor: Actor) -> list[Part]:
    """The printed lines by section. Two queries.

    Of lines that this reader is not shown, only those are counted that may be counted for every reader
    (``selectors.common``): an accusation, or a case that somebody stays out of, shows in no number.
    """
    shown: dict[str, list[Shown]] = {}
    leads = actor.role == Role.LEADER
    printed = brief.items.exclude(text="")
    for row in _told(actor).filter(brief=brief).exclude(text="").select_related("petition"):
        case = row.petition
        may = leads and case is not None and case.status != Status.CLOSED
        shown.setdefault(row.section, []).append(Shown(row, may))
    read = [line.item.pk for lines in shown.values() for line in lines]
    others = Counter(
        printed.exclude(pk__in=read).filter(petition__in=common.counted()).values_list("section", flat=True)
    )
    return [
        Part(section, shown.get(section, []), others[section])
        for section in Section
        if section in shown or others[section]
    ]


def editable(brief: Brief, actor: Actor) -> list[BriefItem]:
    """The lines that this editor has before them; the others stay as they are."""
    return list(_told(actor).filter(brief=brief))


def _told(actor: Actor) -> QuerySet[BriefItem]:
    """Lines about no single case, and about cases this reader may read today: a leader those in the own charge, nobody
    what was sealed since or complains of them (条例 28, 30)."""
    cases = Petition.objects.visible_to(actor).filter(sealed=False, pk=OuterRef("petition"))
    return BriefItem.objects.filter(Q(petition=None) | Exists(cases)).order_by("ordinal")


def on_first_page(actor: Actor) -> tuple[str, str] | None:
    """The newest signed daily brief of the last days, for a leader's first page, and whether it was opened yet."""
    last = (
        visible_to(actor)
        .filter(kind=BriefKind.DAILY, signed_at__isnull=False, day__gte=local_day(now()) - NEWS)
        .annotate(opened=Exists(BriefReading.objects.filter(brief=OuterRef("pk"), reader=actor.post)))
        .order_by("-day", "-version")
        .first()
    )
    if last is None:
        return None
    said = _("%(day)s民情日报") if last.opened else _("%(day)s民情日报，您还没有看")
    return said % {"day": han_date(last.day)}, last.get_absolute_url()


def newer(brief: Brief, actor: Actor) -> Brief | None:
    """The newest version of it that this reader may see, where that is another one."""
    same = visible_to(actor).filter(unit=brief.unit, kind=brief.kind, day=brief.day)
    last = same.order_by("-version").first()
    return last if last is not None and last.version > brief.version else None


def warnings(actor: Actor) -> QuerySet[UnitWarning]:
    """Warnings of units (红榜预警): all for whoever reads the bulletin, the own unit's for its head."""
    found: QuerySet[UnitWarning] = UnitWarning.objects.select_related("unit")
    if brief_rules.reads(actor):
        return found
    if actor.role == Role.UNIT_HEAD and actor.unit is not None:
        return found.filter(unit=actor.unit)
    return found.none()
