"""Writes the rows that say who may read a case. The only writer of ``PetitionScope``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.selectors import holders, leaders_in_charge, posts_held, successors_of
from core.timekeeping import local_day, now
from petitions import rules
from petitions.enums import Kind, RecusalGround, ScopeReason, ShareRole, Status
from petitions.models import Petition, PetitionScope
from petitions.services import still_told

#: Rows written in one statement.
AT_ONCE = 2000


def rows_for(
    petition: Petition, shares: list[tuple[Unit, str]], *, at: datetime | None = None
) -> list[PetitionScope]:
    """Unsaved scope rows of a case, from its registrar, its place of registration and the given live shares. Posts
    are those held ``at`` that moment, by default at registration.

    A sealed case (检举控告) opens to the discipline body it went to and to its registrar by name, to nobody above them.
    The unit complained about never gets a row from above or by registration, only as a named co-unit (条例 28).
    """
    units: dict[int, str] = {}
    at = at or petition.registered_at
    if petition.sealed:
        for unit, _role in shares:
            if unit.kind == UnitKind.DISCIPLINE:
                units[unit.pk] = ScopeReason.LEAD
    else:
        for pk in _readers_of(petition, petition.registered_unit, at):
            units.setdefault(pk, ScopeReason.REGISTERED)
        for unit, role in shares:
            reason = ScopeReason.LEAD if role == ShareRole.LEAD else ScopeReason.CO
            for pk in _readers_of(petition, unit, at, named=role == ShareRole.CO):
                units[pk] = reason
    rows = [PetitionScope(petition=petition, unit_id=pk, reason=reason) for pk, reason in units.items()]
    registrar_out = _registrar_is_out(petition, at)
    if petition.sealed and not units and (registrar_out or not _registrar_holds(petition, at)):
        rows += [
            PetitionScope(petition=petition, user_id=pk, reason=ScopeReason.REGISTERED)
            for pk in _trustees(petition, at)
            if pk != petition.registered_by_id
        ]
    if petition.registered_by_id and not registrar_out:
        rows.append(
            PetitionScope(
                petition=petition,
                user_id=petition.registered_by_id,
                reason=ScopeReason.REGISTERED,
            )
        )
    if not petition.sealed and _complained_of_office(petition):
        # The office that registered it is complained of: a leader in charge of it sends the case on in its place.
        found = leaders_in_charge(petition.registered_unit, at)
        leaders = {post.user_id for post in found if not rules.is_complained_of(petition, Actor.of(post))}
        rows += [
            PetitionScope(petition=petition, user_id=pk, reason=ScopeReason.LEAD)
            for pk in sorted(leaders - {petition.registered_by_id})
        ]
    for row in rows:
        row.live = Status(petition.status).is_open
    return rows


def _registrar_holds(petition: Petition, at: datetime) -> bool:
    """Whether its registrar is in a post that can hold it; a petitioner's own filing has none."""
    registrar = petition.registered_by
    return registrar is not None and _who_can_hold(petition, posts_held(registrar, at)) != []


def _registrar_is_out(petition: Petition, at: datetime) -> bool:
    """Whether a sealed case is against its registrar, or against a unit they hold any post in: then nothing of it
    stands in their name (条例 28, 30). Of an open one they read nothing either way (``PetitionQuerySet``)."""
    if not petition.sealed:
        return False
    ground = RecusalGround.COMPLAINED_OF
    mine = {"user": petition.registered_by_id, "ended_at": None, "ground": ground}
    if petition.has_recusals and petition.recusals.filter(**mine).exists():
        return True
    unit = petition.complained_unit
    registrar = petition.registered_by_id
    return unit is not None and registrar is not None and bool(posted_in([unit], [registrar], at))


def _trustees(petition: Petition, at: datetime) -> list[int]:
    """Who holds a sealed case that no discipline body may take and whose registrar cannot, so that it is not lost: the
    head of the registering office, or else its first petition officer, or else the nearest leader in charge of it; of
    an office that is itself complained of, the leader. They can hand it upward (Act.REPORT_UP) and nothing else."""
    unit = petition.registered_unit
    return (
        _who_can_hold(petition, holders(Role.UNIT_HEAD, unit=unit, at=at))
        or _who_can_hold(petition, holders(Role.PETITION_OFFICER, unit=unit, at=at))[:1]
        or _who_can_hold(petition, leaders_in_charge(unit, at))[:1]
    )


def _who_can_hold(petition: Petition, posts: list[Post]) -> list[int]:
    """User ids, in the order of the posts. Whoever stands in for somebody for some days is not given a case by name."""
    own = [post for post in posts if post.stands_in_for_id is None]
    return list({post.user_id: None for post in own if rules.can_hold(petition, Actor.of(post))})


def _complained_of_office(petition: Petition) -> bool:
    complained = petition.complained_unit
    return complained is not None and petition.registered_unit.is_within(complained)


def rebuild(petition: Petition, *, at: datetime | None = None) -> None:
    """Make the scope rows anew after a share, a kind or a complained-of unit changed. Grants by name are kept,
    but for those of people posted in the unit complained of (条例 28), and of a case that has just been sealed: then
    every grant falls with it."""
    shares = [
        (share.unit, share.role)
        for share in petition.shares.select_related("unit").filter(ended_at__isnull=True)
    ]
    wanted = {(row.unit_id, row.user_id, row.reason): row for row in rows_for(petition, shares, at=at)}
    stale = []
    out = _granted_in_complained_unit(petition, at or now())
    for row in petition.scopes.all():
        key = (row.unit_id, row.user_id, row.reason)
        granted = row.reason == ScopeReason.GRANTED and petition.kind != Kind.ACCUSATION
        if granted and row.user_id not in out:
            if row.unit_id is not None and row.unit_id in {unit_id for unit_id, _user, _why in wanted}:
                stale.append(row.pk)  # one row per unit: its own right is the longer one
            continue
        if key in wanted and wanted[key].live == row.live:
            del wanted[key]
        else:
            stale.append(row.pk)
    if stale:
        PetitionScope.objects.filter(pk__in=stale).delete()
    PetitionScope.objects.bulk_create(wanted.values())


def posted_in(units: Collection[Unit], user_ids: Collection[int], at: datetime) -> set[int]:
    """Those of them who hold any post in one of the units or below; in the district itself nobody counts as such, as
    everybody stands below it. One query, none without units or people."""
    heads = [unit for unit in units if unit.kind != UnitKind.DISTRICT]
    if not heads or not user_ids:
        return set()
    posts = Post.objects.current(local_day(at)).filter(user__in=user_ids).select_related("unit")
    return {post.user_id for post in posts if any(post.unit.is_within(head) for head in heads)}


def _granted_in_complained_unit(petition: Petition, at: datetime) -> set[int]:
    unit = petition.complained_unit
    if unit is None:
        return set()
    granted = petition.scopes.filter(reason=ScopeReason.GRANTED).values_list("user_id", flat=True)
    return posted_in([unit], [pk for pk in granted if pk is not None], at)


def grant(petition: Petition, user: User) -> None:
    """Let one person read a case (a leader it was assigned to, a mediator who holds it). Never on a sealed case."""
    if petition.sealed:
        return
    PetitionScope.objects.bulk_create(
        [
            PetitionScope(
                petition=petition,
                user=user,
                reason=ScopeReason.GRANTED,
                live=Status(petition.status).is_open,
            )
        ],
        ignore_conflicts=True,
    )


def revoke(petition: Petition, user_id: int) -> None:
    """Take a grant by name back when what it was given for has ended; what was to tell them of it does not leave."""
    petition.scopes.filter(user_id=user_id, reason=ScopeReason.GRANTED).delete()
    still_told.stop_for(petition, [user_id], now())


def grant_unit(petition: Petition, unit: Unit) -> None:
    """Let the people of a unit read a case for a time, such as a body that reviews it; a unit that reads it anyway
    keeps its own row. Never on a sealed case, nor the unit complained of or one below it (条例 28)."""
    complained = petition.complained_unit
    if petition.sealed or (complained is not None and unit.is_within(complained)):
        return
    row = PetitionScope(
        petition=petition, unit=unit, reason=ScopeReason.GRANTED, live=Status(petition.status).is_open
    )
    PetitionScope.objects.bulk_create([row], ignore_conflicts=True)


def revoke_unit(petition: Petition, unit_id: int) -> None:
    """Take a unit's grant back when what it was given for has ended; what was to tell its people does not leave."""
    petition.scopes.filter(unit=unit_id, reason=ScopeReason.GRANTED).delete()
    posts = Post.objects.current(local_day(now())).filter(unit=unit_id)
    still_told.stop_for(petition, posts.values_list("user_id", flat=True), now())


def revive(petition: Petition) -> None:
    """The case is handled anew: it is again among what its readers have to do."""
    petition.scopes.update(live=True)


def retire(petition: Petition) -> None:
    """The case was closed: it stays readable, but is no longer among what its readers have to do."""
    petition.scopes.update(live=False)


def pass_on(unit: Unit, heir: Unit, at: datetime) -> None:
    """Let whoever followed a unit that has ended read the closed cases it read, as one reads an archive (条例 24).
    Sealed cases and those that complain of a unit are looked at one by one, the others together."""
    rows = PetitionScope.objects.filter(unit=unit, live=False).exclude(reason=ScopeReason.GRANTED)
    simple = rows.filter(petition__sealed=False, petition__complained_unit=None)
    readers = heir.ancestor_ids[1:] or heir.ancestor_ids
    found = simple.values_list("petition_id", "reason").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(found, AT_ONCE)):
        made = [
            PetitionScope(petition_id=case_id, unit_id=pk, reason=reason, live=False)
            for case_id, reason in batch
            for pk in readers
        ]
        PetitionScope.objects.bulk_create(made, ignore_conflicts=True)
    others = rows.exclude(pk__in=simple.values("pk")).values("petition_id")
    for case in Petition.objects.filter(pk__in=others).select_related("registered_unit", "complained_unit"):
        rebuild(case, at=at)


def _readers_of(petition: Petition, unit: Unit, at: datetime, *, named: bool = False) -> list[int]:
    """The unit, the one that took over from it where there is just one, and the superiors of both. No query for a unit
    in use."""
    heirs = successors_of(unit, local_day(at))
    readers = [unit, *heirs] if len(heirs) == 1 else [unit]
    return [pk for one in readers for pk in _with_superiors(petition, one, named)]


def _with_superiors(petition: Petition, unit: Unit, named: bool) -> list[int]:
    """The district itself left out (its desk reads by role, not by row)."""
    pks = unit.ancestor_ids[1:] or unit.ancestor_ids
    complained = petition.complained_unit
    if complained is None:
        return pks
    blocked = set(complained.ancestor_ids[1:])
    if unit.is_within(complained):
        return [unit.pk] if named else []
    return [pk for pk in pks if pk != complained.pk and (pk == unit.pk or pk not in blocked)]
