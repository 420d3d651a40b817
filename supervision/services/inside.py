"""What the doors of this room share. Nothing outside ``supervision.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day
from deadlines import services as deadlines
from notifications.services import notify
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.facts import facts_of
from petitions.services import following, telling
from petitions.services.stepping import lock
from supervision import rules
from supervision.enums import State
from supervision.models import Supervision, SupervisionClock

RULE = "supervision"
NOT_SEALED = "检举控告件按纪检监察程序办理，不在此督办。"


def default_due_on(at: datetime, days: int | None = None) -> date:
    """SUPERVISION_DAYS (7 unless set) days from today."""
    return local_day(at) + timedelta(days=days or int(settings.SUPERVISION_DAYS))


def locked(supervision: Supervision) -> Supervision:
    """The case and the supervision locked, in that order. Raises Refusal for a case that was sealed meanwhile."""
    case = lock(supervision.petition_id) if supervision.petition_id else None
    rows = Supervision.objects.select_for_update(of=("self",)).select_related("unit", "opened_by")
    row: Supervision = rows.get(pk=supervision.pk)
    if case is not None:
        row.petition = case
        if case.sealed:
            raise Refusal(_(NOT_SEALED), code="forbidden")
    return row


def require_state(row: Supervision, *wanted: State) -> None:
    if row.state in wanted:
        return
    if row.ended_at is not None:
        who = row.ended_by.get_full_name() if row.ended_by else _("系统")
        raise Refusal(
            _("没有生效：%(who)s已于%(when)s结束本次督办（%(state)s）。")
            % {"who": who, "when": friendly_moment(row.ended_at), "state": State(row.state).label},
            code="stale",
        )
    raise Refusal(
        _("没有生效：本次督办现在是“%(state)s”。") % {"state": State(row.state).label}, code="stale"
    )


def check_day(due_on: date, at: datetime) -> None:
    if due_on <= local_day(at):
        raise Refusal(_("期限须在今天之后。"), code="invalid")
    if due_on > local_day(at) + timedelta(days=366):
        raise Refusal(_("期限最长一年，请核对日期。"), code="invalid")


def start_clock(row: Supervision, at: datetime) -> None:
    known = facts_of(row.petition, row.unit)
    deadlines.start(SupervisionClock, rule_code=RULE, at=at, due_on=row.due_on, facts=known, supervision=row)


def stop_clock(row: Supervision, at: datetime) -> None:
    deadlines.stop_all(SupervisionClock.objects.filter(supervision=row), at)


def into_history(row: Supervision, actor: Actor, text: str, at: datetime, *, token: str = "") -> None:
    """A line in the case's history, where it takes one of this actor in its present state."""
    if row.petition is not None and rules.may_step(row.petition, actor):
        following.remark(petition=row.petition, act=Act.SUPERVISE, actor=actor, text=text, at=at, token=token)


def on_record(row: Supervision, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    known: dict[str, object] = {"unit": row.unit_id, "ground": row.ground}
    if row.petition is not None:
        known["case"] = row.petition.audit_name
    audit.record(actor=actor, act=f"supervision.{act}", obj=row, detail=known | detail, at=at)


def tell(
    row: Supervision,
    people: Iterable[Post | int],
    words: str,
    occasion: str,
    at: datetime,
    *,
    level: str = "soon",
) -> None:
    """``words`` takes the case's number, or the unit where there is no case."""
    key, link = f"supervision:{row.pk}:{occasion}", row.get_absolute_url()
    if row.petition is None:
        ids = sorted({one.user_id if isinstance(one, Post) else one for one in people})
        text = words % {"number": row.unit.label}
        notify(recipients=ids, text=text, link=link, dedupe_key=key, level=level, at=at)
        return
    telling.notify_about(
        row.petition,
        people,
        text=words % {"number": row.petition.number},
        link=link,
        dedupe_key=key,
        level=level,
        own_part=petition_rules.answers_own_part(row.petition, row.unit),
        at=at,
    )


def overseers(row: Supervision, at: datetime) -> list[Post | int]:
    """Whoever opened it while in office; else the petition office's inspectors and officers."""
    from accounts.selectors import office_posts, posts_held

    opener = row.opened_by
    if opener is not None:
        held = [
            post for post in posts_held(opener, at) if post.role in {Role.INSPECTOR, Role.PETITION_OFFICER}
        ]
        if held:
            return [held[0]]
    posts = office_posts(Role.INSPECTOR, at) or office_posts(Role.PETITION_OFFICER, at)
    return list(posts)
