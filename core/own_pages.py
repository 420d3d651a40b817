"""Pages that a resident opens by a number and a code, without an account.

What was opened is remembered by the browser's session for half an hour and no longer, since residents use shared
computers; every look gives half an hour more. Times: Unix seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

SECONDS = 30 * 60
T = TypeVar("T")
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class OwnPage(Generic[T]):
    """One kind of page that is opened by number and code.

    ``key``: its name in the session; ``find``: the row of a primary key, None if it is gone; ``ask``: the url name of
    the page that asks for number and code.
    """

    def __init__(self, key: str, find: Callable[[Any], T | None], ask: str) -> None:
        self.key, self.find, self.ask = key, find, ask

    def let_in(self, request: HttpRequest, pk: int) -> None:
        """Open this row's page to this session; the session gets a new key, so that a planted one is worth nothing."""
        request.session.cycle_key()
        self._keep(request, pk)

    def of(self, request: HttpRequest) -> T | None:
        """The row whose page this session may see, None where none is open or the half hour is over."""
        kept = request.session.get(self.key)
        if not kept or kept["until"] <= time.time():
            return None
        row = self.find(kept["pk"])
        # Written at most once a minute: a page view need not cost a row.
        if row is not None and kept["until"] - time.time() < SECONDS - 60:
            self._keep(request, kept["pk"])
        return row

    def leave(self, request: HttpRequest) -> None:
        """Forget what was open; a staff login in the same browser stays."""
        request.session.pop(self.key, None)

    def needed(self, view: Callable[Concatenate[HttpRequest, T, P], HttpResponseBase]) -> View[P]:
        """Hand the session's row to the view; without one, back to number and code. Never cached."""

        @never_cache
        @wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            row = self.of(request)
            if row is None:
                messages.info(request, _("请先输入编号和查询码。半小时没有操作，需要重新输入。"))
                return redirect(self.ask)
            return view(request, row, *args, **kwargs)

        return inner

    def _keep(self, request: HttpRequest, pk: int) -> None:
        request.session[self.key] = {"pk": pk, "until": time.time() + SECONDS}
