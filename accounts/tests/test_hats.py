from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.middleware import ActorMiddleware
from accounts.models import AuditEntry, Post
from accounts.services.posts import grant_post
from core.timekeeping import local_day, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_hats(cast):
    second = grant_post(user=cast.handler, unit=cast.units.dongxi, role=Role.CLERK, by=Actor.system())
    return [cast.post("handler"), second]


def shown(client):
    return client.get(reverse("accounts:profile")).wsgi_request


def switch(client, post, to="/staff/me/"):
    return client.post(reverse("accounts:switch_post"), {"post": post.pk, "next": to})


def test_the_oldest_post_is_on_after_login(two_hats, cast, client_as):
    request = shown(client_as(cast.handler))
    assert request.post == two_hats[0]
    assert request.actor == Actor.of(two_hats[0])


def test_one_click_puts_on_the_other_hat_and_goes_back(two_hats, cast, client_as):
    client = client_as(cast.handler)
    response = switch(client, two_hats[1])
    assert (response.status_code, response.url) == (302, "/staff/me/")
    assert shown(client).actor == Actor.of(two_hats[1])
    entry = AuditEntry.objects.get(act="post.switch")
    assert (entry.user, entry.post) == (cast.handler, two_hats[1])


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "me", "", "javascript:alert(1)"]
)
def test_a_hat_never_leads_to_another_site(two_hats, cast, client_as, settings, to):
    settings.LOGIN_REDIRECT_URL = "/home/"
    response = switch(client_as(cast.handler), two_hats[1], to)
    assert (response.status_code, response.url) == (302, "/home/")


@pytest.mark.parametrize("wanted", ["other", "0", "x", "", "99999999999999999999"])
def test_nobody_puts_on_a_hat_that_is_not_their_own(two_hats, cast, client_as, wanted):
    client = client_as(cast.handler)
    wanted = cast.post("leader").pk if wanted == "other" else wanted
    response = client.post(reverse("accounts:switch_post"), {"post": wanted})
    assert response.status_code == 404
    assert shown(client).post == two_hats[0]


def test_an_outsider_cannot_put_on_a_post_that_ended(cast, client_as):
    old = cast.post("outsider")
    grant_post(user=cast.outsider, unit=cast.units.xiling, role=Role.CLERK, by=Actor.system())
    Post.objects.filter(pk=old.pk).update(valid_until=local_day(now()))
    assert switch(client_as(cast.outsider), old).status_code == 404


def test_a_hat_that_ends_while_on_is_taken_off(two_hats, cast, client_as):
    client = client_as(cast.handler)
    switch(client, two_hats[1])
    Post.objects.filter(pk=two_hats[1].pk).update(
        valid_from=local_day(now()) - timedelta(days=9), valid_until=local_day(now())
    )
    assert shown(client).post == two_hats[0]


def test_a_hat_is_switched_by_post_only_and_not_by_strangers(cast, client, client_as):
    assert client_as(cast.handler).get(reverse("accounts:switch_post")).status_code == 405
    response = client.post(reverse("accounts:switch_post"), {"post": cast.post("handler").pk})
    assert response.url == "/staff/login/?next=/staff/hat/"


@staff_required
def desk(request):
    return HttpResponse(f"desk of {request.actor.label}")


@role_required(Role.LEADER, Role.INSPECTOR)
def upstairs(request):
    return HttpResponse("upstairs")


def visit(view, user):
    request = RequestFactory().get("/desk/?a=1")
    request.user, request.session = user, {}
    return ActorMiddleware(view)(request)


def test_a_stranger_is_sent_to_the_login_page_and_back_afterwards():
    response = visit(desk, AnonymousUser())
    assert response.url == "/staff/login/?next=/desk/%3Fa%3D1"
    assert visit(upstairs, AnonymousUser()).status_code == 302


def test_somebody_with_a_post_gets_in(cast):
    assert visit(desk, cast.handler).content.decode() == "desk of 陈立（城市管理局 承办人）"


def test_somebody_whose_posts_all_ended_reads_why_not(cast):
    Post.objects.filter(user=cast.handler).update(valid_until=local_day(now()))
    for view in (desk, upstairs):
        response = visit(view, cast.handler)
        assert response.status_code == 403
        assert "您现在没有在任岗位" in response.content.decode()


def test_the_right_role_is_asked_for(cast):
    assert visit(upstairs, cast.leader).content == b"upstairs"
    assert visit(upstairs, cast.inspector).content == b"upstairs"
    for user in (cast.handler, cast.outsider, cast.sysadmin):
        with pytest.raises(PermissionDenied):
            visit(upstairs, user)


def test_the_hat_costs_one_query_and_a_stranger_none(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        visit(desk, cast.handler)
    with django_assert_num_queries(0):
        visit(desk, AnonymousUser())
