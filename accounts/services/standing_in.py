"""While somebody is away: a colleague of the same unit holds the post in their place, from one day to another.

The stand-in is a post of its own, dated, that names the post it stands for: rights, lists and notices follow from
posts, and so they come and go with it. What is somebody's by name, a case given to them or a sealed one they hold,
stays theirs.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actor import Actor
from accounts.enums import SEPARATED_ROLES
from accounts.models import Post, User
from accounts.services import audit
from accounts.signals_upward import leave_entered
from core.errors import Refusal
from core.timekeeping import local_day, now

#: Whoever is away for longer is replaced, not stood in for.
LONGEST_DAYS = 366


def begin(*, post: Post, substitute: User, first: date, last: date, by: Actor) -> Post:
    """Let ``substitute`` hold ``post`` in its holder's place from ``first`` to ``last``, both included (days of
    Asia/Shanghai).

    Raises Refusal: the actor may not (``rules.enters_leave``); the substitute is the holder, works elsewhere or is away
    too; the holder is away already, or stands in for somebody then; the days are reversed, past or too many.
    """
    _refuse_days(first, last)
    until = last + timedelta(days=1)
    with transaction.atomic():
        ids = sorted({post.user_id, substitute.pk})
        people = {
            user.pk: user for user in User.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        }
        held: Post = Post.objects.select_related("user", "unit").get(pk=post.pk)
        _require(held, by)
        _refuse_post(held, first, until)
        _refuse_substitute(held, people[substitute.pk], first, until)
        made = Post.objects.create(
            user=people[substitute.pk],
            unit=held.unit,
            role=held.role,
            title=title_of(held),
            valid_from=first,
            valid_until=until,
            stands_in_for=held,
        )
        made.charge_units.set(held.charge_units.all())
        _on_record(made, by, "leave.begin")
        leave_entered.send(sender=Post, stand_in=made, actor=by)
    substitute.__dict__.pop("current_posts", None)
    return made


def end(*, stand_in: Post, by: Actor) -> date | None:
    """The holder is back: the stand-in ends before today; on its first day, with that day.

    The first day it is no longer held; None where it had not begun and is struck out.

    Raises Refusal: the actor may not; it is over.
    """
    with transaction.atomic():
        row: Post = (
            Post.objects.select_for_update(of=("self",))
            .select_related("stands_in_for__user", "stands_in_for__unit", "user", "unit")
            .get(pk=stand_in.pk)
        )
        if row.stands_in_for is None:
            raise Refusal(_("这不是代班岗位。"), code="invalid")
        if not rules.is_self(by, row.stands_in_for.user):  # whoever is back may always say so
            _require(row.stands_in_for, by)
        if row.valid_until is not None and row.valid_until <= local_day(now()):
            raise Refusal(_("代班已经结束。"), code="stale")
        return _shorten(row, local_day(now()), by)


def follow_end(post: Post, by: Actor) -> None:
    """With a post its stand-ins end; and with the last post of its holder in the unit, what they stood in for there."""
    assert post.valid_until is not None
    _shorten_all(Post.objects.filter(stands_in_for=post), post.valid_until, by)
    others = Post.objects.filter(user=post.user_id, unit=post.unit_id, stands_in_for=None).exclude(pk=post.pk)
    if not others.filter(Q(valid_until=None) | Q(valid_until__gt=post.valid_until)).exists():
        mine = Post.objects.filter(user=post.user_id, unit=post.unit_id, stands_in_for__isnull=False)
        _shorten_all(mine, post.valid_until, by)


def follow_leaving(user: User, by: Actor) -> None:
    """With an account that is closed end the stand-ins of its holder, and those for them."""
    either = Post.objects.filter(Q(stands_in_for__user=user) | Q(user=user, stands_in_for__isnull=False))
    _shorten_all(either, local_day(now()), by)


def title_of(post: Post) -> str:
    """What the hat says: 代陈立 承办人."""
    what = post.title or post.get_role_display()
    return f"代{post.user.get_full_name()[:30]} {what}"[:60]


def _shorten_all(rows: QuerySet[Post], day: date, by: Actor) -> None:
    open_rows = rows.filter(valid_until__gt=day).select_for_update(of=("self",))
    for row in open_rows.select_related("stands_in_for__user", "user", "unit"):
        _shorten(row, day, by)


def _shorten(row: Post, day: date, by: Actor) -> date | None:
    """What has begun is kept, with one day at least; what had not begun is deleted: nobody ever acted under it."""
    if day <= row.valid_from and row.valid_from > local_day(now()):
        _on_record(row, by, "leave.end")
        row.delete()
        return None
    row.valid_until = max(day, row.valid_from + timedelta(days=1))
    row.save(update_fields=["valid_until"])
    _on_record(row, by, "leave.end")
    return row.valid_until


def _on_record(row: Post, by: Actor, act: str) -> None:
    assert row.stands_in_for is not None and row.valid_until is not None
    detail = {
        "user": row.stands_in_for.user_id,
        "substitute": row.user_id,
        "unit": row.unit_id,
        "role": row.role,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
    }
    audit.record(actor=by, act=act, obj=row, detail=detail)


def _refuse_days(first: date, last: date) -> None:
    if last < first:
        raise Refusal(_("结束日期早于开始日期，请重新填写。"), code="leave_days")
    if first < local_day(now()):
        raise Refusal(_("开始日期已经过去，请填今天或者以后的日期。"), code="leave_first")
    if (last - first).days >= LONGEST_DAYS:
        raise Refusal(_("代班一次最长一年；更久的，请由管理员另行任命。"), code="leave_days")


def _require(post: Post, by: Actor) -> None:
    if rules.enters_leave(by, post):
        return
    if post.stands_in_for_id is not None:
        raise Refusal(_("这个岗位是代别人的，不能再转给他人。"), code="invalid")
    if post.role in SEPARATED_ROLES:
        raise Refusal(_("管理员和审计员的岗位不能代班。"), code="forbidden")
    giver = rules.giver_of(post.role, post.unit)
    if giver is not None and giver.value == "security_admin":
        words = _("“%(post)s”可以查看多个单位的信访件，代班由%(giver)s登记。")
        raise Refusal(words % {"post": post.label, "giver": giver.label}, code="forbidden")
    raise Refusal(_("代班由本人、本单位负责人或者系统管理员登记。"), code="forbidden")


def _refuse_post(post: Post, first: date, until: date) -> None:
    if not post.user.is_active or not post.held_on(first):
        raise Refusal(_("此人在开始日期不担任“%(post)s”。") % {"post": post.label}, code="leave_first")
    if post.valid_until is not None and post.valid_until < until:
        words = _("“%(post)s”任职到 %(day)s 为止，代班不能更晚。")
        last = post.valid_until - timedelta(days=1)
        raise Refusal(words % {"post": post.label, "day": last.isoformat()}, code="leave_days")
    found = _then(Post.objects.filter(stands_in_for=post), first, until)
    if found is not None:
        words = _("此人从 %(first)s 到 %(last)s 已由%(name)s代班，请先结束原来的安排。")
        raise Refusal(words % (_told(found) | {"name": found.user.get_full_name()}), code="leave_first")
    found = _then(Post.objects.filter(user=post.user, stands_in_for__isnull=False), first, until)
    if found is not None and found.stands_in_for is not None:
        words = _("此人从 %(first)s 到 %(last)s 正代替%(name)s，请先结束那项代班。")
        name = found.stands_in_for.user.get_full_name()
        raise Refusal(words % (_told(found) | {"name": name}), code="leave_first")


def _refuse_substitute(post: Post, substitute: User, first: date, until: date) -> None:
    if substitute.pk == post.user_id:
        raise Refusal(_("代班人不能是本人，请另选一位同事。"), code="leave_substitute")
    own = Post.objects.filter(user=substitute, stands_in_for=None)
    through = Q(valid_from__lte=first) & (Q(valid_until=None) | Q(valid_until__gte=until))
    if not substitute.is_active or not own.filter(through, unit=post.unit).exists():
        words = _("代班人须整个期间都在“%(unit)s”任职，请另选一位。")
        raise Refusal(words % {"unit": post.unit.label}, code="leave_substitute")
    if own.filter(role__in=SEPARATED_ROLES).filter(Q(valid_until=None) | Q(valid_until__gt=first)).exists():
        raise Refusal(_("管理员和审计员不能代办信访件，请另选一位。"), code="leave_substitute")
    away = _then(Post.objects.filter(stands_in_for__user=substitute), first, until)
    if away is not None:
        words = _("%(name)s从 %(first)s 到 %(last)s 自己也请假，请另选一位。")
        raise Refusal(words % (_told(away) | {"name": substitute.get_full_name()}), code="leave_substitute")


def _then(rows: QuerySet[Post], first: date, until: date) -> Post | None:
    found = rows.filter(valid_from__lt=until, valid_until__gt=first)
    return found.select_related("user", "stands_in_for__user").order_by("valid_from").first()


def _told(row: Post) -> dict[str, str]:
    assert row.valid_until is not None
    return {
        "first": row.valid_from.isoformat(),
        "last": (row.valid_until - timedelta(days=1)).isoformat(),
    }
