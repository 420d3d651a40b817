"""Somebody is away: a colleague holds the post in their place, for the days that were said and by whom it may be said."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import rules
from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from accounts.selectors import posts_held
from accounts.services import people, posts, standing_in
from core.errors import Refusal
from core.timekeeping import local_day, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return local_day(now())


@pytest.fixture
def colleague(cast):
    """Another handler of the unit."""
    user = User.objects.create(username="colleague", name="李四", email="l@qingjiang.example")
    Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=date(2020, 1, 1))
    return user


@pytest.fixture
def away(cast, colleague, today):
    """``away(days)``: the handler's stand-in from today on."""

    def make(days=2, *, first=None, by=None, substitute=None, post=None):
        first = first or today
        return standing_in.begin(
            post=post or cast.post("handler"),
            substitute=substitute or colleague,
            first=first,
            last=first + timedelta(days=days),
            by=by or cast.actor("handler"),
        )

    return make


def refused(code, words, **how):
    with pytest.raises(Refusal, match=words) as found:
        standing_in.begin(**how)
    assert found.value.code == code
    assert not Post.objects.filter(stands_in_for__isnull=False).exists()


class TestThePost:
    def test_it_has_the_role_and_unit_of_the_post_and_says_for_whom(self, away, cast, colleague, today):
        made = away()
        assert (made.role, made.unit, made.stands_in_for) == (
            Role.HANDLER,
            cast.units.urban,
            cast.post("handler"),
        )
        assert made.label == "城市管理局 代陈立 承办人"
        assert [post.pk for post in posts_held(colleague, today)][1:] == [made.pk]

    def test_it_begins_and_ends_by_itself(self, away, colleague, today):
        made = away(1, first=today + timedelta(days=3))
        days = [n for n in range(7) if made in posts_held(colleague, today + timedelta(days=n))]
        assert days == [3, 4]

    def test_ones_own_hat_stays_the_first(self, away, colleague, client_as):
        away()
        page = client_as(colleague).get(reverse("accounts:profile"))
        assert page.wsgi_request.post.stands_in_for_id is None
        assert "代陈立 承办人" in page.content.decode()

    def test_a_leaders_charge_goes_with_it(self, away, cast):
        made = away(post=cast.post("leader"), substitute=cast.leader2, by=cast.actor("secadmin"))
        assert {unit.pk for unit in made.charge_units.all()} == {cast.units.urban.pk, cast.units.dongxi.pk}

    def test_it_is_on_record(self, away, cast, colleague):
        made = away()
        entry = AuditEntry.objects.get(act="leave.begin")
        assert (entry.user, entry.object_id) == (cast.handler, str(made.pk))
        assert entry.detail["user"] == cast.handler.pk and entry.detail["substitute"] == colleague.pk

    def test_both_are_told(self, away, cast, colleague):
        away()
        assert "代陈立" in colleague.notices.get().text
        assert "由李四代班" in cast.handler.notices.get().text


class TestWhoMaySay:
    @pytest.mark.parametrize(
        ("key", "post", "may"),
        [
            ("handler", "handler", True),
            ("unit_head", "handler", True),
            ("sysadmin", "handler", True),
            ("unit_head2", "handler", False),
            ("secadmin", "handler", False),
            ("leader", "handler", False),
            ("unit_head", "unit_head", True),
            ("handler", "unit_head", False),
            ("petition_officer", "petition_officer", False),
            ("sysadmin", "petition_officer", False),
            ("secadmin", "petition_officer", True),
            ("inspector", "inspector", False),
            ("leader", "leader", False),
            ("secadmin", "leader", True),
            ("discipline_officer", "discipline_officer", False),
            ("secadmin", "discipline_officer", True),
            ("secadmin", "sysadmin", False),
            ("sysadmin", "sysadmin", False),
            ("secadmin", "auditor", False),
        ],
    )
    def test_a_post_goes_round_only_by_the_word_of_whom_it_may(self, cast, key, post, may):
        assert rules.enters_leave(cast.actor(key), cast.post(post)) is may

    def test_a_stand_in_is_passed_on_by_nobody(self, away, cast, colleague, today):
        made = away()
        with pytest.raises(Refusal, match="不能再转给他人"):
            standing_in.begin(
                post=made, substitute=cast.unit_head, first=today, last=today, by=Actor.of(made)
            )

    def test_the_security_administrators_posts_are_refused_in_clear_words(self, cast, today):
        refused(
            "forbidden", "由安全管理员登记",
            post=cast.post("inspector"), substitute=cast.petition_officer, first=today, last=today,
            by=cast.actor("inspector"),
        )  # fmt: skip


class TestRefused:
    def how(self, cast, today, **more):
        wanted = {
            "post": cast.post("handler"),
            "substitute": cast.unit_head,
            "first": today,
            "last": today,
            "by": cast.actor("handler"),
        }
        return {**wanted, **more}

    def test_days_reversed(self, cast, today):
        refused("leave_days", "早于开始日期", **self.how(cast, today, last=today - timedelta(days=1)))

    def test_days_past(self, cast, today):
        refused("leave_first", "已经过去", **self.how(cast, today, first=today - timedelta(days=1)))

    def test_more_than_a_year(self, cast, today):
        refused("leave_days", "最长一年", **self.how(cast, today, last=today + timedelta(days=366)))

    def test_oneself(self, cast, today):
        refused("leave_substitute", "不能是本人", **self.how(cast, today, substitute=cast.handler))

    def test_another_unit(self, cast, today):
        refused("leave_substitute", "任职", **self.how(cast, today, substitute=cast.handler2))

    def test_beyond_the_posts_own_end(self, cast, today):
        Post.objects.filter(user=cast.handler).update(valid_until=today + timedelta(days=1))
        refused("leave_days", "任职到", **self.how(cast, today, last=today + timedelta(days=1)))

    def test_already_away(self, away, cast, today):
        away(2)
        with pytest.raises(Refusal, match="已由李四代班"):
            standing_in.begin(
                **self.how(cast, today, first=today + timedelta(days=2), last=today + timedelta(days=3))
            )

    def test_a_substitute_who_is_away_too(self, away, cast, colleague, today):
        away(2)
        post = Post.objects.get(user=colleague, stands_in_for=None)
        with pytest.raises(Refusal, match="自己也请假"):
            standing_in.begin(
                post=cast.post("unit_head"), substitute=cast.handler, first=today, last=today,
                by=cast.actor("unit_head"),
            )  # fmt: skip
        with pytest.raises(Refusal, match="正代替陈立"):
            standing_in.begin(
                post=post, substitute=cast.unit_head, first=today, last=today, by=cast.actor("unit_head")
            )

    def test_the_database_holds_it_once_at_a_time_too(self, away, cast):
        made = away(2)
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(
                user=cast.unit_head, unit=made.unit, role=made.role, stands_in_for=made.stands_in_for,
                valid_from=made.valid_from, valid_until=made.valid_until,
            )  # fmt: skip


class TestItEnds:
    def test_back_early_on_the_first_day_it_lasts_that_day(self, away, cast, today):
        made = away(9)
        assert standing_in.end(stand_in=made, by=cast.actor("handler")) == today + timedelta(days=1)

    def test_what_has_not_begun_is_struck_out(self, away, cast, today):
        made = away(9, first=today + timedelta(days=1))
        assert standing_in.end(stand_in=made, by=cast.actor("unit_head")) is None
        assert not Post.objects.filter(pk=made.pk).exists()
        assert AuditEntry.objects.filter(act="leave.end").exists()

    def test_the_substitute_and_strangers_do_not_end_it(self, away, cast, colleague):
        made = away()
        for actor in (Actor.of(made), cast.actor("handler2")):
            with pytest.raises(Refusal, match="本单位负责人"):
                standing_in.end(stand_in=made, by=actor)

    def test_with_the_post_it_stands_for(self, away, cast, today):
        made = away(9)
        posts.end_post(post=cast.post("handler"), by=cast.actor("sysadmin"), on=today + timedelta(days=2))
        made.refresh_from_db()
        assert made.valid_until == today + timedelta(days=2)

    def test_with_the_substitutes_last_post_in_the_unit(self, away, cast, colleague, today):
        made = away(9)
        own = Post.objects.get(user=colleague, stands_in_for=None)
        posts.end_post(post=own, by=cast.actor("sysadmin"), on=today + timedelta(days=3))
        made.refresh_from_db()
        assert made.valid_until == today + timedelta(days=3)

    @pytest.mark.parametrize("who", ["handler", "colleague"])
    def test_with_either_account(self, away, cast, colleague, today, who):
        made = away(9)
        user = colleague if who == "colleague" else cast.handler
        people.set_active(user=user, by=cast.actor("sysadmin"), active=False)
        made.refresh_from_db()
        assert made.valid_until == today + timedelta(days=1)


class TestPages:
    def form(self, cast, colleague, today, **more):
        wanted = {
            "post": cast.post("handler").pk,
            "substitute": colleague.pk,
            "first": today.isoformat(),
            "last": today.isoformat(),
        }
        return {**wanted, **more}

    def test_one_enters_ones_own_and_ends_it(self, cast, client_as, colleague, today):
        client, url = client_as(cast.handler), reverse("accounts:leave")
        assert client.post(url, self.form(cast, colleague, today)).status_code == 302
        made = Post.objects.get(stands_in_for=cast.post("handler"))
        page = client.get(url).content.decode()
        assert "李四" in page and "代班中" in page
        assert client.post(reverse("accounts:leave_end", args=[made.pk])).status_code == 302

    def test_the_head_enters_it_for_the_unit(self, cast, client_as, colleague, today):
        client = client_as(cast.unit_head)
        assert client.post(reverse("accounts:leave"), self.form(cast, colleague, today)).status_code == 302

    def test_a_handler_is_not_offered_others_posts(self, cast, client_as, colleague, today):
        client = client_as(cast.handler)
        tried = self.form(cast, colleague, today, post=cast.post("unit_head").pk)
        assert client.post(reverse("accounts:leave"), tried).status_code == 422
        assert not Post.objects.filter(stands_in_for__isnull=False).exists()

    def test_what_was_typed_stays_beside_the_sentence(self, cast, client_as, colleague, today):
        early = (today - timedelta(days=1)).isoformat()
        page = client_as(cast.handler).post(
            reverse("accounts:leave"), self.form(cast, colleague, today, last=early)
        )
        assert page.status_code == 422
        assert "早于开始日期" in page.content.decode() and early in page.content.decode()

    def test_an_officer_of_the_petition_office_is_told_who_enters_it(self, cast, client_as):
        assert (
            "由安全管理员登记"
            in client_as(cast.petition_officer).get(reverse("accounts:leave")).content.decode()
        )

    def test_the_security_administrator_enters_it_on_the_persons_page(self, cast, client_as, today):
        url = reverse("accounts:person_leave", args=[cast.leader.pk])
        tried = {
            "post": cast.post("leader").pk, "substitute": cast.leader2.pk, "first": today, "last": today,
        }  # fmt: skip
        assert client_as(cast.secadmin).post(url, tried).status_code == 302
        assert client_as(cast.sysadmin).post(url, tried).status_code == 422

    def test_nobody_ends_what_is_not_theirs(self, away, cast, client_as):
        made = away()
        url = reverse("accounts:leave_end", args=[made.pk])
        for user in (cast.handler2, cast.outsider, cast.petition_officer):
            assert client_as(user).post(url).status_code == 404
