"""What the system knows of a case that its papers say, in the words of papers, as far as the drafter may know it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit, User
from deadlines.enums import RuleCode
from deadlines.services import clocks as engine
from documents.enums import FROZEN, PaperKind
from papers.models import CasePaper
from papers.people import hide, words_of
from papers.wording import on_paper
from petitions import rules
from petitions.enums import Channel, Kind, Path, PersonRole, ShareRole
from petitions.models import PaperService, Petition, PetitionClock, Reply, Share
from petitions.selectors.veiling import Veil

#: Papers by which an answer is given.
ANSWERS = (PaperKind.OPINION, PaperKind.SIMPLE_REPLY, PaperKind.ROUTING)

#: In a letter a case was sent by without a paper of its own.
BY_THE_SYSTEM = "信访信息系统"
CHANNELS = {
    Channel.VISIT: "您来访",
    Channel.LETTER: "您来信",
    Channel.PHONE: "您来电",
    Channel.RECEPTION: "您在领导接访时",
}
PATHS = {
    Path.LITIGATION: (
        "一",
        "通过诉讼、向法院申请复议、刑事立案、法律监督、公安机关办案等程序处理；"
        "涉法涉诉事项尚未办结的，由有关政法机关依法办理",
    ),
    Path.ARBITRATION: ("二", "通过仲裁解决"),
    Path.PARTY_APPEAL: ("三", "按照党员申诉、申请复审等规定处理"),
    Path.ADMINISTRATIVE: ("四", "通过行政复议、行政裁决、行政确认、行政许可、行政处罚等行政程序解决"),
}


class Facts:
    """One case, for whoever drafts now. A few queries, each made once and only if it is wanted."""

    def __init__(self, petition: Petition, actor: Actor, at: datetime) -> None:
        self.petition, self.actor, self.at = petition, actor, at
        self.cover = Veil(petition, actor)

    @cached_property
    def addressee(self) -> str:
        """The petitioner by name; to whoever is not to know them, by the case's number. Empty where nobody is named."""
        petition = self.petition
        if petition.sealed or not rules.knows_petitioner(petition, self.actor):
            return _("%(number)s号信访件信访人") % {"number": petition.number}
        people = list(petition.persons.all())
        first = [one for one in people if one.role == PersonRole.REPRESENTATIVE] or people[:1]
        names = "、".join(one.name for one in first if one.name)
        if names and petition.head_count > len(first):
            return _("%(names)s等%(n)d人") % {"names": names, "n": petition.head_count}
        return names

    @cached_property
    def petitioner_for_offices(self) -> str:
        """Who petitioned, in a letter to an office; nothing of it of a confidential case or an accusation."""
        petition = self.petition
        if petition.sealed or petition.confidential:
            return _("信访人信息保密")
        return self.addressee or _("信访人未留姓名")

    def text(self, words: str) -> str:
        """As this drafter may have it, in a paper to the petitioner."""
        return self.cover(words)

    def for_offices(self, words: str) -> str:
        """In a paper that goes to an office: without the names of a confidential or a sealed case."""
        if self.petition.sealed or self.petition.confidential:
            return hide(words, self._words)
        return self.cover(words)

    @cached_property
    def _words(self) -> set[str]:
        return words_of(self.petition)

    @cached_property
    def lead(self) -> Share | None:
        """The lead share in force, else the last one."""
        shares = [one for one in self.petition.shares.all() if one.role == ShareRole.LEAD]
        return next((one for one in shares if one.ended_at is None), shares[-1] if shares else None)

    def came_to(self, unit: Unit) -> datetime:
        """When the unit received the case: when it was sent there, else when the office received it."""
        sent = [one.sent_at for one in self.petition.shares.all() if one.unit_id == unit.pk]
        return max(sent) if sent else self.petition.received_at

    def way_here(self, unit: Unit) -> str:
        """您通过网上提交, or 由清江县信访局转送."""
        sent = [one for one in self.petition.shares.all() if one.unit_id == unit.pk]
        sent = [one for one in sent if one.sent_from_id not in {None, unit.pk}]
        if not sent:
            return CHANNELS.get(Channel(self.petition.channel), _("您通过网上提交"))
        last = sent[-1]
        assert last.sent_from is not None
        return _("由%(office)s%(how)s") % {"office": last.sent_from.name, "how": last.get_kind_display()}

    @cached_property
    def conclusion(self) -> PetitionClock | None:
        """The clock of the answer, running or not: 60 days, or 10 working days of the simplified procedure."""
        codes = [RuleCode.SIMPLE_CONCLUSION] if self.petition.simplified else [RuleCode.CONCLUSION]
        found: PetitionClock | None = (
            self.petition.clocks.filter(rule__code__in=codes).select_related("rule").order_by("-id").first()
        )
        return found

    @property
    def time_limit(self) -> str:
        """As the clock counts it; where no 60 days bind the unit (条例 31), that they do not."""
        clock = self.conclusion
        if clock is None:
            if self.petition.kind == Kind.SUGGESTION:
                return _("建议意见没有法定的办理期限，我单位研究后及时向您反馈采纳情况。")
            return _("按照该途径的法定程序和期限办理，不适用《信访工作条例》第三十四条的60日期限。")
        words = {"day": on_paper(clock.due_at)}
        if self.petition.simplified:
            return _("适用简易程序，自受理之日起10个工作日内，即%(day)s前答复。") % words
        return _("自受理之日起60日内，即%(day)s前办结；情况复杂需要延长的，另行书面告知。") % words

    def first_due(self, clock: PetitionClock) -> datetime:
        """When the clock would have ended without its extension."""
        made = engine.build(PetitionClock, rule_code=clock.rule.code, at=clock.started_at, facts=clock.facts)
        return made.due_at

    @property
    def path_words(self) -> str:
        match self.petition.kind, self.petition.path:
            case Kind.SUGGESTION, _path:
                return _("按照《信访工作条例》第二十九条的规定，对您的建议意见进行研究，并作出答复。")
            case Kind.APPEAL, Path.PETITION:
                return _(
                    "按照《信访工作条例》第三十一条第六项的信访程序办理，调查核实后作出处理意见书并送达。"
                )
            case Kind.APPEAL, Path.DUTY:
                return _(
                    "属于申请查处违法行为、履行保护人身权或者财产权等合法权益职责的，按照《信访工作条例》第三十一条第五项的规定依法履行或者答复。"
                )
            case Kind.APPEAL, path if path in PATHS:
                item, route = PATHS[Path(path)]
                words = {"item": item, "route": route}
                return _("按照《信访工作条例》第三十一条第%(item)s项的规定，%(route)s。") % words
        return ""

    @property
    def contact(self) -> User | None:
        """Who answers for it: the responsible person where they are of the drafter's unit, else the drafter."""
        return self.actor.user

    def contacts(self) -> dict[str, str]:
        who = self.contact
        return {"contact": who.get_full_name() if who else "", "phone": who.phone if who else ""}

    @property
    def query_way(self) -> str:
        place = f"{settings.SITE_URL}{reverse('petitions:query')}" if settings.SITE_URL else ""
        where = (
            _("在%(place)s") % {"place": place}
            if place
            else _("在%(name)s信访查询页") % {"name": settings.DISTRICT_NAME}
        )
        return _("凭信访件编号和登记回执上的查询码，%(where)s查询办理进度。") % {"where": where}

    def number_of(self, kinds: tuple[PaperKind, ...], **subject: object) -> str:
        """文号 of the paper in force of these kinds about the same; empty where none was issued."""
        row = self._in_force(kinds, **subject)
        return row.paper.number if row is not None else ""

    def dated(self, kinds: tuple[PaperKind, ...], **subject: object) -> datetime | None:
        """The moment by which that paper is dated, its signature; None where none was issued."""
        row = self._in_force(kinds, **subject)
        return (row.paper.approved_at or row.paper.issued_at) if row is not None else None

    def _in_force(self, kinds: tuple[PaperKind, ...], **subject: object) -> CasePaper | None:
        about = Q(**subject)
        if "share" in subject:
            about |= Q(letter_cases__share=subject["share"])
        issued = CasePaper.objects.filter(about, kind__in=kinds, paper__state__in=FROZEN)
        found: CasePaper | None = issued.select_related("paper").order_by("-paper__issued_at").first()
        return found

    def number_of_answer(self, reply: Reply) -> str:
        """文号 of the answer's paper; where that was written outside the system, as its service names it."""
        number = self.number_of(ANSWERS, reply=reply)
        if number:
            return number
        of_case = Q(petition=reply.petition_id, petition__isnull=False)
        if reply.petition_id is None:
            of_case = Q(former_of=reply.former_of_id)
        served = PaperService.objects.filter(of_case, served_at__gte=reply.at - timedelta(days=1)).order_by(
            "served_at"
        )
        return served.values_list("paper_number", flat=True).first() or ""

    def sent_number(self) -> str:
        """文号 of the letter that the lead share came by, or that it came by the system."""
        if self.lead is None:
            return BY_THE_SYSTEM
        return self.number_of((PaperKind.FORWARDING, PaperKind.ASSIGNMENT), share=self.lead) or BY_THE_SYSTEM
