"""Sites: where leaders meet people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct, SiteKind
from leaders.models import Site, VisitDay

COLUMNS = ("unit", "name", "kind", "address", "access", "used_from", "used_until")


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """``used_until`` is the last day of its use."""

    unit: Unit
    name: str
    kind: SiteKind
    address: str
    access: str = ""
    used_from: date
    used_until: date | None = None


def add_site(*, actor: Actor, facts: SiteFacts, at: datetime | None = None) -> Site:
    """Add a site. Raises Refusal: not one's right, no name or address, days in no order, the name is taken there."""
    at = at or now()
    _require(actor, facts.unit)
    with _name_once(), transaction.atomic():
        site = Site(added_at=at, added_by=actor.user)
        _fill(site, facts)
        site.save(force_insert=True)
        audit.record(actor=actor, act="visit_site.add", obj=site, at=at)
    return site


def change_site(*, site: Site, actor: Actor, facts: SiteFacts, at: datetime | None = None) -> Site:
    """Change a site. Days that were planned keep the address they were announced with.

    Raises Refusal, besides: a reception is planned there after the last day.
    """
    at = at or now()
    _require(actor, site.unit)
    _require(actor, facts.unit)
    with _name_once(), transaction.atomic():
        # No plan for this site comes in between (services.days stands in line here).
        row = Site.objects.select_for_update().get(pk=site.pk)
        _fill(row, facts)
        if row.used_until is not None:
            later = VisitDay.objects.filter(
                site=row, cancelled_at=None, starts_at__gt=at, starts_at__date__gt=row.used_until
            )
            if later.exists():
                raise Refusal(_("停用日期之后这里还有接访安排，请先改到别处。"), code="stale")
        row.save(update_fields=list(COLUMNS))
        audit.record(actor=actor, act="visit_site.change", obj=row, at=at)
    return row


def _require(actor: Actor, unit: Unit) -> None:
    rules.require(LeaderAct.PLAN_DAY, actor)
    assert actor.unit is not None
    if actor.unit.kind != UnitKind.PETITION_OFFICE and not unit.is_within(actor.unit):
        raise Refusal(_("只能登记本单位及下属单位的接访场所。"), code="forbidden")


def _fill(site: Site, facts: SiteFacts) -> None:
    for name in COLUMNS:
        setattr(site, name, getattr(facts, name))
    site.name = said(facts.name, _("请写明场所名称。"), longest=80)
    site.address = said(facts.address, _("请写明地址，居民照着能找到。"), longest=200).replace("\n", " ")
    site.access = clean_text(facts.access)[:300]
    if facts.used_until is not None and facts.used_until < facts.used_from:
        raise Refusal(_("停用日期不能早于启用日期。"), code="invalid")


@contextmanager
def _name_once() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "site_name_in_unit" not in str(error):
            raise
        raise Refusal(_("该单位已有同名的接访场所。"), code="stale") from error
