"""Files handed in with a case, served by a view alone: within scope, as a download, harmless in a browser."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.services import audit
from core import downloads
from petitions.archive_enums import LookKind
from petitions.models import Attachment
from petitions.selectors import case
from petitions.selectors.veiling import name_for
from petitions.services.looking import count_look
from petitions.views.asking import actor_of
from petitions.views.desk import reads_cases


@require_safe
@reads_cases
def attachment(request: HttpRequest, number: str, token: UUID) -> HttpResponse:
    """The file, always as an attachment. The address is unguessable and still starts from ``visible_to``."""
    petition = case.find(actor_of(request), number)
    found = petition.attachments.filter(token=token).first()
    if found is None:
        raise Http404
    audit.record(
        actor=actor_of(request), act="petition.download", obj=petition, detail={"attachment": found.pk}
    )
    if petition.sealed:  # whoever goes straight to its files has looked at the case
        count_look(actor=actor_of(request), petition=petition, kind=LookKind.SEALED)
    name = name_for(found, petition, actor_of(request))
    return cast(HttpResponse, download(found, name))


def download(found: Attachment, name: str = "") -> FileResponse:
    """The response for one file; residents' pages use it too.

    Raises:
        Http404: the row is there and the file is not, as after a restore without files.
    """
    if not found.file:  # taken away with the people of an old case: services.anonymising
        raise Http404
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return downloads.download(opened, name or found.name, found.content_type)
