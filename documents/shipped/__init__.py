"""The texts that ship: version 1 of every kind's template, entered by migrations 0002 and 0005.

They stay as they are once they have been entered somewhere; a better text is a new version, made by
``services.templates.new_version`` or entered by a migration of its own (``later``: version 2, by 0005).
"""

from documents.shipped.between_offices import BETWEEN_OFFICES
from documents.shipped.forms import FORMS
from documents.shipped.later import GUIDANCE
from documents.shipped.notices import NOTICES
from documents.shipped.opinions import OPINIONS
from documents.shipped.sheet import Sheet
from documents.shipped.supervision import SUPERVISION

SHEETS: tuple[Sheet, ...] = (*NOTICES, *OPINIONS, *BETWEEN_OFFICES, *SUPERVISION, *FORMS, GUIDANCE)

__all__ = ["SHEETS", "Sheet"]
