"""Who makes, reads and changes own tables."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import district_of, holders
from core.errors import Refusal
from core.timekeeping import local_day, now
from tables.models import SavedTable, TableShare

#: Whoever reads the month reads own tables.
READERS = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.LEADER)


def visible_to(actor: Actor) -> QuerySet[SavedTable]:
    """One's own, those shared with the hat that is on, and shared ones left behind that this person may delete."""
    if actor.post is None or actor.unit is None or actor.role not in READERS:
        return SavedTable.objects.none()
    shares = TableShare.objects.filter(
        Q(unit=actor.unit) | Q(below=True, unit__in=actor.unit.ancestor_ids), role__in=["", actor.role]
    )
    wanted = Q(owner=actor.post) | Q(pk__in=shares.values("table"))
    if actor.role == Role.STATISTICIAN:
        left = TableShare.objects.filter(table__in=_left_to(actor)).values("table")
        wanted |= Q(pk__in=left)
    return SavedTable.objects.filter(wanted)


def _left_to(actor: Actor) -> QuerySet[SavedTable]:
    """Tables whose owner's post has ended, in the statistician's own unit; for the petition office's, in its district.

    Nobody else could delete them, and they would stand on other people's lists for ever."""
    assert actor.unit is not None
    ended = Q(owner__valid_until__lte=local_day(now())) | Q(owner__user__is_active=False)
    district = district_of(actor.unit) if actor.unit.kind == UnitKind.PETITION_OFFICE else None
    units = Q(owner__unit=actor.unit)
    if district is not None:
        units |= Q(owner__unit__in=Unit.objects.subtree(district))
    return SavedTable.objects.filter(ended, units)


def owns(table: SavedTable, actor: Actor) -> bool:
    return actor.post is not None and table.owner_id == actor.post.pk


def require_reader(actor: Actor) -> None:
    """Raises Refusal (403)."""
    if actor.role not in READERS or actor.post is None:
        raise Refusal(_("统计表供统计、信访、督查岗位和单位负责人、领导使用。"), code="forbidden")


def require_owner(table: SavedTable, actor: Actor) -> None:
    """Raises Refusal (403)."""
    require_reader(actor)
    if not owns(table, actor):
        raise Refusal(_("只有建表的人可以修改、共享、定时或删除这张表。"), code="forbidden")


def deletes(table: SavedTable, actor: Actor) -> bool:
    """Its owner; of a table that an ended post left behind, a statistician of that unit or of the petition office."""
    if owns(table, actor):
        return True
    is_statistician = actor.role == Role.STATISTICIAN and actor.unit is not None
    return is_statistician and _left_to(actor).filter(pk=table.pk).exists()


def require_deletes(table: SavedTable, actor: Actor) -> None:
    """Raises Refusal (403)."""
    require_reader(actor)
    if not deletes(table, actor):
        require_owner(table, actor)


def readers_of(table: SavedTable) -> list[Post]:
    """The posts, held today, that may open it. A query for each hat."""
    shares = list(table.shares.all())
    return [
        post for role in READERS for post in holders(role, at=local_day(now())) if _opens(table, shares, post)
    ]


def _opens(table: SavedTable, shares: list[TableShare], post: Post) -> bool:
    """What ``visible_to`` says, of one post."""
    return post.pk == table.owner_id or any(
        share.role in {"", post.role}
        and (share.unit_id == post.unit_id or (share.below and share.unit_id in post.unit.ancestor_ids))
        for share in shares
    )
