"""Filing online and the receipt. One form, one case, however often it is pressed; what was typed is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core import uploads
from core.challenge import Gate
from core.errors import Refusal
from core.timekeeping import now
from petitions.forms.public import FilingForm
from petitions.models import Petition
from petitions.selectors import public as selectors
from petitions.services import codes
from petitions.services.registering import NewPetition, Registered, register
from petitions.views import public_session

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
#: From one address: ten filings of a family meet nothing, those of a village a sum for its browser.
GATE = Gate("file", "FILING_FREE")
NO_OFFICE = _lazy(
    "本地的信访机构还没有录入系统，暂时不能在网上登记。您写的内容都在，请稍后再试，或到接待窗口办理。"
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way in that a room above keeps, such as a leader's inbox: the same form, the same receipt. ``register`` takes
    what was handed in, the office and the form's token; ``intro`` is a template above the form, with ``context``."""

    address: str
    title: str
    intro: str
    context: dict[str, Any]
    register: Callable[[NewPetition, Unit, str], Registered]


def _by_the_door(new: NewPetition, office: Unit, token: str) -> Registered:
    return register(actor=Actor.petitioner(), new=new, unit=office, token=token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The form; a POST registers and leads to the receipt."""
    return file_through(request, None)


def file_through(request: HttpRequest, way: Way | None) -> HttpResponse:
    """The form of the office itself (None), or as part of a page of a room above."""
    if request.method == "POST":
        return _receive(request, way)
    place = _prefilled(request.GET.get("place", ""))
    form = FilingForm(initial=_initial_place(place))
    office = selectors.petition_office()
    return _form_page(request, form, codes.new_token(), way, office=office, place=place)


@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Number, query code and dates of the form just sent; only in the session that sent it, for two hours."""
    token = public_session.receipt_token(request)
    petition = selectors.by_token(token) if token else None
    if token is None or petition is None:
        messages.info(request, _("回执只在提交的那台设备上显示两小时。请用编号和查询码查看办理情况。"))
        return redirect("petitions:query")
    code = codes.query_code(token)
    address = f"{reverse('petitions:query')}?{urlencode({'number': petition.number})}"
    return render(
        request,
        "petitions/public_receipt.html",
        {
            "petition": petition,
            "code": f"{code[:5]}-{code[5:]}",
            "promises": selectors.promises_at_arrival(petition, now()),
            "query_url": address,
            "qr": segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=4, border=2),
            "hours": settings.RECEPTION_HOURS,
        },
    )


def _receive(request: HttpRequest, way: Way | None) -> HttpResponse:
    form = FilingForm(request.POST, request.FILES)
    token = request.POST.get("token", "")
    if not TOKEN.fullmatch(token):
        form.add_error(None, _("这个页面打开得太久或不完整，还没有登记。内容都在，请再按一次“提交”。"))
        return _form_page(request, form, codes.new_token(), way, status=422)
    # Files cost time to look into, so whoever sends many is asked before that; other forms only once they are right.
    entered = bool(request.FILES)
    if entered and not GATE.lets_in(request):
        form = FilingForm(request.POST)
        form.add_error(None, GATE.sentence())
        return _form_page(request, form, token, way, status=429)
    if not form.is_valid():
        return _form_page(request, form, token, way, status=422)
    office = selectors.petition_office()
    if office is None:
        form.add_error(None, NO_OFFICE)
        return _form_page(request, form, token, way, status=503)
    return _register(request, form, token, office, way, entered=entered)


def _register(
    request: HttpRequest, form: FilingForm, token: str, office: Unit, way: Way | None, *, entered: bool
) -> HttpResponse:
    try:
        if not entered and not GATE.lets_in(request):
            raise Refusal(GATE.sentence(), code="throttled")
        new = form.petition()
        done = (way.register if way else _by_the_door)(new, office, token)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form, token, way, status=refusal.status)
    if not done.created and _was_changed(done.petition, form):
        form.add_error(
            None,
            _(
                "您刚才提交的那一份已经登记，编号 %(number)s，没有重复登记。现在这一份内容不一样："
                "要另外登记，请再按一次“提交”；要补充那一份，请到“查询办理情况”里补充材料。"
            )
            % {"number": done.petition.number},
        )
        return _form_page(request, form, codes.new_token(), way, status=409)
    response = redirect("petitions:receipt")
    public_session.remember_receipt(request, response, token)
    return response


def _was_changed(petition: Petition, form: FilingForm) -> bool:
    """The same token with other words: somebody went back, wrote something new and sent it."""
    asked = [request.text for request in petition.requests.all()]
    return petition.body != form.cleaned_data["body"] or asked != form.cleaned_data["requests"]


def _form_page(
    request: HttpRequest,
    form: FilingForm,
    token: str,
    way: Way | None,
    *,
    status: int = 200,
    office: Unit | None = None,
    place: Unit | None = None,
) -> HttpResponse:
    """The form with everything typed still in it. ``status`` 200 is a first visit."""
    context: dict[str, Any] = {
        "form": form,
        "token": token,
        "way": way,
        "challenge": GATE.before(request),
        "place": place,
        "no_office": NO_OFFICE if status == 200 and office is None else "",
        "files_lost": bool(request.FILES),
        "max_files": uploads.max_files(),
        "max_file_mb": uploads.max_file_bytes() / 1024 / 1024,
        "max_total_mb": uploads.max_total_bytes() / 1024 / 1024,
    }
    return render(request, "petitions/public_file.html", context, status=status)


def _prefilled(code: str) -> Unit | None:
    """The town or community a QR code on a wall names; an unknown code is passed over."""
    if not code or len(code) > 24 or not code.isalnum():
        return None
    kinds = (UnitKind.TOWN, UnitKind.VILLAGE)
    return Unit.objects.active(now().date()).filter(code=code, kind__in=kinds).first()


def _initial_place(place: Unit | None) -> dict[str, Any]:
    if place is None:
        return {}
    if place.kind == UnitKind.TOWN:
        return {"town": place.pk}
    return {"town": place.parent_id, "community": place.pk}
