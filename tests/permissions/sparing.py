"""What need not be done again for each of thousands of questions whose answers alone are looked at.

Each is for as long as its context lasts; what it leaves out has tests of its own.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import middleware
from django.http import Http404
from django.template import base
from django.template.backends.django import Template
from django.test import Client
from django.test.utils import _TestState
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.middleware import LoginMiddleware
from petitions.selectors import case as case_selector


@contextmanager
def known_people(clients: Iterable[Client] = ()) -> Iterator[None]:
    """Who asks, by which login and with which posts is looked up once for each browser; at once for ``clients``, where
    questions to the database are counted."""
    users: dict[str, Any] = {}
    logins: dict[str, Any] = {}
    get_user, standing = middleware.get_user, LoginMiddleware.standing

    def user_of(request: Any) -> Any:
        key = request.session.session_key
        if key not in users:
            found = get_user(request)
            if not found.is_authenticated:
                return found
            assert found.current_posts is not None  # looked up now and kept with the user
            users[key] = found
        return copy.copy(users[key])

    def login_of(self: LoginMiddleware, request: Any) -> Any:
        key = request.session.session_key
        if key not in logins:
            logins[key] = standing(self, request)
        return copy.copy(logins[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware, "get_user", user_of)
        patch.setattr(LoginMiddleware, "standing", login_of)
        for client in clients:
            client.get(reverse("petitions:landing"))
        yield


@contextmanager
def cases_found_once() -> Iterator[None]:
    """Whether somebody may read a case, and the case as it is read, are looked up once. Nothing may change the cases
    meanwhile but within one question."""
    kept: dict[tuple[int, int, str], bytes | None] = {}
    find = case_selector.find

    def find_once(actor: Any, number: str) -> Any:
        key = (actor.user.pk, actor.post.pk, number)
        if key not in kept:
            try:
                kept[key] = pickle.dumps(find(actor, number))
            except Http404:
                kept[key] = None
        known = kept[key]
        if known is None:
            raise Http404
        return pickle.loads(known)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_selector, "find", find_once)
        yield


@contextmanager
def pages_drawn_plainly() -> Iterator[None]:
    """Pages as they are, without the copies of everything on them that the test client keeps for ``response.context``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base.Template, "_render", _TestState.saved_data.template_render)
        yield


@contextmanager
def pages_not_drawn() -> Iterator[None]:
    """Views hand over all that a page shows, and the page stays empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda *_args, **_kwargs: SafeString(""))
        yield
