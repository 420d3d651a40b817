"""Cases that are typed by their number in the forms of this room."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from petitions.models import Petition


def case_numbered(number: str, actor: Actor) -> Petition:
    """A case the actor reads. Raises Refusal: one out of sight is as unknown as one that does not exist."""
    case = Petition.objects.visible_to(actor).filter(number=number.strip(), sealed=False).first()
    if case is None:
        raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")
    return case
