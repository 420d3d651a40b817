"""Files handed in with a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import AuditOutcome
from accounts.services import audit
from core.errors import Refusal
from core.uploads import PreparedFile, max_files, prepare_files
from petitions.models import Attachment, Petition

_written: ContextVar[list[str] | None] = ContextVar("files written in this step", default=None)


def note_malware(*, signature: str, sha256: str, **more: object) -> None:
    """A scanner found something in an upload: say so in the audit log, without anybody's name.

    Forms have their files looked at before a transaction is open, so that the entry stays when the act is refused.
    """
    audit.record(
        actor=Actor.system(),
        act="upload.malware",
        detail={"signature": signature, "sha256": sha256},
        outcome=AuditOutcome.REFUSED,
    )


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


def goes_with_the_step(name: str) -> None:
    """The stored file of this name was written inside ``undone_with_the_step``; outside of one, nothing is undone."""
    if (names := _written.get()) is not None:
        names.append(name)


def remove_strays(at: datetime, *, older: timedelta = timedelta(days=1)) -> int:
    """Delete stored files that no row names: what a process killed between file and commit left behind.

    Only files older than ``older`` are looked at, far longer than any step lasts. How many were deleted.
    """
    removed = 0
    for folder in _folders("attachments"):
        paths = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        named = set(Attachment.objects.filter(file__in=paths).values_list("file", flat=True))
        for path in set(paths) - named:
            if default_storage.get_modified_time(path) < at - older:
                default_storage.delete(path)
                removed += 1
    return removed


def _folders(top: str) -> list[str]:
    try:
        return [f"{top}/{name}" for name in default_storage.listdir(top)[0]]
    except FileNotFoundError:
        return []  # nothing was ever attached


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
    return [_keep(petition, file, actor, at) for file in prepare_files(files)]


def _keep(petition: Petition, file: PreparedFile, actor: Actor, at: datetime) -> Attachment:
    facts = file.facts
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
    goes_with_the_step(str(row.file.name))
    row.save(force_insert=True)
    return row
