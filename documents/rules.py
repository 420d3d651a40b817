"""Who may do what with a paper, by the role of the post that is on. Whether the case is theirs, the callers ask."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.errors import Refusal
from documents.models import Paper, PaperTemplate
from documents.models.templates import FieldSpec

WRITERS = frozenset(
    {Role.CLERK, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR}
)
#: 机关代字 and templates are the office's affair and never a handler's.
KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.UNIT_HEAD})


def works_for(actor: Actor, unit: Unit) -> bool:
    """A post with a writing role in the very unit. A government (区县) has no desk of its own: its petition office
    drafts, issues and serves for it (REVIEW_BY_PETITION_OFFICE), and its leaders sign."""
    if actor.role not in WRITERS or actor.unit is None:
        return False
    office = (
        settings.REVIEW_BY_PETITION_OFFICE
        and unit.kind == UnitKind.DISTRICT
        and actor.unit.kind == UnitKind.PETITION_OFFICE
        and actor.unit.parent_id == unit.pk
    )
    return office or actor.unit.pk == unit.pk


def signs_for(actor: Actor, paper: Paper) -> bool:
    """Whether ``require_approver`` would let them sign."""
    try:
        require_approver(actor, paper)
    except Refusal:
        return False
    return True


def require_writer(actor: Actor, unit: Unit) -> None:
    """Raises Refusal (code "forbidden") for whoever does not work for the unit."""
    if not works_for(actor, unit):
        raise Refusal(
            _("只有%(unit)s的工作人员可以办理本单位的文书。") % {"unit": unit.label}, code="forbidden"
        )


def require_records(actor: Actor, paper: Paper) -> None:
    """Slips that nobody approves may be issued by the system itself, as when a resident files online."""
    if actor.role == Role.SYSTEM and actor.user is None and not paper.template.approval:
        return
    require_writer(actor, paper.unit)


def require_approver(actor: Actor, paper: Paper) -> None:
    """The head of the unit, or a leader of it or of a unit above; a leader alone where the paper is marked so
    (处理意见书: 分管领导 or 主要领导 sign). Never whoever drafted it. Raises Refusal (code "forbidden")."""
    unit = paper.unit
    here = actor.unit is not None and actor.unit.pk == unit.pk
    leads = actor.role == Role.LEADER and actor.unit is not None and unit.is_within(actor.unit)
    if not leads and paper.major:
        raise Refusal(_("此件须由领导签发。"), code="forbidden")
    if not leads and not (here and actor.role == Role.UNIT_HEAD):
        raise Refusal(_("文书由%(unit)s的负责人或者领导签发。") % {"unit": unit.label}, code="forbidden")
    require_other(actor, paper, _("拟稿人不能签发自己拟的文书，请由其他负责人签发。"))


def discards(actor: Actor, paper: Paper) -> bool:
    """Whoever wrote the draft, while working for the unit, or the unit's head."""
    if not works_for(actor, paper.unit) or actor.user is None:
        return False
    return actor.user.pk == paper.drafted_by_id or actor.role == Role.UNIT_HEAD


def require_discarder(actor: Actor, paper: Paper) -> None:
    """Raises Refusal (code "forbidden")."""
    if not discards(actor, paper):
        raise Refusal(
            _("草稿由拟稿人或者%(unit)s的负责人作废。") % {"unit": paper.unit.label}, code="forbidden"
        )


def leads_over(actor: Actor, unit: Unit) -> bool:
    """A leader of the unit or of one above it."""
    return actor.role == Role.LEADER and actor.unit is not None and unit.is_within(actor.unit)


def require_raiser(actor: Actor, paper: Paper, *, major: bool) -> None:
    """Raises Refusal (code "forbidden")."""
    if leads_over(actor, paper.unit):
        return
    if not major:
        raise Refusal(_("已经报领导签发的，由领导决定改由单位签发。"), code="forbidden")
    require_writer(actor, paper.unit)


def require_other(actor: Actor, paper: Paper, sentence: str) -> None:
    if actor.user is None or actor.user.pk == paper.drafted_by_id:
        raise Refusal(sentence, code="forbidden")


def require_keeper(actor: Actor, unit: Unit | None = None) -> None:
    """System administrators keep all; a unit's head keeps the words of that unit. Raises Refusal (code "forbidden")."""
    if actor.role == Role.SYSTEM_ADMIN:
        return
    if unit is None or actor.role not in KEEPERS or actor.unit is None or actor.unit.pk != unit.pk:
        raise Refusal(_("这一项由系统管理员维护。"), code="forbidden")


def keeps_word(actor: Actor, unit: Unit) -> bool:
    """Whether ``require_keeper`` would let them set that unit's 机关代字."""
    try:
        require_keeper(actor, unit)
    except Refusal:
        return False
    return True


def lacking_of(template: PaperTemplate, fields: Mapping[str, str | list[str]]) -> list[FieldSpec]:
    """What the law asks for and is not there, in the order of the form."""
    return [spec for spec in template.specs if spec.required and not fields.get(spec.name)]


def require_complete(template: PaperTemplate, fields: dict[str, str | list[str]]) -> None:
    """Refuse a paper in which something the law asks for is missing, naming what and by which article.

    Raises Refusal (code "incomplete").
    """
    lacking = lacking_of(template, fields)
    if lacking:
        named = "；".join(_("缺少“%(label)s”（%(basis)s）") % vars(spec) for spec in lacking)
        raise Refusal(
            _("%(paper)s还不能签发：%(named)s。请补充后再报签。")
            % {"paper": template.get_kind_display(), "named": named},
            code="incomplete",
        )
