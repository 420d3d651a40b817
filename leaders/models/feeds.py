"""The secret address of a leader's own calendar."""

from __future__ import annotations

from django.db import models

from accounts.models import User


class VisitFeed(models.Model):
    """One address for each person; only a hash of it is kept. A new one ends the old one at once."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="visit_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
