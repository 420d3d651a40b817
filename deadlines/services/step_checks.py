"""By which acts of the case's table a code of the district's own may start and stop."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Refusal
from deadlines import steps


def check_steps(starts: Sequence[str], stops: Sequence[str]) -> None:
    """Whether a clock may start after ``starts`` and stop after ``stops``. Raises Refusal."""
    acts = steps.offered()
    for field_, chosen, word in (("start_acts", starts, "起算"), ("stop_acts", stops, "停止")):
        if not chosen:
            raise Refusal(f"请至少选一个{word}环节。", code=field_)
        if unknown := [act for act in chosen if act not in acts.words]:
            raise Refusal(f"没有“{'、'.join(unknown)}”这个环节，请从列表中选择。", code=field_)
    if both := [acts.words[act] for act in starts if act in stops]:
        raise Refusal(f"{steps.quoted(both)}不能既起算又停止，请只选一边。", code="stop_acts")
    if over := [acts.words[act] for act in starts if act not in acts.starting]:
        raise Refusal(f"{steps.quoted(over)}以后本件就办结了，不能由它起算。", code="start_acts")
    for stop in stops:
        if not any(acts.follows(start, stop) for start in starts):
            begun = steps.quoted(acts.words[act] for act in starts)
            raise Refusal(
                f"{begun}以后不会再有“{acts.words[stop]}”，期限到不了这一步，请另选停止环节。",
                code="stop_acts",
            )
    for start in starts:
        if not any(acts.follows(start, stop) for stop in stops):
            raise Refusal(
                f"由“{acts.words[start]}”起算的，以后不会有所选的停止环节，请另选。", code="start_acts"
            )
