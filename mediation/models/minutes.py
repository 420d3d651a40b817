"""What happens in a session: its agenda, who was there, what was written down, what was proposed.

The joint record of a session and its result stand in the session itself; what is here goes beside it. All texts are
sealed: in a room people say what they say nowhere else (人民调解法 15).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from mediation.models.parties import Party
from mediation.models.sessions import Session
from mediation.session_enums import AsWhat


class Agenda(models.Model):
    """What a session is to talk about: short lines, one a point."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="agenda")
    lines = SealedTextField(_("议程"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("调解议程")

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.session_id)

    @property
    def points(self) -> list[str]:
        return self.lines.splitlines()


class Attendee(models.Model):
    """Somebody who was there. ``party``: who it is, or with whom a companion came; none came with the mediators.

    The name of a party stays with the party; of a companion it is sealed here. Whoever left, or was written down by
    mistake, stays on record with ``left_at``.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendees")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    as_what = models.CharField(_("身份"), max_length=12, choices=AsWhat)
    name = SealedTextField(_("姓名"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("离开时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("到场人")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "party"],
                condition=Q(as_what=AsWhat.PARTY, left_at=None),
                name="attendee_party_once",
            ),
            models.CheckConstraint(
                condition=Q(as_what=AsWhat.PARTY, party__isnull=False, name=b"")
                | (~Q(as_what=AsWhat.PARTY) & ~Q(name=b"")),
                name="attendee_is_a_party_or_has_a_name",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.key)


class Minute(models.Model):
    """A piece of the minutes. ``about``: none is joint; a party is a talk with that party alone, read by the mediators
    who sit in the session and by nobody else. Rows are added and never changed: what is put right is added."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="minutes")
    about = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = SealedTextField(_("笔录"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("调解笔录")
        ordering = ["id"]
        indexes = [models.Index("session", "about", name="minute_of_session")]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.key)


class Proposal(models.Model):
    """What somebody proposed to all. ``party``: who; none is a proposal of the mediators."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="proposals")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = SealedTextField(_("方案"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("调解方案")
        ordering = ["id"]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.key)


class ProposalAnswer(models.Model):
    """Whether a party takes a proposal. Neither answer binds: what binds is the agreement that is signed."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField(_("接受"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("对方案的意见")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "party"], name="proposal_answered_once_by_each")
        ]
