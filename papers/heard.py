"""What a paper says of a hearing (听证): its 笔录, and the sentence in the answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hearings.models import Hearing
from hearings.selectors import held, panel_of
from papers.facts import Facts
from papers.wording import local_time, on_paper


def heard(facts: Facts) -> str:
    """That there was a hearing, and what the panel found, for the answer to say (条例 31(6)); empty where none was."""
    told = []
    for one in held(facts.petition):
        words = {"day": on_paper(one.starts_at), "text": facts.text(one.record.opinion).rstrip("。")}
        told.append(_("我单位于%(day)s就本事项举行听证，听证意见为：%(text)s。") % words)
    return "\n".join(told)


def hearing_record(facts: Facts, subject: Hearing) -> dict[str, Any]:
    """What the room of hearings keeps of it; whoever took part signs by hand."""
    record = subject.record
    assert subject.told_on is not None
    people = panel_of(subject)
    sat = [one.row for one in people if one.row.left_at is None]
    panel = [f"{one.get_seat_display()}：{one.shown_name}（{one.shown_post}）" for one in sat]
    asked = [
        _("信访人申请%(who)s回避，%(word)s：%(why)s")
        % {
            "who": one.row.shown_name,
            "word": _("同意") if row.granted else _("不同意"),
            "why": facts.text(row.decision),
        }
        for one in people
        for row in one.asked
    ]
    minority = facts.text(record.minority)
    opinion = facts.text(record.opinion)
    times = {
        "day": on_paper(record.began_at),
        "a": local_time(record.began_at),
        "b": local_time(record.ended_at),
    }
    told = {"day": on_paper(subject.told_on), "how": subject.get_told_how_display()}
    came = "" if record.petitioner_came else _("；信访人没有到场")
    return {
        "case_number": facts.petition.number,
        "matter": facts.text(subject.matter),
        "when": _("%(day)s%(a)s至%(b)s") % times,
        "where": subject.place + (_("（公开举行）") if subject.public else _("（不公开举行）")),
        "notice": _("%(day)s%(how)s通知信访人") % told,
        "panel": "；".join(
            [*panel, _("记录人：%(who)s") % {"who": record.by.get_full_name() if record.by else ""}]
        ),
        "recusal": "；".join(asked) or _("已告知申请回避的权利，没有申请回避"),
        "parties": facts.text(str(record.came)) + came,
        "statements": _("信访人：%(a)s\n办理单位：%(b)s")
        % {"a": facts.text(record.petitioner_said) or _("没有到场"), "b": facts.text(record.unit_said)},
        "evidence": facts.text(record.evidence),
        "opinion": opinion + (_("\n少数意见：%(text)s") % {"text": minority} if minority else ""),
        "excluded_days": "",
    }
