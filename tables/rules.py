"""Who makes, reads and changes own tables."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import holders
from core.errors import Refusal
from core.timekeeping import local_day, now
from tables.models import SavedTable, TableShare

#: Whoever reads the month reads own tables.
READERS = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.LEADER)


def visible_to(actor: Actor) -> QuerySet[SavedTable]:
    """One's own, and those shared with the hat that is on."""
    if actor.post is None or actor.unit is None or actor.role not in READERS:
        return SavedTable.objects.none()
    shares = TableShare.objects.filter(
        Q(unit=actor.unit) | Q(below=True, unit__in=actor.unit.ancestor_ids), role__in=["", actor.role]
    )
    return SavedTable.objects.filter(Q(owner=actor.post) | Q(pk__in=shares.values("table")))


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
