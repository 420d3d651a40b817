"""What a brief says of a span of time, in sentences made of counts, places, categories and units alone.

Nothing a petitioner wrote and nobody's name is in a drafted line; sealed cases (检举控告) are in none (条例 30). A line
about one case is shown to whoever may read that case. A count is one text for all its readers: it leaves out what any
of them must not learn of (``selectors.common``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.heavy import heavy_read
from core.timekeeping import full_moment, han_date, local_day
from leaders.models import Instruction, Promise, PromiseClock
from leaders.selectors.pulse import WEEKS, rising_of
from matters.selectors import rising_of_all
from petitions.enums import Urgency
from petitions.models import Petition
from petitions.querysets import mass_visits
from reports.models import Section
from reports.models.briefs import LONGEST_SOURCE
from reports.selectors import common
from reports.selectors.figures import FIGURES, VISITS
from reports.selectors.frozen import REGISTERED
from reports.selectors.units_late import late_clocks, overdue

#: Lines of one section that name a case.
MOST = 8
#: Units named in the line of what is past its date.
MOST_LATE = 5
#: 件次: a visit counts its batches.
TIMES = Sum(FIGURES[REGISTERED].weight)
#: A category is hot from so many times its own weekly average on: less is how weeks differ.
HOTTER = 1.5
_OWN_MADE = gettext_lazy("%(leader)s接访时作出一项承诺，由其办公室兑现，期限 %(due)s。")
_OWN_KEPT = gettext_lazy("%(leader)s接访时作出、由其办公室兑现的一项承诺已经兑现，期限 %(due)s。")
_OWN_KEPT_LATE = gettext_lazy("%(leader)s接访时作出、由其办公室兑现的一项承诺超期兑现，期限 %(due)s。")
_OWN_PASSED = gettext_lazy("%(leader)s接访时作出、由其办公室兑现的一项承诺到期没有兑现，期限 %(due)s。")


@dataclass(frozen=True)
class Line:
    """A drafted line; ``petition``: the case it is about, where it is about one; ``of``: what else tells it from the
    other lines of its section."""

    section: Section
    text: str
    petition: Petition | None = None
    of: str = ""

    @property
    def source(self) -> str:
        """The same for the same line drafted again later."""
        return f"{self.section}:{self.petition.pk if self.petition else ''}:{self.of}"[:LONGEST_SOURCE]


@heavy_read
def lines(since: datetime, until: datetime) -> list[Line]:
    """All drafted lines of a brief from ``since`` (included) to ``until`` (not), in the order of the page."""
    return [
        *_came(since, until),
        *_settled(since, until),
        *_hot(until),
        *_hard(since, until),
        *_red(until),
        *_promised(since, until),
    ]


def _came(since: datetime, until: datetime) -> Iterator[Line]:
    new = common.counted().filter(registered_at__gte=since, registered_at__lt=until)
    sums = new.aggregate(
        pieces=Count("pk", filter=~Q(channel__in=VISITS)),
        batches=Sum("batch_count", filter=Q(channel__in=VISITS), default=0),
        heads=Sum("head_count", filter=Q(channel__in=VISITS), default=0),
    )
    text = _("登记 %(pieces)d 件，来访 %(batches)d 批 %(heads)d 人次。") % sums
    by_matter = new.exclude(category=None).values("category__level1").annotate(n=TIMES)
    most = by_matter.order_by("-n", "category__level1")[:3]
    if named := "、".join(f"{row['category__level1']} {row['n']}" for row in most):
        text += _("较多的是：%(which)s（件次）。") % {"which": named}
    yield Line(Section.CAME, text)


def _settled(since: datetime, until: datetime) -> Iterator[Line]:
    answered = common.counted().filter(concluded_at__gte=since, concluded_at__lt=until).count()
    closed = common.counted().filter(closed_at__gte=since, closed_at__lt=until).count()
    words = {"answered": answered, "closed": closed}
    yield Line(Section.SETTLED, _("作出答复 %(answered)d 件，办结归档 %(closed)d 件。") % words)


def _hot(until: datetime) -> Iterator[Line]:
    """Hot matters, then categories, of the last seven days that rise against their own weeks before."""
    for hot in rising_of_all(until)[:MOST]:
        words = {"name": hot.called, "n": hot.week, "before": hot.before}
        yield Line(
            Section.HOT,
            _("热点问题“%(name)s”近 7 天 %(n)d 件，此前每周平均 %(before)s 件。") % words,
            of=f"m{hot.matter.pk}",
        )
    start = until - timedelta(days=7)
    week, past = _by_matter(start, until), _by_matter(start - timedelta(weeks=WEEKS), start)
    for one in rising_of(week, past, start, until):
        if one.week < HOTTER * one.before:
            continue
        words = {"name": one.name, "n": one.week, "before": one.before}
        yield Line(
            Section.HOT, _("“%(name)s”近 7 天 %(n)d 件次，此前每周平均 %(before)s。") % words, of=one.name
        )


def _by_matter(start: datetime, end: datetime) -> dict[str, int]:
    found = common.counted().filter(registered_at__gte=start, registered_at__lt=end).exclude(category=None)
    counted = found.order_by().values("category__level1").annotate(n=TIMES)
    return dict(counted.values_list("category__level1", "n"))


def _hard(since: datetime, until: datetime) -> Iterator[Line]:
    """New mass visits and what was registered as urgent."""
    grave = Q(urgency__in=[Urgency.URGENT, Urgency.GRAVE])
    found = common.unsealed().filter(mass_visits() | grave, registered_at__gte=since, registered_at__lt=until)
    for case in _with_relations(found.order_by("-head_count", "registered_at", "pk"))[:MOST]:
        what = [_about(case)]
        if case.is_mass_visit:
            what.append(_("集体访 %(n)d 人") % {"n": case.head_count})
        if case.urgency != Urgency.NORMAL:
            what.append(str(case.get_urgency_display()))
        yield Line(Section.HARD, "，".join(what) + "。", case)


def _red(until: datetime) -> Iterator[Line]:
    """Units by how many cases of theirs are past a date of the law, then the cases that are longest past it."""
    if units := overdue(until)[:MOST_LATE]:
        each = "、".join(f"{one.unit.label} {one.count}" for one in units)
        yield Line(Section.RED, _("超期未办的件：%(each)s。") % {"each": each})
    oldest = late_clocks(common.unsealed(), until).values("petition").annotate(due=Min("due_at"))
    longest = {row["petition"]: row["due"] for row in oldest.order_by("due", "petition")[:MOST]}
    cases = _with_relations(Petition.objects.filter(pk__in=longest))
    for case in sorted(cases, key=lambda one: (longest[one.pk], one.pk)):
        due = longest[case.pk]
        today = local_day(due) == local_day(until)  # past its hour, though not its day
        words = {"about": _about(case), "due": full_moment(due) if today else han_date(due)}
        yield Line(Section.RED, _("%(about)s，期限 %(due)s。") % words, case)


def _promised(since: datetime, until: datetime) -> Iterator[Line]:
    found = Instruction.objects.filter(given_at__gte=since, given_at__lt=until, petition__sealed=False)
    for row in found.select_related("unit", "leader", "petition").order_by("due_on", "pk")[:MOST]:
        words = {"leader": row.leader, "unit": row.unit.label, "due": han_date(row.due_on)}
        yield Line(
            Section.PROMISED,
            _("%(leader)s交%(unit)s办理一件，期限 %(due)s。") % words,
            row.petition,
            of=str(row.pk),
        )
    yield from _of_the_own_office(since, until)


def _of_the_own_office(since: datetime, until: datetime) -> Iterator[Line]:
    """Promises that no unit was asked to keep: made, kept, or let pass in this span."""
    own = Promise.objects.filter(instruction=None, record__petition__sealed=False)
    clocks = PromiseClock.objects.filter(promise=OuterRef("pk")).order_by("-pk")
    own = own.annotate(due_at=Subquery(clocks.values("due_at")[:1]))
    rows = own.select_related("record__leader", "record__petition").order_by("due_on", "pk")
    passed = Q(due_at__gte=since, due_at__lt=until) & (Q(kept_at=None) | Q(kept_at__gte=until))
    for what, found, said in (
        ("made", Q(record__recorded_at__gte=since, record__recorded_at__lt=until), _OWN_MADE),
        ("kept", Q(kept_at__gte=since, kept_at__lt=until), _OWN_KEPT),
        ("passed", passed, _OWN_PASSED),
    ):
        for row in rows.filter(found)[:MOST]:
            late = what == "kept" and row.due_at is not None and row.kept_at > row.due_at
            words = {"leader": row.record.leader, "due": han_date(row.due_on)}
            text = str(_OWN_KEPT_LATE if late else said) % words
            yield Line(Section.PROMISED, text, row.record.petition, of=f"p{row.pk}{what}")


def _with_relations(found: Any) -> Any:
    return found.select_related("category", "place_unit", "lead_unit")


def _about(case: Petition) -> str:
    """Place, category and unit: never the words of the letter."""
    words = {
        "place": case.place_unit.name if case.place_unit else _("地点不明"),
        "category": (case.category.level2 or case.category.level1) if case.category else _("未分类"),
        "channel": case.get_channel_display(),
        "unit": case.lead_unit.label if case.lead_unit else "",
    }
    if case.lead_unit is None:
        return _("%(place)s“%(category)s”（%(channel)s），尚未转送") % words
    return _("%(place)s“%(category)s”（%(channel)s），%(unit)s主办") % words
