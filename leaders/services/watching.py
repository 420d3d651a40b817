"""After 销案: a matter that comes back within the watch time reopens its package, once, with notice.

It runs inside the step of the case, which is locked; nothing here may hold up a petition, so that nothing refuses.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import office_posts
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import services as deadlines
from leaders.enums import LeaveWhy, PackageState, ReopenWhy
from leaders.models import CasePackage, Instruction, PackageCase, PackageClock, PackageReopening
from leaders.services import holding
from petitions.enums import Act, ScopeReason
from petitions.extensions import still_reads
from petitions.facts import facts_of
from petitions.models import Petition, PetitionScope
from petitions.services import following, telling
from petitions.services.stepping import lock


def again_days() -> int:
    """PACKAGE_AGAIN_DAYS (30 unless set): the new target of a package that was reopened."""
    return int(getattr(settings, "PACKAGE_AGAIN_DAYS", 30))


def came_back(petition: Petition, act: str, at: datetime) -> PackageReopening | None:
    """A repeat was linked to a matter, or a case is to be handled anew (``act``)."""
    why = ReopenWhy.REDO if act == Act.REDO else ReopenWhy.REPEAT
    matter = {petition.pk} if why == ReopenWhy.REDO else chain_of(petition) - {petition.pk}
    rows = PackageCase.objects.filter(petition__in=matter)
    last = (
        rows.filter(left_why=LeaveWhy.STRUCK_OFF, petition__sealed=False)
        .select_related("petition")
        .order_by("-left_at", "-id")
        .first()
    )
    if last is None or rows.inside().exists():
        return None
    package: CasePackage = (
        CasePackage.objects.select_for_update(of=("self",)).select_related(
            "post__unit", "post__user", "leader"
        )
    ).get(pk=last.package_id)
    # Only the last time it was struck off counts; asked again of the locked row, so that two repeats reopen it once.
    watched = package.watch_until is not None and local_day(at) <= package.watch_until
    if package.state != PackageState.STRUCK_OFF or not watched:
        return None
    try:
        with transaction.atomic():
            return _reopen(package, last.petition, petition, why, at)
    except IntegrityError:
        return None  # put into somebody's hands this very moment: the matter is looked after


def still_follows(petition: Petition, user_id: int) -> bool:
    """The leader's own package was struck off, and it is watched, or an instruction of the leader waits to be answered
    or read: whoever is to see that a matter does not come back must be able to look. Never of a sealed case."""
    if petition.sealed:
        return False
    tasks = Instruction.objects.filter(
        Q(done_at=None) | Q(acknowledged=None), leader=user_id, petition=petition
    )
    return PackageCase.objects.filter(
        Q(package__watch_until__gte=local_day(now())) | Exists(tasks),
        petition=petition,
        left_why=LeaveWhy.STRUCK_OFF,
        package__leader=user_id,
        package__state=PackageState.STRUCK_OFF,
    ).exists()


def end_watch(at: datetime) -> int:
    """Nightly: take back what leaders read of packages whose watch time is over, where nothing else gives it. How many
    cases."""
    granted = PetitionScope.objects.filter(
        petition=OuterRef("petition"), user=OuterRef("package__leader"), reason=ScopeReason.GRANTED
    )
    over = PackageCase.objects.filter(
        Exists(granted), left_why=LeaveWhy.STRUCK_OFF, package__watch_until__lt=local_day(at)
    )
    ended = 0
    for row in over.select_related("package").order_by("petition_id"):
        with transaction.atomic():
            case = lock(row.petition_id)
            if not still_reads(case, row.package.leader_id):
                following.revoke_reading(petition=case, user_id=row.package.leader_id)
                ended += 1
    return ended


def chain_of(petition: Petition) -> set[int]:
    """Ids of the case, of the original it repeats, and of everything that repeats either. Links go to an original as
    a rule; one that was linked on later has its own repeats below it."""
    root = petition
    while root.repeat_of is not None:
        root = root.repeat_of
    found, level = {root.pk}, {root.pk}
    while level:
        level = set(Petition.objects.filter(repeat_of__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


def _reopen(
    package: CasePackage, original: Petition, came: Petition, why: ReopenWhy, at: datetime
) -> PackageReopening:
    assert package.struck_off_at is not None
    row = PackageReopening.objects.create(
        package=package, petition=came, why=why, at=at, struck_off_at=package.struck_off_at
    )
    package.state, package.struck_off_at, package.struck_off_by = PackageState.OPEN, None, None
    package.watch_until, package.evidence = None, ""
    package.petition, package.target_on = original, local_day(at) + timedelta(days=again_days())
    package.save(
        update_fields=[
            "state",
            "struck_off_at",
            "struck_off_by",
            "watch_until",
            "evidence",
            "petition",
            "target_on",
        ]
    )
    for case in {original.pk: original, came.pk: came}.values():
        try:
            with transaction.atomic():
                holding.put_in(package, case, by=None, at=at)
        except Refusal:
            # The leader must stand aside by now: the package waits for another, and the office is told below.
            if case.pk == original.pk:
                PackageCase.objects.create(package=package, petition=case, entered_at=at)
    known = facts_of(original, package.post.unit)
    deadlines.start(
        PackageClock, rule_code="package", at=at, due_on=package.target_on, facts=known, package=package
    )
    holding.on_record(package, Actor.system(), "reopen", at, why=str(why))
    telling.notify_about(
        original,
        [package.post, *office_posts(Role.PETITION_OFFICER, at)],
        text=_("%(number)s 销案后在跟踪期内又反映，包案已恢复，请重新办理。") % {"number": original.number},
        link=package.get_absolute_url(),
        dedupe_key=f"package:{package.pk}:reopened:{row.pk}",
        level="soon",
        at=at,
    )
    return row
