"""Between being told and the message leaving a case is taken back, somebody is recused, a post ends."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import local_day, now
from notifications import selectors
from notifications.enums import OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import choose, gather, notify, outbox, send_due
from notifications.services.entitled import still_there
from petitions.enums import Kind, RecusalGround, Status
from petitions.models import Petition
from petitions.services import following, forwarding, recusing, scope

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=1)


@pytest.fixture
def case(make_case):
    """At 城市管理局; nothing waits to leave."""
    case = make_case(until=Status.FORWARDED)
    OutboxMessage.objects.all().delete()
    return case


def tell(case, *people, key="k", at=None):
    link = case.get_absolute_url()
    notify(
        recipients=people, text=f"{case.number} 请办理", link=link, dedupe_key=key, about=case.about, at=at
    )


def mailed(person):
    return [one for one in mail.outbox if person.email in one.to]


def reads(cast, key, case):
    return Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()


class TestACaseTakenBack:
    def test_is_mailed_to_nobody_who_lost_it_and_the_notice_stays_on_record(self, cast, case):
        tell(case, cast.handler, cast.unit_head, cast.petition_officer)
        forwarding.take_back(case, now(), why="改由住建局办理")
        assert not reads(cast, "handler", case)
        assert send_due(now() + SOON).gave_up == 2
        assert (mailed(cast.handler), mailed(cast.unit_head)) == ([], [])
        assert len(mailed(cast.petition_officer)) == 1
        assert Notice.objects.filter(recipient=cast.handler, dedupe_key__startswith="k:").exists()

    def test_is_mailed_to_whoever_is_told_that_it_went(self, cast, case):
        forwarding.take_back(case, now(), why="改由住建局办理")
        tell(case, cast.handler, at=now())
        assert send_due(now() + SOON).sent == 1

    def test_is_not_in_the_days_mail_either(self, cast, case, settings):
        choose(user=cast.handler, daily=True)
        morning = (now() + timedelta(days=1)).replace(hour=9)
        tell(case, cast.handler)
        forwarding.take_back(case, now(), why="改由住建局办理")
        assert gather(morning) == 0
        assert OutboxMessage.objects.get().state == OutboxState.GAVE_UP


class TestWhoeverHasTwoPosts:
    @pytest.fixture
    def second(self, cast):
        since = local_day(now()) - timedelta(days=30)
        return Post.objects.create(
            user=cast.outsider, unit=cast.units.urban, role=Role.HANDLER, valid_from=since
        )

    def test_is_mailed_nothing_of_the_unit_they_left(self, cast, case, second):
        tell(case, cast.outsider)
        Post.objects.filter(pk=second.pk).update(valid_until=local_day(now()))
        assert send_due(now() + SOON) == outbox.SendResult(gave_up=1)

    def test_and_what_they_read_under_the_other_post_all_the_same(self, cast, case, second):
        tell(case, cast.handler)
        other = Post.objects.create(
            user=cast.handler, unit=cast.units.housing, role=Role.HANDLER, valid_from=second.valid_from
        )
        Post.objects.filter(pk=other.pk).update(valid_until=local_day(now()))
        assert send_due(now() + SOON).sent == 1


def test_whoever_is_recused_meanwhile_is_mailed_nothing(cast, case):
    tell(case, cast.handler)
    recusing.recuse(petition=case, actor=cast.actor("handler"), ground=RecusalGround.FAMILY)
    tell(case, cast.handler, key="later")  # as a door that forgot to ask would
    assert send_due(now() + SOON).gave_up == 1
    assert mailed(cast.handler) == []


def test_whoever_never_read_it_and_was_told_all_the_same_is_mailed(cast, case):
    """The last resort of an alert, and units that answer for a part of their own."""
    tell(case, cast.sysadmin, cast.handler2)
    assert send_due(now() + SOON).sent == 2


def test_reading_by_name_that_has_ended_ends_the_mails_too(cast, case):
    following.grant_reading(petition=case, user_id=cast.mediator.pk)
    tell(case, cast.mediator)
    following.revoke_reading(petition=case, user_id=cast.mediator.pk)
    assert send_due(now() + SOON) == outbox.SendResult()
    assert OutboxMessage.objects.get().state == OutboxState.GAVE_UP
    tell(case, cast.mediator, key="that it ended")
    assert send_due(now() + SOON).sent == 1


def test_so_does_a_unit_s(cast, case):
    scope.grant_unit(case, cast.units.housing)
    tell(case, cast.handler2, cast.handler)
    scope.revoke_unit(case, cast.units.housing.pk)
    assert send_due(now() + SOON).sent == 1
    assert (mailed(cast.handler2), len(mailed(cast.handler))) == ([], 1)


def test_what_is_asked_does_not_grow_with_the_messages(cast, case, make_case, django_assert_num_queries):
    others = [make_case(until=Status.FORWARDED) for _n in range(2)]
    OutboxMessage.objects.all().delete()
    tell(case, cast.handler)
    one = list(OutboxMessage.objects.select_related("notice__recipient"))
    for number, other in enumerate(others):
        tell(other, cast.handler, cast.unit_head, cast.leader, key=f"more{number}")
    more = list(OutboxMessage.objects.select_related("notice__recipient"))
    for messages in (one, more):
        with django_assert_num_queries(5):
            assert still_there(messages, now()) == {message.pk for message in messages}


class TestASealedCase:
    """A message about one that did not leave is on nobody's list; its own people hear of it (条例 30)."""

    @pytest.fixture
    def sealed(self, make_case, cast):
        case = make_case()
        officer = cast.actor("petition_officer")
        forwarding.classify(petition=case, actor=officer, kind=Kind.ACCUSATION, reason="反映干部违纪")
        case.refresh_from_db()
        OutboxMessage.objects.all().delete()
        assert case.sealed and case.lead_unit is not None
        return case

    @pytest.fixture
    def refusing(self, monkeypatch):
        failure = outbox.Failure("no such box", for_good=True)
        monkeypatch.setattr(outbox, "_send_one", lambda *_: failure)

    @pytest.fixture
    def head(self, cast):
        user = cast.outsider
        Post.objects.filter(user=user).delete()
        since = local_day(now()) - timedelta(days=30)
        Post.objects.create(user=user, unit=cast.units.discipline, role=Role.UNIT_HEAD, valid_from=since)
        return user

    def test_is_mailed_to_nobody_outside_its_route(self, cast, sealed):
        tell(sealed, cast.handler, cast.discipline_officer)
        assert send_due(now() + SOON) == outbox.SendResult(sent=1, gave_up=1)

    def test_is_not_listed_nor_counted_and_not_tried_again_from_there(
        self, cast, sealed, refusing, case, client_as
    ):
        tell(sealed, cast.discipline_officer)
        tell(case, cast.handler, key="open")
        assert send_due(now() + SOON).gave_up == 2
        (listed,) = selectors.given_up()
        assert listed.notice.recipient == cast.handler
        assert selectors.queue().given_up == 1
        page = client_as(cast.sysadmin).get("/staff/engine/")
        assert cast.discipline_officer.name not in page.content.decode()

    def test_the_head_of_its_body_is_told_once_and_no_further(self, cast, sealed, refusing, head):
        tell(sealed, cast.discipline_officer)
        send_due(now() + SOON)
        (notice,) = Notice.objects.filter(recipient=head)
        assert notice.text == (
            f"{sealed.number} 发给冯肃的一条提醒没有送到（电子邮件），站内提醒仍在，请当面告知。"
        )
        count = Notice.objects.count()
        assert send_due(now() + 2 * SOON).gave_up == 1
        assert Notice.objects.count() == count

    def test_a_digest_that_gathers_one_is_not_listed_either(self, cast, sealed, case):
        tell(case, cast.handler)
        tell(sealed, cast.discipline_officer, key="s")
        digest, held = OutboxMessage.objects.order_by("pk")
        OutboxMessage.objects.filter(pk=digest.pk).update(state=OutboxState.GAVE_UP)
        assert selectors.given_up().count() == 1
        OutboxMessage.objects.filter(pk=held.pk).update(state=OutboxState.DIGESTED, digest=digest.notice)
        assert selectors.given_up().count() == 0

    def test_its_word_is_the_one_notices_bear(self, cast, sealed, case):
        tell(sealed, cast.discipline_officer)
        tell(case, cast.handler, key="open")
        notify(recipients=[cast.handler], text="t", link="/", dedupe_key="other", about="paper:x")
        assert selectors.sealed_words([sealed.about, case.about, "paper:x"]) == {sealed.about}
