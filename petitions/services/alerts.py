"""Who is told when a clock of a case warns, breaks or escalates. Posts are looked up then, not when the clock began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders, leaders_in_charge, office_posts
from core.timekeeping import length_text, local_day
from deadlines.enums import RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions import rules
from petitions.models import Petition
from petitions.services import holding

#: Where nobody holds the post, the next one up is told instead.
UPWARD = (
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.LEADER,
    Role.PETITION_OFFICER,
    Role.INSPECTOR,
)


class Recipients:
    """Looks posts up once per (role, unit) for a whole batch of alerts."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._posts: dict[tuple[str, int | None], list[Post]] = {}

    def of(self, petition: Petition, unit: Unit, role: Role) -> list[int]:
        """User ids to tell; the unit complained about and, for sealed cases, everybody outside the route left out."""
        if petition.sealed and petition.lead_unit_id is None:
            return holding.holders_of(petition, self.at)  # no discipline body has it
        at_work = {post.user_id for post in self._at_work_in(unit)}
        if role == Role.HANDLER and petition.responsible_id in at_work and not petition.sealed:
            return [petition.responsible_id]
        for step in UPWARD[UPWARD.index(role) :] if role in UPWARD else ():
            posts = [post for post in self._held(step, unit) if self._may_know(post, petition)]
            if posts:
                return sorted({post.user_id for post in posts})
        if petition.sealed:
            # Outside the route nobody may even learn that there is such a case: its own people are told again.
            within = [post for step in UPWARD for post in self._held(step, unit)]
            return sorted({post.user_id for post in within if self._may_know(post, petition)})
        return sorted(
            {post.user_id for post in self._held(Role.SYSTEM_ADMIN, None)} - rules.recused_from(petition)
        )

    def _at_work_in(self, unit: Unit) -> list[Post]:
        """Everybody with a post in the unit then; a responsible person who has left is not told instead of anybody."""
        key = ("", unit.pk)
        if key not in self._posts:
            self._posts[key] = list(Post.objects.current(local_day(self.at)).filter(unit=unit))
        return self._posts[key]

    def _held(self, role: Role, unit: Unit | None) -> list[Post]:
        if role == Role.HANDLER and unit is not None and unit.kind == UnitKind.PETITION_OFFICE:
            role = Role.PETITION_OFFICER  # At the petition office the officers are the handlers.
        district_wide = role in {Role.INSPECTOR, Role.SYSTEM_ADMIN}
        key = (role, None if district_wide or unit is None else unit.pk)
        if key not in self._posts:
            self._posts[key] = self._look_up(role, None if district_wide else unit)
        return self._posts[key]

    def _look_up(self, role: Role, unit: Unit | None) -> list[Post]:
        if role == Role.LEADER and unit is not None:
            return leaders_in_charge(unit, self.at)
        if role == Role.PETITION_OFFICER and (unit is None or unit.kind != UnitKind.PETITION_OFFICE):
            return office_posts(role, self.at)
        return holders(role, unit=unit, at=self.at)

    @staticmethod
    def _may_know(post: Post, petition: Petition) -> bool:
        """Whether the post reads the case. Asked of the database where something keeps people out of it."""
        if not petition.sealed and petition.complained_unit_id is None and not petition.has_recusals:
            return True
        return Petition.objects.visible_to(Actor.of(post)).filter(pk=petition.pk).exists()


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """What to tell whom for a batch of due steps. Number only: no subject, no name (domain G)."""
    found: list[AlertLine] = []
    if not due:
        return found
    recipients = Recipients(max(step.at + step.late_by for step in due))  # the moment of the sweep
    for step in due:
        clock = step.clock
        petition: Petition = clock.petition  # type: ignore[attr-defined]
        if step.kind == StepKind.LAPSE:
            continue
        found.append(
            AlertLine(
                recipients=_told(recipients, petition, step),
                text=_report_waits(petition, step) or words(petition.number, clock.rule.name, step),
                link=petition.get_absolute_url(),
                about=petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return found


def _told(recipients: Recipients, petition: Petition, step: DueStep) -> list[int]:
    """That a report waits is told to the officers who decide upon it, then up the ladder like all else."""
    if step.clock.rule.code == RuleCode.REPORT_DECISION and step.role == Role.HANDLER:
        from petitions.services import reporting, telling

        posts = reporting.senders(reporting.lead_share(petition), recipients.at)
        if found := telling.who_may_know(petition, posts, at=recipients.at):
            return found
    return recipients.of(petition, step.clock.unit, Role(step.role))  # type: ignore[attr-defined]


def _report_waits(petition: Petition, step: DueStep) -> str:
    if step.clock.rule.code != RuleCode.REPORT_DECISION:
        return ""
    if step.kind == StepKind.REMIND:
        return _("%(number)s 的办结报告等待审核，请认可或者退回。") % {"number": petition.number}
    return _("%(number)s 的办结报告报送后一直没有审核，请尽快认可或者退回。") % {"number": petition.number}


def words(number: str, rule_name: str, step: DueStep) -> str:
    sentence = SENTENCES[StepKind(step.kind)] % {"number": number, "rule": rule_name}
    if step.late_by >= LATE_ENOUGH_TO_SAY:
        sentence += _("（此提醒迟发 %(late)s）") % {"late": length_text(int(step.late_by.total_seconds()))}
    return sentence


#: A notice swept this long after its moment says so (downtime was caught up).
LATE_ENOUGH_TO_SAY = timedelta(minutes=5)
SENTENCES = {
    StepKind.REMIND: _lazy("%(number)s 的“%(rule)s”期限将到，请抓紧办理。"),
    StepKind.BREACH: _lazy("%(number)s 的“%(rule)s”已到期未办，请立即处理。"),
    StepKind.ESCALATE: _lazy("%(number)s 的“%(rule)s”超期未办，报请您督促处理。"),
}
