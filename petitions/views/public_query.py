"""查询办理情况: number and code open one case, in this session, for half an hour."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import throttle
from core.challenge import Gate
from petitions import extensions
from petitions.forms.public import QueryForm
from petitions.selectors import public as selectors
from petitions.views import public_session

#: Queries of any outcome; above it the browser is given a sum. What follows locks, and stays as strict beside it.
GATE = Gate("query", "QUERY_FREE")
#: Tries in a quarter of an hour: for one number from one address, for one number from everywhere (high, because
#: strangers' tries count against the petitioner), and from one address. A code is one of 2 ** 50.
PER_NUMBER_AND_ADDRESS, PER_NUMBER, PER_ADDRESS, WINDOW_SECONDS = 20, 1000, 100, 900


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def query(request: HttpRequest) -> HttpResponse:
    """Two fields. A wrong number and a wrong code get the same sentence after the same time; a number of another room
    leads to where that room's are looked up."""
    if request.method != "POST":
        number = selectors.plain(request.GET.get("number", "").replace("\0", ""))[:40]
        return _page(request, QueryForm(initial={"number": number}))
    form = QueryForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    return _looked_up(request, form)


def _looked_up(request: HttpRequest, form: QueryForm) -> HttpResponse:
    if where := extensions.looked_up_at(selectors.plain(form.cleaned_data["number"])):
        return redirect(f"{where}?{urlencode({'number': form.cleaned_data['number']})}")
    if not may_try(request, form.cleaned_data["number"]):
        form.add_error(None, _("试的次数太多了，请过一刻钟再试。忘了查询码，可以带上证件到接待窗口查询。"))
        return _page(request, form, status=429)
    if not GATE.lets_in(request):
        form.add_error(None, GATE.sentence())
        return _page(request, form, status=429)
    petition = selectors.by_number_and_code(form.cleaned_data["number"], form.cleaned_data["code"])
    if petition is None:
        form.add_error(None, _("编号或查询码不对，请对照回执再输一次。"))
        return _page(request, form, status=422)
    public_session.OWN_CASE.let_in(request, petition.pk)
    return redirect("petitions:mine")


def _page(request: HttpRequest, form: QueryForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "challenge": GATE.before(request)}
    return render(request, "petitions/public_query.html", context, status=status)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """离开: nothing of the case stays in this browser's session."""
    messages.success(request, _("已离开。在公用电脑上请同时关闭浏览器。"))
    response = redirect("petitions:query")
    public_session.leave(request, response)
    return response


def may_try(request: HttpRequest, number: str) -> bool:
    """All three are counted, for numbers that do not exist as well. A try that was stopped at its own address no
    longer counts for the number, so that one place alone never locks it."""
    number, address = selectors.plain(number)[:40], throttle.client_network(request)
    here = throttle.allow(f"query:address:{address}", PER_ADDRESS, WINDOW_SECONDS)
    pair = throttle.allow(f"query:both:{number}:{address}", PER_NUMBER_AND_ADDRESS, WINDOW_SECONDS)
    return here and pair and throttle.allow(f"query:number:{number}", PER_NUMBER, WINDOW_SECONDS)
