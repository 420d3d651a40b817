"""Who is told when a clock of a case warns, breaks or escalates. Posts are looked up then, not when the clock began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.enums import Role, UnitKind
from accounts.in_office import InOffice, away_among
from accounts.models import Post, Unit
from core.timekeeping import length_text
from deadlines.enums import CONTINUOUS, RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from deadlines.rules_table import UPWARD  # where nobody holds the post, the next one up is told instead
from petitions.enums import ShareRole
from petitions.models import Petition, Share
from petitions.services import act_links, holding
from petitions.services.vacant import Vacancies, last_resort, reads


class Recipients:
    """Whom the rungs of a batch reach. The posts of its units are read together (``InOffice``); what nobody may know
    goes up, and posts that nobody holds are gathered in ``vacancies``."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.staff = InOffice(at)
        self.vacancies = Vacancies(self.staff)
        self._senders: dict[int, Unit] = {}
        #: The posts that the last look-up found empty on its way up to whom it found.
        self.passed: list[tuple[Unit | None, Role]] = []

    def of(self, petition: Petition, unit: Unit, role: Role, *, at_once: bool = False) -> list[int]:
        """User ids to tell; the unit complained about and, for sealed cases, everybody outside the route left out.

        ``at_once``: of a rule of minutes or hours; where the unit keeps a roster, whoever is on duty answers for it.
        """
        if petition.sealed and petition.lead_unit_id is None:
            return holding.holders_of(petition, self.at)  # no discipline body has it
        empty: list[tuple[Unit | None, Role]] = []
        self.passed = []
        away: set[int] = set()
        for posts in self._nearest(petition, unit, at_once) if role == Role.HANDLER else ():
            if found := self._reached(posts, petition, away):
                return found
        for step in UPWARD[UPWARD.index(role) :] if role in UPWARD else ():
            groups = self._groups(step, unit)
            if not groups[0]:
                empty.append(self._post(step, unit))
            for posts in groups:
                if found := self._reached(posts, petition, away):
                    self._note([] if petition.sealed else empty)
                    self.passed = empty
                    return found
        self._note(empty)
        self.passed = empty
        if petition.sealed:
            # Outside the route nobody may even learn that there is such a case: its own people are told again.
            within = [post for step in UPWARD for posts in self._groups(step, unit) for post in posts]
            return self._who_may_know(within, petition)
        return sorted({*away, *last_resort(petition, self.staff)})

    def _nearest(self, petition: Petition, unit: Unit, at_once: bool) -> list[list[Post]]:
        """Who comes before all handlers: whoever is on duty, then the one named."""
        found = [self.staff.on_duty(unit)] if at_once else []
        if not petition.sealed and self.named(petition, unit):
            found.append(self._of_the_named(petition, unit))
        return found

    def _reached(self, posts: Sequence[Post], petition: Petition, away: set[int]) -> list[int]:
        """Who of them is told, if anybody is there; whoever is away (``away`` gathers them) may read it too."""
        known = [post for post in posts if self._may_know(post, petition)]
        stood_in_for = away_among(posts)
        away |= {post.user_id for post in known if post.pk in stood_in_for}
        present = {post.user_id for post in known if post.pk not in stood_in_for}
        return sorted(present | away) if present else []

    def _of_the_named(self, petition: Petition, unit: Unit) -> list[Post]:
        """The posts of the responsible person in the unit, and of whoever stands in for them there."""
        posts = self.staff.in_unit(unit)
        own = {post.pk for post in posts if post.user_id == petition.responsible_id}
        return [post for post in posts if post.pk in own or post.stands_in_for_id in own]

    def named(self, petition: Petition, unit: Unit) -> bool:
        """Whether a responsible person is named who works in the unit: one who has left is not told instead of all."""
        at_work = {post.user_id for post in self.staff.in_unit(unit) if post.stands_in_for_id is None}
        return petition.responsible_id is not None and petition.responsible_id in at_work

    def waits_for_a_name(self, petition: Petition, unit: Unit) -> bool:
        """Whether it lies at its lead unit and nobody is named responsible there."""
        return not petition.sealed and petition.lead_unit_id == unit.pk and not self.named(petition, unit)

    def senders_of(self, petition: Petition) -> list[int]:
        """User ids of the office that sent the case to its lead unit: its officers and clerks, else its head."""
        sender = self._senders.get(petition.pk)
        if sender is None:
            return []
        posts = self.staff.in_unit(sender)
        for roles in ((Role.PETITION_OFFICER, Role.CLERK), (Role.UNIT_HEAD,)):
            if found := self._who_may_know([post for post in posts if post.role in roles], petition):
                return found
        return []

    def prepare(self, due: Sequence[DueStep]) -> None:
        """Read what a batch of steps of cases' own clocks needs: the posts of the units, and of the offices that sent
        the cases nobody is named for. Two queries, and one for the posts of senders."""
        self.staff.prepare(step.clock.unit for step in due)  # type: ignore[attr-defined]
        waiting = {
            step.clock.petition.pk  # type: ignore[attr-defined]
            for step in due
            if self.waits_for_a_name(step.clock.petition, step.clock.unit)  # type: ignore[attr-defined]
        }
        if waiting:
            leads = Share.objects.filter(petition__in=waiting, role=ShareRole.LEAD, ended_at=None)
            for share in leads.exclude(sent_from=None).select_related("sent_from"):
                assert share.sent_from is not None
                self._senders[share.petition_id] = share.sent_from
            self.staff.prepare(self._senders.values())

    def _note(self, empty: list[tuple[Unit | None, Role]]) -> None:
        for unit, role in empty:
            self.vacancies.note(unit, role)

    def _groups(self, role: Role, unit: Unit) -> list[list[Post]]:
        """Who holds the post, then who holds it one unit further up; the first group is of the post itself."""
        role = _desk_role(role, unit)
        match role:
            case Role.LEADER:
                return [self.staff.in_charge_of(unit)]
            case Role.INSPECTOR:
                return [self.staff.anywhere(role)]
            case Role.PETITION_OFFICER if unit.kind != UnitKind.PETITION_OFFICE:
                return [self.staff.office(role)]
            case Role.UNIT_HEAD:
                return [self.staff.of(role, unit), *self.staff.heads_above(unit)]
        return [self.staff.of(role, unit)]

    @staticmethod
    def _post(role: Role, unit: Unit) -> tuple[Unit | None, Role]:
        """The post of a rung as the administrator knows it."""
        role = _desk_role(role, unit)
        office = role == Role.INSPECTOR or (
            role == Role.PETITION_OFFICER and unit.kind != UnitKind.PETITION_OFFICE
        )
        return (None if office else unit), role

    def _who_may_know(self, posts: Sequence[Post], petition: Petition) -> list[int]:
        return sorted({post.user_id for post in posts if self._may_know(post, petition)})

    @staticmethod
    def _may_know(post: Post, petition: Petition) -> bool:
        """Whether the post reads the case. Asked of the database where something keeps people out of it."""
        if not petition.sealed and petition.complained_unit_id is None and not petition.has_recusals:
            return True
        return reads(post, petition)


def _desk_role(role: Role, unit: Unit) -> Role:
    """At the petition office the officers are the handlers."""
    if role == Role.HANDLER and unit.kind == UnitKind.PETITION_OFFICE:
        return Role.PETITION_OFFICER
    return role


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """What to tell whom for a batch of due steps. Number only: no subject, no name (domain G)."""
    found: list[AlertLine] = []
    if not due:
        return found
    recipients = Recipients(max(step.at + step.late_by for step in due))  # the moment of the sweep
    recipients.prepare(due)
    heads_told = {(step.clock.key, step.at) for step in due if step.role == Role.UNIT_HEAD}
    for step in due:
        clock = step.clock
        petition: Petition = clock.petition  # type: ignore[attr-defined]
        if step.kind == StepKind.LAPSE:
            continue
        told, instead = _told(recipients, petition, step, heads_told)
        text = _report_waits(petition, step) or words(petition.number, clock.rule.name, step)
        found += [
            AlertLine(
                recipients=people,
                text=text + instead,
                link=link,
                about=petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
            for people, link in act_links.split(
                petition,
                step,
                told,
                recipients.staff.in_unit(clock.unit),  # type: ignore[attr-defined]
            )
        ]
    return [*found, *recipients.vacancies.lines()]


def _told(
    recipients: Recipients, petition: Petition, step: DueStep, heads_told: set[tuple[str, datetime]]
) -> tuple[list[int], str]:
    """Whom to tell, and what to add where they are told because nobody holds the post it was for.

    That a report waits is told to the officers who decide upon it, then up the ladder like all else.

    Where nobody is named responsible, everybody's work is nobody's: the unit's head, who names somebody, hears of it
    from the first rung on, unless a rung of the same moment is theirs (``heads_told``); and what is escalated to the
    head goes to the office that sent the case as well.
    """
    if step.clock.rule.code == RuleCode.REPORT_DECISION and step.role == Role.HANDLER:
        from petitions.services import reporting, telling

        posts = reporting.senders(reporting.lead_share(petition), recipients.at)
        if found := telling.who_may_know(petition, posts, at=recipients.at):
            return found, ""
    unit: Unit = step.clock.unit  # type: ignore[attr-defined]
    at_once = step.clock.rule.unit in CONTINUOUS
    told = set(recipients.of(petition, unit, Role(step.role), at_once=at_once))
    instead = in_the_place_of(recipients.passed)
    if recipients.waits_for_a_name(petition, unit):
        if step.role == Role.HANDLER and (step.clock.key, step.at) not in heads_told:
            told |= set(recipients.of(petition, unit, Role.UNIT_HEAD))
        elif step.role == Role.UNIT_HEAD and step.kind == StepKind.ESCALATE:
            told |= set(recipients.senders_of(petition))
    return sorted(told), instead


def in_the_place_of(passed: Sequence[tuple[Unit | None, Role]]) -> str:
    """（“城市管理局”没有承办人，改报您。）: why it comes to somebody further up; nothing where the post is held."""
    if not passed:
        return ""
    unit, role = passed[0]
    where = unit.label if unit is not None else _("信访部门")
    return _("（“%(unit)s”没有人担任“%(role)s”，改报给您。）") % {"unit": where, "role": role.label}


def _report_waits(petition: Petition, step: DueStep) -> str:
    if step.clock.rule.code != RuleCode.REPORT_DECISION:
        return ""
    if step.kind == StepKind.REMIND:
        return _("%(number)s 的办结报告等待审核，请认可或者退回。") % {"number": petition.number}
    return _("%(number)s 的办结报告报送后一直没有审核，请尽快认可或者退回。") % {"number": petition.number}


def words(number: str, rule_name: str, step: DueStep) -> str:
    sentence = SENTENCES[StepKind(step.kind)] % {"number": number, "rule": rule_name}
    # What is a right is nobody's to have done by then.
    right = step.kind == StepKind.REMIND and step.clock.rule.code == RuleCode.OBJECTION
    sentence += _("期限至%(when)s。") % {"when": step.when} if right else step.by_when
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
