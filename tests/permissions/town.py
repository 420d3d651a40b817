"""A small town in which everybody of the matrix stands somehow to every case of the matrix.

``PEOPLE`` and ``CASES`` name them as docs/permissions.md prints them. All of it is made through the doors.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import DutyShift, LoginSession, Post, User
from accounts.services import duty, standing_in
from conference.enums import ItemKind, OrderKind
from conference.services import disputing, meetings, minutes, ordering
from core.timekeeping import local_day, now
from documents.enums import PaperKind
from hearings.enums import ExpertKind, Outside
from hearings.services import experts, holding, seating
from leaders.enums import ProposalGround, ProposalKind, RulePattern, SiteKind, TeamRole, VisitKind
from leaders.models import CasePackage, ExtensionAsk, InboxLetter, PackageProposal
from leaders.services import areas, inboxes, readings, replies, teams
from leaders.services.bookings import NewBooking, book
from leaders.services.day_cases import pick_case
from leaders.services.day_rules import RuleFacts, add_rule
from leaders.services.days import DayPlan, plan_day
from leaders.services.feeds import renew_feed
from leaders.services.instructions import instruct
from leaders.services.packages import assign_package
from leaders.services.receptions import NewPromise, Talk, receive
from leaders.services.sites import SiteFacts, add_site
from matters.models import Matter, MatterCase
from matters.services.tasking import open_task
from mediation.enums import ConsentHow, Result, Side, State
from mediation.models import Dispute, MediationCase, Recording, Session
from mediation.services import feeds, sittings, talk_matters, talk_minutes, talks, undertakings
from mediation.services.disputes import NewDispute, file_dispute
from mediation.services.duties import keep_duty
from mediation.services.mediators import MediatorCard, keep_mediator, keep_pool
from mediation.services.opening import give_consent, open_mediation
from mediation.services.parties import NewParty, add_party
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import schedule_session
from mediation.session_enums import AsWhat
from mediation.sitting_enums import SittingKind
from mediation.talk_enums import TalkKind
from notifications.models import Notice
from notifications.services import notify
from outcomes.enums import MarkHow, MarkKind
from outcomes.services import ending, visiting
from papers import due
from papers.services import drafting
from petitions.enums import Kind, RecusalGround, Status
from petitions.models import Petition
from petitions.services import codes, forwarding, recusing, sealing
from petitions.services.codes import new_token
from petitions.services.registering import NewPerson
from reports.periods import Month
from reports.services import briefs, exports, freezing, publishing, walls
from reviews.enums import Channel
from reviews.services.applying import apply
from supervision.enums import Ground, Mode, SuggestionKind
from supervision.services.listing import put_on_list
from supervision.services.opening import open_supervision
from supervision.services.suggesting import issue
from supervision.services.urgent import dispatch
from supervision.services.working import record_effort
from tables.tests.making import a_table
from tests import agreeing
from tests.cases import CaseMaker
from tests.cast import SINCE, make_cast
from tests.mediating import agrees, older

#: label: (who they are, key of the cast, or role and unit of somebody added to it)
PEOPLE: dict[str, tuple[str, str | tuple[Role, str] | None]] = {
    "访客": ("没有登录的人", None),
    "信访人": ("凭编号和查询码打开了自己的“本局”一件", None),
    "登记员": ("信访局登记员", "clerk"),
    "登记人": ("信访局另一名登记员，“密件”“保管”由其登记", (Role.CLERK, "petition_office")),
    "镇登记员": ("东溪镇登记员", "town_clerk"),
    "专员": ("信访局信访专员", "petition_officer"),
    "承办": ("城市管理局承办人，主办“本局”“保密”“后密”", "handler"),
    "负责人": ("城市管理局负责人", "unit_head"),
    "协办": ("住房和城乡建设局承办人，协办“本局”", "handler2"),
    "分管领导": ("县领导，分管城市管理局、东溪镇", "leader"),
    "包案领导": ("县领导，包“包案”“后密”两件，分管住房和城乡建设局", "leader2"),
    "调解员": ("调解中心调解员，“包案”“后密”在其手上", "mediator"),
    "督查": ("信访局督查", "inspector"),
    "统计": ("信访局统计", "statistician"),
    "纪委": ("纪委监委承办人", "discipline_officer"),
    "系统管理员": ("三员之一", "sysadmin"),
    "安全管理员": ("三员之一", "secadmin"),
    "审计员": ("三员之一", "auditor"),
    "外单位": ("西岭街道承办人，辖下西山社区主办“包案”", "outsider"),
    "本村": ("石桥村承办人，主办“被反映”", (Role.HANDLER, "shiqiao")),
    "被反映": ("柳湾村承办人：“被反映”“密件”反映的就是柳湾村", (Role.HANDLER, "liuwan")),
    "上级": ("东溪镇负责人，柳湾村的上级", (Role.UNIT_HEAD, "dongxi")),
    "无岗": ("登录了但没有在任岗位的人", None),
}
CASES: dict[str, str] = {
    "本局": "城市管理局主办、住房和城乡建设局协办，网上提交",
    "包案": "西山社区主办，由包案领导包案、批示，调解员在调解",
    "被反映": "反映柳湾村，石桥村主办；两村同属东溪镇",
    "保密": "城市管理局主办，信访人要求对单位保密",
    "复查": "城市管理局主办，已送达，申请了复查，由清江县办理",
    "密件": "检举控告柳湾村，登记人登记，已到纪委监委",
    "后密": "城市管理局主办、已包案、批示、调解，之后转为检举控告",
    "保管": "检举控告纪委监委，本地没有机关可收，由登记人保管",
    "回避": "城市管理局主办、住房和城乡建设局协办，已包案、批示、调解，之后经手的人都回避了",
}
#: Who would read a case and had it in hand, and is recused from it (条例 28).
RECUSED = {"回避": "登记员 专员 承办 负责人 分管领导 包案领导 调解员 督查"}
SEALED = ("密件", "后密", "保管")
#: In every text of every sealed case and nowhere else.
MARKER = "青石板桥桥洞"
SECRET_NAME, SECRET_PHONE = "欧阳密之", "13977770001"
#: The same of the case that people are recused from.
AVOIDED, AVOIDED_NAME, AVOIDED_PHONE = "柳荫渡口栈道", "司徒避之", "13977770002"
FILE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0500f00"
    "04850180a9d4a7a80000000049454e44ae426082"
)


class Town:
    """``cases[label]``, ``clients[label]``, ``users[label]``; ``hanging[label]`` what hangs on a case, by name."""

    def __init__(self, *, sealed: bool = True) -> None:
        """``sealed=False``: without the sealed cases and the one that people are recused from."""
        self.cast = make_cast()
        self.make_case = CaseMaker(self.cast)
        self.start = now() - timedelta(days=2)
        self.users = {label: self._user(label) for label in PEOPLE if label not in {"访客", "信访人"}}
        self.hanging: dict[str, dict[str, int]] = {}
        self.papers: dict[str, UUID] = {}
        self.hearings: dict[str, dict[str, int]] = {}
        self.room = keep_room(
            actor=self.cast.actor("petition_officer"),
            card=RoomCard(
                unit=self.cast.units.dongxi,
                name="调解室",
                address="河沿路8号",
                mediators=[self.cast.mediator],
            ),
        )
        self.earlier_dispute = self._dispute(at=self.start)
        self.dispute = self._dispute()
        self.cases = self._cases()
        if sealed:
            self.cases |= {"后密": self.sealed_later(), **self.sealed_cases()}
            self.cases["回避"] = self.avoided()
        self._beside()
        self.clients = {label: self.client(label) for label in PEOPLE}

    def _user(self, label: str) -> User:
        known = PEOPLE[label][1]
        if isinstance(known, str):
            return self.cast.people[known]
        user = User.objects.create(username=f"m-{label}", name=f"{label}甲", password="!")
        if known is not None:
            role, unit = known
            Post.objects.create(user=user, unit=getattr(self.cast.units, unit), role=role, valid_from=SINCE)
        return user

    def actor(self, label: str) -> Actor:
        return Actor.of(self.users[label].posts.select_related("unit", "user").get(stands_in_for=None))

    def _file(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("照片.png", FILE, content_type="image/png")

    def _cases(self) -> dict[str, Petition]:
        units, at = self.cast.units, self.start
        self.token = codes.new_token()
        made = {
            "本局": self.make_case(
                until=Status.ACCEPTED,
                at=at,
                co_units=[units.housing],
                token=self.token,
                files=[self._file()],
            ),
            "包案": self.make_case(until=Status.REGISTERED, at=at, files=[self._file()]),
            "被反映": self.make_case(at=at, complained_unit=units.liuwan, files=[self._file()]),
            "保密": self.make_case(until=Status.ACCEPTED, at=at, confidential=True, files=[self._file()]),
        }
        for label, unit in (("包案", units.xishan), ("被反映", units.shiqiao)):
            forwarding.forward(
                petition=made[label], actor=self.cast.actor("petition_officer"), unit=unit, at=now()
            )
        self._hang("包案", made["包案"], "xishan")
        self._team("包案")
        made["复查"] = self._under_review()
        for label in ("本局", "保密"):
            self._paper(label, made[label])
        self._hear("本局", made["本局"])
        return made

    def _under_review(self) -> Petition:
        """Answered, served, and asked to be reviewed by the district."""
        case = self.make_case(until=Status.SERVED, at=self.start, files=[self._file()])
        review = apply(
            petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason="处理意见没有写收摊时间。"
        )
        execution = case.executions.get()
        officer, clerk = self.cast.actor("petition_officer"), self.cast.post("clerk")
        visit = visiting.open_by_hand(petition=case, actor=officer, reason="抽查")
        visiting.assign(visit=visit, actor=officer, post=clerk)
        marked = ending.mark(
            petition=case,
            actor=officer,
            kind=MarkKind.RESOLVED,
            on=local_day(now()),
            how=MarkHow.FOUND,
            evidence="现场看过。",
        )
        self.hanging["复查"] = {
            "review_clock": review.clocks.first().pk,
            "visit": visit.pk,
            "mark": marked.pk,
            "execution": execution.pk,
            "execution_clock": execution.clocks.get().pk,
        }
        return case

    def _paper(self, label: str, case: Petition) -> None:
        """A 受理告知书, drafted and no more."""
        case = Petition.objects.get(pk=case.pk)
        found = due.find(case, PaperKind.ACCEPTANCE, None)
        assert found is not None
        row = drafting.draft(actor=self.cast.actor("handler"), petition=case, due=found)
        self.papers[label] = row.paper.key

    def _hear(self, label: str, case: Petition) -> None:
        """A hearing to come, of which the petitioner asked that one of the panel stand aside; an expert's question."""
        cast, handler, head = self.cast, self.cast.actor("handler"), self.cast.actor("unit_head")
        row = holding.prepare(
            petition=case,
            actor=handler,
            matter=f"{case.subject}：争议大",
            place=f"{case.subject}现场",
            starts_at=(now() + timedelta(days=12)).replace(hour=9, minute=0),
        )
        for key in ("unit_head2", "petition_officer"):
            seating.seat(hearing=row, actor=handler, chair=False, post=cast.post(key))
        name = case.persons.first().name[:1] + "某甲"
        outside = {"name": name, "outside": Outside.EXPERT, "body": "律师事务所"}
        member = seating.seat(hearing=row, actor=handler, chair=True, **outside)
        holding.decide(hearing=row, actor=head, hold=True, reason=f"{case.subject}：有必要")
        sat = row.panel.get(user=cast.unit_head2)
        asked = seating.ask_recusal(member=sat, actor=Actor.petitioner(), reason=f"{case.subject}：有关系")
        question = experts.ask(
            petition=case,
            actor=handler,
            kind=ExpertKind.OPINION,
            whom="某所",
            question=f"{case.subject}：是什么原因？",
            asked_on=local_day(now()),
            due_on=local_day(now()) + timedelta(days=9),
        )
        self.hearings[label] = {
            "hearing": row.pk,
            "member": member.pk,
            "asked": asked.pk,
            "question": question.pk,
        }

    def _secret(self) -> dict[str, Any]:
        """What every sealed case says: the marker and the secret name in whatever takes a text."""
        return {
            "subject": f"{MARKER}的账目",
            "body": f"{MARKER}修了三次，账目对不上，请查。",
            "persons": [NewPerson(name=SECRET_NAME, phone=SECRET_PHONE, address="清江县密字巷九号")],
            "files": [SimpleUploadedFile(f"{MARKER}.png", FILE, content_type="image/png")],
        }

    def sealed_cases(self) -> dict[str, Petition]:
        """Sealed from their first moment."""
        units = self.cast.units
        known = {"actor": self.actor("登记人"), "kind": Kind.ACCUSATION, "at": self.start}
        against = {"密件": units.liuwan, "保管": units.discipline}
        return {
            label: self.make_case.registered(**known, **self._secret(), complained_unit=unit).petition
            for label, unit in against.items()
        }

    def sealed_later(self) -> Petition:
        """In every room's hands first."""
        later = self.make_case(until=Status.ACCEPTED, at=self.start, **self._secret())
        self._hang("后密", later, "urban")
        self._paper("后密", later)
        self._hear("后密", later)
        sealing.seal(petition=later, actor=self.cast.actor("petition_officer"), reason=f"{MARKER}涉嫌违纪")
        return later

    def avoided(self) -> Petition:
        """In every room's hands, until everybody who had it said that they have an interest."""
        case = self.make_case(
            until=Status.ACCEPTED,
            at=self.start,
            co_units=[self.cast.units.housing],
            subject=f"{AVOIDED}夜里没有灯",
            body=f"{AVOIDED}夜里没有灯，已有人落水，请装灯。",
            persons=[NewPerson(name=AVOIDED_NAME, phone=AVOIDED_PHONE, address="清江县避字巷七号")],
            files=[SimpleUploadedFile(f"{AVOIDED}.png", FILE, content_type="image/png")],
        )
        self._hang("回避", case, "urban")
        self._paper("回避", case)
        self._hear("回避", case)
        for label in RECUSED["回避"].split():
            recusing.recuse(petition=case, actor=self.actor(label), ground=RecusalGround.INTEREST)
        case.refresh_from_db()
        return case

    def _dispute(self, **when: datetime) -> Dispute:
        """Filed from the code on the room's door, without a petition."""
        new = NewDispute(words="楼上半夜拖桌子。", name="尤大海", phone="13900000009", other_name="楼上住户")
        return file_dispute(actor=Actor.petitioner(), room=self.room, new=new, **when).dispute

    def _register_mediators(self) -> None:
        """A card, a pool of experts, whose turn it is in the room, and a calendar's address."""
        cast, officer, today = self.cast, self.cast.actor("petition_officer"), local_day(now())
        card = keep_mediator(actor=officer, user=cast.mediator, card=MediatorCard(shown=True))
        self.pool = keep_pool(actor=officer, name="东片专家库", units=[cast.units.dongxi], members=[card])
        keep_duty(actor=officer, room=self.room, user=cast.mediator, first=today, last=today)
        self.duty = self.room.duties.get()
        self.session_feed = feeds.renew_feed(actor=cast.actor("mediator"))

    def _write_up(self) -> None:
        """What was learnt from a mediation that is over; its names are out, a second person has not looked yet."""
        mediator, at = self.cast.mediator, now()
        over = MediationCase.objects.create(
            petition=self.cases["本局"],
            room=self.room,
            mediator=mediator,
            opened_at=at - timedelta(days=1),
            state=State.ENDED,
            result=Result.NOT_AGREED,
            ended_at=at,
        )
        facts = {"state": "cleaned", "written_by": mediator, "cleaned_by": mediator, "cleaned_at": at}
        self.write_up = over.write_ups.create(title="夜里的声音", words="先分开谈。", written_at=at, **facts)

    def _hang(self, label: str, case: Petition, unit: str) -> None:
        """A package, an instruction with its clock, a mediation with a session, a supervision, something urgent."""
        cast, officer, today = self.cast, self.cast.actor("petition_officer"), local_day(now())
        package = assign_package(
            petition=case,
            actor=officer,
            post=cast.post("leader2"),
            target_on=today + timedelta(days=9),
            reason=f"{case.subject}：群众反映集中",
        )
        task = instruct(
            petition=case,
            actor=cast.actor("leader2"),
            text=f"{case.subject}：请抓紧办理",
            unit=getattr(cast.units, unit),
            due_on=today + timedelta(days=5),
        )
        mediator = cast.actor("mediator")
        mediation = open_mediation(petition=case, actor=officer, room=self.room, mediator=cast.mediator)
        for side in Side:
            agrees(mediation, side, mediator, who=case.persons.first().name, how=ConsentHow.IN_PERSON)
        new = NewParty(side=Side.OTHER, name=f"{case.subject}的邻居", phone="13900000000")
        neighbour = add_party(mediation=mediation, actor=mediator, new=new)
        give_consent(
            mediation=mediation, actor=mediator, party=neighbour, who="邻居", how=ConsentHow.IN_PERSON
        )
        older(mediation)  # what was held an hour ago is no earlier than that
        start = (now() + timedelta(days=len(self.hanging) + 1)).replace(hour=9, minute=0)
        session = schedule_session(
            mediation=mediation,
            actor=mediator,
            room=self.room,
            mediator=cast.mediator,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )
        supervision = open_supervision(
            petition=case,
            actor=cast.actor("inspector"),
            ground=Ground.PERFUNCTORY,
            demand=f"{case.subject}：请抓紧办理",
        )
        effort = record_effort(
            supervision=supervision,
            actor=cast.actor("inspector"),
            mode=Mode.SITE,
            on=today,
            who="督查甲",
            found=f"{case.subject}：现场没有人办理",
            files=[self._file()],
        )
        listing = put_on_list(
            supervision=supervision,
            actor=cast.actor("inspector"),
            due_on=today + timedelta(days=20),
            reason=f"{case.subject}：群众反映集中",
        )
        urgent = dispatch(
            petition=case,
            actor=cast.actor("inspector"),
            units=[getattr(cast.units, unit)],
            place=case.subject,
            situation=f"{case.subject}：有塌方危险",
        )
        self.hanging[label] = {
            "urgent": urgent.pk,
            "milestone": listing.milestones.first().pk,
            "supervision": supervision.pk,
            "supervision_clock": supervision.clocks.first().pk,
            "effort": effort.pk,
            "package": package.pk,
            "package_clock": package.clocks.first().pk,
            "instruction": task.pk,
            "instruction_clock": task.clocks.first().pk,
            "session": session.pk,
            "party": neighbour.pk,
            **self._talk_there(mediation, len(self.hanging)),
        }

    def _talk_there(self, mediation: MediationCase, place: int) -> dict[str, Any]:
        """A session that has begun: who is there, a proposal, a recording that ran and is kept."""
        mediator, at = self.cast.mediator, now()
        begun = Session.objects.create(
            mediation=mediation,
            room=self.room,
            mediator=mediator,
            # Over for a while, so that one may begin now whichever minute this is.
            starts_at=at - timedelta(hours=place + 1, minutes=2),
            ends_at=at - timedelta(hours=place, minutes=2),
            scheduled_at=mediation.opened_at,
        )
        attendee = begun.attendees.create(
            as_what=AsWhat.KIN, name=f"{AVOIDED_NAME}的家人", at=at, by=mediator
        )
        proposal = begun.proposals.create(text="各退一步", at=at, by=mediator)
        facts = {"notified_at": at, "started_at": at, "stopped_at": at, "stopped_why": "ended"}
        kept = {"kept_at": at, "keep_until": at + timedelta(days=9), "sha256": sha256(FILE).hexdigest()}
        recording = Recording(session=begun, **facts, **kept)
        recording.file.save("x.mp4", ContentFile(FILE))
        consent = recording.consents.create(attendee=attendee, how=ConsentHow.WRITTEN, given_at=at)
        return {
            "begun": begun.pk,
            "attendee": attendee.pk,
            "proposal": proposal.pk,
            "recording": recording.pk,
            "recording_consent": consent.pk,
        }

    def _team(self, label: str) -> None:
        """A plan for its package, and somebody in the team who reads the case anyway."""
        officer = self.cast.actor("petition_officer")
        package = CasePackage.objects.get(pk=self.hanging[label]["package"])
        teams.plan(package=package, actor=officer, text="核清事实")
        member = teams.join_team(
            package=package, actor=officer, post=self.cast.post("petition_officer"), role=TeamRole.CONVENOR
        )
        self.hanging[label] |= {"member": member.pk, "step": package.milestones.get().pk}

    def _beside(self) -> None:
        """What hangs on no case: a reception day, an export of the statistician's, a notice of the handler's."""
        cast, start = self.cast, (now() + timedelta(days=2)).replace(hour=15, minute=0)
        self.site = add_site(
            actor=cast.actor("petition_officer"),
            facts=SiteFacts(
                unit=cast.units.dongxi,
                name="东溪镇便民大厅",
                kind=SiteKind.TOWN_HALL,
                address="河沿路8号",
                used_from=local_day(now()),
            ),
        )
        self.day_rule = add_rule(
            actor=cast.actor("petition_officer"),
            facts=RuleFacts(
                name="每月第二个周三",
                kind=VisitKind.FIXED,
                pattern=RulePattern.MONTHLY,
                weekday=2,
                nth=2,
                start=time(9),
                end=time(11),
                posts=[cast.post("leader")],
                sites=[self.site],
                valid_from=local_day(now()),
            ),
        )
        self.proposal = PackageProposal.objects.create(
            kind=ProposalKind.TAKE,
            ground=ProposalGround.HEADS,
            petition=self.cases["本局"],
            why="涉及 60 人",
            proposed_at=now(),
        )
        self.day = plan_day(
            actor=cast.actor("petition_officer"),
            plan=DayPlan(
                post=cast.post("leader"),
                kind=VisitKind.FIXED,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                place_unit=cast.units.dongxi,
                place_text="镇政府一楼",
                published=False,
            ),
        )
        start += timedelta(days=7)
        self.open_day = plan_day(
            actor=cast.actor("petition_officer"),
            plan=DayPlan(
                post=cast.post("leader"),
                kind=VisitKind.FIXED,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                site=self.site,
                slots=6,
            ),
        )
        new = NewBooking(name="钱桂芳", phone="13800001111", matter="老房漏水")
        self.booking = book(day=self.open_day, actor=Actor.petitioner(), new=new, token=new_token()).booking
        self.day_case = pick_case(
            day=self.open_day, petition=self.cases["本局"], actor=cast.actor("petition_officer")
        )
        own = NewPromise(
            text="回电话", to_whom="来访人", due_on=local_day(now()) + timedelta(days=5), task=False
        )
        self.record = receive(
            petition=self.cases["本局"],
            actor=cast.actor("petition_officer"),
            talk=Talk(post=cast.post("leader"), said="听取诉求，说明程序。", promises=[own]),
        )
        self.feed = renew_feed(actor=cast.actor("leader"))
        self.wall = walls.make_link(actor=cast.actor("petition_officer"), name="一楼大厅")
        self._register_mediators()
        self._write_up()
        self.suggestion = issue(
            actor=cast.actor("inspector"),
            kind=SuggestionKind.IMPROVE,
            unit=cast.units.urban,
            title="夜市管理",
            facts="三个月内反映十二件。",
            basis="《信访工作条例》第四十条",
            text="请明确收摊时间。",
        )
        self._gather()
        self._boxed()
        self._confer()
        self._talk()
        self._sit()
        self._agree()
        self.job = exports.request_export(
            actor=cast.actor("statistician"),
            unit=cast.units.district,
            month=Month.of(local_day(now())),
        )
        exports.run_waiting()
        freezing.freeze(actor=self.cast.actor("petition_officer"), month=Month(2026, 8))
        publishing.publish(actor=self.cast.actor("petition_officer"), month=Month(2026, 8))
        yesterday, officer = local_day(now()) - timedelta(days=1), cast.actor("petition_officer")
        self.signed_brief = briefs.draft(cast.units.district, yesterday, now())
        briefs.sign(brief=self.signed_brief, actor=officer)
        for leader in ("leader", "leader2"):
            briefs.read(brief=self.signed_brief, actor=cast.actor(leader))
        self.brief = briefs.draft(cast.units.district, local_day(now()), now())
        self.table = a_table(cast)
        notify(
            recipients=[cast.handler.pk],
            text="一条只给承办人的提醒",
            link="/cases/",
            dedupe_key="matrix",
            level="info",
        )
        self.client("承办")
        self.login = LoginSession.objects.get(user=cast.handler)
        self.notice = Notice.objects.get(recipient=cast.handler, text__startswith="一条只给")
        away = local_day(now()) + timedelta(days=30)
        duty.plan(unit=cast.units.urban, turns={(away, 0): cast.handler}, by=cast.actor("unit_head"))
        self.shift = DutyShift.objects.get()
        self.stand_in = standing_in.begin(
            post=cast.post("handler"),
            substitute=cast.unit_head,
            first=away,
            last=away,
            by=cast.actor("handler"),
        )

    def _gather(self) -> None:
        """A hot matter of one open case, with a name, and what is done about it."""
        officer, units = self.cast.actor("petition_officer"), self.cast.units
        self.hot_matter = Matter.objects.create(made_at=self.start, name="夜市噪音", named_by=officer.post)
        MatterCase.objects.create(matter=self.hot_matter, petition=self.cases["本局"], at=self.start)
        self.like_matter = Matter.objects.create(made_at=self.start, name="烧烤摊油烟", named_by=officer.post)
        MatterCase.objects.create(matter=self.like_matter, petition=self.cases["复查"], at=self.start)
        self.joint_task = open_task(
            matter=self.hot_matter, actor=officer, title="夜市整治", text="请规定收摊时间。",
            lead=units.urban, units=[units.housing], due_on=local_day(now()) + timedelta(days=20),
        )  # fmt: skip

    def _boxed(self) -> None:
        """A leader's inbox with a delegate, through which 本局 came; a draft to release; an area; something to read."""
        cast, officer, at = self.cast, self.cast.actor("petition_officer"), now()
        plan = inboxes.InboxPlan(name="副县长信箱", slug="fuxianzhang", post=cast.post("leader"))
        self.box = inboxes.open_inbox(actor=officer, plan=plan)
        day = local_day(at)
        self.delegate = inboxes.name_delegate(
            inbox=self.box, actor=officer, user=cast.clerk, valid_from=day, last_day=day + timedelta(days=9)
        )
        case = self.cases["本局"]
        self.letter = InboxLetter.objects.create(inbox=self.box, petition=case, at=at)
        replies.draft_reply(letter=self.letter, actor=cast.actor("handler"), text="已安排，谢谢您的来信。")
        self.reading = readings.begin(case, unit=cast.units.urban, at=at)
        self.ask = ExtensionAsk.objects.create(
            petition=case,
            unit=cast.units.urban,
            days=20,
            reason="等检测报告。",
            asked_at=at,
            asked_who="承办",
        )
        self.area = areas.add_area(
            actor=officer, post=cast.post("leader"), unit=cast.units.liuwan, valid_from=day
        )

    def _talk(self) -> None:
        """Talks of the petition office: planned, announced, and held with one matter and its minutes published."""
        writer, at = self.cast.actor("clerk"), now() - timedelta(days=9)
        self.talks = {}
        for state, day in (("planned", 9), ("announced", 10), ("held", -1)):
            starts = (now() + timedelta(days=day)).replace(hour=14, minute=0)
            new = talks.NewTalk(
                kind=TalkKind.OWNERS, topic="电梯和停车", starts_at=starts, seats=40, place="活动室"
            )
            talk = self.talks[state] = talks.convene(actor=writer, new=new, at=at)
            if state != "planned":
                talks.announce(talk=talk, actor=writer, at=at)
        held = self.talks["held"]
        talk_minutes.hold(talk=held, actor=writer, came=40, minutes="说了电梯。")
        self.matter = talk_matters.raise_matter(talk=held, actor=writer, text="电梯停了两周。")
        talk_minutes.draft(talk=held, actor=writer, text="一位居民说了电梯。")
        talk_minutes.publish(talk=held, actor=self.actor("登记人"), no_names=True)

    def _sit(self) -> None:
        """Sittings on 本局, called by the petition office, to which 西岭街道 was asked: to come, and held."""
        officer, units, at = self.cast.actor("petition_officer"), [self.cast.units.xiling], now()
        self.sittings = {}
        for state, starts in (("held", at - timedelta(hours=2)), ("called", at + timedelta(days=4))):
            new = sittings.NewSitting(
                kind=SittingKind.JOINT, question="怎么管", place="会议室", starts_at=starts, units=units
            )
            self.sittings[state] = sittings.call(
                actor=officer, new=new, petition=self.cases["本局"], at=at - timedelta(hours=3)
            )
        held = sittings.hold(sitting=self.sittings["held"], actor=officer, resolved="分头办。", came=units)
        self.undertaking = undertakings.undertake(
            sitting=held,
            actor=officer,
            unit=units[0],
            what="清出通道",
            due_on=local_day(at) + timedelta(days=9),
        )

    def _agree(self) -> None:
        """Agreements on 本局, of a mediator of the centre who is none of these people, and one not written down yet."""
        start = self.cast.post("mediator").valid_from
        other = User.objects.create(username="m-别的调解员", name="别的调解员", password="!")
        Post.objects.create(user=other, unit=self.cast.units.mediation, role=Role.MEDIATOR, valid_from=start)
        case, officer = self.cases["本局"], self.cast.actor("petition_officer")
        self.agreements = agreeing.agreements_of(case, self.room, other, officer)
        self.unwritten = agreeing.settled_matter(case, self.room, other)

    def _confer(self) -> None:
        """A dispute over 包案, a meeting whose minutes are out, and an order to 城市管理局 on one of its items."""
        units, officer, at = self.cast.units, self.cast.actor("petition_officer"), now()
        dispute = disputing.open_dispute(
            petition=self.cases["包案"],
            actor=officer,
            units=[units.xishan, units.housing],
            facts="都说不归自己管。",
        )
        self.hanging["包案"]["dispute"] = dispute.pk
        self.meeting = meetings.call(
            actor=officer,
            title="第三次联席会议",
            starts_at=at - timedelta(hours=1),
            place="县政府",
            chair=self.cast.post("leader"),
            units=[units.urban, units.housing],
        )
        self.item = meetings.add_item(
            meeting=self.meeting,
            actor=officer,
            kind=ItemKind.SHORTCOMING,
            title="超期不答复",
            text="一季度有九件超期。",
            unit=units.urban,
        )
        decided = {self.item.ordinal: minutes.Decided("责成整改。")}
        minutes.write(meeting=self.meeting, actor=officer, text="到会。", decisions=decided, revision=0)
        leader = self.cast.actor("leader")
        minutes.issue(meeting=self.meeting, actor=leader, number="清联纪〔2026〕1号", revision=1)
        new = ordering.NewOrder(
            kind=OrderKind.RECTIFY,
            unit=units.urban,
            facts="一季度有九件超期。",
            basis="条例第三十九条",
            demand="清理积压。",
            due_on=local_day(at) + timedelta(days=20),
        )
        self.order = ordering.issue(item=self.item, actor=self.cast.actor("inspector"), new=new)

    def client(self, label: str) -> Client:
        client = Client(raise_request_exception=True)
        if label in self.users:
            client.force_login(self.users[label], backend="django.contrib.auth.backends.ModelBackend")
        if label == "信访人":
            wanted = {"number": self.cases["本局"].number, "code": codes.query_code(self.token)}
            assert client.post(reverse("petitions:query"), wanted).status_code == 302
        return client
