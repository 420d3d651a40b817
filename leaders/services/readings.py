"""阅批: a letter that arrives is to be read by the head of its unit, or by the leader of the inbox, within the limit of
rule ``reading``. 已阅 or an instruction stops the clock; the list says what was not read in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import desk_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from leaders import rules
from leaders.enums import LeaderAct, ReadHow
from leaders.models import LeaderInbox, Reading, ReadingClock, ReadingDuty
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import telling
from petitions.services.stepping import lock


def begin(
    petition: Petition, *, at: datetime, unit: Unit | None = None, inbox: LeaderInbox | None = None
) -> Reading | None:
    """The letter arrived; in the caller's transaction. None for a sealed case and for one that was begun before."""
    if petition.sealed:
        return None
    reading, made = Reading.objects.get_or_create(
        petition=petition, unit=unit, inbox=inbox, let_go_at=None, defaults={"started_at": at}
    )
    if not made:
        return None
    reader = unit if unit is not None or inbox is None else inbox.post.unit
    known = facts_of(petition, reader)
    deadlines.start(ReadingClock, rule_code="reading", at=at, facts=known, reading=reading)
    return reading


def arrived(petition: Petition, at: datetime) -> None:
    """It came to its lead unit: what another unit had not read goes from there; this one begins if it is named."""
    others = Reading.objects.filter(petition=petition, inbox=None).exclude(unit=petition.lead_unit_id)
    _let_go(others, at)
    unit = petition.lead_unit
    if unit is not None and ReadingDuty.objects.filter(unit=unit, ended_at=None).exists():
        begin(petition, unit=unit, at=at)


def leave(petition: Petition, at: datetime) -> None:
    """Sealed: its clocks stop, and nobody here is told of it again."""
    _let_go(Reading.objects.filter(petition=petition), at)


def read(*, reading: Reading, actor: Actor, words: str = "", at: datetime | None = None) -> None:
    """已阅, with a word to the unit or without. Raises Refusal: somebody else's to read, or read before."""
    at = at or now()
    rules.require(LeaderAct.READ_LETTER, actor)
    with transaction.atomic():
        case = lock(reading.petition_id)
        row = (
            Reading.objects.select_for_update(of=("self",))
            .select_related("read_by", "unit")
            .get(pk=reading.pk)
        )
        row.petition = case
        if not Reading.objects.to_be_read_by(actor).filter(pk=row.pk).exists():
            raise Refusal(_("这封来信不由您阅批。"), code="forbidden")
        if row.read_at is not None:
            told = {"who": row.read_by, "when": friendly_moment(row.read_at)}
            raise Refusal(_("没有生效：%(who)s已于%(when)s阅批。") % told, code="stale")
        if row.let_go_at is not None:
            raise Refusal(_("本件已经不在这里，不用再阅批。"), code="stale")
        text = said(words, "", longest=1000) if words.strip() else ""
        _done(row, actor, ReadHow.WORDS if text else ReadHow.READ, text, at)
        if text:
            _tell_unit(row, text, at)


def instructed(petition: Petition, actor: Actor, at: datetime) -> None:
    """An instruction is more than reading: it stops the clock of whoever gave it."""
    if actor.user is None:
        return
    for row in Reading.objects.to_be_read_by(actor).open().filter(petition=petition):
        _done(row, actor, ReadHow.INSTRUCTED, "", at)


def set_duty(*, unit: Unit, actor: Actor, on: bool, at: datetime | None = None) -> None:
    """Name a unit whose head reads new letters within the limit, or end that; what runs goes on.

    Raises Refusal: not the office; named, or ended, before.
    """
    at = at or now()
    rules.require(LeaderAct.KEEP_READING, actor)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        running = ReadingDuty.objects.filter(unit=unit, ended_at=None)
        if on == running.exists():
            words = _("%(unit)s已经设定限期阅批。") if on else _("%(unit)s没有设定限期阅批。")
            raise Refusal(words % {"unit": unit.label}, code="stale")
        if on:
            duty = ReadingDuty.objects.create(unit=unit, began_at=at, began_by=actor.user)
        else:
            duty = running.get()
            duty.ended_at, duty.ended_by = at, actor.user
            duty.save(update_fields=["ended_at", "ended_by"])
        audit.record(actor=actor, act="reading.begin" if on else "reading.end", obj=duty, at=at)


def alert_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """Whoever must read it; after the limit the petition office and its inspectors. Numbers only (domain G)."""
    from leaders.services.alerts import People

    people, lines = People(now()), []
    for step in due:
        row: Reading = step.clock.reading  # type: ignore[attr-defined]
        if row.petition.sealed:
            continue
        role = Role(step.role)
        office = role in {Role.PETITION_OFFICER, Role.INSPECTOR}
        wanted = people.of(role) if office else _readers(row, people)
        sentence = {
            StepKind.REMIND: _("%(number)s 的来信待阅批，限期将到。"),
            StepKind.BREACH: _("%(number)s 的来信已到阅批限期，请即阅批。"),
        }.get(StepKind(step.kind), _("%(number)s 的来信超期未阅批，请督促。"))
        lines.append(
            AlertLine(
                recipients=people.told_of(row.petition, wanted),
                text=sentence % {"number": row.petition.number} + step.late_text,
                link=row.get_absolute_url(),
                about=row.petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *people.vacancies.lines()]


def _readers(row: Reading, people: Any) -> list[Post]:
    if row.inbox is not None:
        holder = row.inbox.holder(local_day(people.at))
        return [holder] if holder is not None else []
    return list(people.of(Role.UNIT_HEAD, row.unit))


def _done(row: Reading, actor: Actor, how: ReadHow, words: str, at: datetime) -> None:
    row.read_at, row.read_by, row.read_post = at, actor.user, actor.post
    row.how, row.words = how, words
    row.save(update_fields=["read_at", "read_by", "read_post", "how", "words"])
    deadlines.stop_all(ReadingClock.objects.filter(reading=row), at)
    audit.record(
        actor=actor, act="reading.read", obj=row, detail={"case": row.petition.audit_name, "how": how}, at=at
    )


def _let_go(rows: Any, at: datetime) -> None:
    waiting = list(rows.open().select_for_update(of=("self",)).values_list("pk", flat=True))
    if waiting:
        Reading.objects.filter(pk__in=waiting).update(let_go_at=at)
        deadlines.stop_all(ReadingClock.objects.filter(reading__in=waiting), at)


def _tell_unit(row: Reading, words: str, at: datetime) -> None:
    unit = row.unit or row.petition.lead_unit
    if unit is None:
        return
    telling.notify_about(
        row.petition,
        desk_posts(unit, at),
        text=_("%(number)s 有阅批意见：%(words)s") % {"number": row.petition.number, "words": words[:60]},
        dedupe_key=f"reading:{row.pk}:words",
        at=at,
    )
