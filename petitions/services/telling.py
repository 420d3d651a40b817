"""Who is told about a case, and the one way to tell them (``notify_about``): whoever is recused or complained of is
not. Whom a petitioner's word reaches: those who answer for the case, and those who watch over how it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import (
    desk_posts,
    holders,
    leaders_in_charge,
    office_posts,
    posts_held,
    stand_ins_of,
)
from core.timekeeping import local_day, now
from notifications.enums import Level
from notifications.services import notify
from petitions import rules
from petitions.models import Petition
from petitions.services import holding


def those_who_answer(case: Petition, at: datetime) -> list[int]:
    """User ids: the responsible person while in office; else the lead unit's handlers and head; before there is one,
    the officers of the office that registered it. Of a sealed case without a unit, whoever holds it by name."""
    if case.responsible is not None and (held := posts_held(case.responsible, at)):
        # Whoever stands in for them in the unit hears of it beside them.
        unit = case.lead_unit
        substitutes = [post for post in stand_ins_of(held, at) if unit is None or post.unit_id == unit.pk]
        return sorted({case.responsible.pk, *who_may_know(case, substitutes)})
    if case.lead_unit is not None:
        return who_may_know(case, desk_posts(case.lead_unit, at))
    if case.sealed:
        return holding.holders_of(case, at)
    registrars = (Role.PETITION_OFFICER, Role.CLERK)
    posts = [post for role in registrars for post in holders(role, unit=case.registered_unit, at=at)]
    return who_may_know(case, posts)


def those_who_watch(case: Petition, at: datetime) -> list[int]:
    """User ids: the petition office's officers who do not answer for the case themselves."""
    if case.sealed:
        return []
    officers = office_posts(Role.PETITION_OFFICER, at)
    return who_may_know(case, [post for post in officers if rules.stands_apart(case, Actor.of(post))])


def those_above_the_office(case: Petition, at: datetime) -> list[int]:
    """User ids: whoever looks into a rating of the petition office itself: its inspectors, and where it has none the
    leaders in charge of it. Never its officers, who are rated."""
    if case.sealed:
        return []
    posts = office_posts(Role.INSPECTOR, at) or leaders_in_charge(case.registered_unit, at)
    return who_may_know(case, [post for post in posts if rules.sees_evaluation(case, Actor.of(post))])


def notify_about(
    case: Petition,
    people: Iterable[Post | int],
    *,
    text: str,
    dedupe_key: str,
    link: str = "",
    level: str = Level.INFO,
    own_part: bool = False,
    at: datetime | None = None,
) -> int:
    """Tell these people about the case, as far as they may know of it; how many notices were new.

    ``people``: posts, under which they would know of it, or user ids. ``link`` is the case's page by default.
    ``own_part``: a unit complained of that answers for its own part is told of that (条例 28).
    """
    return notify(
        recipients=who_may_know(case, people, own_part=own_part, at=at),
        text=text,
        link=link or case.get_absolute_url(),
        about=case.about,
        dedupe_key=dedupe_key,
        level=level,
        at=at,
    )


def who_may_know(
    case: Petition, people: Iterable[Post | int], *, own_part: bool = False, at: datetime | None = None
) -> list[int]:
    """User ids, without whoever is recused, under whatever hat, or complained of (条例 28).

    A post within the unit complained of is left out; so is a user id all of whose posts ``at`` that moment are. At
    most two queries more than the names need, and none for most cases.
    """
    posts: list[Post] = []
    ids: set[int] = set()
    for one in people:
        if isinstance(one, Post):
            posts.append(one)
        else:
            ids.add(one)
    if not own_part and case.complained_unit is not None:
        posts = [post for post in posts if not rules.is_complained_of(case, Actor.of(post))]
        ids -= _complained_of(case, ids, at or now())
    return sorted((ids | {post.user_id for post in posts}) - rules.recused_from(case))


def _complained_of(case: Petition, user_ids: set[int], at: datetime) -> set[int]:
    """Those of them who hold posts then, but none outside the unit complained of."""
    within: dict[int, bool] = {}
    for post in Post.objects.current(local_day(at)).filter(user__in=user_ids).select_related("unit", "user"):
        blocked = rules.is_complained_of(case, Actor.of(post))
        within[post.user_id] = within.get(post.user_id, True) and blocked
    return {pk for pk, blocked in within.items() if blocked}
