"""A file that proves something in this room: kept apart from the case's own, which all its readers download."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def stored_path(instance: Any, filename: str) -> str:
    """A path that tells nothing and cannot be guessed."""
    token = uuid.uuid4().hex
    return f"supervision/{token[:2]}/{token}"


class WithFile(models.Model):
    """One file or none; ``core.uploads`` has judged it by its content."""

    file = models.FileField(upload_to=stored_path, max_length=200, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True
