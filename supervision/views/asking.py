"""What the views of this room share: who asks, which case, and a refusal shown on the form with all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.forms import BaseForm
from petitions.models import Petition
from supervision.models.files import WithFile
from supervision.querysets import open_cases

T = TypeVar("T")
READERS = (Role.INSPECTOR, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def case_or_404(request: HttpRequest, number: str) -> Petition:
    """A case the person may read; sealed ones are not here for anybody (条例 30)."""
    cases: Any = open_cases(actor_of(request))
    case: Petition = get_object_or_404(
        cases.select_related("lead_unit", "registered_unit", "complained_unit", "responsible"), number=number
    )
    return case


def attempt(form: BaseForm, door: Callable[[], T]) -> tuple[T | None, int]:
    """What the door gave, and the status: 200, or the refusal's with its sentence put on the form."""
    try:
        return door(), 200
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return None, refusal.status


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
