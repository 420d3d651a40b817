"""Who sees which leader looks after which town: it is published, so whoever asks; the past is the office's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.enums import UnitKind
from accounts.querysets import valid_on
from core.timekeeping import local_day, now

if TYPE_CHECKING:
    from accounts.actor import Actor


class AreaQuerySet(models.QuerySet[Any]):
    def current(self, day: date) -> AreaQuerySet:
        """In force that day, in a post that is held that day."""
        held = Q(post__valid_from__lte=day) & (Q(post__valid_until=None) | Q(post__valid_until__gt=day))
        return self.filter(valid_on(day)).filter(held, post__user__is_active=True)

    def visible_to(self, actor: Actor) -> AreaQuerySet:
        if actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE:
            return self.all()
        return self.current(local_day(now()))

    def with_row_relations(self) -> AreaQuerySet:
        return self.select_related("post__user", "post__unit", "unit__parent")
