"""Who may see which talks among many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role, UnitKind
from accounts.selectors import ANSWERING
from mediation.talk_enums import TalkState

if TYPE_CHECKING:
    from accounts.actor import Actor

#: Who convenes talks for a unit, and whoever watches over them.
TALK_ROLES = frozenset({Role.CLERK, Role.PETITION_OFFICER, Role.UNIT_HEAD, Role.MEDIATOR, Role.INSPECTOR})


class TalkQuerySet(models.QuerySet[Any]):
    def announced(self) -> TalkQuerySet:
        """What the public pages show: announced, and what became of it."""
        return self.exclude(announced_at=None).exclude(state=TalkState.PLANNED)

    def of_offices(self, actor: Actor) -> TalkQuerySet:
        """Read whole: by the convening unit and those above it, and by the petition office."""
        if actor.unit is None or actor.user is None or actor.role not in TALK_ROLES:
            return self.none()
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return self
        return self.filter(unit__path__startswith=actor.unit.path)

    def visible_to(self, actor: Actor) -> TalkQuerySet:
        """Besides those, a unit to which a matter was passed reads the talk's announcement and that matter."""
        whole = self.of_offices(actor)
        if actor.unit is None or actor.role not in ANSWERING:
            return whole
        matters = apps.get_model("mediation", "TalkMatter").objects.filter(
            talk=OuterRef("pk"), unit=actor.unit
        )
        return self.filter(Q(pk__in=whole.values("pk")) | Q(Exists(matters)))
