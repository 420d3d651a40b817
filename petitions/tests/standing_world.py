"""A case, and one person for every role in every unit that stands somehow to it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import next_ids, path_of
from core.timekeeping import local_day
from petitions.enums import Kind, Path, RefusalReason, Status
from petitions.models import Petition, Recusal, Share, UrgencyLowering
from petitions.services import following, forwarding, refusing, scope
from tests.cases import MORNING, ORDER, check_off
from tests.cast import SINCE

POSTS = [role for role in Role if role not in {Role.PETITIONER, Role.SYSTEM}]


MATTERS = (
    *("urgency", "has_recusals", "lowering_asked_by", "simplified", "repeat_of", "first_here"),
    *("notice_owed", "kind", "path"),
)


@dataclass(frozen=True)
class Somebody:
    role: Role
    standing: str
    actor: Actor

    def __str__(self) -> str:
        return f"{self.role.label}@{self.standing}"


def people_of(cast, where: dict) -> list[Somebody]:
    """One person for each role in each unit of ``where`` (standing: unit). A leader's charge is the unit, the post the
    district's."""
    wanted = [(role, standing, unit) for standing, unit in where.items() for role in POSTS]
    users = User.objects.bulk_create(
        User(username=f"p{n}", name=f"{role.label}{n}", password="!")
        for n, (role, *_rest) in enumerate(wanted)
    )
    posts = Post.objects.bulk_create(
        Post(
            user=user,
            unit=cast.units.district if role == Role.LEADER else unit,
            role=role,
            valid_from=SINCE,
        )
        for user, (role, _standing, unit) in zip(users, wanted, strict=True)
    )
    for post, (role, _standing, unit) in zip(posts, wanted, strict=True):
        if role == Role.LEADER:
            post.charge_units.add(unit)
    return [
        Somebody(role, standing, Actor.of(post))
        for post, (role, standing, _unit) in zip(posts, wanted, strict=True)
    ]


def give_matter(case: Petition, other: User, original: Petition, report: str = "due") -> None:
    """Something for every act to act upon: it is urgent, ``other`` asked to lower that, ``other`` is recused, it is a
    repeat of ``original``, it was assigned and its report stands as ``report`` says, and in hand it goes as 简易办理. The
    petitioner is still to be told; what is not sent on yet is 涉法涉诉."""
    said = {"recorded_at": case.registered_at, "recorded_by": other}
    Recusal.objects.create(petition=case, user=other, ground="other", **said)
    case.urgency, case.has_recusals = "urgent", True
    case.repeat_of, case.first_here = original, False
    case.simplified = case.status == Status.ACCEPTED and case.path == Path.PETITION
    if not case.sealed:
        case.notice_owed = case.status in {Status.ACCEPTED, Status.CONCLUDED, Status.REFUSED}
        if case.status == Status.REGISTERED:
            case.kind, case.path = Kind.APPEAL, Path.LITIGATION
        lead = case.shares.filter(role="lead", ended_at=None)
        lead.update(kind="assign", feedback_due_on=local_day(case.registered_at), report=report)
        give_parts(case)
        case.lowering_asked_by = other
        UrgencyLowering.objects.create(
            petition=case, urgency="normal", reason="误选", asked_at=case.registered_at, asked_by=other
        )
    case.save(update_fields=[*MATTERS])


def give_parts(case: Petition) -> None:
    """Two co-units in which nobody of the world stands: one has answered, one objects."""
    district, at = Unit.objects.get(kind=UnitKind.DISTRICT), case.registered_at
    said = {"answered": {"answered_at": at}, "objects": {"objected_at": at, "objection": "不属于本单位职责"}}
    for pk, (name, more) in zip(next_ids(2), said.items(), strict=True):
        unit = Unit.objects.create(
            pk=pk, path=path_of(district.path, pk), name=name, kind=UnitKind.DEPARTMENT
        )
        Share.objects.create(petition=case, unit=unit, role="co", kind="forward", sent_at=at, **more)


def end_lead(case: Petition) -> None:
    """The unit that leads was closed, for whoever says who follows it."""
    Unit.objects.filter(pk=case.lead_unit_id).update(valid_until=local_day(case.registered_at))


class World:
    """A case, and everybody who stands somehow to it."""

    def __init__(self, cast, make_case, *, sealed=False, complained="urban", report="due") -> None:
        units = cast.units
        self.cast, self.make_case, self.sealed, self.report = cast, make_case, sealed, report
        self.lead = units.discipline if sealed else units.liuwan
        self.complained = getattr(units, complained)
        where = {
            "主办": units.liuwan,
            "上级": units.dongxi,
            "协办": units.housing,
            "登记机构": units.xiling,
            "信访局": units.petition_office,
            "县": units.district,
            "其他": units.shiqiao,
            "被反映": units.urban,
            "纪委": units.discipline,
        }
        if sealed:
            where = {key: unit for key, unit in where.items() if key != "主办"}
            where["其他村"] = units.liuwan
            if complained != "discipline":
                where["主办"] = where.pop("纪委")
        elif complained == "housing":
            where = {"被反映协办": units.housing}
        self.people = people_of(cast, where)

    def one(self, role: Role, standing: str) -> Actor:
        return next(who.actor for who in self.people if (who.role, who.standing) == (role, standing))

    def case_in(self, status: Status) -> Petition:
        """Registered by the street that is 登记机构, led by a village of a town, a department beside it."""
        moments = (MORNING + timedelta(hours=n) for n in count(1))
        kind = Kind.ACCUSATION if self.sealed else Kind.APPEAL
        registrar = self.one(Role.CLERK, "登记机构") if self.sealed else None
        case = self.make_case.registered(
            actor=registrar,
            unit=self.cast.units.xiling,
            complained_unit=self.complained,
            kind=kind if self.sealed else "",
        ).petition
        lead = None if status == Status.REGISTERED else self.people_in_lead()
        co_units = [self.cast.units.housing]
        steps = {
            Status.REGISTERED: [],
            Status.OBJECTED: [Status.FORWARDED],
            Status.REFUSED: [Status.FORWARDED],
            Status.CLOSED: ORDER[1:],
        }.get(status, ORDER[1 : ORDER.index(status) + 1] if status in ORDER else [])
        for step in steps:
            if step == Status.FORWARDED and self.sealed:
                continue  # it went to the discipline body by itself
            self.make_case._bring(case, step, lead, self.lead, kind, Path.PETITION, co_units, next(moments))
        if status == Status.OBJECTED:
            forwarding.object_to(petition=case, actor=lead, reason="不属于本单位", at=next(moments))
        if status == Status.REFUSED:
            refusing.refuse(
                petition=case,
                actor=lead,
                reason=RefusalReason.LEGAL_ROUTE,
                explanation="应由法院审理。",
                where_to_go="法院",
                at=next(moments),
            )
        if status == Status.CLOSED:
            check_off(case)
            closer = lead if case.sealed else self.cast.actor("petition_officer")
            following.close(petition=case, actor=closer, at=next(moments))
        assert (case.status, case.sealed) == (status, self.sealed)
        self.name_readers(case)
        give_matter(case, self.cast.auditor, self.make_case(), self.report)
        end_lead(case)
        return Petition.objects.get(pk=case.pk)

    def people_in_lead(self) -> Actor:
        if not self.sealed and self.complained == self.cast.units.housing:
            post = Post.objects.create(
                user=self.cast.handler, unit=self.lead, role=Role.HANDLER, valid_from=SINCE
            )
            return Actor.of(post)
        return self.one(Role.HANDLER, "主办")

    def name_readers(self, case: Petition) -> None:
        """A leader and a mediator by name; on a sealed case that gives nothing. Its registrar is named by law."""
        for key in ("leader2", "mediator"):
            if self.sealed or self.complained != self.cast.units.housing:
                scope.grant(case, self.cast.people[key])
                actor = self.cast.actor(key)
                self.people.append(Somebody(Role(actor.role), "点名", actor))
        if self.sealed:
            clerk = self.one(Role.CLERK, "登记机构")
            self.people = [who for who in self.people if who.actor != clerk]
            standing = "登记人" if case.lead_unit_id else "保管"
            self.people.append(Somebody(Role.CLERK, standing, clerk))
