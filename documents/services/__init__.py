"""The doors of papers."""

from documents.services.drafting import (
    approve,
    check,
    correct,
    discard,
    draft,
    revise,
    send_back,
    set_major,
)
from documents.services.forgetting import forget
from documents.services.issuing import batch, issue, printed
from documents.services.series import set_word
from documents.services.serving import NewDelivery, archive, record_served
from documents.services.templates import new_version

__all__ = [
    "NewDelivery",
    "approve",
    "archive",
    "batch",
    "check",
    "correct",
    "discard",
    "draft",
    "forget",
    "issue",
    "new_version",
    "printed",
    "record_served",
    "revise",
    "send_back",
    "set_major",
    "set_word",
]
