"""Whom a petitioner's word reaches: those who answer for the case, and those who watch over how it is answered."""

from __future__ import annotations

from datetime import datetime

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from accounts.selectors import holders, posts_held
from petitions import rules
from petitions.models import Petition
from petitions.services import holding


def those_who_answer(case: Petition, at: datetime) -> list[int]:
    """User ids: the responsible person while in office; else the lead unit's handlers and head; before there is one,
    the officers of the office that registered it. Of a sealed case without a unit, whoever holds it by name."""
    if case.responsible is not None and posts_held(case.responsible, at):
        return [case.responsible.pk]
    if case.lead_unit is not None:
        roles, unit = (Role.HANDLER, Role.UNIT_HEAD), case.lead_unit
    elif case.sealed:
        return holding.holders_of(case, at)
    else:
        roles, unit = (Role.PETITION_OFFICER, Role.CLERK), case.registered_unit
    posts = [post for role in roles for post in holders(role, unit=unit, at=at)]
    return who_may_know(case, posts)


def those_who_watch(case: Petition, at: datetime) -> list[int]:
    """User ids: the petition office's officers who may see a rating before the case is closed (domain G)."""
    if case.sealed:
        return []
    posts = [
        post
        for post in holders(Role.PETITION_OFFICER, at=at)
        if post.unit.kind == UnitKind.PETITION_OFFICE and rules.sees_evaluation(case, Actor.of(post))
    ]
    return who_may_know(case, posts)


def who_may_know(case: Petition, posts: list[Post]) -> list[int]:
    """User ids, without whoever is complained of or recused (条例 28)."""
    return not_recused(case, [post for post in posts if not rules.is_complained_of(case, Actor.of(post))])


def not_recused(case: Petition, posts: list[Post]) -> list[int]:
    """User ids; a unit complained of that answers for its own part stays among them."""
    return sorted({post.user_id for post in posts if not rules.is_recused(case, Actor.of(post))})
