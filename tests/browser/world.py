"""A small district in which every page of the site has something to show, made through the doors.

``Town(cast, make_case)`` has cases in every state (``town.cases[Status.SERVED]``), a late one, a package, two
instructions, reception days, two mediations, an export job, notices and one attachment.
"""

from datetime import datetime, time, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import SecondFactor, Unit, User
from conference.enums import ItemKind, OrderKind
from conference.services import answering, disputing, meetings, minutes, ordering
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.services import sweep_all
from documents.enums import PaperKind
from documents.services import NewDelivery, set_word
from hearings.enums import ExpertKind, Outside, Seat, State, ToldHow
from hearings.models import ExpertQuestion, Hearing, PanelMember
from hearings.services import experts, holding, seating
from hearings.services import recording as hearing_records
from leaders.enums import ProposalGround, ProposalKind, RulePattern, SiteKind, VisitKind
from leaders.models import Booking, InstructionClock, PackageClock, PackageProposal
from leaders.services import areas, extensions, inboxes, replies, turns
from leaders.services.bookings import NewBooking, book
from leaders.services.day_cases import pick_case
from leaders.services.day_rules import RuleFacts, add_rule
from leaders.services.days import DayPlan, plan_day
from leaders.services.instructions import instruct, report_instruction
from leaders.services.packages import assign_package
from leaders.services.receptions import NewPromise, Talk, receive
from leaders.services.sites import SiteFacts, add_site
from matters.models import Matter, MatterCase
from matters.services.tasking import open_task
from matters.services.tasking import report as report_part
from mediation.dispute_enums import Source
from mediation.enums import ConsentHow, DisputeKind, Side
from mediation.models import Dispute, MediationCase, Party, Session
from mediation.people_enums import Grade, Language
from mediation.services import (
    disputes,
    recordings,
    sittings,
    slips,
    talk_matters,
    talk_minutes,
    talk_panel,
    talks,
    undertakings,
)
from mediation.services import minutes as session_minutes
from mediation.services.duties import keep_duty
from mediation.services.mediators import MediatorCard, keep_mediator, keep_pool
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from mediation.services.sessions import schedule_session
from mediation.session_enums import AsWhat
from mediation.sitting_enums import SittingKind
from mediation.talk_enums import PanelKind, TalkKind
from mediation.week import Span
from notifications.models import Notice
from outcomes.enums import MarkHow, MarkKind, VisitResult, VisitWay
from outcomes.services import ending, executing, visiting
from papers import due
from papers.services import beside, drafting, serving
from papers.services.letters import draft_letter
from petitions.archive_enums import ArchiveClass, HoldKind, LookKind
from petitions.enums import Act, CallOutcome, Kind, Path, ServiceMethod, Signature, Status, TalkWay
from petitions.enums import Channel as By
from petitions.models import ArchiveFile, Petition, Share
from petitions.services import (
    anonymising,
    archiving,
    asking,
    codes,
    following,
    forwarding,
    handling,
    parts,
    recording,
)
from petitions.services.codes import new_token
from petitions.services.looking import count_look
from petitions.tests.archive_world import person_with
from petitions.tests.standing_world import give_matter
from reports.models import BriefKind, UnitWarning
from reports.periods import Month
from reports.services import briefs, exports, freezing, walls
from reports.services import publishing as giving_out
from reviews.enums import Care, Channel
from reviews.enums import Outcome as Decision
from reviews.services import caring, deciding, elsewhere, publishing
from reviews.services.applying import apply
from supervision.enums import Ground, Mode, SuggestionKind
from supervision.services.listing import put_on_list
from supervision.services.opening import open_supervision
from supervision.services.suggesting import issue
from supervision.services.urgent import dispatch
from supervision.services.working import record_effort
from tables.tests.making import a_table
from tests import agreeing
from tests.cases import report_on
from tests.mediating import agrees
from tests.pictures import PNG

BODY = "柳湾河边的夜市每天营业到凌晨两点，音响声音很大，老人睡不好觉。"
LONG = "库区移民安置房漏水多年未修，住户多次反映，物业、施工单位和街道互相推诿至今没有人上门查看"


class Town:
    def __init__(self, cast, make_case) -> None:
        self.cast, self.make_case = cast, make_case
        self.cases = {
            status: make_case(
                until=status,
                at=now() - timedelta(days=2),
                subject=f"{LONG}（{status.label}）",
                body=BODY,
                head_count=7,
            )
            for status in Status
        }
        self.handle(make_case)
        self.suggest(make_case)
        give_matter(self.cases[Status.SERVED], cast.auditor, self.cases[Status.FORWARDED])
        self.reported_case = make_case(
            until=Status.SERVED, at=now() - timedelta(days=2), subject=LONG, body=BODY
        )
        give_matter(self.reported_case, cast.auditor, self.cases[Status.FORWARDED])
        report_on(self.reported_case, cast, now(), decided=False)
        self.late = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=80), body=BODY)
        self.lead()
        self.sit()
        self.mediate()
        self.bring_disputes()
        self.talk_among_many()
        self.sit_jointly()
        self.agree()
        self.reviewed = apply(
            petition=make_case(until=Status.SERVED, at=now() - timedelta(days=1), body=BODY),
            actor=Actor.petitioner(),
            channel=Channel.PAGE,
            reason="处理意见没有写收摊时间，也没有说谁来检查。",
        )
        self.ended_for_good = self.end_for_good()
        self.carry_out()
        self.visits: dict[str, list] = {}
        self.go_back()
        self.archive()
        self.write()
        self.hear()
        self.put_together()
        self.confer()
        self.gather()
        SecondFactor.objects.create(
            user=cast.statistician, secret="JBSWY3DPEHPK3PXP", made_at=now(), confirmed_at=now()
        )
        self.job = exports.request_export(
            actor=cast.actor("statistician"), unit=cast.units.district, month=Month.of(now().date())
        )
        exports.run_waiting()
        yesterday, officer = local_day(now()) - timedelta(days=1), cast.actor("petition_officer")
        self.signed_brief = briefs.draft(cast.units.district, yesterday, now())
        briefs.sign(brief=self.signed_brief, actor=officer)
        self.brief = briefs.draft(cast.units.district, local_day(now()), now())
        self.table = a_table(cast)
        self.wall = walls.make_link(actor=officer, name="一楼大厅")
        for month in (Month(2026, 8), Month(2026, 9)):
            freezing.freeze(actor=officer, month=month)
            giving_out.publish(actor=officer, month=month)
        giving_out.withdraw(actor=officer, month=Month(2026, 9), reason="有一个单位的数要重报。")
        self.corrected_brief = briefs.correct(brief=self.signed_brief, actor=officer, reason="漏写一件")
        UnitWarning.objects.create(
            unit=cast.units.urban, rule="red", value=3, threshold=3, warned_at=now() - timedelta(days=3)
        )
        self.bulletin = briefs.draft(cast.units.district, local_day(now()), now(), BriefKind.BULLETIN)
        sweep_all(now=now())
        self.notice = Notice.objects.filter(recipient=cast.handler).first()

    def gather(self) -> None:
        """A hot matter with a name, and a joint task that one unit has reported on."""
        cast, officer = self.cast, self.cast.actor("petition_officer")
        self.hot_matter = Matter.objects.create(made_at=now(), name="夜市噪音扰民", named_by=officer.post)
        for case in (self.cases[Status.FORWARDED], self.cases[Status.ACCEPTED], self.late):
            MatterCase.objects.create(matter=self.hot_matter, petition=case, at=now())
        self.joint_task = open_task(
            matter=self.hot_matter, actor=officer, title="夜市整治", text="请规定收摊时间。",
            lead=cast.units.urban, units=[cast.units.housing], due_on=local_day(now()) + timedelta(days=20),
        )  # fmt: skip
        part = self.joint_task.parts.get(unit=cast.units.urban)
        report_part(part=part, actor=cast.actor("handler"), text="已经规定十点收摊。")

    def suggest(self, make_case) -> None:
        """Two suggestions: one being studied, one adopted and answered that is still to be put into practice."""
        self.studied, self.adopted = (
            make_case(
                until=until, at=now() - timedelta(days=1), kind=Kind.SUGGESTION, subject=LONG, body=BODY
            )
            for until in (Status.ACCEPTED, Status.SERVED)
        )

    def handle(self, make_case) -> None:
        """One case with everything a case page can show; one of a co-unit's; one that came twice."""
        cast, officer, handler = self.cast, self.cast.actor("petition_officer"), self.cast.actor("handler")
        self.token = codes.new_token()
        self.rich = make_case(
            until=Status.ACCEPTED,
            at=now() - timedelta(days=1),
            subject=LONG,
            body=BODY,
            token=self.token,
            co_units=[cast.units.housing],
            files=[SimpleUploadedFile("阳台漏水.png", PNG, content_type="image/png")],
        )
        handling.call(petition=self.rich, actor=handler, outcome=CallOutcome.NOT_REACHED, text="无人接听。")
        handling.name_responsible(petition=self.rich, actor=handler, user=cast.handler)
        handling.note(petition=self.rich, actor=handler, text="已联系施工队。")
        day = local_day(now()) + timedelta(days=9)
        for text in ("到现场查看漏水的墙面。", "请施工队说明返修时间。"):
            recording.plan(
                petition=self.rich, actor=handler, steps=[recording.NewStep(text, cast.handler, day)]
            )
        recording.talk(
            petition=self.rich,
            actor=handler,
            way=TalkWay.HOME,
            held_at=now() - timedelta(hours=2),
            place="柳湾村七组",
            present="周然、沈可、张小河",
            text="信访人说阳台漏水两年，物业来过三次没有修好。",
            signature=Signature.REFUSED,
        )
        recording.reconcile(
            petition=self.rich,
            actor=handler,
            agreed_on=local_day(now()),
            petitioner_side="张小河",
            other_side="清江县安居工程公司",
            petitioner_consents=True,
            other_consents=True,
            text="施工单位一个月内返修，误工补助另行商定。",
            afterwards="按和解内容履行后，依法答复信访人。",
        )
        asking.request_material(
            petition=self.rich,
            actor=handler,
            items="房产证复印件。\n漏水处的照片，注明拍摄时间。",
            how="在网上查询页点“补充材料”上传。",
            due_on=local_day(now()) + timedelta(days=7),
        )
        self.shared = make_case(
            until=Status.ACCEPTED,
            at=now() - timedelta(days=1),
            co_units=[cast.units.housing, cast.units.dongxi],
        )
        parts.answer(petition=self.shared, actor=cast.actor("handler2"), text=BODY)
        Share.objects.filter(petition=self.shared, unit=cast.units.dongxi).update(
            objection="不属于本镇的职责。", objected_at=now()
        )
        handling.extend(petition=self.rich, actor=cast.actor("unit_head"), days=30, reason="须检测鉴定。")
        self.supervision = open_supervision(
            petition=self.rich, actor=officer, ground=Ground.LATE_ANSWER, demand="请三日内上门。"
        )
        put_on_list(
            supervision=self.supervision,
            actor=cast.actor("leader"),
            due_on=now().date() + timedelta(days=30),
            reason="涉及人数多，久拖不决。",
        )
        self.suggestion = issue(
            actor=cast.actor("inspector"),
            kind=SuggestionKind.IMPROVE,
            unit=cast.units.urban,
            title="夜市管理",
            facts=BODY,
            basis="《信访工作条例》第四十条",
            text="请明确收摊时间，公布举报电话。",
        )
        self.urgent = dispatch(
            petition=self.rich,
            actor=officer,
            units=[cast.units.urban, cast.units.dongxi],
            place="柳湾村后山",
            situation="山体滑坡，威胁三户人家。",
        )
        record_effort(
            supervision=self.supervision,
            actor=officer,
            mode=Mode.PHONE,
            on=now().date(),
            who="周静",
            found="已催办，承诺三日内上门。",
            outcome=CallOutcome.REACHED,
        )
        self.again = make_case(at=now() - timedelta(minutes=4), subject="漏水又来了", body=BODY)
        following.link(petition=self.again, actor=officer, original=self.rich)
        self.orphan = make_case(until=Status.FORWARDED, unit=cast.units.shiqiao, body=BODY)
        Unit.objects.filter(pk=cast.units.shiqiao.pk).update(valid_until=local_day(now()))
        self.simplified = make_case(
            until=Status.FORWARDED, at=now() - timedelta(hours=2), subject="路灯不亮", body=BODY
        )
        forwarding.accept(
            petition=self.simplified,
            actor=handler,
            kind=Kind.APPEAL,
            path=Path.PETITION,
            simplify=True,
            supportable=True,
        )
        self.owed = make_case(until=Status.ACCEPTED, channel=By.LETTER, body=BODY)
        self.litigation = make_case(body=BODY)
        forwarding.classify(petition=self.litigation, actor=officer, kind=Kind.APPEAL, path=Path.LITIGATION)
        self.accusation = make_case.registered(kind=Kind.ACCUSATION, body=BODY).petition
        # The only discipline body is the one complained of: the officer holds it by name.
        self.held = make_case.registered(
            kind=Kind.ACCUSATION, complained_unit=cast.units.discipline, body=BODY
        ).petition

    def sit(self) -> None:
        """A reception of today: somebody in the room, somebody heard, somebody waiting, a case taken along."""
        cast, clerk, at = self.cast, self.cast.actor("clerk"), now().astimezone(SHANGHAI)
        start = max(at - timedelta(hours=1), at.replace(hour=0, minute=1, second=0, microsecond=0))
        plan = DayPlan(
            post=cast.post("leader"),
            kind=VisitKind.GROUP,
            starts_at=start,
            ends_at=start + timedelta(hours=8),
            place_unit=cast.units.dongxi,
            place_text="镇政府一楼信访接待室",
            accompanying=[cast.units.urban, cast.units.housing],
            slots=6,
        )
        before = start - timedelta(days=1)
        self.today = plan_day(actor=cast.actor("petition_officer"), plan=plan, at=before)
        self.turns = []
        for n in range(3):
            new = NewBooking(name=f"来访人{n}", matter="老房漏水，想问什么时候修。")
            asked = book(day=self.today, actor=Actor.petitioner(), new=new, token=new_token(), at=before)
            self.turns.append(asked.booking)
        self.picked = pick_case(day=self.today, petition=self.late, actor=cast.actor("petition_officer"))
        turns.call(day=self.today, actor=clerk)
        due = local_day(now()) + timedelta(days=5)
        own = NewPromise(text="下周回电话", to_whom="来访人", due_on=due, task=False)
        told = Talk(
            post=cast.post("leader"),
            said="听取诉求，说明程序。",
            people="来访人夫妇",
            asked="十点收摊",
            desk=[cast.units.urban],
            promises=[NewPromise(text="十点收摊", to_whom="来访人", due_on=due), own],
            day=self.today,
            booking=self.turns[0],
        )
        self.talk = receive(petition=self.rich, actor=clerk, talk=told)
        turns.call(day=self.today, actor=clerk)

    def lead(self) -> None:
        cast, officer, today = self.cast, self.cast.actor("petition_officer"), now().date()
        self.package = assign_package(
            petition=self.rich,
            actor=officer,
            post=cast.post("leader"),
            target_on=today + timedelta(days=2),
            reason="涉及人数多",
        )
        leader = cast.actor("leader")
        self.task = instruct(petition=self.rich, actor=leader, text="请于7日内研究提出意见。")
        self.done_task = instruct(petition=self.rich, actor=leader, text="请查清责任。")
        report_instruction(instruction=self.done_task, actor=cast.actor("handler"), text="已查清。")
        start = (now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
        self.site = add_site(
            actor=officer,
            facts=SiteFacts(
                unit=cast.units.dongxi,
                name="东溪镇便民大厅",
                kind=SiteKind.TOWN_HALL,
                address="河沿路8号",
                used_from=local_day(now()),
            ),
        )
        self.day_rule = add_rule(
            actor=officer,
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
            petition=self.rich,
            why="涉及 60 人",
            proposed_at=now(),
        )
        self.day = plan_day(
            actor=officer,
            plan=DayPlan(
                post=cast.post("leader"),
                kind=VisitKind.FIXED,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                place_unit=cast.units.dongxi,
                place_text="镇政府一楼信访接待室",
                accompanying=[cast.units.urban],
            ),
        )
        start += timedelta(days=7)
        self.open_day = plan_day(
            actor=officer,
            plan=DayPlan(
                post=cast.post("leader"),
                kind=VisitKind.FIXED,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                site=self.site,
                slots=2,
                topics="住房、物业",
            ),
        )
        for n in range(3):
            new = NewBooking(name="钱桂芳", phone=f"1380000111{n}", matter="老房漏水，想问什么时候修。")
            book(day=self.open_day, actor=Actor.petitioner(), new=new, token=new_token())
        Booking.objects.update(to_tell="changed")
        pick_case(
            day=self.open_day,
            petition=self.rich,
            actor=officer,
            law="依据物业条例。",
            open_points="钱由谁出。",
        )
        self.box_letters(officer)

    def box_letters(self, officer: Actor) -> None:
        """An inbox with a delegate, a letter whose reply waits for the leader, an area, a letter to be read."""
        cast, at = self.cast, now()
        plan = inboxes.InboxPlan(
            name="副县长信箱", slug="fuxianzhang", post=cast.post("leader"), purpose=LONG
        )
        self.box = inboxes.open_inbox(actor=officer, plan=plan)
        day, last = local_day(at), local_day(at) + timedelta(days=90)
        inboxes.name_delegate(inbox=self.box, actor=officer, user=cast.clerk, valid_from=day, last_day=last)
        self.boxed = inboxes.put_into(self.box, self.rich, at)
        replies.draft_reply(letter=self.boxed, actor=cast.actor("handler"), text="已安排，谢谢您的来信。")
        waits = self.make_case(until=Status.ACCEPTED, at=at - timedelta(days=1), body=LONG)
        self.asked = extensions.ask(
            petition=waits, actor=cast.actor("handler"), days=20, reason="等检测报告。"
        )
        self.reading = self.rich.readings.get(inbox=self.box)
        areas.add_area(actor=officer, post=cast.post("leader2"), unit=cast.units.dongxi, valid_from=day)
        self.area = areas.add_area(
            actor=officer, post=cast.post("leader"), unit=cast.units.liuwan, valid_from=day, note="每月到村。"
        )

    def mediate(self) -> None:
        cast, handler = self.cast, self.cast.actor("handler")
        card = RoomCard(
            unit=cast.units.dongxi,
            name="宝大叔调解室",
            address="东溪镇河沿路 8 号",
            phone="0570-1234567",
            hours="工作日 8:30–17:30",
            mediators=[cast.mediator],
            brand="宝大叔",
            directions="3 路车到河沿站，门口有坡道。",
            seats=12,
            video=True,
            disputes=[DisputeKind.NEIGHBOURS, DisputeKind.PROPERTY],
            opening=[Span(day, time(8, 30), time(17, 30)) for day in range(7)],
        )
        officer, today = cast.actor("petition_officer"), local_day(now())
        self.room = keep_room(actor=officer, card=card)
        skills = MediatorCard(
            fields=[DisputeKind.NEIGHBOURS],
            languages=[Language.WU],
            grade=Grade.GOLD,
            villages=[cast.units.liuwan],
            shown=True,
        )
        known = keep_mediator(actor=officer, user=cast.mediator, card=skills)
        self.pool = keep_pool(actor=officer, name="东片专家库", units=[cast.units.dongxi], members=[known])
        keep_duty(
            actor=officer, room=self.room, user=cast.mediator, first=today, last=today + timedelta(days=3)
        )
        self.mediated = self.make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), body=BODY)
        mediation = open_mediation(
            petition=self.mediated, actor=handler, room=self.room, mediator=cast.mediator
        )
        for side, who in ((Side.PETITIONER, "张小河"), (Side.OTHER, "摊主老李")):
            agrees(mediation, side, handler, who=who, how=ConsentHow.IN_PERSON)
        self.other_party = mediation.parties.get(side=Side.OTHER)
        nine = (now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        self.session = schedule_session(
            mediation=mediation,
            actor=handler,
            room=self.room,
            mediator=cast.mediator,
            starts_at=nine,
            ends_at=nine + timedelta(hours=1),
        )
        self.talk_in_the_room(mediation)
        over = MediationCase.objects.create(
            petition=self.mediated,
            room=self.room,
            mediator=cast.mediator,
            opened_at=now() - timedelta(days=1),
            state="ended",
            result="not_agreed",
            ended_at=now() - timedelta(hours=20),
        )
        self.write_up = over.write_ups.create(
            title=LONG[:80], words=BODY, written_at=now(), written_by=cast.mediator
        )

    def talk_in_the_room(self, mediation: MediationCase) -> None:
        """A session that has begun: people, minutes, a proposal, a recording kept elsewhere and one announced."""
        mediator, at = self.cast.actor("mediator"), now()
        self.talked = Session.objects.create(
            mediation=mediation,
            room=self.room,
            mediator=self.cast.mediator,
            starts_at=at - timedelta(minutes=30),
            ends_at=at + timedelta(minutes=30),
            scheduled_at=at,
        )
        session_minutes.set_agenda(session=self.talked, actor=mediator, text="收摊时间\n音量")
        for as_what, party, name in (
            (AsWhat.PARTY, self.other_party, ""),
            (AsWhat.LAWYER, self.other_party, "甄律师"),
        ):
            session_minutes.attend(
                session=self.talked, actor=mediator, as_what=as_what, party=party, name=name
            )
        for about in (None, self.other_party):
            session_minutes.write(session=self.talked, actor=mediator, text=BODY, about=about)
        offer = session_minutes.propose(session=self.talked, actor=mediator, text=BODY)
        session_minutes.answer(proposal=offer, actor=mediator, party=self.other_party, accepted=True)
        for last in (False, True):
            recording = recordings.give_notice(session=self.talked, actor=mediator)
            for attendee in self.talked.attendees.all()[: 1 if last else None]:
                recordings.agree(
                    recording=recording, actor=mediator, attendee=attendee, how=ConsentHow.WRITTEN
                )
            if not last:
                recordings.start(recording=recording, actor=mediator)
                recordings.end(recording=recording, actor=mediator)
                self.recording = recordings.keep_elsewhere(
                    recording=recording, actor=mediator, elsewhere=LONG[:200], sha256="ab" * 32
                )

    def bring_disputes(self) -> None:
        """Two without a petition: one that waits, and one in mediation that came back."""
        self.disputes = {}
        for state in ("waiting", "mediated"):
            new = disputes.NewDispute(
                words=BODY,
                name="张小河",
                phone="13800000001",
                other_name="楼上老李",
                source=Source.COURT,
                reference="（2026）浙0399诉前调1234号",
            )
            filed = disputes.file_dispute(actor=self.cast.actor("mediator"), room=self.room, new=new)
            self.disputes[state] = filed.dispute
        earlier = self.disputes["waiting"].number
        disputes.relate(dispute=self.disputes["mediated"], actor=self.cast.actor("mediator"), number=earlier)
        self._take_up(self.disputes["mediated"])

    def sit_jointly(self) -> None:
        """Sittings on the case in mediation: held, with what was undertaken, and one to come."""
        officer, units, at = self.cast.actor("petition_officer"), [self.cast.units.housing], now()
        self.sittings, self.undertakings = {}, {}
        for state, starts in (("held", at - timedelta(hours=2)), ("called", at + timedelta(days=4))):
            new = sittings.NewSitting(
                kind=SittingKind.COMPLEX, question=BODY, place="会议室", starts_at=starts, units=units
            )
            self.sittings[state] = sittings.call(
                actor=officer, new=new, petition=self.mediated, at=at - timedelta(hours=3)
            )
        held = sittings.hold(sitting=self.sittings["held"], actor=officer, resolved=BODY, came=units)
        for state in ("open", "reported"):
            self.undertakings[state] = undertakings.undertake(
                sitting=held, actor=officer, unit=units[0], what=LONG, due_on=at.date() + timedelta(days=2)
            )
        undertakings.report(
            undertaking=self.undertakings["reported"], actor=self.cast.actor("handler2"), text=BODY
        )

    def agree(self) -> None:
        """Agreements in every state on the resident's own case, and one not written down yet."""
        officer = self.cast.actor("petition_officer")
        self.agreements = agreeing.agreements_of(self.mediated, self.room, self.cast.mediator, officer)
        self.unwritten = agreeing.settled_matter(self.mediated, self.room, self.cast.mediator)

    def talk_among_many(self) -> None:
        """Talks of the petition office: planned, announced, and held with a matter."""
        writer, at = self.cast.actor("clerk"), now() - timedelta(days=9)
        self.talks = {}
        for state, day in (("planned", 9), ("announced", 10), ("held", -1)):
            starts = (now() + timedelta(days=day)).replace(hour=14, minute=0, second=0, microsecond=0)
            new = talks.NewTalk(
                kind=TalkKind.REASONING, topic=LONG, about=BODY, starts_at=starts, seats=40, place="活动室"
            )
            talk = self.talks[state] = talks.convene(actor=writer, new=new, at=at)
            talk_panel.seat(
                talk=talk, actor=writer, kind=PanelKind.LAWYER, name="甄律师", body="某律师事务所", at=at
            )
            if state != "planned":
                talks.announce(talk=talk, actor=writer, at=at)
        held = self.talks["held"]
        talk_minutes.hold(talk=held, actor=writer, came=40, minutes=BODY, opinion=BODY)
        self.matter = talk_matters.raise_matter(talk=held, actor=writer, text=BODY)
        talk_minutes.draft(talk=held, actor=writer, text=BODY)

    def end_for_good(self) -> Petition:
        """Reviewed here, decided for good by a body outside, laid ready for publication, with something to be done."""
        at, officer = now() - timedelta(days=6), self.cast.actor("petition_officer")
        case = self.make_case(until=Status.SERVED, at=at, body=BODY)
        asked = apply(
            petition=case,
            actor=Actor.petitioner(),
            channel=Channel.PAGE,
            reason="检查的人没有来过。",
            at=at + timedelta(days=1),
        )
        first = deciding.decide(
            review=asked,
            actor=self.cast.actor("leader2"),
            outcome=Decision.UPHELD,
            text="原处理意见事实清楚。",
            basis="条例第三十五条",
            at=at + timedelta(days=2),
        )
        served = at + timedelta(days=3)
        deciding.serve(review=first, actor=officer, method=ServiceMethod.DIRECT, served_at=served, at=served)
        day = local_day(now())
        entered = elsewhere.enter(
            petition=case, actor=officer, body_name="江州市人民政府", asked_on=day - timedelta(days=2)
        )
        final = elsewhere.enter_outcome(
            review=entered,
            actor=officer,
            outcome=Decision.UPHELD,
            decided_on=day,
            served_on=day,
            text="复查意见事实清楚，予以维持。",
        )
        publishing.prepare(
            review=final, actor=officer, title="复核意见", text="申请人反映的噪音已经整改，维持。"
        )
        caring.plan(
            petition=case,
            actor=officer,
            kind=Care.RELIEF,
            text="联系民政办理临时救助",
            unit=case.lead_unit,
            due_on=day + timedelta(days=7),
        )
        return case

    def confer(self) -> None:
        """A dispute before the superior; meetings to come, begun, written, and with minutes out and what followed."""
        cast, units, officer = self.cast, self.cast.units, self.cast.actor("petition_officer")
        case = self.make_case(until=Status.FORWARDED, at=now() - timedelta(days=1), subject=LONG, body=BODY)
        self.dispute = disputing.open_dispute(
            petition=case, actor=officer, units=[units.urban, units.housing], facts=BODY
        )
        disputing.raise_up(dispute=self.dispute, actor=officer, reason="协商两次，没有一致意见。")
        self.meetings = {}
        for state in ("planned", "begun", "written", "issued"):
            begins = now() + timedelta(days=3) if state == "planned" else now() - timedelta(hours=1)
            meeting = self.meetings[state] = meetings.call(
                actor=officer,
                title=f"清江县信访工作联席会议（{LONG}）",
                starts_at=begins,
                place="县政府三楼会议室",
                chair=cast.post("leader"),
                units=[units.urban, units.housing, units.dongxi],
            )
            self.item = meetings.add_item(
                meeting=meeting,
                actor=officer,
                kind=ItemKind.SHORTCOMING,
                title=LONG,
                text=BODY,
                unit=units.urban,
            )
            if state in {"written", "issued"}:
                decided = {1: minutes.Decided(f"{BODY}责成限期整改。")}
                minutes.write(meeting=meeting, actor=officer, text=BODY, decisions=decided, revision=0)
            if state == "issued":
                minutes.issue(
                    meeting=meeting, actor=cast.actor("leader"), number="清联纪〔2026〕3号", revision=1
                )
                minutes.correct(meeting=meeting, actor=cast.actor("leader"), text="“九件”应为“十件”。")
        self.orders = {}
        for name, kind in (
            ("rectify", OrderKind.RECTIFY),
            ("talk", OrderKind.TALK),
            ("reported", OrderKind.CRITICISM),
        ):
            new = ordering.NewOrder(
                kind=kind,
                unit=units.urban,
                facts=BODY,
                basis="《信访工作条例》第三十九条",
                demand=BODY,
                due_on=local_day(now()) + timedelta(days=20),
                circulated=[units.housing] if kind == OrderKind.CRITICISM else [],
                talk_by="县委常委、政法委书记" if kind == OrderKind.TALK else "",
            )
            self.orders[name] = ordering.issue(item=self.item, actor=cast.actor("inspector"), new=new)
        answering.report(order=self.orders["reported"], actor=cast.actor("handler"), text=BODY)

    def write(self) -> None:
        """A 受理告知书 of 城市管理局 in every state: ``papers["draft"]`` to ``papers["served"]``."""
        cast, head = self.cast, self.cast.actor("unit_head")
        handler, second = cast.actor("handler"), person_with(cast, "urban2", "沈可", Role.HANDLER, "urban")
        User.objects.filter(pk=cast.handler.pk).update(phone="0570-1234567")
        handler.user.refresh_from_db()
        set_word(actor=head, unit=cast.units.urban, word="清城")
        self.papers = {}
        for state in ("draft", "submitted", "checked", "approved", "issued", "served"):
            case = self.make_case(
                until=Status.ACCEPTED, at=now() - timedelta(days=1), subject=LONG, body=BODY
            )
            case = Petition.objects.get(pk=case.pk)
            wanted = due.find(case, PaperKind.ACCEPTANCE, None)
            row = self.papers[state] = drafting.draft(actor=handler, petition=case, due=wanted)
            for name, step in (
                ("submitted", partial(drafting.save, actor=handler, revision=1, submit=True)),
                ("checked", partial(drafting.check, actor=second)),
                ("approved", partial(drafting.approve, actor=head)),
                ("issued", partial(drafting.issue, actor=handler)),
                ("served", partial(serving.serve, actor=handler)),
            ):
                if state == "draft":
                    break
                more = {"fields": row.paper.fields} if name == "submitted" else {}
                if name == "served":
                    more = {"new": NewDelivery(ServiceMethod.DIRECT, "张小河", now())}
                step(row=row, **more)
                if state == name:
                    break
        self.put_beside(handler)

    def put_beside(self, handler: Actor) -> None:
        """A draft that was discarded, and one that a leader must sign."""
        for state in ("discarded", "raised"):
            case = self.make_case(
                until=Status.ACCEPTED, at=now() - timedelta(days=1), subject=LONG, body=BODY
            )
            case = Petition.objects.get(pk=case.pk)
            wanted = due.find(case, PaperKind.ACCEPTANCE, None)
            row = self.papers[state] = drafting.draft(actor=handler, petition=case, due=wanted)
            if state == "discarded":
                beside.discard(actor=handler, row=row, reason="信访人另行提交了材料，重新拟写。")
            else:
                beside.put_to_leader(actor=handler, row=row, major=True, reason="涉及多个乡镇，社会关注。")

    def hear(self) -> None:
        """A hearing of which the petitioner was told, with everything a page of it can show, and one that was held."""
        cast, head = self.cast, self.cast.actor("unit_head")
        handler = cast.actor("handler")

        def prepare(case: Petition, at: datetime, starts_at: datetime) -> Hearing:
            row = holding.prepare(
                petition=case,
                actor=handler,
                matter=BODY,
                place="城市管理局三楼会议室",
                starts_at=starts_at,
                at=at,
            )
            for key, chair in (("inspector", True), ("unit_head2", False)):
                seating.seat(hearing=row, actor=handler, chair=chair, post=cast.post(key), at=at)
            lawyer = {"name": "龚䶮·阿里木江", "outside": Outside.LAWYER, "body": "清江县阳光律师事务所"}
            seating.seat(hearing=row, actor=handler, chair=False, at=at, **lawyer)
            holding.decide(hearing=row, actor=head, hold=True, reason="双方对事实争议大。", at=at)
            holding.tell_petitioner(
                hearing=row, actor=handler, how=ToldHow.WRITTEN, told_on=local_day(at), at=at
            )
            experts.ask(
                petition=case,
                actor=handler,
                kind=ExpertKind.APPRAISAL,
                whom="江州市房屋安全鉴定所",
                question="裂缝与道路施工有没有关系？",
                asked_on=local_day(at),
                due_on=local_day(at) + timedelta(days=7),
                at=at,
            )
            return row

        nine = now().replace(hour=9, minute=0, second=0, microsecond=0)
        self.to_hear = prepare(self.rich, now(), nine + timedelta(days=12))
        holding.postpone(
            hearing=self.to_hear,
            actor=head,
            starts_at=nine + timedelta(days=13),
            place="东溪镇政府",
            reason="信访人住院。",
        )
        holding.tell_petitioner(
            hearing=self.to_hear, actor=handler, how=ToldHow.PHONE, told_on=local_day(now())
        )
        sat = self.to_hear.panel.get(user=cast.unit_head2)
        seating.ask_recusal(member=sat, actor=Actor.petitioner(), reason="他是施工单位负责人的亲戚。")
        before = now() - timedelta(days=20)
        case = self.make_case(until=Status.ACCEPTED, at=before - timedelta(days=1), subject=LONG, body=BODY)
        began = nine - timedelta(days=8)
        self.heard = prepare(case, before, began)
        new = hearing_records.NewRecord(
            began_at=began,
            ended_at=began + timedelta(hours=2),
            petitioner_came=True,
            came="张小河；城市管理局陈立、沈可",
            petitioner_said=BODY,
            unit_said="航拍图上 2005 年才有这间房。",
            evidence="航拍图两张，双方看过，没有异议。",
            opinion="以 2005 年为准认定面积。",
            minority="一人认为还应当核对原始档案。",
            files=[SimpleUploadedFile("听证签到.png", PNG, content_type="image/png")],
        )
        hearing_records.record(hearing=self.heard, actor=handler, new=new, at=began + timedelta(hours=3))
        question = ExpertQuestion.objects.get(petition=case)
        experts.answer(
            question=question, actor=handler, opinion="没有关系。", received_on=local_day(began), at=now()
        )

    def put_together(self) -> None:
        """One letter about three cases; three more that have none."""
        shares = [
            self.make_case(
                until=Status.FORWARDED, at=now() - timedelta(hours=2), subject=f"{LONG}（{n}）", body=BODY
            ).shares.get()
            for n in range(6)
        ]
        officer = self.cast.actor("petition_officer")
        self.letter = draft_letter(actor=officer, share_ids=[one.pk for one in shares[:3]])

    def carry_out(self) -> None:
        """What was supported: waiting to be done, and reported as done with a picture."""
        self.promised = self.cases[Status.SERVED].executions.get()
        self.executed = [self.promised.petition.number, self.promised.pk]
        self.reported = self.reviewed.petition.executions.get()
        executing.report(
            execution=self.reported,
            actor=self.cast.actor("handler"),
            text="夜市已定十点收摊，立了牌。",
            done_on=local_day(now()),
            files=[SimpleUploadedFile("收摊告示牌.png", PNG, content_type="image/png")],
        )

    def go_back(self) -> None:
        """Return visits: one to be made by the officer, one made."""
        officer, served = self.cast.actor("petition_officer"), self.promised.petition
        ending.mark(
            petition=self.reported.petition,
            actor=officer,
            kind=MarkKind.RESOLVED,
            on=local_day(now()),
            how=MarkHow.FOUND,
            evidence="到现场看过，夜市按时收摊。",
        )
        made = visiting.open_by_hand(petition=self.reported.petition, actor=officer, reason=LONG)
        for case, visit in (
            (self.reported.petition, made),
            (served, visiting.open_by_hand(petition=served, actor=officer, reason="抽查")),
        ):
            visiting.assign(visit=visit, actor=officer, post=self.cast.post("petition_officer"))
            self.visits["made" if visit is made else "waiting"] = [case.number, visit.pk]
        visiting.record(
            visit=made,
            actor=officer,
            visited_on=local_day(now()),
            way=VisitWay.IN_PERSON,
            result=VisitResult.GUIDED,
            matter="夜市仍有两家十一点才收。",
            mood="听他讲完，把收摊的规定又说了一遍。",
            heart="留了值班电话，下周再去一次。",
        )

    def archive(self) -> None:
        """Closed cases whose ten years are over: one to be proposed, one proposed, one held, one without people."""
        cast, head = (
            self.cast,
            person_with(self.cast, "office_head", "苏平", Role.UNIT_HEAD, "petition_office"),
        )
        kinds = ("due", "proposed", "held", "done")
        self.archived = {
            kind: self.make_case(
                until=Status.CLOSED,
                subject=LONG,
                body=BODY,
                files=[SimpleUploadedFile("阳台漏水.png", PNG, content_type="image/png")],
            )
            for kind in kinds
        }
        archiving.file_closed(now())
        made = [case.pk for case in self.archived.values()]
        ArchiveFile.objects.filter(petition__in=made).update(
            archive_class=ArchiveClass.TEN,
            over_on=now().date() - timedelta(days=1),
            by_hand=True,
            class_by=cast.petition_officer,
            class_reason="按本县档案部门批准的期限表",
        )
        officer, reason = cast.actor("petition_officer"), "保管期满，无继续留存个人信息的必要。"
        for kind in ("proposed", "held", "done"):
            anonymising.propose(petition=self.archived[kind], actor=officer, reason=reason)
        hold, done = self.archived["held"], self.archived["done"]
        archiving.hold(
            petition=hold,
            actor=cast.actor("inspector"),
            kind=HoldKind.LITIGATION,
            reason="法院已立案，案卷待调。",
        )
        anonymising.decide(petition=done, actor=head, agree=True, decision="经审查，同意。", texts_too=True)
        for n in range(22):
            count_look(
                actor=cast.actor("handler"),
                petition=self.rich,
                kind=LookKind.FIELD,
                reason="电话联系信访人" if n % 3 else "上门走访核实",
            )

    def case_with(self, act: Act) -> Petition:
        """A case on which the role named in the table may do ``act`` now."""
        return {
            Act.FORWARD: self.cases[Status.REGISTERED],
            Act.ASSIGN: self.cases[Status.REGISTERED],
            Act.CLASSIFY: self.cases[Status.REGISTERED],
            Act.SUCCEED: self.orphan,
            Act.OBJECT: self.cases[Status.FORWARDED],
            Act.SEAL: self.cases[Status.FORWARDED],
            Act.GUIDE: self.litigation,
            Act.GIVE_NOTICE: self.owed,
            Act.CHANGE_WAY: self.cases[Status.ACCEPTED],
            Act.ACCEPT: self.cases[Status.FORWARDED],
            Act.REFUSE: self.cases[Status.FORWARDED],
            Act.AGREE_OBJECTION: self.cases[Status.OBJECTED],
            Act.REJECT_OBJECTION: self.cases[Status.OBJECTED],
            Act.CORRECT: self.cases[Status.CONCLUDED],
            Act.MAKE_OPINION: self.cases[Status.CONCLUDED],
            Act.SERVE: self.cases[Status.CONCLUDED],
            Act.CLOSE: self.cases[Status.REFUSED],
            Act.EXTEND: self.cases[Status.ACCEPTED],
            Act.RAISE_URGENCY: self.cases[Status.ACCEPTED],
            Act.CONVERT: self.simplified,
            Act.ADOPT: self.studied,
            Act.PRACTISE: self.adopted,
            Act.SEND_REPORT: self.cases[Status.SERVED],
            Act.ACCEPT_REPORT: self.reported_case,
            Act.RETURN_REPORT: self.reported_case,
            Act.UNLINK: self.again,
            Act.CO_RETURN: self.shared,
            Act.CO_WEIGH: self.shared,
            Act.REQUEST_MATERIAL: self.rich,
            Act.REPORT_UP: self.held,
            Act.NAME_COMPLAINED: self.accusation,
            Act.READMIT: self.cases[Status.SERVED],
            Act.ASK_LOWERING: self.cases[Status.SERVED],
            Act.AGREE_LOWERING: self.cases[Status.SERVED],
            Act.REJECT_LOWERING: self.cases[Status.SERVED],
        }.get(act, self.rich)

    def clock(self, kind: str) -> int:
        """The id of a clock: of the case with everything, of its package, of the open instruction."""
        match kind:
            case "package":
                return PackageClock.objects.filter(package=self.package).first().pk
            case "instruction":
                return InstructionClock.objects.filter(instruction=self.task).first().pk
        return self.rich.clocks.first().pk

    def resident(self) -> Client:
        """A visitor who has just filed and then opened the case that was answered."""
        filed = Client()
        assert (
            filed.post(reverse("petitions:file"), {"token": codes.new_token(), "body": LONG}).status_code
            == 302
        )
        token = codes.new_token()
        served = self.make_case(until=Status.SERVED, at=now() - timedelta(days=1), body=BODY, token=token)
        self._hearing_of(served)
        wanted = {"number": served.number, "code": codes.query_code(token)}
        assert filed.post(reverse("petitions:query"), wanted).status_code == 302
        self._with_own_dispute(filed)
        return filed

    def _with_own_dispute(self, filed: Client) -> None:
        """Filed in the room and opened by number and code; taken up, and not agreed to yet."""
        token = codes.new_token()
        data = {"words": BODY, "name": LONG[:40], "other_name": "楼上老李", "token": token}
        assert filed.post(reverse("mediation:room_file", args=[self.room.pk]), data).status_code == 302
        dispute = Dispute.objects.latest("pk")
        wanted = {"number": dispute.number, "code": codes.query_code(token)}
        assert filed.post(reverse("mediation:dispute_query"), wanted).status_code == 302
        self._take_up(dispute)
        other = Party.objects.get(mediation__dispute=dispute, side=Side.OTHER)
        slip = slips.hand_out(party=other, actor=self.cast.actor("mediator"))
        wanted = {"number": slip.number, "code": slip.code}
        assert filed.post(reverse("mediation:dispute_query"), wanted).status_code == 302

    def _take_up(self, dispute: Dispute) -> None:
        disputes.take_up(
            dispute=dispute,
            actor=self.cast.actor("mediator"),
            room=self.room,
            mediator=self.cast.mediator,
            kind=DisputeKind.NEIGHBOURS,
        )

    def _hearing_of(self, case: Petition) -> None:
        """A hearing still to come on the resident's one case, which is answered as well, as no case is."""
        row = Hearing.objects.create(
            petition=case,
            unit=case.lead_unit,
            state=State.TOLD,
            matter="争议",
            place="城市管理局三楼会议室",
            starts_at=now() + timedelta(days=9),
            prepared_at=now(),
            decided_at=now(),
            told_on=local_day(now()),
            told_how=ToldHow.PHONE,
        )
        for seat, name in ((Seat.CHAIR, "龚䶮·阿里木江"), (Seat.MEMBER, "李代表")):
            self.own_member = PanelMember(
                hearing=row, seat=seat, name=name, outside=Outside.DEPUTY, body="清江县人大", seated_at=now()
            )
            self.own_member.save()

    def clerk(self, client: Client) -> Client:
        """A clerk with a receipt still on the screen."""
        form = {
            "token": codes.new_token(),
            "channel": "visit",
            "body": LONG,
            "persons-TOTAL_FORMS": "1",
            "persons-INITIAL_FORMS": "0",
            "persons-0-name": "王桂兰",
        }
        assert client.post(reverse("petitions:register"), form).status_code == 302
        return client
