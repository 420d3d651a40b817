"""What a case is, said in the very step that sends it on (条例 29–31): its kind and, of 申诉求决, its path.

Where the district wants them known by then (``CLASSIFY_BEFORE_FORWARDING``), that is one choice at the desk, no step
more.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Refusal
from petitions.enums import Kind, Path
from petitions.models import Petition
from petitions.services.stepping import Stepping
from petitions.ways import Way


def is_classified(case: Petition) -> bool:
    """Whether it has its kind and, of 申诉求决, its path."""
    return bool(case.kind) and (case.kind != Kind.APPEAL or case.path is not None)


def must_be_chosen(case: Petition) -> bool:
    """Whether whoever sends the case on says now what it is."""
    return settings.CLASSIFY_BEFORE_FORWARDING and not case.sealed and not is_classified(case)


def take_way(work: Stepping, kind: Kind | None, path: Path | None) -> str:
    """Classify the case of a step that sends it on, where nobody has; in words, empty where nothing was chosen or to be
    chosen.

    Raises Refusal: it is still to be classified and nothing was chosen; an accusation, which is sealed by a step of its
    own; a purpose other than its author named, which needs a reason; 申诉求决 without a path.
    """
    case = work.petition
    if is_classified(case):
        return ""
    if kind is None:
        if must_be_chosen(case):
            raise Refusal(
                _("%(number)s 还没有定性：请先“定性分类”（建议意见、申诉求决或者检举控告），再转送、交办。")
                % {"number": case.number},
                code="invalid",
            )
        return ""
    if kind == Kind.ACCUSATION:
        raise Refusal(_("检举控告请先“定性分类”，系统会密存并直接转纪检监察机关。"), code="invalid")
    if case.kind and case.kind != kind:
        raise Refusal(
            _("%(number)s 登记的是“%(was)s”，要改为其他目的请用“定性分类”并写明理由。")
            % {"number": case.number, "was": case.get_kind_display()},
            code="invalid",
        )
    if kind == Kind.APPEAL and path is None:
        raise Refusal(_("申诉求决须选定办理路径（条例第三十一条）。"), code="invalid")
    work.change(kind=kind, path=path if kind == Kind.APPEAL else None)
    work.detail = {"kind": kind, "path": case.path}
    return str(Way.of(case))
