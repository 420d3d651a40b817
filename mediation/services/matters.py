"""What a mediation asks of what it mediates, be that a case or a dispute that came without one: locked, told of, noted
in its history, read by name. Nothing outside ``mediation`` calls it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation.models import Dispute, DisputeEvent, MediationCase
from mediation.services import noting
from notifications.enums import Level
from notifications.services import notify
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import codes, complained, following, telling
from petitions.services.stepping import lock as lock_case

Matter = Petition | Dispute


def lock(dispute: Dispute) -> Dispute:
    """The dispute's row, locked until the end of the transaction, with its room and the unit on the other side."""
    rows = Dispute.objects.select_for_update(of=("self",), no_key=True)
    found: Dispute = rows.select_related("room__unit", "other_unit").get(pk=dispute.pk)
    return found


def lock_of(mediation: MediationCase) -> Matter:
    """What is mediated, locked; it comes before the mediation itself."""
    if mediation.petition_id is not None:
        return lock_case(mediation.petition_id)
    assert mediation.dispute is not None
    return lock(mediation.dispute)


def put_in_place(mediation: MediationCase, matter: Matter) -> None:
    """Let the mediation know the locked row."""
    if isinstance(matter, Petition):
        mediation.petition = matter
    else:
        mediation.dispute = matter


def recused_from(matter: Matter) -> set[int]:
    """User ids of whoever stays out of it (条例 28)."""
    if isinstance(matter, Petition):
        return petition_rules.recused_from(matter)
    return set(matter.kept_out.values_list("pk", flat=True))


def posted_on_the_other_side(matter: Matter, user_ids: Collection[int], at: datetime) -> set[int]:
    """Those of them who hold a post in the unit complained of, or in the one a dispute is with (条例 28)."""
    if isinstance(matter, Petition):
        return complained.posted_in_one(matter, user_ids, at)
    if matter.other_unit is None:
        return set()
    held = Post.objects.current(local_day(at)).filter(user__in=user_ids)
    return set(held.filter(unit__path__startswith=matter.other_unit.path).values_list("user_id", flat=True))


def who_may_know(matter: Matter, people: Iterable[Post | int], *, at: datetime | None = None) -> list[int]:
    """User ids, without whoever stays out of it and whoever belongs to the other side (条例 28)."""
    if isinstance(matter, Petition):
        return telling.who_may_know(matter, people, at=at)
    posts: list[Post] = []
    ids: set[int] = set()
    for one in people:
        if isinstance(one, Post):
            posts.append(one)
        else:
            ids.add(one)
    if (other := matter.other_unit) is not None:
        posts = [post for post in posts if not post.unit.is_within(other)]
        ids -= posted_on_the_other_side(matter, ids, at or now())
    return sorted((ids | {post.user_id for post in posts}) - recused_from(matter))


def tell(
    matter: Matter,
    people: Iterable[Post | int],
    *,
    text: str,
    dedupe_key: str,
    link: str = "",
    level: str = Level.INFO,
    at: datetime,
) -> int:
    """Tell these people, as far as they may know of it; how many notices were new. ``link``: its page by default."""
    if isinstance(matter, Petition):
        return telling.notify_about(
            matter, people, text=text, link=link, dedupe_key=dedupe_key, level=level, at=at
        )
    return notify(
        recipients=who_may_know(matter, people, at=at),
        text=text,
        link=link or matter.get_absolute_url(),
        about=matter.about,
        dedupe_key=dedupe_key,
        level=level,
        at=at,
    )


def history(matter: Matter, actor: Actor, text: str, at: datetime, *, public: bool = True) -> None:
    """A line in its history, whoever acts and whatever state it is in."""
    if isinstance(matter, Petition):
        noting.always(matter, actor, text, at, public=public)
    else:
        line(matter, actor, text, at, public=public)


def note(matter: Matter, actor: Actor, text: str, at: datetime, *, token: str = "") -> None:
    """The same, where the step depends on it. Raises Refusal: a case's table has no row for it any more, or the same
    form twice."""
    if isinstance(matter, Petition):
        following.remark(
            petition=matter, act=Act.MEDIATE, actor=actor, text=text, public_text=text, at=at, token=token
        )
    else:
        line(matter, actor, text, at, token=token, public=True)


def line(
    dispute: Dispute, actor: Actor, text: str, at: datetime, *, token: str = "", public: bool = False
) -> None:
    """Raises Refusal (code "repeated"): the same form twice."""
    try:
        with transaction.atomic():
            DisputeEvent.objects.create(
                dispute=dispute,
                at=at,
                user=actor.user,
                who=actor.label[:120],
                text=text,
                public=public,
                submit_key=codes.submit_key(token) if token else None,
            )
    except IntegrityError as error:
        if "dispute_event_once_per_form" in str(error):
            raise Refusal(_("这一步已经提交过，没有重复办理。"), code="repeated") from error
        raise


def let_read(matter: Matter, user_ids: Iterable[int]) -> None:
    """A case is read by name from now on; a dispute is read by whoever has its mediation in hand."""
    if isinstance(matter, Petition):
        for user_id in user_ids:
            following.grant_reading(petition=matter, user_id=user_id)


def stop_reading(matter: Matter, user_ids: Iterable[int]) -> None:
    """Reading by name ends, unless something else still gives it to them."""
    if isinstance(matter, Petition):
        for user_id in user_ids:
            following.revoke_reading(petition=matter, user_id=user_id)
