"""People in office, found by name: to say whom a petitioner complains of. Never a list to browse."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Length

from accounts.models import Post, Unit, User
from accounts.querysets import path_range
from accounts.selectors import district_of, with_posts_on
from core.text import clean_text
from core.timekeeping import local_day
from petitions.selectors.categories import LONGEST_WORDS, Option

#: Signs before anybody is looked for, lines of an answer, and the shortest name looked for in a text.
LEAST, MOST, LEAST_NAME = 2, 10, 2


def in_office(near: Unit, at: datetime) -> QuerySet[User]:
    """Everybody with a post that day in the district of ``near``, whatever the post. At most one query besides."""
    low, high = path_range((district_of(near) or near).path)
    held = Post.objects.current(local_day(at)).filter(user=OuterRef("pk"), unit__path__gte=low)
    return User.objects.filter(Exists(held.filter(unit__path__lt=high)))


def options(typed: str, near: Unit, at: datetime) -> list[Option]:
    """People whose name holds the last word, and whose name or unit hold the others (城管 王). Nobody before two signs
    were typed. Four queries at most."""
    words = clean_text(typed)[:LONGEST_WORDS].split()
    if len("".join(words)) < LEAST:
        return []
    day = local_day(at)
    found = in_office(near, at).filter(name__icontains=words[-1])
    for word in words[:-1]:
        there = Post.objects.current(day).filter(user=OuterRef("pk"))
        there = there.filter(Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word))
        found = found.filter(Q(name__icontains=word) | Exists(there))
    rows = with_posts_on(found.order_by(Length("name"), "name", "pk"), day)[:MOST]
    return [{"value": row.pk, "label": label_of(row, at), "path": ""} for row in rows]


def by_unit(people: QuerySet[User], at: datetime) -> QuerySet[User]:
    """These people in the order of their units (of the first post held that day) and then of their names, ready for
    ``label_of``; one query more."""
    first = (
        Post.objects.current(local_day(at))
        .filter(user=OuterRef("pk"))
        .order_by("id")
        .values("unit__path")[:1]
    )
    return with_posts_on(
        people.annotate(at_unit=Subquery(first)).order_by("at_unit", "name", "pk"), local_day(at)
    )


def label_of(user: User, at: datetime) -> str:
    """陈立（城市管理局 承办人）: the first post tells namesakes apart. One query, none after ``with_posts_on``."""
    posts: list[Post] | None = getattr(user, "posts_then", None)
    if posts is None:
        posts = list(user.posts.current(local_day(at)).select_related("unit").order_by("id")[:1])
    return f"{user.get_full_name()}（{posts[0].label}）" if posts else user.get_full_name()


def named_in(text: str, near: Unit, at: datetime) -> User | None:
    """The one person in office whose full name stands in the text; None for nobody, and for more than one."""
    if len(text) < LEAST_NAME:
        return None
    found = list(all_named_in(text, near, at)[:2])
    return found[0] if len(found) == 1 else None


def all_named_in(text: str, near: Unit, at: datetime) -> QuerySet[User]:
    """Everybody in office whose full name stands in the text, by name."""
    names = in_office(near, at).annotate(size=Length("name"), said=Value(text, output_field=CharField()))
    return names.filter(size__gte=LEAST_NAME, said__contains=F("name")).order_by("name", "pk")
