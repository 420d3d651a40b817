"""Disputes without a petition at the room: to take up, written down, taken up, answered, registered, linked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.models import User
from core.forms import BaseForm
from core.paging import paginate
from mediation import dispute_selectors, rules
from mediation.dispute_enums import DisputeState
from mediation.dispute_forms import AnswerForm, DisputeForm, KeepOutForm, PressForm, RelateForm, TakeUpForm
from mediation.enums import DisputeKind, MediationAct
from mediation.models import Dispute
from mediation.services import dispute_cases, disputes
from mediation.services.disputes import Filed
from mediation.views.cases import STAFF, do, onward, show
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt

VIEWS = (("waiting", "待接手"), ("others", "其他"))


def _dispute_or_404(request: HttpRequest, number: str, act: MediationAct) -> Dispute:
    """Raises Refusal (403) where the reader may not do it."""
    seen = Dispute.objects.visible_to(actor_of(request)).select_related("room__unit", "other_unit")
    found: Dispute = get_object_or_404(seen, number=number)
    rules.require(act, actor_of(request), dispute=found)
    return found


@require_safe
@role_required(*STAFF)
def dispute_list(request: HttpRequest) -> HttpResponse:
    """What waits for somebody to take it up, the one that came first on top; and the others, the last one first."""
    actor = actor_of(request)
    chosen = "others" if request.GET.get("view") == "others" else "waiting"
    seen, order = Dispute.objects.visible_to(actor), ["came_at", "id"]
    found = seen.to_take_up()
    if chosen == "others":
        order = ["-came_at", "-id"]
        found = seen.exclude(state=DisputeState.WAITING).select_related("room__unit")
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    dispute_selectors.with_clocks(page.items)
    context = {
        "page": page,
        "chosen": chosen,
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in VIEWS
        ],
        "may_file": dispute_selectors.rooms_of(actor).exists(),
    }
    return render(request, "mediation/dispute_list.html", context)


@never_cache
@role_required(*STAFF)
def add(request: HttpRequest) -> HttpResponse:
    """当面, 法院, 公安, 热线, 排查: written down by somebody of the room."""
    actor = actor_of(request)
    data = request.POST if request.method == "POST" else None
    form, status = DisputeForm(data, actor=actor, initial={"token": new_token()}), 200
    if data is not None:
        status = 422
        if form.is_valid():
            room, token = form.cleaned_data["room"], form.cleaned_data["token"]
            filed, status = attempt(
                form,
                lambda: disputes.file_dispute(actor=actor, room=room, new=form.dispute(), token=token),
            )
            if filed is not None:
                return render(request, "mediation/dispute_slip.html", _slip_of(request, filed))
    return render(request, "mediation/dispute_form.html", {"form": form}, status=status)


def _slip_of(request: HttpRequest, filed: Filed) -> dict[str, Any]:
    """Number and code to hand over on paper: the code is shown this once."""
    address = f"{reverse('mediation:dispute_query')}?{urlencode({'number': filed.dispute.number})}"
    picture = segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=4, border=2)
    code = f"{filed.query_code[:5]}-{filed.query_code[5:]}"
    due_on = dispute_selectors.answer_by(filed.dispute)
    return {"dispute": filed.dispute, "code": code, "qr": picture, "due_on": due_on}


@require_POST
@staff_required
def take_up(request: HttpRequest, number: str) -> HttpResponse:
    dispute, actor = _dispute_or_404(request, number, MediationAct.TAKE_UP), actor_of(request)
    form = TakeUpForm(request.POST, auto_id="take_up_%s")
    return do(
        request,
        number,
        "take_up",
        form,
        lambda: disputes.take_up(
            dispute=dispute,
            actor=actor,
            **{**form.cleaned_data, "kind": DisputeKind(form.cleaned_data["kind"])},
        ),
        _("已接手。请先问双方愿不愿意调解。"),
        lambda made: _back(request, number, made.mediator),
    )


def _back(request: HttpRequest, number: str, taker: User | None = None) -> HttpResponse | None:
    """To the list where the act itself ended the reading: answered, or taken up for a colleague, whose name is said."""
    if Dispute.objects.visible_to(actor_of(request)).filter(number=number).exists():
        return None
    if taker is not None:
        words = {"number": number, "who": taker.get_full_name()}
        messages.info(request, _("%(number)s 由%(who)s调解，在%(who)s的“调解”里；您这里不再列出。") % words)
    return redirect("mediation:disputes")


@require_POST
@staff_required
def answer(request: HttpRequest, number: str) -> HttpResponse:
    dispute, actor = _dispute_or_404(request, number, MediationAct.ANSWER), actor_of(request)
    form = AnswerForm(request.POST, auto_id="answer_%s")
    return do(
        request,
        number,
        "answer",
        form,
        lambda: disputes.answer(dispute=dispute, actor=actor, text=form.cleaned_data["text"]),
        _("已答复。本人凭编号和查询码能看到。"),
        lambda _made: _back(request, number),
    )


@never_cache
@require_POST
@staff_required
def register(request: HttpRequest, number: str) -> HttpResponse:
    """As a petition, with a press; the code for the petitioner is shown once, on the next page."""
    dispute, actor = _dispute_or_404(request, number, MediationAct.REGISTER), actor_of(request)
    form, status = PressForm(request.POST, auto_id="register_%s"), 422
    if form.is_valid():
        token = form.cleaned_data["token"]
        done, status = attempt(
            form, lambda: dispute_cases.register_case(dispute=dispute, actor=actor, token=token)
        )
        if done is not None:
            words = {"number": done.petition.number, "code": done.query_code}
            said = _("已登记为信访件，编号 %(number)s，查询码 %(code)s，请告诉本人并记下。") % words
            messages.success(request, said)
            return onward(actor, number)
    return show(request, dispute, {"register": form}, status)


@require_POST
@staff_required
def relate(request: HttpRequest, number: str) -> HttpResponse:
    dispute, actor = _dispute_or_404(request, number, MediationAct.RELATE), actor_of(request)
    form = RelateForm(request.POST, auto_id="relate_%s")
    return do(
        request,
        number,
        "relate",
        form,
        lambda: disputes.relate(dispute=dispute, actor=actor, number=form.cleaned_data["number"]),
        _("已关联。"),
    )


@require_POST
@staff_required
def keep_out(request: HttpRequest, number: str) -> HttpResponse:
    dispute, actor = _dispute_or_404(request, number, MediationAct.KEEP_OUT), actor_of(request)
    form: BaseForm = KeepOutForm(request.POST, dispute=dispute, auto_id="keep_out_%s")
    return do(
        request,
        number,
        "keep_out",
        form,
        lambda: disputes.keep_out(dispute=dispute, actor=actor, user=form.cleaned_data["user"]),
        _("已登记。这位看不到、也不能办本件。"),
    )


@never_cache
@require_safe
@staff_required
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Telephone and address of both sides; each look is on record."""
    dispute = _dispute_or_404(request, number, MediationAct.CONTACT)
    disputes.look(dispute=dispute, actor=actor_of(request))
    return render(request, "mediation/dispute_contact.html", {"dispute": dispute})
