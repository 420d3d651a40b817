"""What the doors of this room share. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import friendly_moment, full_moment, local_day
from deadlines import services as deadlines
from mediation.dispute_enums import DisputeState
from mediation.enums import Leaving, Result, Side, State
from mediation.models import Dispute, MediationCase, Pool, Room, Seat, Session, Stay, StayClock
from mediation.services import matters
from mediation.services.matters import Matter
from notifications.enums import Level
from petitions.models import Petition
from petitions.services import telling


def locked_open(mediation: MediationCase) -> MediationCase:
    """The case or the dispute and the mediation locked, in that order. Raises Refusal when it has ended or was
    sealed."""
    matter = matters.lock_of(mediation)
    row: MediationCase = (
        MediationCase.objects.select_for_update(of=("self",))
        .select_related("room__unit", "mediator")
        .get(pk=mediation.pk)
    )
    matters.put_in_place(row, matter)
    if matter.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不能调解。"), code="forbidden")
    if not row.is_open:
        assert row.ended_at is not None
        raise Refusal(_("本次调解已于%(when)s结束。") % {"when": friendly_moment(row.ended_at)}, code="stale")
    return row


def check_mediator(matter: Matter, room: Room, mediator: User, at: datetime) -> None:
    """The mediator belongs to the room or to a pool of its area, holds the post today, is not recused from the locked
    case or dispute and has no post in a unit complained of in it (条例 28)."""
    if not sits_in(room, mediator):
        raise Refusal(
            _("%(who)s不在%(room)s的调解员名单里。") % {"who": mediator.get_full_name(), "room": room.name},
            code="invalid",
        )
    if not Post.objects.current(local_day(at)).filter(user=mediator, role=Role.MEDIATOR).exists():
        raise Refusal(_("该调解员已不在任。"), code="invalid")
    if mediator.pk in matters.recused_from(matter):
        raise Refusal(
            _("%(who)s已回避本件，请另选调解员。") % {"who": mediator.get_full_name()}, code="invalid"
        )
    if matters.posted_on_the_other_side(matter, [mediator.pk], at):
        raise Refusal(
            _("%(who)s在被反映的单位任职，应当回避（条例第二十八条），请另选调解员。")
            % {"who": mediator.get_full_name()},
            code="invalid",
        )


def sits_in(room: Room, mediator: User) -> bool:
    """Of the room's own list, or an expert whom its area can ask."""
    if room.mediators.filter(pk=mediator.pk).exists():
        return True
    above = room.unit.ancestor_ids
    return Pool.objects.filter(members__user=mediator, units__in=above).exists()


def refuse_barred(mediation: MediationCase, mediator: User) -> None:
    """Raises Refusal: noted as one who may not mediate this matter (人民调解法 19)."""
    if mediation.bars.filter(user=mediator).exists():
        raise Refusal(
            _("%(who)s已登记为不宜调解本件，请另选调解员。") % {"who": mediator.get_full_name()},
            code="invalid",
        )


def agreed(mediation: MediationCase) -> bool:
    """Whether everybody it is between agrees at this moment, and there is somebody on either side. Looked up, never
    remembered."""
    parties = dict(mediation.parties.filter(left_at=None).values_list("pk", "side"))
    if set(parties.values()) != set(Side):
        return False
    living = mediation.consents.filter(withdrawn_at=None, party__in=parties)
    return set(living.values_list("party_id", flat=True)) == set(parties)


def settle_state(mediation: MediationCase) -> None:
    """Waiting for consent or not, as the consents say; of one in which a session was held it stays so."""
    wanted = State.WAITING_CONSENT
    if agreed(mediation):
        held = mediation.sessions.filter(held_at__isnull=False).exists()
        wanted = State.HELD if held else State.READY
    if mediation.state != wanted:
        mediation.state = wanted
        mediation.save(update_fields=["state"])


def stay_of(mediation: MediationCase) -> Stay | None:
    """Where it stands, with its level; none of one that has ended."""
    stay: Stay | None = mediation.stays.select_related("level").filter(ended_at=None).first()
    return stay


def end_stay(mediation: MediationCase, leaving: Leaving, words: str, at: datetime) -> None:
    """End the stay that stands, and its days."""
    if (stay := stay_of(mediation)) is not None:
        deadlines.stop_all(StayClock.objects.filter(stay=stay), at)
        stay.ended_at, stay.leaving, stay.words = at, leaving, words
        stay.save(update_fields=["ended_at", "leaving", "words"])


def history(mediation: MediationCase, actor: Actor, text: str, at: datetime, *, public: bool = True) -> None:
    """Into the history of what is mediated, in any state of the case: a mediation may outlive the reply. ``public``:
    whoever brought a dispute reads the line too."""
    matters.history(mediation.matter, actor, text, at, public=public)


def note(mediation: MediationCase, actor: Actor, text: str, at: datetime, *, token: str = "") -> None:
    """Into the history. Raises Refusal: a case's table has no row for it any more, or the same form twice."""
    matters.note(mediation.matter, actor, text, at, token=token)


def tell(
    mediation: MediationCase,
    people: Iterable[int],
    *,
    text: str,
    dedupe_key: str,
    level: str = Level.INFO,
    at: datetime,
) -> int:
    """Tell these users about a mediation, as far as they may know of what is mediated; how many notices were new."""
    link = mediation.get_absolute_url()
    return matters.tell(
        mediation.matter, people, text=text, link=link, dedupe_key=dedupe_key, level=level, at=at
    )


def let_read(mediation: MediationCase, user_ids: Iterable[int]) -> None:
    """Whoever sits in a session reads the petition it came from."""
    matters.let_read(mediation.matter, user_ids)


def stop_reading(mediation: MediationCase, user_ids: Iterable[int]) -> None:
    """Reading by name ends, unless something else still gives it to them. Call it when the seat has ended."""
    matters.stop_reading(mediation.matter, user_ids)


def everybody_in(sessions: QuerySet[Session]) -> set[int]:
    """User ids of all who have a seat in these sessions."""
    return set(Seat.objects.filter(session__in=sessions).values_list("user_id", flat=True))


def call_off(mediation: MediationCase, at: datetime) -> str:
    """Cancel what was planned and not held; what the history says of it, empty where nothing was. People read of a time
    there, and must read in the same place that they need not come."""
    planned = Session.objects.filter(mediation=mediation, cancelled_at=None, held_at=None)
    words = [
        _("原定%(when)s在%(room)s的调解取消，不用去。")
        % {"when": full_moment(one.starts_at), "room": one.room.name}
        for one in planned.filter(ends_at__gt=at).select_related("room").order_by("starts_at")
    ]
    planned.update(cancelled_at=at)
    return "".join(words)


def finish(mediation: MediationCase, result: Result, at: datetime) -> None:
    """End it now; what was planned and not held falls away, the mediators concerned are told, and the reading right
    that came with the mediation ends for all of them. Write the history before: nothing is read after it."""
    sessions = Session.objects.filter(mediation=mediation)
    planned = sessions.filter(cancelled_at=None, held_at=None)
    told = everybody_in(planned) | {mediation.mediator_id}
    readers = everybody_in(sessions) | {mediation.mediator_id}
    planned.update(cancelled_at=at)
    end_stay(mediation, Leaving.ENDED, "", at)
    mediation.state, mediation.result, mediation.ended_at = State.ENDED, result, at
    mediation.save(update_fields=["state", "result", "ended_at"])
    stop_reading(mediation, sorted(readers))
    matter = mediation.matter
    if isinstance(matter, Dispute):
        matter.state, matter.settled_at = DisputeState.ENDED, at
        matter.save(update_fields=["state", "settled_at"])
    if matter.sealed:
        return
    if isinstance(matter, Petition) and result == Result.AGREED:
        _tell_of_agreement(matter, mediation, at)
    matters.tell(
        matter,
        told,
        text=_("%(number)s 的调解已结束：%(result)s。")
        % {"number": matter.number, "result": Result(result).label},
        link=f"{reverse('mediation:mine')}?view=ended",
        dedupe_key=f"mediation:{mediation.pk}:ended",
        at=at,
    )


def _tell_of_agreement(case: Petition, mediation: MediationCase, at: datetime) -> None:
    """Whoever answers for the case hears that it was settled, and goes on by its own table; what was agreed is not
    said (人民调解法 4)."""
    telling.notify_about(
        case,
        telling.those_who_answer(case, at),
        text=_("%(number)s 的双方已在调解中达成协议，请核实履行情况，按原期限依法办理。")
        % {"number": case.number},
        dedupe_key=f"mediation:{mediation.pk}:agreed",
        at=at,
    )
