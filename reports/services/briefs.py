"""Drafting, editing, signing and reading the daily brief (民情日报)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.selectors import holders
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, han_date, local_day, now
from deadlines.rulebook import rulebook
from notifications.services import notify
from reports import brief_rules
from reports.models import Brief, BriefItem, BriefReading, Section
from reports.models.briefs import LONGEST
from reports.selectors.gathering import lines
from reviews.services.publishing import NUMBERS

#: A brief tells of at most so much: after a long standstill nobody wants a month on one sheet.
LONGEST_SPAN = timedelta(days=10)
#: Lines one sheet may have.
MOST_LINES = 60


def draft_due(*, at: datetime | None = None) -> Brief | None:
    """Draft today's brief, once, from BRIEF_HOUR of a working day (Asia/Shanghai) on; None where nothing is to do."""
    at = at or now()
    day = local_day(at)
    district = Unit.objects.active(day).filter(kind=UnitKind.DISTRICT).order_by("path").first()
    too_early = at.astimezone(SHANGHAI).hour < settings.BRIEF_HOUR
    if district is None or too_early or not rulebook().calendar.is_workday(day):
        return None
    return draft(district, day, at)


def draft(unit: Unit, day: date, at: datetime) -> Brief | None:
    """The brief of a district's day, of what came since the one before it until ``at``; None where there is one."""
    with transaction.atomic():
        last = Brief.objects.filter(unit=unit, day__lt=day).order_by("-day").first()
        since = last.until if last else datetime.combine(day - timedelta(days=1), time.min, SHANGHAI)
        span = {"since": max(since, at - LONGEST_SPAN), "until": at, "drafted_at": at}
        brief, made = Brief.objects.get_or_create(unit=unit, day=day, defaults=span)
        if not made:
            return None
        _fill(brief)
    return brief


def gather_again(*, brief: Brief, actor: Actor, at: datetime | None = None) -> None:
    """Draft an unsigned brief anew up to now; lines that somebody wrote stay, the others are made anew.

    Raises:
        Refusal: ``"forbidden"``, ``"stale"`` (409): it is signed.
    """
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        row.until = row.drafted_at = at or now()
        row.items.filter(drafted=True).delete()
        _fill(row)
        _changed(row, actor)


def save(
    *,
    brief: Brief,
    actor: Actor,
    revision: int,
    texts: Mapping[int, str],
    added: Sequence[tuple[Section, str]],
) -> None:
    """Keep what was edited. ``texts`` by ordinal; an empty one strikes its line out.

    Raises:
        Refusal: ``"forbidden"``; ``"stale"`` (409): signed, or edited by somebody else since it was opened;
            ``"invalid"``: too long, too many lines, a number that belongs to somebody.
    """
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        if row.revision != revision:
            who = row.edited_by.get_full_name() if row.edited_by else ""
            raise Refusal(
                _("%(who)s刚才改过这份日报。您写的还在下面，请对照现在的内容后再保存。") % {"who": who},
                code="stale",
            )
        for item in row.items.all():
            text = _checked(texts.get(item.ordinal, item.text))
            if text != item.text:
                # What somebody wrote stays when the rest is gathered again.
                item.text, item.drafted = text, item.drafted and not text
                item.save(update_fields=["text", "drafted"])
        written = [(section, _checked(text)) for section, text in added]
        _append(row, [(section, text) for section, text in written if text])
        _changed(row, actor)


def sign(*, brief: Brief, actor: Actor, at: datetime | None = None) -> None:
    """Sign it: from now on it stays, and the district's leaders are told.

    Raises:
        Refusal: ``"forbidden"``: not of the office, or whoever edited it last; ``"stale"`` (409); ``"invalid"``: empty.
    """
    at = at or now()
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        if not brief_rules.may_sign(row, actor):
            raise Refusal(_("您刚编辑过这份日报，请另一位同事核对后签发。"), code="forbidden")
        if not row.items.exclude(text="").exists():
            raise Refusal(_("日报里一条内容也没有，不能签发。"), code="invalid")
        row.signed_at, row.signed_by = at, actor.post
        row.save(update_fields=["signed_at", "signed_by"])
        audit.record(actor=actor, act="brief.sign", obj=row, detail={"day": str(row.day)}, at=at)
        leaders = [post for post in holders(Role.LEADER, at=at) if post.unit.kind == UnitKind.DISTRICT]
        notify(
            recipients={post.user_id for post in leaders},
            text=_("%(day)s民情日报已签发，请阅。") % {"day": han_date(row.day)},
            link=row.get_absolute_url(),
            dedupe_key=f"brief:{row.pk}",
            level="info",
            at=at,
        )
    brief.refresh_from_db()


def read(*, brief: Brief, actor: Actor, at: datetime | None = None) -> None:
    """Keep that a leader opened a signed brief; the first time counts."""
    if brief.is_signed and actor.role == Role.LEADER and actor.post is not None:
        BriefReading.objects.get_or_create(brief=brief, reader=actor.post, defaults={"read_at": at or now()})


def _unsigned(brief: Brief) -> Brief:
    row: Brief = Brief.objects.select_for_update().get(pk=brief.pk)
    if row.is_signed:
        raise Refusal(_("没有生效：这份日报已经签发。要更正的，请写进下一期。"), code="stale")
    return row


def _fill(brief: Brief) -> None:
    drafted = [
        BriefItem(section=line.section, text=line.text[:LONGEST], petition=line.petition)
        for line in lines(brief.since, brief.until)
    ]
    _place(brief, drafted)


def _append(brief: Brief, written: Sequence[tuple[Section, str]]) -> None:
    _place(brief, [BriefItem(section=section, text=text, drafted=False) for section, text in written])


def _place(brief: Brief, items: Sequence[BriefItem]) -> None:
    """Behind what is there: the page goes by section, so the place within a section is all that counts."""
    last = brief.items.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
    if brief.items.count() + len(items) > MOST_LINES:
        raise Refusal(_("一份日报最多 %(n)d 条，请精简。") % {"n": MOST_LINES}, code="invalid")
    for ordinal, item in enumerate(items, start=last + 1):
        item.brief, item.ordinal = brief, ordinal
    BriefItem.objects.bulk_create(items)


def _changed(row: Brief, actor: Actor) -> None:
    row.revision += 1
    row.edited_by = actor.user
    row.save(update_fields=["revision", "edited_by", "until", "drafted_at"])


def _checked(text: str) -> str:
    text = clean_text(text)
    if len(text) > LONGEST:
        raise Refusal(
            _("每条最多 %(most)d 字，这条有 %(n)d 字，请精简。") % {"most": LONGEST, "n": len(text)},
            code="invalid",
        )
    if found := NUMBERS.search(text):
        raise Refusal(
            _("“%(number)s”像是某个人的号码。日报里不写电话、身份证号，请删去后再保存。")
            % {"number": found[0]},
            code="invalid",
        )
    return text
