"""Settings that would be wrong without anybody noticing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from petitions.archive_enums import ArchiveClass

ARCHIVE_SETTINGS = ("ARCHIVE_INSTRUCTED", "ARCHIVE_WITH_RESULT", "ARCHIVE_WITHOUT_RESULT")


@register
def archive_classes(**_: Any) -> list[CheckMessage]:
    """A class that does not exist would file nothing."""
    return [
        Error(
            f"{name}: there is no archive class {getattr(settings, name)!r}.",
            hint=", ".join(ArchiveClass.values),
            id="petitions.E001",
        )
        for name in ARCHIVE_SETTINGS
        if getattr(settings, name) not in ArchiveClass.values
    ]
