"""回访: opened by 不满意 or by hand, made by somebody else, told to nobody whom the rating is not told to."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from outcomes.enums import VisitGround, VisitResult, VisitState, VisitWay
from outcomes.models import ReturnVisit
from outcomes.services import archives, visiting
from petitions.enums import Rating, RecusalGround, Status
from petitions.models import Evaluation, Petition
from petitions.services import following, recusing, reviewing, sealing
from petitions.services.registering import NewPerson
from tests.cases import check_off
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
NAME = "宇文静水"


@pytest.fixture
def rated(make_case):
    """A case whose petitioner rated so, and its waiting visit."""

    def make(unit_rating=Rating.DISSATISFIED, office_rating=Rating.SATISFIED, **new):
        from accounts.actor import Actor

        case = make_case(until=Status.SERVED, at=now() - timedelta(days=1), **new)
        following.evaluate(
            petition=case,
            actor=Actor.petitioner(),
            office_rating=office_rating,
            unit_rating=unit_rating,
        )
        return case, ReturnVisit.objects.filter(petition=case).first()

    return make


@pytest.fixture
def assigned(rated, cast):
    def make(who="clerk", **new):
        case, visit = rated(**new)
        visiting.assign(visit=visit, actor=cast.actor("petition_officer"), post=cast.post(who))
        return case, visit

    return make


def record(visit, actor, **how):
    how = {
        "visited_on": local_day(now()),
        "way": VisitWay.IN_PERSON,
        "result": VisitResult.NOTHING_MORE,
        "matter": "夜市已按时收摊。",
        **how,
    }
    return visiting.record(visit=visit, actor=actor, **how)


class TestOpening:
    @pytest.mark.article(21)
    def test_a_rating_of_dissatisfied_opens_one_and_no_other_rating_does(self, rated):
        for rating in (Rating.SATISFIED, Rating.FAIRLY):
            assert rated(rating)[1] is None
        _case, visit = rated()
        assert (visit.ground, visit.state, visit.opened_by) == (
            VisitGround.RATING,
            VisitState.TO_ASSIGN,
            None,
        )

    def test_an_officer_opens_one_by_hand_with_a_reason_after_service(self, make_case, cast):
        case, officer = make_case(until=Status.SERVED), cast.actor("petition_officer")
        with pytest.raises(Refusal, match="为什么"):
            visiting.open_by_hand(petition=case, actor=officer, reason=" ")
        visit = visiting.open_by_hand(petition=case, actor=officer, reason="抽查")
        assert visit.ground == VisitGround.BY_HAND
        with pytest.raises(Refusal, match="已经有一次"):
            visiting.open_by_hand(petition=case, actor=officer, reason="再查")
        with pytest.raises(Refusal, match="送达以后"):
            visiting.open_by_hand(petition=make_case(until=Status.ACCEPTED), actor=officer, reason="抽查")

    @pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "clerk", "outsider", "mediator"])
    def test_others_do_not(self, make_case, cast, who):
        with pytest.raises(Refusal) as refused:
            visiting.open_by_hand(petition=make_case(until=Status.SERVED), actor=cast.actor(who), reason="试")
        assert refused.value.status == 403

    @pytest.mark.article(21, 36)
    def test_an_order_to_redo_ends_it_and_the_next_rating_is_told_anew(self, rated, cast):
        from accounts.actor import Actor

        case, first = rated()
        reviewing.redo(petition=case, actor=cast.actor("leader"), text="重办", public_text="重办")
        first.refresh_from_db()
        assert first.state == VisitState.LAPSED
        case.refresh_from_db()
        type(case).objects.filter(pk=case.pk).update(status=Status.SERVED, served_at=now())
        ratings = {"office_rating": Rating.SATISFIED, "unit_rating": Rating.DISSATISFIED}
        following.evaluate(petition=case, actor=Actor.petitioner(), **ratings)
        told = Notice.objects.filter(recipient=cast.petition_officer, dedupe_key__startswith="evaluation:")
        assert told.count() == 2
        assert ReturnVisit.objects.waiting().get(petition=case).ordinal == 2

    @pytest.mark.article(30)
    def test_sealing_ends_it(self, rated, cast):
        case, visit = rated()
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
        visit.refresh_from_db()
        assert visit.state == VisitState.LAPSED
        assert not ReturnVisit.objects.visible_to(cast.actor("petition_officer")).exists()


class TestWhoLearns:
    @pytest.mark.article(21)
    @pytest.mark.parametrize("who", ["handler", "unit_head"])
    def test_the_rated_unit_reads_the_result_alone_once_it_is_closed_and_made(
        self, assigned, cast, client_as, who
    ):
        case, visit = assigned()
        client, user = client_as(getattr(cast, who)), cast.actor(who)
        address = reverse("outcomes:visit", args=[case.number, visit.pk])
        assert not ReturnVisit.objects.visible_to(user).exists()
        assert client.get(address).status_code == 404
        for page in (case.get_absolute_url(), reverse("outcomes:case", args=[case.number])):
            assert "不满意" not in client.get(page).content.decode()
        assert case.number not in client.get(reverse("outcomes:visits")).content.decode()
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert client.get(address).status_code == 404  # it waits
        record(visit, cast.actor("clerk"), matter="他说夜市已收摊。", mood="听他讲完了。", heart="留了电话。")
        overview = reverse("outcomes:case", args=[case.number])
        for page in (address, overview, reverse("outcomes:visits") + "?view=ended"):
            shown = client.get(page).content.decode()
            assert "没有其他问题" in shown, page
            for hidden in ("评价“不满意”</", cast.clerk.get_full_name(), "他说夜市", "听他讲完", "留了电话"):
                assert hidden not in shown, (page, hidden)
        whole = client_as(cast.petition_officer).get(address).content.decode()
        assert "听他讲完" in whole and "评价“不满意”" in whole

    def test_nor_under_another_hat(self, rated, cast, client_as):
        case, _visit = rated()
        Post.objects.create(user=cast.inspector, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
        assert not ReturnVisit.objects.visible_to(cast.actor("inspector")).exists()
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert not ReturnVisit.objects.visible_to(cast.actor("inspector")).exists()

    @pytest.mark.article(21)
    @pytest.mark.parametrize("who", ["handler", "unit_head"])
    def test_the_rated_unit_does_not_close_while_it_waits_and_is_not_told_why(self, rated, cast, who):
        case, _visit = rated()
        check_off(case)
        with pytest.raises(Refusal) as refused:
            following.close(petition=case, actor=cast.actor(who))
        assert refused.value.status == 403
        assert "满意" not in refused.value.sentence and "回访" not in refused.value.sentence
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert case.status == Status.CLOSED

    @pytest.mark.article(21)
    @pytest.mark.parametrize("who", ["handler", "unit_head"])
    def test_nor_when_none_waits_so_that_closing_opens_no_rating_to_it(self, rated, cast, who):
        case, _none = rated(Rating.SATISFIED)
        check_off(case)
        with pytest.raises(Refusal) as refused:
            following.close(petition=case, actor=cast.actor(who))
        assert refused.value.status == 403
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert case.status == Status.CLOSED

    @pytest.mark.article(21)
    @pytest.mark.parametrize("unit_rating", [Rating.SATISFIED, Rating.DISSATISFIED])
    def test_the_office_neither_hears_nor_reads_how_it_was_rated_before_closing(
        self, rated, cast, client_as, unit_rating
    ):
        case, visit = rated(unit_rating, Rating.DISSATISFIED)
        told = Notice.objects.filter(dedupe_key__startswith="evaluation:")
        assert {notice.recipient for notice in told} == {cast.inspector}
        officer = client_as(cast.petition_officer)
        address = reverse("outcomes:visit", args=[case.number, visit.pk])
        assert officer.get(address).status_code == 404
        for page in (case.get_absolute_url(), reverse("outcomes:case", args=[case.number])):
            assert "不满意" not in officer.get(page).content.decode()
        assert "不满意" in client_as(cast.inspector).get(case.get_absolute_url()).content.decode()
        names = {post.user.username for post in visiting.who_may_visit(case, now(), office_rated=True)}
        assert names == {"inspector"}
        for who in ("petition_officer", "leader"):
            with pytest.raises(Refusal):
                visiting.assign(visit=visit, actor=cast.actor(who), post=cast.post("inspector"))
        visiting.assign(visit=visit, actor=cast.actor("inspector"), post=cast.post("inspector"))
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        assert "不满意" in officer.get(case.get_absolute_url()).content.decode()

    @pytest.mark.article(21)
    def test_of_a_rated_unit_the_office_reads_on_the_page_of_the_visit_alone(self, rated, cast, client_as):
        case, visit = rated()
        officer = client_as(cast.petition_officer)
        shown = officer.get(case.get_absolute_url()).content.decode()
        assert "对责任单位" not in shown and "评价内容在办结归档后可见" in shown
        page = officer.get(reverse("outcomes:visit", args=[case.number, visit.pk])).content.decode()
        rating = page.split("信访人的评价</h2>")[1].split("</section>")[0]
        assert "责任单位" in rating and "不满意" in rating and "信访部门" not in rating

    def test_the_unit_is_told_nothing(self, assigned, cast):
        assigned()
        told = Notice.objects.filter(dedupe_key__startswith="visit:")
        assert {notice.recipient for notice in told} == {cast.clerk}

    def test_as_a_rating_is_for_every_role(self, rated, cast):
        from petitions.rules import stands_apart

        case, _visit = rated()
        case.refresh_from_db()
        for who in ("petition_officer", "inspector", "leader", "handler", "unit_head", "clerk", "handler2"):
            actor = cast.actor(who)
            reads = type(case).objects.visible_to(actor).filter(pk=case.pk).exists()
            seen = ReturnVisit.objects.visible_to(actor).exists()
            assert seen == (reads and stands_apart(case, actor)), who


class TestAssigning:
    @pytest.mark.article(21)
    def test_neither_the_responsible_person_nor_the_writer_nor_their_unit(self, rated, cast):
        case, visit = rated()
        names = {post.user.username for post in visiting.who_may_visit(case, now())}
        assert names == {"clerk", "petition_officer", "inspector"}
        for who in ("handler", "unit_head", "leader", "outsider"):
            with pytest.raises(Refusal, match="请另选一人"):
                visiting.assign(visit=visit, actor=cast.actor("petition_officer"), post=cast.post(who))
        assert visit.assignee is None

    def test_nor_whoever_has_a_second_post_in_the_unit(self, rated, cast):
        case, _visit = rated()
        Post.objects.create(user=cast.clerk, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
        assert cast.clerk not in {post.user for post in visiting.who_may_visit(case, now())}

    @pytest.mark.article(28)
    def test_nor_whoever_is_recused(self, rated, cast):
        case, _visit = rated()
        recusing.recuse(petition=case, actor=cast.actor("inspector"), ground=RecusalGround.INTEREST)
        case.refresh_from_db()
        assert cast.inspector not in {post.user for post in visiting.who_may_visit(case, now())}

    def test_only_the_officers_assign(self, rated, cast):
        _case, visit = rated()
        for who in ("inspector", "clerk", "handler", "leader"):
            with pytest.raises(Refusal):
                visiting.assign(visit=visit, actor=cast.actor(who), post=cast.post("clerk"))


class TestRecording:
    def test_what_was_found_is_noted_and_the_office_is_told(self, assigned, cast):
        case, visit = assigned()
        record(visit, cast.actor("clerk"), mood="听他讲完了。", heart="留了电话。")
        assert (visit.state, visit.mood, visit.heart) == (VisitState.DONE, "听他讲完了。", "留了电话。")
        told = Notice.objects.filter(dedupe_key__startswith=f"visit:{visit.pk}:done")
        assert {notice.recipient for notice in told} == {cast.petition_officer}
        case.refresh_from_db()
        assert case.status == Status.EVALUATED  # a visit decides nothing about the case

    @pytest.mark.parametrize(
        "how, words",
        [
            ({"matter": " "}, "写明“事”"),
            ({"visited_on": local_day(now()) + timedelta(days=1)}, "到今天之间"),
            ({"visited_on": local_day(now()) - timedelta(days=30)}, "安排回访之日到今天之间"),
            ({"result": VisitResult.NEW_FACTS}, "先把新的事实登记"),
            ({"result": VisitResult.NEW_FACTS, "new_number": "无此件"}, "先把新的事实登记"),
            ({"new_number": "339999-2026-1"}, "只有“有新的事实”"),
            ({"result": VisitResult.NOT_REACHED, "matter": ""}, "打过几次电话"),
        ],
    )
    def test_what_is_wrong_is_said_and_changes_nothing(self, assigned, cast, how, words):
        _case, visit = assigned()
        with pytest.raises(Refusal, match=words):
            record(visit, cast.actor("clerk"), **how)
        visit.refresh_from_db()
        assert visit.state == VisitState.ASSIGNED

    @pytest.mark.article(36)
    def test_new_facts_are_a_new_case_and_no_repeat(self, assigned, cast, make_case):
        _case, visit = assigned()
        new = make_case(at=now())
        record(visit, cast.actor("clerk"), result=VisitResult.NEW_FACTS, new_number=new.number)
        new.refresh_from_db()
        assert visit.new_case == new and new.repeat_of is None and new.first_here

    def test_a_case_of_somebody_else_is_not_the_new_one(self, assigned, cast, make_case):
        _case, visit = assigned()
        other = make_case(at=now(), persons=[NewPerson(name="李田·䶮", phone="13900005678")])
        with pytest.raises(Refusal, match="不是本件信访人提出的"):
            record(visit, cast.actor("clerk"), result=VisitResult.NEW_FACTS, new_number=other.number)

    def test_an_older_case_is_no_new_one(self, assigned, cast, make_case):
        _case, visit = assigned()
        with pytest.raises(Refusal, match="比本件登记得早"):
            record(visit, cast.actor("clerk"), result=VisitResult.NEW_FACTS, new_number=make_case().number)

    @pytest.mark.parametrize("who", ["petition_officer", "inspector", "handler", "leader"])
    def test_nobody_records_in_the_place_of_the_visitor(self, assigned, cast, who):
        _case, visit = assigned()
        with pytest.raises(Refusal) as refused:
            record(visit, cast.actor(who))
        assert refused.value.status == 403

    @pytest.mark.article(28)
    def test_a_visitor_who_is_recused_since_does_not(self, assigned, cast):
        case, visit = assigned()
        recusing.recuse(petition=case, actor=cast.actor("clerk"), ground=RecusalGround.INTEREST)
        with pytest.raises(Refusal):
            record(visit, cast.actor("clerk"))

    def test_once(self, assigned, cast):
        _case, visit = assigned()
        record(visit, cast.actor("clerk"))
        with pytest.raises(Refusal, match="已回访"):
            record(visit, cast.actor("clerk"))

    def test_the_notes_are_sealed_and_forgotten_with_the_people(self, assigned, cast):
        case, visit = assigned()
        record(visit, cast.actor("clerk"), mood="听他讲完了。")
        kept = bytes(ReturnVisit.objects.filter(pk=visit.pk).values_list("mood", flat=True)[0])
        assert "听他".encode() not in kept
        assert archives.forget(case) == 1 and archives.forget(case) == 0
        assert ReturnVisit.objects.get(pk=visit.pk).mood == ""


class TestPages:
    def test_the_officer_assigns_and_the_visitor_records_on_the_page(self, rated, cast, client_as):
        case, visit = rated()
        address = reverse("outcomes:visit", args=[case.number, visit.pk])
        officer, clerk = client_as(cast.petition_officer), client_as(cast.clerk)
        sent = officer.post(f"{address}assign/", {"post": cast.post("clerk").pk})
        assert sent.status_code == 302
        wrong = clerk.post(f"{address}record/", {"matter": "已收摊。", "mood": "听完了。"})
        assert wrong.status_code == 422 and "听完了。" in wrong.content.decode()
        form = {
            "matter": "已收摊。", "visited_on": local_day(now()), "way": "phone", "result": "nothing",
        }  # fmt: skip
        assert clerk.post(f"{address}record/", form).status_code == 302
        assert "已收摊。" in officer.get(address).content.decode()

    @pytest.mark.parametrize("post", ["", "0", "x", "99999999"])
    def test_a_forged_visitor_is_refused(self, rated, cast, client_as, post):
        case, visit = rated()
        address = reverse("outcomes:visit_assign", args=[case.number, visit.pk])
        assert client_as(cast.petition_officer).post(address, {"post": post}).status_code == 422

    @pytest.mark.article(30)
    def test_notes_are_under_the_veil_for_whoever_must_not_know_the_petitioner(
        self, assigned, cast, client_as
    ):
        case, visit = assigned(confidential=True, persons=[NewPerson(name=NAME)])
        record(visit, cast.actor("clerk"), matter=f"{NAME}说已收摊。")
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        address = reverse("outcomes:visit", args=[case.number, visit.pk])
        page = client_as(cast.leader).get(address).content.decode()
        assert "说已收摊。" in page and NAME not in page
        assert NAME in client_as(cast.petition_officer).get(address).content.decode()

    def test_by_hand_from_the_page_of_the_case(self, make_case, cast, client_as):
        case = make_case(until=Status.SERVED)
        officer = client_as(cast.petition_officer)
        address = reverse("outcomes:case", args=[case.number])
        assert "安排回访" in officer.get(address).content.decode()
        assert officer.post(f"{address}visits/open/", {"reason": ""}).status_code == 422
        assert officer.post(f"{address}visits/open/", {"reason": "抽查"}).status_code == 302


def test_an_office_without_others_says_so_by_an_empty_choice(rated, cast):
    case, _visit = rated()
    User.objects.filter(username__in=["clerk", "petition_officer", "inspector"]).update(is_active=False)
    assert visiting.who_may_visit(case, now()) == []


class TestMakingOne:
    """What the visitor finds on the page: enough to make the visit from it."""

    def test_the_visitor_reads_the_answer_the_words_and_the_rating_and_opens_the_telephone(
        self, assigned, cast, client_as
    ):
        case, visit = assigned(body="夜市吵到半夜两点。", persons=[NewPerson(name=NAME, phone="13800001234")])
        Evaluation.objects.update(comment="没有人来看过。")
        clerk = client_as(cast.clerk)
        response = clerk.get(reverse("outcomes:visit", args=[case.number, visit.pk]))
        page = response.content.decode()
        for words in ("夜市吵到半夜两点。", case.reply.text, "没有人来看过。", "不满意", "夜市十点收摊"):
            assert words in page, words
        assert "13800001234" not in page and NAME not in page and "no-store" in response["Cache-Control"]
        reveal = reverse("petitions:reveal", args=[case.number, case.persons.get().ordinal])
        assert reveal in page
        assert AuditEntry.objects.filter(act="petition.look", detail__where="visit").count() == 1

    def test_an_inspector_who_visits_opens_the_telephone_on_record_and_no_other_does(
        self, rated, assigned, cast, client_as
    ):
        case, _visit = assigned("inspector", persons=[NewPerson(name=NAME, phone="13800001234")])
        other, _visit = rated()
        inspector = client_as(cast.inspector)
        asked = {"field": "phone", "reason": "电话联系信访人"}
        for one, status in ((case, 200), (other, 403)):
            address = reverse("petitions:reveal", args=[one.number, one.persons.get().ordinal])
            assert inspector.post(address, asked).status_code == status
        assert AuditEntry.objects.filter(act="petition.reveal", outcome="done").count() == 1
        ReturnVisit.objects.filter(petition=case).update(
            state=VisitState.LAPSED, ended_at=now(), post=None, assignee=None
        )
        address = reverse("petitions:reveal", args=[case.number, case.persons.get().ordinal])
        assert inspector.post(address, asked).status_code == 403

    def test_of_a_closed_case_all_others_read_the_result_alone(self, assigned, cast, client_as):
        case, visit = assigned(body="夜市吵到半夜两点。")
        record(visit, cast.actor("clerk"))
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
        page = client_as(cast.handler).get(reverse("outcomes:visit", args=[case.number, visit.pk]))
        assert "没有其他问题" in page.content.decode() and "夜市吵到半夜" not in page.content.decode()

    def test_the_officer_is_told_whom_to_choose_and_why_some_are_missing(self, rated, cast, client_as):
        case, visit = rated()
        recusing.recuse(
            petition=case, actor=cast.actor("inspector"), ground=RecusalGround.FAMILY, reason="表兄"
        )
        Post.objects.create(user=cast.clerk, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
        page = (
            client_as(cast.petition_officer)
            .get(reverse("outcomes:visit", args=[case.number, visit.pk]))
            .content.decode()
        )
        chosen, out = page.split("不能选，为什么")
        assert cast.petition_officer.name in chosen
        assert f"{cast.clerk.name}（" in out and "在责任单位或者被反映的单位任职" in out
        assert "须回避，或者不办理本件" in out and "表兄" not in out and "近亲属" not in out

    @pytest.mark.article(30)
    def test_whoever_must_not_know_a_confidential_petitioner_is_not_sent(self, rated, cast):
        town = User.objects.create(username="town-clerk", name="镇上登记员", password="!")
        Post.objects.create(user=town, unit=cast.units.dongxi, role=Role.CLERK, valid_from=SINCE)
        case, _visit = rated(confidential=True)
        Petition.objects.filter(pk=case.pk).update(registered_unit=cast.units.dongxi)
        case = Petition.objects.get(pk=case.pk)
        why = {post.user: why for post, why in visiting.candidates(case, now())}
        assert why.get(town) == "本件身份保密，联系不到信访人" and why[cast.clerk] == ""

    def test_lists_count_what_waits_and_open_there(self, assigned, cast, client_as):
        assigned()
        page = client_as(cast.clerk).get(reverse("outcomes:visits"))
        assert [tab["count"] for tab in page.context["tabs"]] == [1, 1, None]
        page = client_as(cast.petition_officer).get(reverse("outcomes:executions"))
        assert [tab["count"] for tab in page.context["tabs"]] == [1, 0, None]
