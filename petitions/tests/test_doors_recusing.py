"""回避 (条例 28): whoever has an interest neither reads nor steers the case, by their own word or by decision."""

import re
from datetime import datetime
from itertools import groupby

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions import rules
from petitions.enums import Act, Kind, RecusalGround, Status
from petitions.models import Petition, PetitionEvent, Recusal
from petitions.services import answering, codes, following, handling, recusing
from petitions.services.alerts import Recipients
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)


def readable(case, actor) -> bool:
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.fixture
def case(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    handling.name_responsible(petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT)
    return case


@pytest.fixture
def colleague(cast) -> Actor:
    """Another handler of the same unit."""
    user = User.objects.create(username="colleague", name="冯同事", password="!")
    return Actor.of(
        Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
    )


class TestOneself:
    @pytest.fixture(autouse=True)
    def recused(self, case, cast):
        recusing.recuse(
            petition=case, actor=cast.actor("handler"), ground=RecusalGround.FAMILY, reason="是我表兄", at=AT
        )

    @pytest.mark.article(28)
    def test_one_neither_reads_nor_steers_it_any_more(self, case, cast, client_as):
        actor = cast.actor("handler")
        assert not readable(case, actor)
        assert rules.allowed_acts(case, actor) == []
        with pytest.raises(Refusal) as refused:
            answering.conclude(petition=case, actor=actor, text="已处理。", outcomes={}, at=AT)
        assert refused.value.code == "forbidden"
        page = client_as(cast.handler)
        assert page.get(case.get_absolute_url()).status_code == 404
        assert page.get(reverse("petitions:act", args=[case.number, Act.CONCLUDE])).status_code == 404
        assert case.number not in page.get(reverse("petitions:list")).content.decode()

    def test_others_of_the_unit_go_on(self, case, colleague, cast):
        assert readable(case, colleague) and readable(case, cast.actor("unit_head"))
        assert rules.may(Petition.objects.get(pk=case.pk), Act.CONCLUDE, colleague)

    def test_one_is_responsible_no_longer_and_cannot_be_named_again(self, case, cast):
        case.refresh_from_db()
        assert (case.responsible, case.first_handler) == (None, cast.handler)
        with pytest.raises(Refusal, match="已回避本件"):
            handling.name_responsible(petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT)

    def test_those_who_must_replace_are_told_and_ones_own_notices_are_taken_back(self, case, cast):
        told = Notice.objects.filter(text__contains="有工作人员回避")
        assert {notice.recipient for notice in told} == {cast.unit_head, cast.petition_officer}
        assert not Notice.objects.filter(recipient=cast.handler, about=case.about).exists()

    def test_no_alert_reaches_one_any_more(self, case, cast, colleague):
        case.refresh_from_db()
        assert Recipients(AT).of(case, cast.units.urban, Role.HANDLER) == [colleague.user.pk]

    def test_the_petitioner_learns_that_somebody_stays_out_and_not_who_or_why(self, case):
        event = PetitionEvent.objects.get(petition=case, act=Act.RECUSE)
        assert event.public
        assert "陈立" not in event.public_text and "表兄" not in event.public_text
        assert "表兄" in event.text

    def test_it_is_in_the_audit_log(self, case, cast):
        entry = AuditEntry.objects.get(act="petition.recuse")
        assert (entry.user, entry.detail["user"]) == (cast.handler, cast.handler.pk)

    def test_the_other_hat_of_the_same_person_reads_nothing_either(self, case, cast):
        post = Post.objects.create(
            user=cast.handler, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        assert not readable(case, Actor.of(post))

    def test_somebody_else_lets_one_in_again_with_a_reason(self, case, cast):
        head = cast.actor("unit_head")
        with pytest.raises(Refusal, match="理由"):
            recusing.readmit(petition=case, actor=head, user=cast.handler, reason=" ", at=AT)
        recusing.readmit(petition=case, actor=head, user=cast.handler, reason="核实无亲属关系", at=AT)
        case.refresh_from_db()
        assert not case.has_recusals
        assert readable(case, cast.actor("handler"))
        with pytest.raises(Refusal):
            recusing.readmit(petition=case, actor=head, user=cast.handler, reason="再来一次", at=AT)

    def test_nobody_lets_oneself_in_not_even_in_the_database(self, case, cast):
        with pytest.raises(Refusal):
            recusing.readmit(
                petition=case, actor=cast.actor("handler"), user=cast.handler, reason="我", at=AT
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Recusal.objects.update(ended_at=AT, ended_by=cast.handler)


class TestByDecision:
    @pytest.mark.article(28)
    def test_the_head_decides_for_a_handler(self, case, cast):
        recusing.exclude(
            petition=case,
            actor=cast.actor("unit_head"),
            user=cast.handler,
            ground=RecusalGround.COMPLAINED_OF,
            reason="信访人反映的就是他",
            at=AT,
        )
        assert not readable(case, cast.actor("handler"))

    def test_the_officer_decides_for_a_leader_who_has_the_unit_in_charge(self, case, cast):
        assert readable(case, cast.actor("leader"))
        recusing.exclude(
            petition=case,
            actor=cast.actor("petition_officer"),
            user=cast.leader,
            ground=RecusalGround.INTEREST,
            reason="涉事企业由其亲属经营",
            at=AT,
        )
        assert not readable(case, cast.actor("leader"))
        assert cast.leader.pk not in Recipients(AT).of(
            Petition.objects.get(pk=case.pk), cast.units.urban, Role.LEADER
        )

    def test_a_handler_decides_for_nobody(self, case, cast):
        with pytest.raises(Refusal) as refused:
            recusing.exclude(
                petition=case,
                actor=cast.actor("handler"),
                user=cast.unit_head,
                ground=RecusalGround.OTHER,
                reason="不公正",
                at=AT,
            )
        assert refused.value.code == "forbidden"

    def test_twice_is_once(self, case, cast):
        def decide():
            recusing.exclude(
                petition=case,
                actor=cast.actor("unit_head"),
                user=cast.handler,
                ground=RecusalGround.OTHER,
                reason="经核实",
                at=AT,
            )

        decide()
        with pytest.raises(Refusal, match="已经回避"):
            decide()
        assert Recusal.objects.count() == 1

    @pytest.mark.parametrize(
        "who", ["petition_officer", "inspector", "clerk", "leader", "statistician", "handler2", "mediator"]
    )
    def test_the_head_keeps_out_nobody_of_another_unit(self, case, cast, who):
        with pytest.raises(Refusal, match="由信访局决定"):
            recusing.exclude(
                petition=case,
                actor=cast.actor("unit_head"),
                user=getattr(cast, who),
                ground=RecusalGround.OTHER,
                reason="不公正",
                at=AT,
            )
        assert not Recusal.objects.exists()

    def test_one_who_also_works_elsewhere_is_the_offices_to_decide_about(self, case, cast):
        office = cast.units.petition_office
        Post.objects.create(user=cast.handler, unit=office, role=Role.INSPECTOR, valid_from=SINCE)
        words = {
            "petition": case,
            "user": cast.handler,
            "ground": RecusalGround.FAMILY,
            "reason": "姻亲",
            "at": AT,
        }
        with pytest.raises(Refusal, match="由信访局决定"):
            recusing.exclude(**words, actor=cast.actor("unit_head"))
        recusing.exclude(**words, actor=cast.actor("petition_officer"))
        assert not readable(case, cast.actor("handler"))

    def test_the_last_inspector_stays_and_one_of_two_may_go(self, case, cast):
        words = {
            "petition": case,
            "actor": cast.actor("petition_officer"),
            "user": cast.inspector,
            "ground": RecusalGround.OTHER,
            "reason": "另有安排",
            "at": AT,
        }
        with pytest.raises(Refusal, match="最后一位督查专员"):
            recusing.exclude(**words)
        second = User.objects.create(username="inspector9", name="第二督查", password="!")
        office = cast.units.petition_office
        Post.objects.create(user=second, unit=office, role=Role.INSPECTOR, valid_from=SINCE)
        recusing.exclude(**words)
        assert not readable(case, cast.actor("inspector"))

    def test_on_the_screen(self, case, cast, client_as):
        page = client_as(cast.unit_head)
        url = reverse("petitions:act", args=[case.number, Act.EXCLUDE])
        form = page.get(url).content.decode()
        assert "陈立" in form
        assert "高远" not in form and "许晴" not in form, "nobody chooses who watches over them"
        office = client_as(cast.petition_officer).get(url).content.decode()
        assert "陈立（城市管理局 承办人）" in office and "高远" in office
        assert "data-picker" in office, "found by typing"
        listed = re.findall(r"（(\S+) \S+）", re.search(r'<select name="user".*?</select>', office, re.S)[0])
        assert len(listed) > 2
        groups = [unit for unit, _same in groupby(listed)]
        assert len(groups) == len(set(groups)), "each unit's people stand together"
        assert "钱外" not in office, "has nothing to do with the case"
        empty = page.post(url, {"token": codes.new_token(), "user": cast.handler.pk})
        assert empty.status_code == 422
        sent = {"token": codes.new_token(), "user": cast.handler.pk, "ground": "family", "reason": "姻亲"}
        assert page.post(url, sent).status_code == 302
        assert page.post(url, sent).status_code == 302, "sent twice"
        assert list(Recusal.objects.values_list("user", "ended_at")) == [(cast.handler.pk, None)]

    def test_one_who_recuses_on_the_screen_lands_on_the_list(self, case, cast, client_as):
        page = client_as(cast.handler)
        url = reverse("petitions:act", args=[case.number, Act.RECUSE])
        answer = page.post(url, {"token": codes.new_token(), "ground": "interest"})
        assert (answer.status_code, answer["Location"]) == (302, reverse("petitions:list"))


class TestPeopleNear:
    """Whoever may read the case can be told to stay out of it, however the case came to them."""

    def near(self, case) -> set[User]:
        return set(recusing.people_near(Petition.objects.get(pk=case.pk), AT))

    def test_those_given_it_by_name_though_they_stand_nowhere_near(self, case, cast):
        assert not {cast.leader2, cast.mediator} & self.near(case)
        for user in (cast.leader2, cast.mediator):
            following.grant_reading(petition=case, user_id=user.pk)
        assert {cast.leader2, cast.mediator} <= self.near(case)

    def test_the_desks_and_leaders_above_its_units(self, cast, make_case):
        town = User.objects.create(username="town", name="镇专员", password="!")
        county = User.objects.create(username="county", name="县专员", password="!")
        mayor = User.objects.create(username="mayor", name="县长", password="!")
        officer = {"role": Role.PETITION_OFFICER, "valid_from": SINCE}
        Post.objects.create(user=town, unit=cast.units.dongxi, **officer)
        Post.objects.create(user=county, unit=cast.units.district, **officer)
        post = Post.objects.create(user=mayor, unit=cast.units.district, role=Role.LEADER, valid_from=SINCE)
        post.charge_units.set([cast.units.district])
        near = self.near(make_case(until=Status.FORWARDED, unit=cast.units.liuwan))
        assert {town, county, mayor, cast.leader} <= near
        assert not {cast.outsider, cast.handler, cast.leader2} & near

    def test_everybody_who_reads_an_open_case_is_among_them(self, case, cast):
        following.grant_reading(petition=case, user_id=cast.mediator.pk)
        fresh = Petition.objects.get(pk=case.pk)
        readers = {user for key, user in cast.people.items() if readable(fresh, cast.actor(key))}
        assert len(readers) > 5
        assert readers <= self.near(case)

    def test_whoever_holds_a_sealed_case_by_name(self, cast, make_case):
        held = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.discipline).petition
        named = set(User.objects.filter(pk__in=held.scopes.exclude(user=None).values("user")))
        assert named and named <= self.near(held)


class TestClosed:
    """A closed case stays readable with its papers, so one can be told to stay out of it too."""

    def test_one_is_kept_from_a_closed_case_and_let_in_again(self, make_case, cast, client_as):
        case, head = make_case(until=Status.CLOSED), cast.actor("unit_head")
        after = datetime(2026, 12, 1, 10, 0, tzinfo=SHANGHAI)
        words = {"petition": case, "actor": head, "user": cast.handler, "at": after}
        recusing.exclude(**words, ground=RecusalGround.FAMILY, reason="亲属")
        assert client_as(cast.handler).get(case.get_absolute_url()).status_code == 404
        assert Petition.objects.get(pk=case.pk).status == Status.CLOSED
        recusing.readmit(**words, reason="核实无亲属关系")
        assert readable(case, cast.actor("handler"))

    def test_by_ones_own_word_too_and_the_page_offers_it(self, make_case, cast, client_as):
        case = make_case(until=Status.CLOSED)
        url = reverse("petitions:act", args=[case.number, Act.RECUSE])
        page = client_as(cast.handler)
        assert url in page.get(case.get_absolute_url()).content.decode()
        sent = {"token": codes.new_token(), "ground": "interest"}
        assert page.post(url, sent).status_code == 302
        assert page.get(case.get_absolute_url()).status_code == 404
