"""Who sees what is to be read (阅批): whoever must read it, and the petition office, which watches over the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import Role, UnitKind
from petitions.querysets import OfACase, unsealed_cases

if TYPE_CHECKING:
    from accounts.actor import Actor


class ReadingQuerySet(OfACase):
    def visible_to(self, actor: Actor) -> ReadingQuerySet:
        """One's own to read; all of the cases they read for officers and inspectors of the petition office."""
        if actor.unit is None:
            return self.none()
        office = actor.unit.kind == UnitKind.PETITION_OFFICE
        if office and actor.role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
            return self.filter(petition__in=unsealed_cases(actor).values("pk"))
        return self.to_be_read_by(actor)

    def to_be_read_by(self, actor: Actor) -> ReadingQuerySet:
        """Of a head's unit, of the units in a leader's charge, and of the inbox of a leader's own post."""
        if actor.post is None or actor.role not in {Role.UNIT_HEAD, Role.LEADER}:
            return self.none()
        if actor.role == Role.UNIT_HEAD:
            return self.filter(unit=actor.unit, petition__in=unsealed_cases(actor).values("pk"))
        boxes = apps.get_model("leaders", "LeaderInbox").objects.held_by(actor)
        letters = apps.get_model("leaders", "InboxLetter").objects.in_boxes_of(actor)
        mine = Q(inbox__in=boxes.values("pk"), petition__in=letters.values("petition"))
        units = [unit.pk for unit in actor.post.charge_units.all()]
        charge = Q(unit__in=units, petition__in=unsealed_cases(actor).values("pk"))
        return self.filter(mine | charge if units else mine)

    def open(self) -> ReadingQuerySet:
        return self.filter(read_at=None, let_go_at=None)

    def with_row_relations(self) -> ReadingQuerySet:
        clocks = apps.get_model("leaders", "ReadingClock").objects.select_related("rule").order_by("-id")
        return self.select_related("petition__inbox_letter", "unit", "inbox", "read_by").prefetch_related(
            models.Prefetch("clocks", queryset=clocks, to_attr="ordered_clocks")
        )
