"""Another kind or path after acceptance (条例 29–31): the clocks follow it, and the petitioner is told in writing anew.

A case that turns out to be a matter of another procedure is not answered on the path it was first put on. Whoever holds
it cannot drop the 60 days in silence either: the step needs a reason, and whoever sent the case is told.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import han_date
from core.wording import said
from deadlines.services import clocks as engine
from petitions import rules
from petitions.enums import Act, Kind, NoticeOf, Path
from petitions.models import Petition
from petitions.services import accepting, clocks, joining, noticing
from petitions.services.stepping import Stepping, stepping
from petitions.ways import Way
from petitions.workflow import UNTIL_MADE
from petitions.workflow import ClockCode as C

LONGEST_REASON = 2000


def change_way(
    *,
    petition: Petition,
    actor: Actor,
    kind: Kind,
    path: Path | None = None,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Put an accepted case on another kind or path, before it is answered.

    Off path six the 60 days (and the 10 of 简易办理) stop, with the reason in the history; onto path six they run from
    the acceptance as if it had always been there (条例 34), an extension that was granted included. The notice of
    another way is owed within 15 days (条例 23), unless the step itself tells the petitioner.

    Raises Refusal: no reason, nothing changed, an accusation, a case that was ordered to be handled anew.
    """
    reason = said(reason, _("改变目的或路径须写明理由，并告知信访人。"), longest=LONGEST_REASON)
    with stepping(petition, Act.CHANGE_WAY, actor, at=at, token=token) as work:
        was, way = Way.of(work.petition), Way(kind, path if kind == Kind.APPEAL else None)
        _check(work.petition, was, way)
        joining.together(
            work, lambda one: _change(one, was, way, reason), also=lambda case: Way.of(case) == was
        )
        accepting.tell_sender(work, _("%(unit)s 办理的 %(number)s 改变了目的或路径，请核实。"), "changed way")


def _change(work: Stepping, was: Way, way: Way, reason: str) -> None:
    was_six = rules.on_path_six(work.petition)
    work.change(kind=way.kind, path=way.path, simplified=False)
    work.detail = {"kind": way.kind, "path": way.path, "was_kind": was.kind, "was_path": was.path}
    work.text = _("由“%(was)s”改为“%(now)s”。%(clock)s理由：%(why)s") % {
        "was": was,
        "now": way,
        "clock": _follow(work, was_six=was_six),
        "why": reason,
    }
    work.public_text = _("本件的办理途径有变化。%(how)s理由：%(why)s") % {
        "how": accepting.procedure(way),
        "why": reason,
    }
    _tell_anew(work)


def _check(case: Petition, was: Way, way: Way) -> None:
    if way.kind == Kind.ACCUSATION:
        raise Refusal(_("属于检举控告的，由信访部门“转为检举控告”：本件会收回并密存。"), code="invalid")
    if way.kind == Kind.APPEAL and way.path is None:
        raise Refusal(_("申诉求决须选定办理路径（条例第三十一条）。"), code="invalid")
    if way == was:
        raise Refusal(_("目的和路径都没有改动。"), code="invalid")
    if case.former_reply_set.exists():
        raise Refusal(
            _("本件是复查、复核机关责令重新办理的，须按原来的路径重新办理、作出答复（条例第三十六条）。"),
            code="stale",
        )


def _follow(work: Stepping, *, was_six: bool) -> str:
    """Stop or start the days of path six; what the history says of them."""
    case = work.petition
    now_six = rules.on_path_six(case)
    if was_six and not now_six:
        work.stops |= UNTIL_MADE
        return _("不再走信访程序，60 日办理期限停止（条例第三十一条、第三十四条）。")
    if not was_six and now_six:
        assert case.accepted_at is not None
        (clock,) = clocks.start_all(case, [C.CONCLUSION], case.accepted_at)
        extension = getattr(case, "extension", None)
        if extension is not None:
            clocks.flush()
            engine.extend(clock, extension.days, extension.approved_at)
        work.change(due_at=case.due_at)  # counted anew from the clocks that run now
        return _("转入信访程序，60 日从%(day)s受理之日起算，至%(due)s（条例第三十四条）。") % {
            "day": han_date(case.accepted_at),
            "due": han_date(clock.due_at),
        }
    return ""


def _tell_anew(work: Stepping) -> None:
    """What the petitioner was told is no longer so: the page tells it, or another notice is owed. One that is owed
    still will say the new way, and its days run on."""
    if work.petition.notice_owed:
        return
    if not noticing.at_decision(work, NoticeOf.CHANGED):
        work.starts.add(C.NOTICE)
