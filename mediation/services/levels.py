"""Up the ladder: from one level to the next with all that was written down, by the will of both sides.

No matter is moved by the system: moving is mediating on, and that needs people who want it (人民调解法 17). What the
system does is count attempts and days, and remind.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from mediation import rules
from mediation.enums import Leaving, MediationAct, Result
from mediation.models import Ladder, Level, MediationCase, Room, Session, Stay, StayClock
from mediation.services import inside, matters
from petitions.facts import facts_of

LONGEST_WORDS = 500


def ladder_of(unit: Unit) -> Ladder | None:
    """The ladder in force in the unit: its own, that of the nearest unit above, or the district's. One query."""
    found = Ladder.objects.filter(ended_at=None)
    by_unit = {ladder.unit_id: ladder for ladder in found}
    for pk in reversed(unit.ancestor_ids):
        if pk in by_unit:
            return by_unit[pk]
    return by_unit.get(None)


def first_level(room: Room) -> Level | None:
    """Where a matter that is put into this room begins: a village's room on the first level, any other on the last,
    which is the one that a town's committee holds."""
    ladder = ladder_of(room.unit)
    if ladder is None:
        return None
    near = room.unit.kind in {UnitKind.VILLAGE, UnitKind.STATION}
    levels = ladder.levels.order_by("place")
    return levels.first() if near else levels.last()


def begin(mediation: MediationCase, level: Level | None, actor: Actor, at: datetime) -> Stay:
    """The matter stands at this level, in its room and with its mediator, from now on; the level's days run."""
    stay: Stay = Stay.objects.create(
        mediation=mediation,
        level=level,
        room=mediation.room,
        mediator=mediation.mediator,
        began_at=at,
        began_by=actor.user,
    )
    if level is not None:
        deadlines.start(
            StayClock,
            rule_code=RuleCode.MEDIATION_LEVEL,
            at=at,
            due_on=local_day(at) + timedelta(days=level.days),
            facts=facts_of(mediation.petition, mediation.room.unit),
            stay=stay,
        )
    return stay


def failed_attempts(stay: Stay) -> int:
    return Session.objects.filter(stay=stay, result=Result.NOT_AGREED).count()


def is_spent(stay: Stay) -> bool:
    """Whether the attempts of the level are used up."""
    if stay.level is None or stay.level.attempts is None:
        return False
    return failed_attempts(stay) >= stay.level.attempts


def refuse_spent(mediation: MediationCase) -> None:
    """Raises Refusal (409): the level's attempts are used up; the matter goes on or ends, by the will of both."""
    stay = inside.stay_of(mediation)
    if stay is not None and stay.level is not None and is_spent(stay):
        raise Refusal(
            _("“%(level)s”已经调了 %(n)d 次没有调成。双方还愿意调的，请转到上一级；不愿意的，请结束调解。")
            % {"level": stay.level, "n": stay.level.attempts},
            code="stale",
        )


def levels_for(mediation: MediationCase) -> list[Level]:
    """The level the matter stands at and those above it, lowest first; empty where it stands on no ladder."""
    stay = inside.stay_of(mediation)
    if stay is None or stay.level is None:
        return []
    return list(Level.objects.filter(ladder=stay.level.ladder_id, place__gte=stay.level.place))


def hand_on(
    *,
    mediation: MediationCase,
    actor: Actor,
    leaving: Leaving,
    level: Level,
    room: Room,
    mediator: User,
    words: str = "",
    at: datetime | None = None,
) -> Stay:
    """To a level further up, or at the same level to another room or mediator. Consents stand; what was planned here
    falls away; the former mediator reads the case no longer.

    A level may be passed over or declined; of declining no reason is asked (人民调解法 17). Raises Refusal: not one's
    right, ended, no such level on its ladder or one below, not one attempt where it is said to have failed, or a
    mediator who may not have it.
    """
    at = at or now()
    words = clean_text(words)[:LONGEST_WORDS]
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.HAND_ON, actor, mediation=row)
        stay = inside.stay_of(row)
        _check_way(stay, level, leaving, words)
        inside.check_mediator(row.matter, room, mediator, at)
        inside.refuse_barred(row, mediator)
        former = row.mediator
        sessions = Session.objects.filter(mediation=row)
        readers = inside.everybody_in(sessions) | {former.pk}
        called_off = inside.call_off(row, at)
        inside.end_stay(row, leaving, words, at)
        row.room, row.mediator = room, mediator
        row.save(update_fields=["room", "mediator"])
        made = begin(row, level, actor, at)
        inside.stop_reading(row, sorted(readers - {mediator.pk}))
        inside.let_read(row, [mediator.pk])
        inside.history(row, actor, _line(row, leaving, level) + called_off, at)
        audit.record(
            actor=actor,
            act="mediation.hand_on",
            obj=row,
            detail={"leaving": leaving, "level": level.name},
            at=at,
        )
        _tell(made, former, at)
    mediation.refresh_from_db()
    return made


def _check_way(stay: Stay | None, level: Level, leaving: Leaving, words: str) -> None:
    if leaving not in {Leaving.FAILED, Leaving.SKIPPED, Leaving.DECLINED, Leaving.CHANGED}:
        raise Refusal(_("请选择为什么转。"), code="invalid")
    if stay is None or stay.level is None or level.ladder_id != stay.level.ladder_id:
        raise Refusal(_("这一级不在本件的调解阶梯上，请重新选择。"), code="invalid")
    if leaving == Leaving.CHANGED:
        if level.pk != stay.level_id:
            raise Refusal(_("只换调解室或调解员的，层级不变。"), code="invalid")
        return
    if level.place <= stay.level.place:
        raise Refusal(
            _("只能转到“%(level)s”以上的层级；本级换人换地方，请选“换调解室或调解员”。")
            % {"level": stay.level},
            code="invalid",
        )
    if leaving == Leaving.FAILED and not failed_attempts(stay):
        raise Refusal(_("本级还没有调过，不能说没有调成。当事人不愿在本级调的，请另选。"), code="invalid")
    if leaving == Leaving.SKIPPED:
        said(words, _("请写一句为什么不经本级。"))


def _line(mediation: MediationCase, leaving: Leaving, level: Level) -> str:
    room = mediation.room.name
    if leaving == Leaving.CHANGED:
        return _("调解改在%(room)s进行。") % {"room": room}
    words = _("调解转到“%(level)s”：%(room)s。") % {"level": level, "room": room}
    # A dispute without a petition has no statutory period that could run on.
    return words if mediation.petition is None else words + _("期限照常计算。")


def _tell(stay: Stay, former: User, at: datetime) -> None:
    words = {"number": stay.mediation.number, "room": stay.room.name}
    if former.pk != stay.mediator_id:
        matters.tell(
            stay.mediation.matter,
            [former.pk],
            text=_("%(number)s 的调解已转到%(room)s，原来的安排不再进行。") % words,
            link=f"{reverse('mediation:mine')}?view=ended",
            dedupe_key=f"stay:{stay.pk}:left",
            at=at,
        )
    inside.tell(
        stay.mediation,
        [stay.mediator_id],
        text=_("%(number)s 转到%(room)s，请您接着调解，前面的记录都在。") % words,
        dedupe_key=f"stay:{stay.pk}:began",
        level="soon",
        at=at,
    )
