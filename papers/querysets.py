"""Who may see which papers: the case's own scope comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role, UnitKind
from documents.enums import FROZEN, PaperKind, PaperState
from documents.rules import WRITERS
from petitions.selectors.veiling import veiled_from

if TYPE_CHECKING:
    from accounts.actor import Actor

#: Whose review it is and against whom: the rules ask.
OF_REVIEWS = ("review__body", "review__reply__unit", "review__first__body", "review__first__reply__unit")
#: What a list prints of a paper and its case.
RELATIONS = (
    *("paper__template", "paper__unit", "petition__lead_unit", "petition__complained_unit"),
    *OF_REVIEWS,
)


def _kept_by(actor: Actor) -> Q:
    """What this post's own unit issued and has still to serve, to correct or to archive. None of a sealed case, nor for
    whoever is recused (条例 28, 30)."""
    if actor.user is None or actor.role not in WRITERS:
        return Q(pk__in=[])
    at_work = Q(paper__state__in=[PaperState.ISSUED, PaperState.SERVED])
    ended = [PaperState.ARCHIVED, PaperState.VOID]
    at_work |= ~Q(paper__state__in=ended) & (Q(correction=True) | Q(proof_of__isnull=False))
    recusals = apps.get_model("petitions", "Recusal").objects.filter(user=actor.user, ended_at=None)
    out = Q(Exists(recusals.filter(petition=OuterRef("petition"))))
    return at_work & Q(paper__unit=actor.unit, petition__sealed=False) & ~out


def _hides_one(seen: Any, unknown: Any, own: list[int]) -> Exists:
    """A letter about several cases names all of them: whoever may not read one of them does not read the letter."""
    others = apps.get_model("papers", "LetterCase").objects.filter(letter=OuterRef("pk"))
    hidden = ~Q(petition__in=seen.values("pk")) | Q(letter__named=True, petition__in=unknown.values("pk"))
    if own:
        hidden |= Q(petition__complained_unit__in=own, petition__complained_unit__isnull=False)
    return Exists(others.filter(hidden))


def _not_to_know(actor: Actor) -> Q:
    """Letters of suggestions that this post may not read: 追究责任 names whose responsibility is in question. The head
    of the office signs the other two."""
    seen = apps.get_model("supervision", "Suggestion").objects.visible_to(actor)
    hidden = Q(suggestion__isnull=False) & ~Q(suggestion__in=seen.values("pk"))
    if actor.role == Role.UNIT_HEAD:
        hidden &= ~Q(paper__unit=actor.unit, kind__in=[PaperKind.SUGGEST_WORK, PaperKind.SUGGEST_POLICY])
    return hidden


class CasePaperQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> CasePaperQuerySet:
        """Papers of the cases one reads. A unit complained of has none, though it answer for its own part (条例 28).
        Of a confidential case those that name the petitioner are left to those who know them (条例 30). The draft of a
        复查 or 复核 is the body's own and the petition office's until it is issued. What a unit issued it keeps until
        the archive, with what corrects and proves it, though it read the case no more: the paper, not the case. The
        letter of a suggestion is for whoever may read the suggestion."""
        cases = apps.get_model("petitions", "Petition").objects
        if actor.unit is None:
            return self.none()
        found = self.filter(Q(petition__in=cases.visible_to(actor).values("pk")) | _kept_by(actor))
        if own := actor.unit.ancestor_ids[1:]:
            found = found.exclude(petition__complained_unit__in=own, petition__complained_unit__isnull=False)
        unknown = cases.filter(veiled_from(actor))
        found = found.exclude(named=True, petition__in=unknown.values("pk"))
        found = found.exclude(_hides_one(cases.visible_to(actor), unknown, own)).exclude(_not_to_know(actor))
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return found
        done = [state.value for state in FROZEN]
        return found.filter(Q(review=None) | Q(paper__state__in=done) | Q(paper__unit=actor.unit))

    def on_case(self, petition: Any) -> CasePaperQuerySet:
        """Those of a case, and the letters that name it beside others."""
        letters = apps.get_model("papers", "LetterCase").objects.filter(petition=petition)
        return self.filter(Q(petition=petition) | Q(pk__in=letters.values("letter")))

    def with_row_relations(self) -> CasePaperQuerySet:
        return self.select_related(*RELATIONS)

    def of_desk(self, actor: Actor) -> CasePaperQuerySet:
        """Those of the units that this post works for."""
        assert actor.unit is not None
        units = Q(paper__unit=actor.unit)
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            units |= Q(paper__unit=actor.unit.parent_id, paper__unit__kind=UnitKind.DISTRICT)
        return self.filter(units)

    def to_check(self) -> CasePaperQuerySet:
        return self.filter(paper__state=PaperState.DRAFT, submitted_at__isnull=False)

    def to_sign(self) -> CasePaperQuerySet:
        return self.filter(paper__state=PaperState.CHECKED)

    def to_issue(self) -> CasePaperQuerySet:
        return self.filter(paper__state=PaperState.APPROVED)

    def to_serve(self) -> CasePaperQuerySet:
        return self.filter(paper__state=PaperState.ISSUED, paper__template__service=True)
