"""Drafting, editing, signing, correcting and reading the daily brief (民情日报) and the bulletin (工作通报)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from core.wording import said
from deadlines.rulebook import rulebook
from notifications.services import notify
from reports import brief_rules
from reports.models import Brief, BriefItem, BriefKind, BriefReading, Section
from reports.models.briefs import LONGEST
from reports.selectors import bulletin
from reports.selectors.gathering import lines
from reviews.services.publishing import NUMBERS

#: A brief tells of at most so much: after a long standstill nobody wants a month on one sheet.
LONGEST_SPAN = timedelta(days=10)
#: Lines one sheet may have.
MOST_LINES = 60
LONGEST_REASON = 200


def draft_due(*, at: datetime | None = None, kind: BriefKind = BriefKind.DAILY) -> Brief | None:
    """Draft today's brief, once, from BRIEF_HOUR of a working day (Asia/Shanghai) on; None where nothing is to do.

    A bulletin is due on BULLETIN_WEEKDAYS alone; one that falls on a holiday is left out, and the next tells of both.
    """
    at = at or now()
    day = local_day(at)
    district = Unit.objects.active(day).filter(kind=UnitKind.DISTRICT).order_by("path").first()
    too_early = at.astimezone(SHANGHAI).hour < settings.BRIEF_HOUR
    if district is None or too_early or not rulebook().calendar.is_workday(day):
        return None
    if kind == BriefKind.BULLETIN and day.isoweekday() not in settings.BULLETIN_WEEKDAYS:
        return None
    return draft(district, day, at, kind)


def draft(unit: Unit, day: date, at: datetime, kind: BriefKind = BriefKind.DAILY) -> Brief | None:
    """The brief of a district's day, of what came since the one before it until ``at``; None where there is one."""
    with transaction.atomic():
        last = Brief.objects.filter(unit=unit, kind=kind, day__lt=day).order_by("-day", "-version").first()
        back = timedelta(days=1 if kind == BriefKind.DAILY else 4)
        since = last.until if last else datetime.combine(day - back, time.min, SHANGHAI)
        span = {"since": max(since, at - LONGEST_SPAN), "until": at, "drafted_at": at}
        brief, made = Brief.objects.get_or_create(unit=unit, kind=kind, day=day, version=1, defaults=span)
        if not made:
            return None
        _fill(brief)
    return brief


def correct(*, brief: Brief, actor: Actor, reason: str, at: datetime | None = None) -> Brief:
    """Begin a new version of what was signed, with its lines, to be edited and signed by somebody else. The signed one
    stays as it is and readable; the new one takes its place in the readers' list when it is signed.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: no reason, too long, a number that belongs to somebody; ``"stale"``
            (409): not signed yet, or corrected already.
    """
    at = at or now()
    brief_rules.require_maker(actor)
    reason = said(reason, _("请写明更正的原因。"), longest=LONGEST_REASON)
    _checked(reason)
    with transaction.atomic():
        row: Brief = Brief.objects.select_for_update().get(pk=brief.pk)
        if not row.is_signed:
            raise Refusal(_("没有生效：这一期还没有签发，直接编辑就可以。"), code="stale")
        last = Brief.objects.filter(unit=row.unit, kind=row.kind, day=row.day).order_by("-version")[0]
        if last.pk != row.pk:
            raise Refusal(
                _("没有生效：这一期已经有第 %(n)d 版，请在那一版上改。") % {"n": last.version}, code="stale"
            )
        made = Brief.objects.create(
            unit=row.unit, kind=row.kind, day=row.day, version=row.version + 1, reason=reason,
            since=row.since, until=row.until, drafted_at=row.drafted_at, edited_by=actor.user,
        )  # fmt: skip
        kept = row.items.exclude(text="")
        BriefItem.objects.bulk_create(
            BriefItem(
                brief=made,
                ordinal=n,
                section=one.section,
                text=one.text,
                petition=one.petition,
                drafted=False,
                source=one.source,
            )
            for n, one in enumerate(kept, start=1)
        )
        audit.record(
            actor=actor, act="brief.correct", obj=made, detail={"day": str(made.day), "reason": reason}, at=at
        )
    return made


def gather_again(*, brief: Brief, actor: Actor, at: datetime | None = None) -> None:
    """Draft an unsigned brief anew up to now, or up to where the next one begins. Lines that somebody wrote, changed or
    struck out stay as they are and are not drafted a second time.

    Raises:
        Refusal: ``"forbidden"``, ``"stale"`` (409): it is signed.
    """
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        row.drafted_at = row.until = at or now()
        after = (
            Brief.objects.filter(unit=row.unit, kind=row.kind, day__gt=row.day)
            .order_by("day", "version")
            .first()
        )
        if after is not None:
            row.until = min(row.until, after.since)
        row.since = max(row.since, row.until - LONGEST_SPAN)
        row.items.filter(drafted=True).delete()
        _fill(row)
        _changed(row, actor)


@dataclass(frozen=True)
class Edit:
    """What a line read when its editor opened it, and what it is to read; empty strikes it out."""

    was: str
    text: str


def save(
    *, brief: Brief, actor: Actor, edits: Mapping[int, Edit], added: Sequence[tuple[Section, str]]
) -> None:
    """Keep what was edited, by ordinal. Two may edit at once: each line is held to what its editor had before them.

    Raises:
        Refusal: ``"forbidden"``; ``"stale"`` (409): signed, or a line that somebody else has changed or taken out since
            it was opened; ``"invalid"``: too long, too many lines, a number that belongs to somebody.
    """
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        items = {item.ordinal: item for item in row.items.all()}
        if any(_overtaken(items.get(ordinal), edit) for ordinal, edit in edits.items()):
            who = row.edited_by.get_full_name() if row.edited_by else ""
            raise Refusal(
                _("%(who)s刚才改过同一条。您写的还在下面，请对照“现在是”的内容后再保存。") % {"who": who},
                code="stale",
            )
        for ordinal, edit in edits.items():
            item, text = items[ordinal], _checked(edit.text)
            if text != item.text:
                item.text, item.drafted = text, False
                item.save(update_fields=["text", "drafted"])
        written = [(section, _checked(text)) for section, text in added]
        there = {(item.section, item.text) for item in items.values()}  # a second press of the same form
        _append(row, [one for one in written if one[1] and one not in there])
        _changed(row, actor)


def _overtaken(item: BriefItem | None, edit: Edit) -> bool:
    return item is None or clean_text(item.text) not in {clean_text(edit.was), clean_text(edit.text)}


def sign(*, brief: Brief, actor: Actor, at: datetime | None = None) -> None:
    """Sign it: from now on it stays, and the district's leaders are told. ``brief``: as its signer has read it.

    Raises:
        Refusal: ``"forbidden"``: not of the office, or whoever edited it last; ``"stale"`` (409): signed, or changed
            since it was read; ``"invalid"``: empty.
    """
    at = at or now()
    brief_rules.require_maker(actor)
    with transaction.atomic():
        row = _unsigned(brief)
        if not brief_rules.may_sign(row, actor):
            raise Refusal(_("您刚编辑过这份日报，请另一位同事核对后签发。"), code="forbidden")
        if row.revision != brief.revision:
            raise Refusal(_("没有签发：刚才有人改过，请看过现在的内容再签发。"), code="stale")
        if not row.items.exclude(text="").exists():
            raise Refusal(_("日报里一条内容也没有，不能签发。"), code="invalid")
        row.signed_at, row.signed_by = at, actor.post
        row.save(update_fields=["signed_at", "signed_by"])
        detail = {"day": str(row.day), "kind": row.kind, "version": row.version}
        audit.record(actor=actor, act="brief.sign", obj=row, detail=detail, at=at)
        words = _("%(day)s%(kind)s已签发，请阅。") if row.version == 1 else _("%(day)s%(kind)s已更正，请阅。")
        leaders = [post for post in holders(Role.LEADER, at=at) if post.unit.kind == UnitKind.DISTRICT]
        notify(
            recipients={post.user_id for post in leaders},
            text=words % {"day": han_date(row.day), "kind": row.get_kind_display()},
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
        raise Refusal(_("没有生效：这一期已经签发。要更正的，请用“更正”另出一版。"), code="stale")
    return row


def _fill(brief: Brief) -> None:
    gather = lines if brief.kind == BriefKind.DAILY else bulletin.lines
    there = set(brief.items.exclude(source="").values_list("source", flat=True))
    drafted = [
        BriefItem(section=line.section, text=line.text[:LONGEST], petition=line.petition, source=line.source)
        for line in gather(brief.since, brief.until)
        if line.source not in there
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
    row.save(update_fields=["revision", "edited_by", "since", "until", "drafted_at"])


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
