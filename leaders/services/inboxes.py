"""Inboxes: opened by the petition office for a post, read by its holder and by named delegates; filing through one.

What comes in is registered by the same door as any petition, with its receipt, query code and clocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, User
from accounts.selectors import posts_held
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from leaders import inbox_rules, rules
from leaders.enums import LeaderAct
from leaders.models import InboxDelegate, InboxLetter, LeaderInbox
from leaders.models.inboxes import SLUG
from leaders.services import readings
from petitions.models import Petition
from petitions.services import following, telling
from petitions.services.registering import NewPetition, Registered, register
from petitions.services.stepping import lock

LONGEST_PURPOSE = 500
LONGEST_DELEGATION = timedelta(days=366)
#: Hats under which a box may be read for a leader: those that read cases at all.
FIT = frozenset(
    {Role.CLERK, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR}
)


@dataclass(frozen=True, kw_only=True)
class InboxPlan:
    """What the office sets of a box."""

    name: str
    slug: str
    post: Post
    purpose: str = ""
    is_open: bool = True


def open_inbox(*, actor: Actor, plan: InboxPlan, at: datetime | None = None) -> LeaderInbox:
    """A box for a leader's post.

    Raises Refusal: not the office, no leader's post, no name, or an address that is odd or taken.
    """
    at = at or now()
    rules.require(LeaderAct.KEEP_INBOX, actor, leader=plan.post)
    box = LeaderInbox(made_at=at, made_by=actor.user)
    _fill(box, plan, at)
    try:
        with transaction.atomic():
            box.save(force_insert=True)
            audit.record(actor=actor, act="inbox.open", obj=box, at=at)
    except IntegrityError as error:
        raise _taken(error) from error
    return box


def change_inbox(*, inbox: LeaderInbox, actor: Actor, plan: InboxPlan, at: datetime | None = None) -> None:
    """Name, address, post, words, open or closed. A closed box keeps its letters; its readers go on answering them."""
    at = at or now()
    try:
        with transaction.atomic():
            box = _locked(inbox)
            rules.require(LeaderAct.KEEP_INBOX, actor, leader=box.post)
            before = box.post_id
            _fill(box, plan, at)
            box.save(update_fields=["name", "slug", "post", "purpose", "closed_at"])
            detail = {"post": box.post_id, "open": box.is_open}
            audit.record(actor=actor, act="inbox.change", obj=box, detail=detail, at=at)
            if before != box.post_id:  # delegates were the former leader's choice
                today = local_day(at)
                for one in box.delegates.filter(valid_until__gt=today):
                    _end(one, actor, today)
    except IntegrityError as error:
        raise _taken(error) from error


def name_delegate(
    *,
    inbox: LeaderInbox,
    actor: Actor,
    user: User,
    valid_from: date,
    last_day: date,
    at: datetime | None = None,
) -> InboxDelegate:
    """Let somebody read the box and draft, up to ``last_day``, at most a year. By the leader or the office.

    Raises Refusal: not one's right, somebody without a post, an administrator, the leader in person, days that are
    over, or named for these days already.
    """
    at = at or now()
    if last_day < max(valid_from, local_day(at)):
        raise Refusal(_("最后一天不能早于开始日期，也不能已经过去。"), code="invalid")
    if last_day - valid_from > LONGEST_DELEGATION:
        raise Refusal(_("一次最长一年，到期后可以再指定。"), code="invalid")
    try:
        with transaction.atomic():
            box = _locked(inbox)
            inbox_rules.require(LeaderAct.DELEGATE, actor, box)
            _refuse_unfit(box, user, at)
            row: InboxDelegate = InboxDelegate.objects.create(
                inbox=box,
                user=user,
                valid_from=valid_from,
                valid_until=last_day + timedelta(days=1),
                named_at=at,
                named_by=actor.user,
            )
            audit.record(actor=actor, act="inbox.delegate", obj=box, detail={"user": user.pk}, at=at)
    except IntegrityError as error:
        if "delegate_once_at_a_time" not in str(error):
            raise
        raise Refusal(_("%(who)s在这段时间已经是代阅人。") % {"who": user}, code="invalid") from error
    return row


def end_delegate(*, delegate: InboxDelegate, actor: Actor, at: datetime | None = None) -> None:
    """From this moment on the box is closed to them. Raises Refusal: not one's right, or ended before."""
    at = at or now()
    with transaction.atomic():
        box = _locked(delegate.inbox)
        inbox_rules.require(LeaderAct.DELEGATE, actor, box)
        row = InboxDelegate.objects.select_for_update().get(pk=delegate.pk)
        if row.valid_until <= local_day(at):
            raise Refusal(_("已经不是代阅人。"), code="stale")
        _end(row, actor, local_day(at))
        audit.record(actor=actor, act="inbox.delegate_end", obj=box, detail={"user": row.user_id}, at=at)


def file_letter(
    *, inbox: LeaderInbox, new: NewPetition, unit: Unit, token: str, at: datetime | None = None
) -> Registered:
    """Register what was written to the leader, and put it into the box; an accusation is sealed and never gets there.

    Raises Refusal: the box was closed meanwhile, or what registering refuses.
    """
    at = at or now()
    with transaction.atomic():
        # No key of it changes, so letters do not wait for one another.
        box = LeaderInbox.objects.select_for_update(no_key=True, of=("self",)).with_row_relations()
        box = box.get(pk=inbox.pk)
        if not box.is_open:
            raise Refusal(_("这个信箱已经停用。您写的内容都在，请改从“我要反映”提交。"), code="stale")
        done = register(actor=Actor.petitioner(), new=new, unit=unit, token=token, at=at)
        if done.created and not done.petition.sealed:
            put_into(box, done.petition, at)
    return done


def put_into(box: LeaderInbox, petition: Petition, at: datetime) -> InboxLetter:
    """The case is a letter of the box, to be read within the limit; its readers are told. In the caller's
    transaction; never a sealed case."""
    assert not petition.sealed
    letter: InboxLetter = InboxLetter.objects.create(inbox=box, petition=petition, at=at)
    readings.begin(petition, inbox=box, at=at)
    tell_readers(letter, box, at)
    return letter


def look(*, letter: InboxLetter, actor: Actor, at: datetime | None = None) -> None:
    """Keep on record that somebody opened a letter; every time."""
    audit.record(
        actor=actor, act="inbox.look", obj=letter, detail={"case": letter.petition.audit_name}, at=at or now()
    )


def take(*, letter: InboxLetter, actor: Actor, at: datetime | None = None) -> None:
    """The leader takes the case of a letter in hand, and reads it whole from now on, as with a package.

    Raises Refusal: anybody but the leader in person, recused or complained of; sealed meanwhile.
    """
    at = at or now()
    with transaction.atomic():
        case = lock(letter.petition_id)
        letter.petition = case
        if case.sealed or not inbox_rules.may_release(letter, actor) or actor.user is None:
            raise Refusal(_("只有信箱的领导本人能由此作批示。"), code="forbidden")
        if not Petition.objects.visible_to(actor).filter(pk=case.pk).exists():
            following.grant_reading(petition=case, user_id=actor.user.pk)
            audit.record(actor=actor, act="inbox.take", obj=letter, detail={"case": case.audit_name}, at=at)


def readers_of(box: LeaderInbox, at: datetime) -> list[Post | int]:
    """The holder's post and the delegates' user ids."""
    day = local_day(at)
    holder = box.holder(day)
    delegates = box.delegates.filter(valid_from__lte=day, valid_until__gt=day).values_list(
        "user_id", flat=True
    )
    return [*([holder] if holder else []), *delegates]


def tell_readers(letter: InboxLetter, box: LeaderInbox, at: datetime) -> None:
    case: Petition = letter.petition
    telling.notify_about(
        case,
        readers_of(box, at),
        text=_("%(inbox)s有新来信：%(number)s。") % {"inbox": box.name, "number": case.number},
        link=letter.get_absolute_url(),
        dedupe_key=f"inbox:{letter.pk}:new",
        at=at,
    )


def _fill(box: LeaderInbox, plan: InboxPlan, at: datetime) -> None:
    if plan.post.role != Role.LEADER or plan.post.stands_in_for_id is not None:
        raise Refusal(_("信箱须属于一个领导岗位。"), code="invalid")
    if box.post_id != plan.post.pk and not plan.post.held_on(local_day(at)):
        raise Refusal(_("请选择在任的领导岗位。"), code="invalid")
    box.name = said(plan.name, _("请写信箱名称。"), longest=40).replace("\n", " ")
    box.slug = clean_text(plan.slug).lower()
    if not re.fullmatch(SLUG, box.slug):
        raise Refusal(_("网址短名用小写字母、数字和连字符，2 至 40 个，首尾不能是连字符。"), code="invalid")
    purpose = clean_text(plan.purpose)
    if len(purpose) > LONGEST_PURPOSE:
        raise Refusal(_("说明最多 %(most)d 字。") % {"most": LONGEST_PURPOSE}, code="invalid")
    box.post, box.purpose = plan.post, purpose
    if plan.is_open:
        box.closed_at = None
    elif box.closed_at is None:
        box.closed_at = at


def _refuse_unfit(box: LeaderInbox, user: User, at: datetime) -> None:
    posts = posts_held(user, at)
    holder = box.holder(local_day(at))
    if holder is not None and holder.user_id == user.pk:
        raise Refusal(_("%(who)s本人就是信箱的领导，不用指定。") % {"who": user}, code="invalid")
    if not any(post.role in FIT for post in posts):
        raise Refusal(_("%(who)s现在没有可以看信访件的岗位，不能代阅。") % {"who": user}, code="invalid")


def _end(row: InboxDelegate, actor: Actor, today: date) -> None:
    row.valid_until, row.ended_by = max(today, row.valid_from), actor.user
    row.save(update_fields=["valid_until", "ended_by"])


def _locked(inbox: LeaderInbox) -> LeaderInbox:
    rows = LeaderInbox.objects.select_for_update(of=("self",)).with_row_relations()
    found: LeaderInbox = rows.get(pk=inbox.pk)
    return found


def _taken(error: IntegrityError) -> Refusal:
    if "slug" not in str(error):
        raise error
    return Refusal(_("这个网址短名已经有信箱用了，请换一个。"), code="invalid")
