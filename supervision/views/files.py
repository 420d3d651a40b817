"""Files of this room, as downloads."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from accounts.services import audit
from core import downloads
from petitions.views.asking import actor_of
from supervision.models.files import WithFile


def file_of(request: HttpRequest, row: WithFile, act: str) -> FileResponse:
    """The file as a download, on record. Raises Http404: there is none, or it is gone."""
    if not row.file:
        raise Http404
    try:
        opened = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    audit.record(actor=actor_of(request), act=act, obj=row)
    return downloads.download(opened, row.file_name, row.file_type)
