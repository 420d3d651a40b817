"""A 转送函 or 交办函 about several cases: one number, one paper, hanging on each of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from documents import rules as paper_rules
from documents import services as documents
from papers import letters
from papers.models import CasePaper, LetterCase
from papers.people import names_any
from petitions.enums import ForwardKind
from petitions.models import Share
from petitions.services.stepping import lock


def draft_letter(*, actor: Actor, share_ids: Collection[int], at: datetime | None = None) -> CasePaper:
    """A draft about these shares. Where exactly these have their letter already, that one is given back: a double click
    makes one paper.

    Raises Refusal: none or too many, not of one unit, sender and day, sealed or lettered meanwhile, not of that office.
    """
    at = at or now()
    wanted = set(share_ids)
    if not wanted:
        raise Refusal(_("请先选择要写进一份函的信访件。"), code="invalid")
    if len(wanted) > letters.MOST:
        raise Refusal(_("一份函最多 %(n)d 件，请分几份。") % {"n": letters.MOST}, code="too_large")
    with transaction.atomic():
        for pk in sorted(Share.objects.filter(pk__in=wanted).values_list("petition_id", flat=True)):
            lock(pk)
        if (there := _there(wanted, actor)) is not None:
            return there
        shares = sorted(letters.waiting(actor, at).filter(pk__in=wanted), key=lambda one: one.petition_id)
        _require_one_letter(wanted, shares, actor)
        return _write(shares, actor, at)


def _there(wanted: set[int], actor: Actor) -> CasePaper | None:
    found = LetterCase.objects.filter(share__in=wanted, counts=True).values_list("letter", flat=True)
    if len(found) != len(wanted) or len(set(found)) != 1:
        return None
    row: CasePaper | None = CasePaper.objects.visible_to(actor).filter(pk=found[0]).first()
    return row if row is not None and row.letter_cases.count() == len(wanted) else None


def _require_one_letter(wanted: set[int], shares: list[Share], actor: Actor) -> None:
    if len(shares) != len(wanted):
        raise Refusal(
            _("选的信访件里有的已经拟写转送函、已经交还或者转为检举控告，请重新打开本页再选。"), code="stale"
        )
    first = shares[0]
    assert first.sent_from is not None
    day = local_day(first.sent_at)
    same = all(
        (one.unit_id, one.sent_from_id, local_day(one.sent_at)) == (first.unit_id, first.sent_from_id, day)
        for one in shares
    )
    if not same:
        raise Refusal(_("一份函只写同一天转送给同一单位的信访件。"), code="invalid")
    if {(one.kind, one.feedback_due_on) for one in shares} != {(first.kind, first.feedback_due_on)}:
        raise Refusal(_("一份函只写转送的件，或者反馈期限相同的交办件，请分开拟写。"), code="invalid")
    paper_rules.require_writer(actor, first.sent_from)


def _write(shares: list[Share], actor: Actor, at: datetime) -> CasePaper:
    first = shares[0]
    assert first.sent_from is not None
    kind = letters.KINDS[ForwardKind(first.kind)]
    paper = documents.draft(
        actor=actor,
        unit=first.sent_from,
        kind=kind,
        fields=letters.fields_of(shares, actor, at),
        about=first.petition.about,
        at=at,
    )
    named = names_any([one.petition for one in shares], kind, paper.fields, actor)
    row: CasePaper = CasePaper.objects.create(
        petition=first.petition, paper=paper, kind=kind, named=named, share=first
    )
    LetterCase.objects.bulk_create(LetterCase(letter=row, petition=one.petition, share=one) for one in shares)
    return row
