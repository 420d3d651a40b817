"""Who holds what, and what stands above and below a unit. Instants are read as days in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.querysets import UnitQuerySet, path_range, valid_on
from core.bulk import current_load, once
from core.timekeeping import local_day, now


def _day(at: datetime | date) -> date:
    return local_day(at) if isinstance(at, datetime) else at


def holders(role: Role, *, unit: Unit | None = None, at: datetime | date) -> list[Post]:
    """Posts with that role held at that moment; with ``unit``, in exactly that unit. One query."""
    if current_load() is not None:
        return [
            post
            for post in every_post()
            if post.role == role and (unit is None or post.unit_id == unit.pk) and post.held_on(_day(at))
        ]
    posts = Post.objects.current(_day(at)).filter(role=role)
    if unit is not None:
        posts = posts.filter(unit=unit)
    return list(posts.select_related("user", "unit").order_by("id"))


def office_posts(role: Role, at: datetime | date) -> list[Post]:
    """Posts with that role in a petition office then. One query."""
    return [post for post in holders(role, at=at) if post.unit.kind == UnitKind.PETITION_OFFICE]


def desk_posts(unit: Unit, at: datetime | date) -> list[Post]:
    """Who answers for a unit then: its handlers, and its heads. Two queries."""
    return [*holders(Role.HANDLER, unit=unit, at=at), *holders(Role.UNIT_HEAD, unit=unit, at=at)]


#: Whoever answers for a unit: its handlers and heads, and officers where it has them.
ANSWERING = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER})


def people_of(units: Unit | Iterable[Unit], at: datetime | date) -> list[Post]:
    """Whoever answers for the unit, or for one of the units, then. One query."""
    wanted = {unit.pk for unit in ([units] if isinstance(units, Unit) else units)}
    if current_load() is not None:
        return [
            post
            for post in every_post()
            if post.unit_id in wanted and post.role in ANSWERING and post.held_on(_day(at))
        ]
    posts = Post.objects.current(_day(at)).filter(unit__in=wanted, role__in=ANSWERING)
    return list(posts.select_related("user", "unit").order_by("id"))


def posts_held(user: User, at: datetime | date) -> list[Post]:
    """Posts the person holds at that moment, units loaded. One query."""
    if current_load() is not None:
        return [post for post in every_post() if post.user_id == user.pk and post.held_on(_day(at))]
    return list(user.posts.current(_day(at)).select_related("unit").order_by("id"))


def stand_ins_of(posts: Iterable[Post], at: datetime | date) -> list[Post]:
    """Posts held then in the place of these, whose holders are away. One query."""
    ids = {post.pk for post in posts}
    if current_load() is not None:
        return [post for post in every_post() if post.stands_in_for_id in ids and post.held_on(_day(at))]
    held = Post.objects.current(_day(at)).filter(stands_in_for__in=ids)
    return list(held.select_related("user", "unit").order_by("id"))


def leaves(posts: QuerySet[Post], on: date) -> list[Post]:
    """The stand-ins for these posts that are not over that day, the earliest first, with both people. One query."""
    rows = Post.objects.filter(stands_in_for__in=posts, valid_until__gt=on)
    return list(rows.select_related("user", "unit", "stands_in_for__user").order_by("valid_from", "pk"))


def every_post() -> list[Post]:
    """Within a bulk load: all posts with their charges, read once; it makes none itself after that."""
    posts = (
        Post.objects.filter(user__is_active=True)
        .select_related("user", "unit")
        .prefetch_related("charge_units")
    )
    return once("posts", lambda: list(posts.order_by("id")))


def leaders_in_charge(unit: Unit, at: datetime | date) -> list[Post]:
    """Leader posts in charge of the unit or of one above it, the nearest charge first. One query."""
    posts = (
        Post.objects.current(_day(at))
        .filter(role=Role.LEADER, charge_units__in=unit.ancestor_ids)
        .select_related("user", "unit")
        .order_by("-charge_units__path", "id")
    )
    return list({post.pk: post for post in posts}.values())


def unit_and_ancestors(unit: Unit) -> list[Unit]:
    """The unit first, then each one above it, up to the root. One query."""
    return list(Unit.objects.filter(pk__in=unit.ancestor_ids).order_by("-path"))


def has_ended(unit: Unit, on: date) -> bool:
    return unit.valid_until is not None and unit.valid_until <= on


def successors_of(unit: Unit, on: date) -> list[Unit]:
    """The units in use that day that took over from one that has ended, through whatever came between; empty for one
    still in use and for one nobody followed. One query per link, none for a unit in use."""
    found: dict[int, Unit] = {}
    seen, links = {unit.pk}, [unit] if has_ended(unit, on) else []
    while links:
        ended = links.pop()
        for one in Unit.objects.filter(succeeds__unit=ended).order_by("path"):
            if one.pk in seen:
                continue
            seen.add(one.pk)
            if has_ended(one, on):
                links.append(one)
            else:
                found[one.pk] = one
    return list(found.values())


def district_of(unit: Unit) -> Unit | None:
    """The nearest district at or above the unit. At most one query."""
    if unit.kind == UnitKind.DISTRICT:
        return unit
    above = Unit.objects.filter(pk__in=unit.ancestor_ids, kind=UnitKind.DISTRICT)
    return above.order_by("-path").first()


def subtree_ids(unit: Unit) -> list[int]:
    """Ids of the unit and of everything below it. One query."""
    return list(Unit.objects.subtree(unit).values_list("pk", flat=True))


def units_in_charge(post: Post) -> list[int]:
    """Ids of the units a leader's post is in charge of, everything below them included. Two queries."""
    below = Q(pk__in=[])
    for path in post.charge_units.values_list("path", flat=True):
        low, high = path_range(path)
        below |= Q(path__gte=low, path__lt=high)
    return list(Unit.objects.filter(below).order_by("path").values_list("pk", flat=True))


def demo_accounts() -> list[User]:
    """The trial's accounts, one per kind of user; empty where no demo county was loaded."""
    return list(User.objects.exclude(demo_note="").filter(is_active=True).order_by("id"))


def posts_held_or_to_come(user: User) -> list[Post]:
    """A person's posts that are not over today, whether the account is open or not, with units. One query."""
    today = local_day(now())
    posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=today), user=user)
    return list(posts.select_related("unit"))


def posts_in(unit: Unit, on: date) -> list[Post]:
    """Posts held in exactly that unit that day, with their people. One query."""
    return list(Post.objects.current(on).filter(unit=unit).select_related("user").order_by("role", "id"))


def ever_in(user: User, unit: Unit) -> bool:
    """Whether the person has, had or will have a post in exactly that unit. One query."""
    return Post.objects.filter(unit=unit, user=user).exists()


def posts_of(user: User) -> list[Post]:
    """All posts of a person, held or not, the newest first, with units and charges. Two queries."""
    rows = Post.objects.filter(user=user).select_related("unit", "user")
    return list(rows.prefetch_related("charge_units").order_by("-valid_from", "-pk"))


def units_called(words: str, *, on: date, limit: int = 50) -> list[Unit]:
    """Units not closed on that day whose names or code hold every word; short names first. One query."""
    found = Unit.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on))
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__startswith=word)
        )
    return list(found.select_related("parent").order_by(Length("name"), "path")[:limit])


def with_tree_columns(units: UnitQuerySet, on: date) -> UnitQuerySet:
    """Units with what a row of the tree prints: ``below_count`` and ``post_count`` (held that day)."""
    below = Unit.objects.filter(parent=OuterRef("pk")).order_by().values("parent")
    held = Post.objects.current(on).filter(unit=OuterRef("pk")).order_by().values("unit")
    return units.select_related("parent", "review_superior").annotate(
        below_count=Coalesce(Subquery(below.annotate(n=Count("pk")).values("n")), 0),
        post_count=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
    )


def with_posts_on(users: QuerySet[User], on: date) -> QuerySet[User]:
    """People with ``posts_then``: their posts held that day, oldest first, units loaded. One query more."""
    held = Post.objects.filter(valid_on(on)).select_related("unit").order_by("id")
    return users.prefetch_related(Prefetch("posts", queryset=held, to_attr="posts_then"))
