from petitions.models.adoption import Adoption
from petitions.models.archive import ArchiveFile, ArchiveHold, ArchiveProposal
from petitions.models.category import Category, CategoryVersion
from petitions.models.clock import PetitionClock
from petitions.models.conflicts import Recusal, UrgencyLowering
from petitions.models.handling import (
    AcceptanceRefusal,
    Evaluation,
    Extension,
    HandlingRecord,
    Objection,
    PaperService,
    Reply,
    Share,
)
from petitions.models.look import Look
from petitions.models.material import MaterialRequest
from petitions.models.notices import WrittenNotice
from petitions.models.parts import ShareClock
from petitions.models.people import Attachment, PetitionPerson
from petitions.models.petition import (
    Petition,
    PetitionEvent,
    PetitionRequest,
    PetitionScope,
)
from petitions.models.recording import PlanStep, Reconciliation, Talk
from petitions.models.reporting import ClosingReport, ReportDecision
from petitions.models.words import PetitionWords

__all__ = [
    "AcceptanceRefusal",
    "Adoption",
    "ArchiveFile",
    "ArchiveHold",
    "ArchiveProposal",
    "Attachment",
    "Category",
    "CategoryVersion",
    "ClosingReport",
    "Evaluation",
    "Extension",
    "HandlingRecord",
    "Look",
    "MaterialRequest",
    "Objection",
    "PaperService",
    "Petition",
    "PetitionClock",
    "PetitionEvent",
    "PetitionPerson",
    "PetitionRequest",
    "PetitionScope",
    "PetitionWords",
    "PlanStep",
    "Reconciliation",
    "Recusal",
    "Reply",
    "ReportDecision",
    "Share",
    "ShareClock",
    "Talk",
    "UrgencyLowering",
    "WrittenNotice",
]
