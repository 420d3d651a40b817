"""Files handed in with a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.uploads import FileFacts, check_files, max_files
from petitions.models import Attachment, Petition

_written: ContextVar[list[str] | None] = ContextVar("files written in this step", default=None)


@contextmanager
def undone_with_the_step() -> Iterator[None]:
    """Delete the files attached inside when the block raises: the database takes its rows back, the disk does not.

    Open it around the transaction, so that a failure at its very end counts too.
    """
    names: list[str] = []
    before = _written.set(names)
    try:
        yield
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise
    finally:
        _written.reset(before)


def attach(
    petition: Petition, files: Sequence[UploadedFile], *, actor: Actor, at: datetime
) -> list[Attachment]:
    """Keep the files, each under an unguessable name. They are on disk before anybody sees a receipt.

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
    facts_of = check_files(files)
    return [_keep(petition, file, facts, actor, at) for file, facts in zip(files, facts_of, strict=True)]


def _keep(petition: Petition, file: UploadedFile, facts: FileFacts, actor: Actor, at: datetime) -> Attachment:
    row = Attachment(
        petition=petition,
        name=facts.name,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        added_at=at,
        added_by=actor.user,
    )
    row.file.save(facts.name, file, save=False)
    if (names := _written.get()) is not None:
        names.append(str(row.file.name))
    row.save(force_insert=True)
    return row
