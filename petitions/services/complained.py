"""Whom a case complains of (条例 28, 30): a unit, and people on the staff.

A unit neither sees nor steers the case, nor does anything below it. A person named is recused, with the ground
``COMPLAINED_OF``, in the very transaction that names them: there is no second mechanism. Units headed by such a person
are sent nothing; where no unit was named, the one they head is complained of as well, so that nobody handles a case
against their own head. Units in a leader's charge stay free: only the leader is out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from core.timekeeping import local_day
from notifications.services import withdraw
from petitions.enums import Kind, RecusalGround, ScopeReason
from petitions.models import Petition, Recusal
from petitions.services import recusing, scope
from petitions.services.stepping import Stepping


def unit_headed_by(people: Sequence[User], at: datetime) -> Unit | None:
    """The unit they head, the highest where there are several; never the district itself. One query, none without
    people."""
    if not people:
        return None
    units = [post.unit for post in _headships(at).filter(user__in=people)]
    return min(units, key=lambda unit: unit.depth, default=None)


def blocks(case: Petition, unit: Unit, at: datetime) -> bool:
    """Whether the unit must not handle the case: complained of, or headed by somebody who is, or below such a unit."""
    return any(unit.is_within(one) for one in units_blocked(case, at))


def units_blocked(case: Petition, at: datetime) -> list[Unit]:
    """The topmost units that must not handle the case. One query, on a case with recusals."""
    found = [case.complained_unit] if case.complained_unit is not None else []
    if case.has_recusals:
        out = standing(case).values("user")
        found += [post.unit for post in _headships(at).filter(user__in=out)]
    return found


def posted_in_one(case: Petition, user_ids: Collection[int], at: datetime) -> set[int]:
    """Those of them who hold any post in a unit that must not handle the case: they are given nothing of it by name.
    At most two queries, none for most cases."""
    return scope.posted_in(units_blocked(case, at), user_ids, at)


def standing(case: Petition) -> QuerySet[Recusal]:
    """Recusals of those complained of that have not ended."""
    return case.recusals.filter(ended_at=None, ground=RecusalGround.COMPLAINED_OF)


def first_rows(case: Petition, people: Sequence[User], actor: Actor) -> list[Recusal]:
    """Unsaved recusals of a case that is being registered; it is saved by now, with ``has_recusals``."""
    return [_row(case, user, actor, case.registered_at) for user in _each_once(people)]


def kept_out_rows(
    case: Petition, out: Sequence[User], complained_of: Sequence[User], actor: Actor
) -> list[Recusal]:
    """Unsaved, of such a case: those with an interest who are not complained of."""
    named = set(complained_of)
    return [
        Recusal(
            petition=case,
            user=user,
            ground=RecusalGround.INTEREST,
            recorded_at=case.registered_at,
            recorded_by=actor.user,
        )
        for user in _each_once(out)
        if user not in named
    ]


def words_of(people: Sequence[User], unit: Unit | None = None) -> str:
    """What the history says of them; ``unit`` where it is complained of because they head it. Empty without people."""
    if not people:
        return ""
    names = "、".join(user.get_full_name() for user in _each_once(people))
    text = _("被反映的工作人员：%(names)s，不参与本件。") % {"names": names}
    if unit is not None:
        text += _("其负责的%(unit)s按被反映单位处理。") % {"unit": unit.label}
    return text


def name(work: Stepping, *, unit: Unit | None = None, people: Sequence[User] = ()) -> None:
    """Within a step: name the unit and the people. Whoever is out on another ground is out on this one from now on;
    whoever was named before stays named. Who must replace them is told, but for a case that is being sealed."""
    case = work.petition
    known = set(standing(case).values_list("user", flat=True)) if case.has_recusals else set()
    fresh = [user for user in _each_once(people) if user.pk not in known]
    had_part = case.scopes.filter(user__in=fresh).exists() if fresh else False
    headed = None
    if unit is None and case.complained_unit is None:
        unit = headed = unit_headed_by(fresh, work.at)
    if fresh:
        _name_people(work, fresh, headed)
    lost = False
    if unit is not None and unit != case.complained_unit:
        lost = _name_unit(work, unit)
        work.change(complained_as_headed=headed is not None)
    if lost and not fresh and case.kind != Kind.ACCUSATION:
        recusing.tell_those_who_must_replace(work)
    if fresh and case.kind != Kind.ACCUSATION and (case.lead_unit is not None or had_part):
        recusing.tell_those_who_must_replace(work)


def _name_people(work: Stepping, fresh: list[User], headed: Unit | None) -> None:
    case = work.petition
    case.recusals.filter(ended_at=None, user__in=fresh).update(
        ended_at=work.at, ended_by=work.actor.user, end_reason=_("改列为被反映的人。")
    )
    Recusal.objects.bulk_create([_row(case, user, work.actor, work.at) for user in fresh])
    work.change(has_recusals=True)
    if case.responsible_id in {user.pk for user in fresh}:
        work.change(responsible=None)
    if case.sealed:
        scope.rebuild(case, at=work.at)  # somebody else may have to hold it
    withdraw(about=case.about, recipients=[user.pk for user in fresh])
    # Who it is stands in the history, which nobody rewrites; the audit log, read by people who may be named
    # themselves, keeps silent about it.
    work.text = f"{work.text}；{words_of(fresh, headed)}" if work.text else words_of(fresh, headed)


def _name_unit(work: Stepping, unit: Unit) -> bool:
    """From then on the unit neither sees nor steers the case (条例 28), nor does a leader or mediator posted there who
    was given it by name; whether there was such. Which unit it was before stays on record."""
    case = work.petition
    was = case.complained_unit
    work.detail |= {"complained": unit.pk, "complained_was": was.pk if was else None}
    work.text += _("；被反映单位：%(was)s→%(now)s") % {
        "was": was.label if was else _("无"),
        "now": unit.label,
    }
    work.change(complained_unit=unit)
    grants = case.scopes.filter(reason=ScopeReason.GRANTED)
    before = grants.count()
    scope.rebuild(case, at=work.at)
    posts = Post.objects.filter(unit__in=Unit.objects.subtree(unit))
    withdraw(about=case.about, recipients=posts.values_list("user", flat=True))
    return grants.count() < before


def _headships(at: datetime) -> QuerySet[Post]:
    posts: QuerySet[Post] = Post.objects.current(local_day(at)).filter(role=Role.UNIT_HEAD)
    return posts.exclude(unit__kind=UnitKind.DISTRICT).select_related("unit").order_by("id")


def _each_once(people: Sequence[User]) -> list[User]:
    return list({user.pk: user for user in people}.values())


def _row(case: Petition, user: User, actor: Actor, at: datetime) -> Recusal:
    return Recusal(
        petition=case,
        user=user,
        ground=RecusalGround.COMPLAINED_OF,
        recorded_at=at,
        recorded_by=actor.user,
    )
