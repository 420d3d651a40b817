"""What the pages show of ratings, per stage and body: to the petitioner, and to the staff once they may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from core.timekeeping import local_day
from deadlines.enums import RuleCode
from outcomes.enums import RatingStatus, Stage
from outcomes.forms import StageEvaluationForm
from outcomes.models import StageEvaluation
from outcomes.querysets import units_over
from outcomes.services.evaluating import last_day, status_of
from petitions import rules as petition_rules
from petitions.enums import Rating, Status
from petitions.extensions import Part
from petitions.models import Evaluation, Petition
from petitions.rateable import Served, served_in


@dataclass(frozen=True)
class StageRow:
    """Where one body's rating stands. ``until``: the last day, None before service. ``rating`` and ``comment`` are
    empty for whoever does not read them (yet)."""

    stage: str
    body: str
    status: RatingStatus
    until: date | None
    rating: str = ""
    comment: str = ""
    form: StageEvaluationForm | None = None


def _rated_by(petition: Petition) -> dict[tuple[str, int, datetime], StageEvaluation]:
    rows = StageEvaluation.objects.filter(petition=petition).select_related("unit")
    return {(one.stage, one.unit_id, one.served_at): one for one in rows}


def _served(petition: Petition) -> list[tuple[Served, StageEvaluation | None]]:
    """Two queries."""
    given = _rated_by(petition)
    return [(one, given.get((one.stage, one.unit.pk, one.at))) for one in served_in(petition)]


def own_part(petition: Petition, at: datetime) -> Part | None:
    """On the petitioner's own page: what can be rated until when, and what was said. The latest service of a stage
    alone can be rated."""
    if petition.sealed:
        return None
    last = {one.stage: one for one in served_in(petition)}
    rows = []
    for one, rated in _served(petition):
        status = status_of(one, rated, at)
        free = status == RatingStatus.OPEN and last[one.stage] == one
        form = StageEvaluationForm(initial={"stage": one.stage}, auto_id=f"{one.stage}_%s") if free else None
        rows.append(_row(one, status, rated, whole=True, form=form))
    return Part("outcomes/own_evaluations.html", {"rows": rows}) if rows else None


def _row(
    one: Served,
    status: RatingStatus,
    rated: StageEvaluation | None,
    *,
    whole: bool,
    words: bool = True,
    form: StageEvaluationForm | None = None,
) -> StageRow:
    return StageRow(
        stage=str(Stage(one.stage).label),
        body=one.unit.name,
        status=status,
        until=last_day(one),
        rating=rated.get_rating_display() if rated is not None and whole else "",
        comment=rated.comment if rated is not None and whole and words else "",
        form=form,
    )


def reads(petition: Petition, actor: Actor, one: Served, at: datetime) -> bool:
    """Inspectors, and leaders above the body, read a rating at once; the others, the body itself among them, when the
    case is closed and the body's window is over (domain B5, G)."""
    if actor.unit is None:
        return False
    own = one.unit.pk in units_over(actor)
    if actor.role == Role.INSPECTOR and not own:
        return True
    government = one.unit.kind == UnitKind.DISTRICT
    above = actor.unit != one.unit and one.unit.is_within(actor.unit) and not government
    if actor.role == Role.LEADER and above and not own:
        return True
    return petition.status == Status.CLOSED and local_day(at) > last_day(one)


def standing(petition: Petition, actor: Actor, at: datetime) -> list[StageRow]:
    """Every stage and body of the case with its status, in order: the answer's two, then the reviews'. What the
    petitioner wrote about a review is for inspectors and whoever makes the visit. Four queries at most."""
    if petition.sealed:
        return []
    rows = _of_answer(petition, actor, at)
    for one, rated in _served(petition):
        whole = reads(petition, actor, one, at)
        words = actor.role == Role.INSPECTOR
        rows.append(_row(one, status_of(one, rated, at), rated, whole=whole, words=words))
    return rows


def _of_answer(petition: Petition, actor: Actor, at: datetime) -> list[StageRow]:
    """The office and the unit are rated together, from the service of the answer until the petitioner's window ends."""
    if petition.lead_unit is None or petition.concluded_at is None:
        return []
    rated = Evaluation.objects.filter(petition=petition).first()
    window = petition.clocks.filter(rule__code=RuleCode.PETITIONER_WINDOW).order_by("-id").first()
    if rated is not None:
        status = RatingStatus.RATED
    elif window is None or window.started_at > at:
        status = RatingStatus.AHEAD
    elif petition.status == Status.SERVED and window.ends_at >= at:
        status = RatingStatus.OPEN
    else:
        status = RatingStatus.OVERDUE
    whole = rated is not None and petition_rules.sees_evaluation(petition, actor)
    until = local_day(window.ends_at) if window is not None else None
    given = (rated.office_rating, rated.unit_rating) if rated is not None and whole else (None, None)
    bodies = ((_("登记、转送"), _("信访部门")), (_("办理、答复"), petition.lead_unit.name))
    return [
        StageRow(stage, body, status, until, str(Rating(value).label) if value is not None else "")
        for (stage, body), value in zip(bodies, given, strict=True)
    ]
