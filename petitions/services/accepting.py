"""As what a unit accepts a case (条例 29–31), and what it owes where that is not what the case was classified as.

Path six binds the unit to 60 days and a 处理意见书 (条例 31(6), 34); no unit walks out of that without giving reasons,
which the office that sent the case reads.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.enums import Role
from accounts.selectors import holders
from core.errors import Refusal
from petitions.enums import Kind, Path, ShareRole
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import Stepping
from petitions.ways import Way


def chosen_way(case: Petition, kind: Kind | None, path: Path | None) -> Way:
    """What the case is accepted as: as chosen, or as it was classified.

    Raises Refusal: no kind or no path, or one that is not for this unit to choose.
    """
    was = Way.of(case)
    kind = kind or was.kind
    path = (path or was.path) if kind == Kind.APPEAL else None
    if kind is None:
        raise Refusal(_("受理前须确定信访目的：建议意见或申诉求决。"), code="invalid")
    if case.sealed and kind != Kind.ACCUSATION:
        raise Refusal(_("本件是密存的检举控告，受理时不能改为其他目的。"), code="invalid")
    if kind == Kind.ACCUSATION and not case.sealed:
        raise Refusal(_("属于检举控告的，请提出异议并写明，由信访部门转纪检监察机关。"), code="invalid")
    if kind == Kind.APPEAL and path is None:
        raise Refusal(_("申诉求决须选定办理路径（条例第三十一条）。"), code="invalid")
    return Way(kind, path)


def explain_change(work: Stepping, way: Way, reason: str) -> str:
    """What stands in the history: ``reason`` alone, or old and new words before it where something set is changed;
    then the officers of the office that sent the case are told.

    Raises Refusal: something is changed and no reason is given.
    """
    was = Way.of(work.petition)
    if was.leads_to(way):
        return reason
    if not reason.strip():
        raise Refusal(
            _("本件原定为“%(was)s”，改为“%(now)s”受理须写明理由。") % {"was": was, "now": way}, code="invalid"
        )
    work.detail = {"kind": way.kind, "path": way.path, "was_kind": was.kind, "was_path": was.path}
    tell_sender(work, _("%(unit)s 受理 %(number)s 时改变了原定的目的或路径，请核实。"), "changed way")
    return _("由“%(was)s”改为“%(now)s”受理。理由：%(why)s") % {
        "was": was,
        "now": way,
        "why": reason.strip(),
    }


#: What the petitioner reads of the procedure (条例 23: 处理途径、程序). Sentences; the days of path six are its own.
PROCEDURES = {
    Path.LITIGATION: _lazy(
        "本件属于诉讼、行政复议、刑事立案、法律监督等涉法涉诉事项，我们会书面告诉您由哪个机关、按什么程序处理。"
    ),
    Path.ARBITRATION: _lazy("本件可以通过仲裁解决，我们会书面告诉您由哪个机关、按什么程序处理。"),
    Path.PARTY_APPEAL: _lazy("本件按党员申诉的有关规定处理，我们会书面告诉您由哪个机关、按什么程序处理。"),
    Path.ADMINISTRATIVE: _lazy("本件按行政程序处理，我们会书面告诉您由哪个机关、按什么程序处理。"),
    Path.DUTY: _lazy("本件按依法履行职责的程序处理，处理后答复您。"),
    Path.PETITION: _lazy(
        "本件按信访程序办理，自受理之日起60日内作出处理意见；情况复杂需要延期的，会告诉您理由。"
    ),
}


def words_to_petitioner(case: Petition, way: Way) -> str:
    """That it was accepted, and which way it goes now. Of an accusation nothing of the way (条例 30)."""
    assert case.lead_unit is not None
    told = _("%(unit)s已受理。") % {"unit": case.lead_unit.name}
    return told + procedure(way)


def procedure(way: Way) -> str:
    if way.kind == Kind.SUGGESTION:
        return _("您的建议会认真研究，采纳情况予以回复。")
    return str(PROCEDURES[way.path]) if way.path is not None else ""


def goes_along(case: Petition, way: Way) -> bool:
    """A joined case is accepted along where that changes nothing set in it; else it is accepted by itself."""
    return Way.of(case).leads_to(way)


def tell_sender(work: Stepping, words: str, what: str) -> None:
    """The sender's petition officers; where it has none (a leader sent it), those who registered it. By number."""
    case = work.petition
    assert case.lead_unit is not None
    lead = case.shares.select_related("sent_from").filter(role=ShareRole.LEAD, ended_at=None).first()
    sender = lead.sent_from if lead is not None and lead.sent_from is not None else case.registered_unit
    told = holders(Role.PETITION_OFFICER, unit=sender, at=work.at) or holders(
        Role.PETITION_OFFICER, unit=case.registered_unit, at=work.at
    )
    telling.notify_about(
        case,
        told,
        text=words % {"unit": case.lead_unit.label, "number": case.number},
        dedupe_key=f"{what}:{case.pk}:{work.at.timestamp()}",
        level="soon",
        at=work.at,
    )
