"""For residents: a dispute is filed in a room from the code on its door, and looked up by number and code. None of it
is a condition of petitioning."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from core import throttle
from core.challenge import Gate
from core.errors import Refusal
from core.own_pages import OwnPage
from core.timekeeping import now
from mediation import agreement_selectors, dispute_selectors, selectors, session_selectors, side_selectors
from mediation.dispute_forms import RoomFileForm, RoomQueryForm
from mediation.enums import ConsentHow
from mediation.models import Dispute, MediationCase, Party, Room
from mediation.services import opening, recordings, slips
from mediation.services.disputes import file_dispute
from mediation.views import side
from petitions.selectors.public import plain
from petitions.services import codes
from petitions.views import public_query, public_session

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
GATE = Gate("file", "FILING_FREE")
RECEIPT = "dispute_receipt"
DISPUTE = OwnPage("own_dispute", dispute_selectors.by_id, "mediation:dispute_query")
MOST, SECONDS = 20, 600
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Three fields, and the other side for whoever knows it; a POST registers and leads to the receipt."""
    room: Room = get_object_or_404(selectors.published_rooms(), pk=pk)
    if request.method != "POST":
        return _form_page(request, room, RoomFileForm(), codes.new_token())
    form, token = RoomFileForm(request.POST), request.POST.get("token", "")
    if not TOKEN.fullmatch(token):
        form.add_error(None, _("这个页面打开得太久或不完整，还没有登记。内容都在，请再按一次“提交”。"))
        return _form_page(request, room, form, codes.new_token(), 422)
    if not form.is_valid():
        return _form_page(request, room, form, token, 422)
    try:
        if not GATE.lets_in(request):
            raise Refusal(GATE.sentence(), code="throttled")
        filed = file_dispute(actor=_resident(), room=room, new=form.dispute(), token=token)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, room, form, token, refusal.status)
    if not filed.created and filed.dispute.words != form.cleaned_data["words"]:
        words = _(
            "您刚才提交的那一份已经登记，编号 %(number)s。现在这一份内容不一样：要另外登记，请再按一次“提交”。"
        )
        form.add_error(None, words % {"number": filed.dispute.number})
        return _form_page(request, room, form, codes.new_token(), 409)
    response = redirect("mediation:dispute_receipt")
    response.set_signed_cookie(
        RECEIPT,
        token,
        salt=RECEIPT,
        max_age=public_session.RECEIPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("mediation:disputes"),
    )
    return response


def _resident() -> Actor:
    return Actor.petitioner(_("申请人"))


def _form_page(
    request: HttpRequest, room: Room, form: RoomFileForm, token: str, status: int = 200
) -> HttpResponse:
    context = {"room": room, "form": form, "token": token, "challenge": GATE.before(request)}
    return render(request, "mediation/room_file.html", context, status=status)


@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and query code of the form just sent; only in the browser that sent it, for two hours."""
    token = request.get_signed_cookie(RECEIPT, None, salt=RECEIPT, max_age=public_session.RECEIPT_SECONDS)
    dispute = dispute_selectors.by_token(token) if token else None
    if token is None or dispute is None:
        messages.info(request, _("回执只在提交的那台设备上显示两小时。请用编号和查询码查看。"))
        return redirect("mediation:dispute_query")
    code = codes.query_code(token)
    address = f"{reverse('mediation:dispute_query')}?{urlencode({'number': dispute.number})}"
    picture = segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=4, border=2)
    context = {
        "dispute": dispute,
        "code": f"{code[:5]}-{code[5:]}",
        "query_url": address,
        "qr": picture,
        "due_on": dispute_selectors.answer_by(dispute),
    }
    return render(request, "mediation/dispute_receipt.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def query(request: HttpRequest) -> HttpResponse:
    """Two fields. A wrong number and a wrong code get the same sentence after the same time."""
    if request.method != "POST":
        number = plain(request.GET.get("number", "").replace("\0", ""))[:40]
        return _query_page(request, RoomQueryForm(initial={"number": number}))
    form = RoomQueryForm(request.POST)
    if not form.is_valid():
        return _query_page(request, form, 422)
    if not public_query.may_try(request, form.cleaned_data["number"]):
        form.add_error(None, _("试的次数太多了，请过一刻钟再试。忘了查询码，可以到调解室问。"))
        return _query_page(request, form, 429)
    if not public_query.GATE.lets_in(request):
        form.add_error(None, GATE.sentence())
        return _query_page(request, form, 429)
    page = _let_in(request, form.cleaned_data["number"], form.cleaned_data["code"])
    if not page:
        form.add_error(None, _("编号或查询码不对，请对照回执再输一次。"))
        return _query_page(request, form, 422)
    return redirect(page)


def _let_in(request: HttpRequest, number: str, code: str) -> str:
    """The page that both open: of whoever brought a dispute, or of a party who was given a slip; empty: none."""
    if plain(number).upper().startswith(slips.PREFIX):
        if (party := side_selectors.by_slip(number, code)) is None:
            return ""
        side.SIDE.let_in(request, party.pk)
        return "mediation:side"
    if (found := dispute_selectors.by_number_and_code(number, code)) is None:
        return ""
    DISPUTE.let_in(request, found.pk)
    return "mediation:own"


def _query_page(request: HttpRequest, form: RoomQueryForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "challenge": public_query.GATE.before(request)}
    return render(request, "mediation/dispute_query.html", context, status=status)


@require_safe
@DISPUTE.needed
def own(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    last = dispute.mediations.select_related("room").order_by("-opened_at", "-id").first()
    context = {
        "dispute": dispute,
        # Where it is mediated now: it may have gone on from the room it was brought to.
        "room": last.room if last is not None else dispute.room,
        "mediation": last if last is not None and last.is_open else None,
        "due_on": dispute_selectors.answer_by(dispute),
        "lines": [line for line in dispute.events.all() if line.public],
        "part": dispute_selectors.own_part(dispute, now()),
        "more": [
            part
            for part in (
                agreement_selectors.own_part(dispute, now()),
                session_selectors.own_link(dispute, now()),
                session_selectors.own_recording(dispute, now()),
            )
            if part is not None
        ],
    }
    return render(request, "mediation/own.html", context)


@require_POST
@DISPUTE.needed
def agree(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    def door(mediation: MediationCase, party: Party) -> None:
        opening.give_consent(
            mediation=mediation, actor=_resident(), party=party, who=_("申请人本人"), how=ConsentHow.ONLINE
        )

    return _do(request, dispute, door, _("已记下您同意调解。您随时可以不调。"))


@require_POST
@DISPUTE.needed
def decline(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    def door(mediation: MediationCase, party: Party) -> None:
        opening.withdraw_consent(mediation=mediation, actor=_resident(), party=party)

    return _do(request, dispute, door, _("调解已结束。其他途径照样可以走。"))


def _do(
    request: HttpRequest, dispute: Dispute, door: Callable[[MediationCase, Party], Any], words: str
) -> HttpResponse:
    found = dispute.mediations.filter(ended_at=None)
    mediation = found.select_related("dispute__other_unit").first()
    party = mediation.parties.filter(is_petitioner=True).first() if mediation is not None else None
    if mediation is None or party is None:
        raise Http404
    sentence = _("提交得太频繁，请过几分钟再按一次。")
    try:
        throttle.require(f"dispute:{dispute.pk}", MOST, SECONDS, sentence=sentence)
        door(mediation, party)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, words)
    return redirect("mediation:own")


@require_POST
@DISPUTE.needed
def not_recorded(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    """Whoever brought it no longer agrees to be recorded, whatever became of the mediation."""
    found = session_selectors.own_consents(dispute)
    if not found:
        raise Http404
    try:
        for consent in found:
            recordings.take_back(consent=consent, actor=_resident())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("已记下：不再录，已经保存的随后删除。调解照常进行。"))
    return redirect("mediation:own")


@require_POST
@DISPUTE.needed
def petition(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    """Whoever brought it opens the petition it became without a second code: number and code of the dispute were
    asked for."""
    if dispute.petition is None or not dispute.petition.query_code_hash:
        raise Http404
    public_session.OWN_CASE.let_in(request, dispute.petition.pk)
    return redirect("petitions:mine")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """离开: nothing of the dispute stays in this browser's session."""
    DISPUTE.leave(request)
    messages.success(request, _("已离开。在公用电脑上请同时关闭浏览器。"))
    response = redirect("mediation:dispute_query")
    response.delete_cookie(RECEIPT, path=reverse("mediation:disputes"), samesite="Lax")
    return response
