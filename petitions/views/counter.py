"""The counter: one screen to register, what stands beside it while one types, and the receipt."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.text import clean_text, id_number_facts
from core.timekeeping import SHANGHAI, now
from petitions.forms.counter import PersonFormSet, RegisterForm, known_so_far
from petitions.models import Category, Petition
from petitions.querysets import DISCIPLINE_ROLES, sees_sealed
from petitions.selectors import categories, staff
from petitions.selectors import public as public_selectors
from petitions.selectors.same_person import earlier_cases
from petitions.selectors.similar import similar_cases
from petitions.services import codes, complained, following
from petitions.services.registering import LONGEST_BODY, Registered, register

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
COUNTER_ROLES = (Role.CLERK, Role.PETITION_OFFICER)
RECEIPT, RECEIPT_SECONDS = "counter_receipt", 15 * 60
LEAST_TEXT = 2  # signs before similar texts are looked for
MOST_FACTS = 20  # rows whose ID number is read back while typing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*COUNTER_ROLES)
def register_case(request: HttpRequest) -> HttpResponse:
    """The form; a POST registers and leads to the receipt. The last receipt's code is forgotten here."""
    at = now()
    if request.method == "POST":
        return _receive(request, at)
    request.session.pop(RECEIPT, None)
    form = RegisterForm(actor=_actor(request), at=at)
    return _form_page(request, form, PersonFormSet(prefix="persons"), codes.new_token())


@require_POST
@role_required(*COUNTER_ROLES)
def similar(request: HttpRequest) -> HttpResponse:
    """Beside the form: earlier cases of the same person, cases of like text, the usual unit, and what ID numbers say.

    By POST, so that no personal data stands in an address or a log.
    """
    actor = _actor(request)
    persons = known_so_far(request.POST)
    same = earlier_cases(actor=actor, persons=[person for _row, person in persons])
    text = clean_text(
        f"{request.POST.get('subject', '')[:200]} {request.POST.get('body', '')[:LONGEST_BODY]}"
    )
    alike = []
    if len(text) >= LEAST_TEXT:
        alike = similar_cases(actor=actor, text=text, without=[one.petition.pk for one in same])
    facts = [
        (row, id_number_facts(person.id_number)) for row, person in persons[:MOST_FACTS] if person.id_number
    ]
    context = {
        "same": same,
        "alike": alike,
        "facts": facts,
        "without_facts": [row for row, person in persons[:MOST_FACTS] if not person.id_number],
        "suggestion": _suggestion(actor, request.POST.get("category", "")),
        "headed": _headed(request),
        "asked": bool(text) or any(any(vars(person).values()) for _row, person in persons),
    }
    return render(request, "petitions/counter_similar.html", context)


@never_cache
@require_safe
@role_required(*COUNTER_ROLES)
def receipt(request: HttpRequest) -> HttpResponse:
    """The person's paper. The query code is on it for a quarter of an hour, or until the next one is registered."""
    kept = request.session.get(RECEIPT) or {"token": "", "until": 0}
    petition = None
    if kept["until"] > time.time():
        key = codes.submit_key(kept["token"])
        # Whoever registered a case that complains of themselves or of their office reads it no more, but its paper is
        # still to be handed over: once.
        petition = Petition.objects.filter(submit_key=key, registered_by=_actor(request).user).first()
    if petition is None:
        messages.info(request, _("回执已经收起。查询码只在登记后显示一次。"))
        return redirect("petitions:register")
    readable = Petition.objects.visible_to(_actor(request)).filter(pk=petition.pk).exists()
    if not readable and request.method == "GET":
        del request.session[RECEIPT]
    code = codes.query_code(kept["token"])
    address = f"{reverse('petitions:query')}?{urlencode({'number': petition.number})}"
    context = {
        "petition": petition,
        "readable": readable,
        "code": f"{code[:5]}-{code[5:]}",
        "promises": public_selectors.promises_at_arrival(petition, now()),
        "print_now": request.GET.get("print") == "1",
        "query_url": request.build_absolute_uri(reverse("petitions:query")),
        "qr": segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=3, border=1),
        "draft_key": draft_key(request),
    }
    return render(request, "petitions/counter_receipt.html", context)


@require_safe
@role_required(*COUNTER_ROLES)
def category_options(request: HttpRequest) -> HttpResponse:
    return JsonResponse(categories.category_options(request.GET.get("q", "")), safe=False)


@require_safe
@role_required(*COUNTER_ROLES)
def place_options(request: HttpRequest) -> HttpResponse:
    near = _actor(request).unit
    return JsonResponse(categories.place_options(request.GET.get("q", ""), near=near), safe=False)


@require_safe
@role_required(*COUNTER_ROLES)
def unit_options(request: HttpRequest) -> HttpResponse:
    return JsonResponse(categories.unit_options(request.GET.get("q", "")), safe=False)


@require_safe
@role_required(*COUNTER_ROLES, *DISCIPLINE_ROLES)
def person_options(request: HttpRequest) -> HttpResponse:
    """People in office by name, so that one who is complained of can be said, at the counter or by the discipline body;
    nobody before two signs."""
    if _actor(request).role not in COUNTER_ROLES and not sees_sealed(_actor(request)):
        raise PermissionDenied
    near = _actor(request).unit
    assert near is not None  # the role check lets nobody in without a post
    return JsonResponse(staff.options(request.GET.get("q", ""), near, now()), safe=False)


def draft_key(request: HttpRequest) -> str:
    """A draft belongs to one person: the next one at the same computer does not see it."""
    return f"register-{request.user.pk}"


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _receive(request: HttpRequest, at: datetime) -> HttpResponse:
    form = RegisterForm(request.POST, request.FILES, actor=_actor(request), at=at)
    people = PersonFormSet(request.POST, prefix="persons")
    token = request.POST.get("token", "")
    if not TOKEN.fullmatch(token):
        form.add_error(None, _("这个页面打开得太久或不完整，还没有登记。内容都在，请再按一次“登记”。"))
        return _form_page(request, form, people, codes.new_token(), status=422)
    if form.is_valid() & people.is_valid():
        _check_anonymous(form, people)
    if not (form.is_valid() and people.is_valid()):
        return _form_page(request, form, people, token, status=422)
    if "confirmed" not in request.POST and request.user in form.cleaned_data["complained_people"]:
        return _form_page(request, form, people, token, names_clerk=True)
    return _register(request, form, people, token, at)


def _check_anonymous(form: RegisterForm, people: Any) -> None:
    if form.cleaned_data["anonymous"] and any(person.name for person in people.persons()):
        form.add_error(
            "anonymous",
            _("选了匿名，又写了姓名。请去掉其中一样；不想让被反映的单位知道的，改选“保密”。"),
        )


def _register(
    request: HttpRequest, form: RegisterForm, people: Any, token: str, at: datetime
) -> HttpResponse:
    actor = _actor(request)
    assert actor.unit is not None  # the role check lets nobody in without a post
    try:
        new = form.petition(people.persons())
        done = register(actor=actor, new=new, unit=actor.unit, token=token, at=at)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form, people, token, status=refusal.status)
    if not done.created and done.petition.body != form.cleaned_data["body"]:
        form.add_error(
            None,
            _("刚才那一份已经登记，编号 %(number)s，没有重复登记。现在内容不一样：要另外登记，请再按一次。")
            % {"number": done.petition.number},
        )
        return _form_page(request, form, people, codes.new_token(), status=409)
    _link(request, form, done, at)
    request.session[RECEIPT] = {"token": token, "until": time.time() + RECEIPT_SECONDS}
    printing = "?print=1" if request.POST.get("then") == "print" else ""
    return redirect(reverse("petitions:register_receipt") + printing)


def _link(request: HttpRequest, form: RegisterForm, done: Registered, at: datetime) -> None:
    """Link or join as chosen beside the form. A refusal is told; the case stays registered in any case."""
    original = form.cleaned_data["original"]
    if original is None or done.petition.repeat_of_id:
        return
    try:
        following.link(
            petition=done.petition,
            actor=_actor(request),
            original=original,
            join=form.cleaned_data["join"],
            at=at,
        )
    except Refusal as refusal:
        messages.warning(
            request,
            _("已登记，但没有关联到 %(n)s：%(why)s") % {"n": original.number, "why": refusal.sentence},
        )


def _form_page(
    request: HttpRequest,
    form: RegisterForm,
    people: Any,
    token: str,
    *,
    status: int = 200,
    names_clerk: bool = False,
) -> HttpResponse:
    """The screen with everything typed still in it. ``names_clerk``: before anything is saved, whoever types is told
    that they are out of it from then on, and asked to leave it to another (条例 28)."""
    actor = _actor(request)
    today = now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Petition.objects.visible_to(actor).filter(registered_by=actor.user, registered_at__gte=today)
    context = {
        "form": form,
        "ticks": [form["anonymous"], form["confidential"]],
        "people": people,
        "token": token,
        "draft_key": draft_key(request),
        "registered_today": mine.count(),
        "registering_unit": actor.unit,
        "files_lost": bool(request.FILES),
        "most_signs": LONGEST_BODY,
        "original": _chosen(form),
        "names_clerk": names_clerk,
    }
    return render(request, "petitions/counter_register.html", context, status=status)


def _chosen(form: RegisterForm) -> Petition | None:
    found = form.cleaned_data.get("original") if form.is_bound and hasattr(form, "cleaned_data") else None
    return found if isinstance(found, Petition) else None


def _headed(request: HttpRequest) -> Unit | None:
    """The unit that will count as complained of, because somebody named heads it and no unit is chosen."""
    chosen = [pk for pk in request.POST.getlist("complained_people") if pk.isdecimal() and len(pk) < 19]
    if not chosen or request.POST.get("complained_unit"):
        return None
    at, near = now(), _actor(request).unit
    assert near is not None
    return complained.unit_headed_by(list(staff.in_office(near, at).filter(pk__in=chosen)), at)


def _suggestion(actor: Actor, category: str) -> categories.Suggestion | None:
    if not category.isdecimal() or len(category) > 18:
        return None
    found = Category.objects.filter(pk=category).first()
    return categories.usual_unit(actor=actor, category=found) if found else None
