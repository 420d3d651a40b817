"""What the doors of this room share. Nothing outside ``conference.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders, office_posts, people_of
from accounts.services import audit
from conference.models import Dispute, Item, Meeting, Order
from core.errors import Refusal
from core.timekeeping import local_day
from notifications.services import notify
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import following, telling

LONGEST = 10_000
SEALED = "检举控告件按纪检监察程序办理，不提交联席会议（条例第三十条）。"


def check_day(day: date, at: datetime) -> None:
    """A last day that somebody can still keep. Raises Refusal."""
    if day <= local_day(at):
        raise Refusal(_("期限须在今天之后。"), code="invalid")
    if day > local_day(at) + timedelta(days=366):
        raise Refusal(_("期限最长一年，请核对日期。"), code="invalid")


def attending(meeting: Meeting, at: datetime) -> list[Post]:
    """Whoever answers for one of the units that attend. One query beside the units."""
    return people_of(meeting.units.all(), at)


def keepers(at: datetime) -> list[Post]:
    """The petition office's officers."""
    return office_posts(Role.PETITION_OFFICER, at)


def presiding(meeting: Meeting, at: datetime) -> list[Post]:
    """Who may confirm the minutes: the chair, and the head of the petition office."""
    return [meeting.chair, *office_posts(Role.UNIT_HEAD, at)]


def leaders_of(unit: Unit, at: datetime) -> list[Post]:
    roles = (Role.LEADER,) if unit.kind == UnitKind.DISTRICT else (Role.LEADER, Role.UNIT_HEAD)
    return [post for role in roles for post in holders(role, unit=unit, at=at)]


def tell(
    about: Meeting | Item | Dispute | Order,
    posts: Iterable[Post],
    text: str,
    key: str,
    at: datetime,
    *,
    level: str = "soon",
    case: Petition | None = None,
) -> None:
    """Whoever of them may know of the case, if it hangs on one. The page it leads to is that of the row."""
    target = about.meeting if isinstance(about, Item) else about
    link, people = target.get_absolute_url(), list(posts)
    key = f"conference:{about._meta.model_name}:{about.pk}:{key}"
    if case is not None:
        telling.notify_about(case, people, text=text, link=link, dedupe_key=key, level=level, at=at)
        return
    ids = sorted({post.user_id for post in people})
    notify(recipients=ids, text=text, link=link, dedupe_key=key, level=level, at=at)


def on_record(row: Meeting | Dispute | Order, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    case = getattr(row, "petition", None)
    known = {"case": case.audit_name} if case is not None else {}
    audit.record(actor=actor, act=f"conference.{act}", obj=row, detail=known | detail, at=at)


def into_history(case: Petition, actor: Actor, text: str, at: datetime) -> None:
    """A line in the case's history, where its state takes one: the system's, under the name of who did it, since
    whoever decides above need not read the case."""
    on_behalf = replace(actor, role=Role.SYSTEM)
    if petition_rules.may(case, Act.CONFER, on_behalf):
        following.remark(petition=case, act=Act.CONFER, actor=on_behalf, text=text, at=at)
