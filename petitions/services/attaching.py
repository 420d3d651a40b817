"""Files handed in with a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.uploads import check_files, max_files
from petitions.models import Attachment, Petition


def attach(
    petition: Petition, files: Sequence[UploadedFile], *, actor: Actor, at: datetime
) -> list[Attachment]:
    """Keep the files, each under an unguessable name.

    Raises:
        Refusal: too many, too large, or of a type that is not taken; nothing of the act stays.
    """
    if not files:
        return []
    if petition.attachments.count() + len(files) > max_files():
        raise Refusal(
            _("每件最多 %(most)d 个附件，请去掉几个。") % {"most": max_files()},
            code="invalid",
        )
    return [
        Attachment.objects.create(
            petition=petition,
            file=file,
            name=facts.name,
            content_type=facts.content_type,
            size=facts.size,
            sha256=facts.sha256,
            added_at=at,
            added_by=actor.user,
        )
        for file, facts in zip(files, check_files(files), strict=True)
    ]
