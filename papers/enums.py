"""The words of this room: which papers a case has, what each is about, and what is done to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.enums import PaperKind as K

#: What a paper is about: the field of ``CasePaper`` that names it, and the kinds that need it. A paper of any other
#: kind is about the case as such.
SUBJECTS: dict[str, tuple[K, ...]] = {
    "share": (K.FORWARDING, K.ASSIGNMENT, K.CO_LETTER, K.CLOSING_REPORT),
    "objection": (K.OBJECTION, K.OBJECTION_ANSWER),
    "refusal": (K.REFUSAL, K.NO_FURTHER),
    "extension": (K.EXTENSION,),
    "reply": (K.OPINION, K.SIMPLE_REPLY, K.ROUTING),
    "review": (K.REVIEW, K.FINAL_REVIEW),
    "supervision": (K.SUPERVISION,),
    "hearing": (K.HEARING_RECORD,),
    # Where the letter was once about the line in the case's history.
    "event": (K.SUPERVISION,),
    # What the joint conference ordered on a case.
    "order": (K.SUMMONS, K.LISTED, K.RECTIFY, K.CIRCULAR),
    "suggestion": (K.SUGGEST_WORK, K.SUGGEST_POLICY, K.SUGGEST_LIABILITY),
    "proof_of": (K.SERVICE_RECORD,),
}
#: Once in a case.
ONCE = (K.ACCEPTANCE, K.GUIDANCE, K.URGENT_REPORT)
#: About a share, and once for each answer to it: what was redone is reported anew.
PER_ANSWER = (K.CLOSING_REPORT,)
#: As often as they are wanted; the form's token keeps a double click from making two.
MANY = (K.SUPPLEMENT, K.SERVICE_RECORD)
KINDS: tuple[K, ...] = tuple(
    dict.fromkeys((*ONCE, K.SUPPLEMENT, *(kind for kinds in SUBJECTS.values() for kind in kinds)))
)
#: By which the petitioner is told in writing what was decided about acceptance (条例 23).
OF_ACCEPTANCE = (K.ACCEPTANCE, K.REFUSAL, K.NO_FURTHER)
#: Addressed to the petitioner; they name whoever that is.
TO_PETITIONER = frozenset(
    {K.ACCEPTANCE, K.REFUSAL, K.NO_FURTHER, K.ROUTING, K.GUIDANCE, K.SUPPLEMENT, K.EXTENSION}
    | {K.OPINION, K.SIMPLE_REPLY, K.REVIEW, K.FINAL_REVIEW, K.SERVICE_RECORD}
    | {K.HEARING_RECORD}  # a file of the case, in which its sides speak by name
)
#: An accusation has no standard notices (条例 30), only what its own route writes to offices.
OF_ACCUSATIONS = frozenset({K.FORWARDING, K.ASSIGNMENT, K.CLOSING_REPORT, K.SUPERVISION})


#: Signed by a leader: whose responsibility is in question is no matter for the desk's head.
BY_A_LEADER = frozenset({K.SUGGEST_LIABILITY})


def subject_of(kind: str) -> str:
    """The name of the field that says what a paper of this kind is about; empty: the case."""
    return next((name for name, kinds in SUBJECTS.items() if kind in kinds), "")


class Step(models.TextChoices):
    """What is done to a paper, in the words of its buttons."""

    SUBMIT = "submit", _("提交核稿")
    CHECK = "check", _("核稿通过")
    APPROVE = "approve", _("签发")
    ISSUE = "issue", _("编号印发")
    SERVE = "serve", _("登记送达")
    ARCHIVE = "archive", _("归档")
    SEND_BACK = "send_back", _("退回修改")
    CORRECT = "correct", _("更正")
    DISCARD = "discard", _("作废草稿")
    RAISE = "raise", _("报领导签发")
