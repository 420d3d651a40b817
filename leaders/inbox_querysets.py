"""Who reads the box of a leader, and what of it: the holder of the post and the delegates of that day, but nobody
recused from a case or complained of in it; sealed cases are nobody's here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role, UnitKind
from accounts.querysets import valid_on
from core.timekeeping import local_day, now
from leaders.enums import ReplyState
from petitions.querysets import unsealed_cases

if TYPE_CHECKING:
    from accounts.actor import Actor


class InboxQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> InboxQuerySet:
        """Every box for the petition office, which keeps them (not what is in them); one's own for whoever reads it."""
        office = actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE
        keeps = office and actor.role in {Role.PETITION_OFFICER, Role.INSPECTOR}
        return self.all() if keeps else self.read_by(actor)

    def read_by(self, actor: Actor) -> InboxQuerySet:
        """Boxes of the post that is on, or of which the person is a delegate today."""
        if actor.user is None or actor.post is None:
            return self.none()
        day = local_day(now())
        delegates = apps.get_model("leaders", "InboxDelegate").objects.filter(
            valid_on(day), inbox=OuterRef("pk"), user=actor.user
        )
        return self.filter(self._held(actor) | Q(Exists(delegates)))

    def held_by(self, actor: Actor) -> InboxQuerySet:
        """Boxes whose leader this is in person; whoever stands in for a leader reads none."""
        return self.filter(self._held(actor))

    @staticmethod
    def _held(actor: Actor) -> Q:
        """As ``LeaderInbox.holder``."""
        post = actor.post
        if post is None or actor.role != Role.LEADER:
            return Q(pk__in=[])
        held = Q(post=post)
        if not post.title or post.stands_in_for_id is not None:
            return held
        day = local_day(now())
        rivals = apps.get_model("accounts", "Post").objects.filter(
            valid_on(day),
            unit=OuterRef("post__unit"),
            title=OuterRef("post__title"),
            role=Role.LEADER,
            stands_in_for=None,
            valid_from__gte=OuterRef("post__valid_until"),
        )
        taken_over = Q(
            post__unit=post.unit_id,
            post__title=post.title,
            post__role=Role.LEADER,
            post__valid_until__lte=post.valid_from,
        )
        return held | (taken_over & ~Q(Exists(rivals.exclude(pk=post.pk))))

    def with_row_relations(self) -> InboxQuerySet:
        return self.select_related("post__unit", "post__user")


class LetterQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> LetterQuerySet:
        """What is in the boxes one reads, and what came through a box of the cases one reads anyway."""
        return self.filter(self._in_boxes(actor) | Q(petition__in=unsealed_cases(actor).values("pk")))

    def in_boxes_of(self, actor: Actor) -> LetterQuerySet:
        """What is in the boxes that the actor reads."""
        return self.filter(self._in_boxes(actor))

    def to_release(self, actor: Actor) -> LetterQuerySet:
        """Letters with a draft that waits for this leader's own word."""
        boxes = apps.get_model("leaders", "LeaderInbox").objects.held_by(actor)
        drafts = apps.get_model("leaders", "LetterReply").objects.filter(
            letter=OuterRef("pk"), state=ReplyState.DRAFT
        )
        return self.in_boxes_of(actor).filter(Exists(drafts), inbox__in=boxes.values("pk"))

    @staticmethod
    def _in_boxes(actor: Actor) -> Q:
        if actor.user is None or actor.unit is None:
            return Q(pk__in=[])
        boxes = apps.get_model("leaders", "LeaderInbox").objects.read_by(actor)
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition=OuterRef("petition"), user=actor.user, ended_at=None
        )
        may = Q(petition__sealed=False) & (Q(petition__has_recusals=False) | ~Q(Exists(recused)))
        # The unit complained of is the reader's own or stands above it (条例 28); in the district itself nobody's is.
        if own := actor.unit.ancestor_ids[1:]:
            may &= Q(petition__complained_unit=None) | ~Q(petition__complained_unit__in=own)
        return Q(inbox__in=boxes.values("pk")) & may

    def with_row_relations(self) -> LetterQuerySet:
        replies = apps.get_model("leaders", "LetterReply").objects.order_by("-id")
        return self.select_related("inbox__post__unit", "petition__lead_unit").prefetch_related(
            models.Prefetch("replies", queryset=replies, to_attr="ordered_replies")
        )
