"""An agreement: the list to follow up, its page, drafting and signing, the sheets and scans."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.services import audit
from core import downloads
from core.forms import FASTER, BaseForm
from core.timekeeping import local_day, now
from mediation import agreement_papers, agreement_selectors, rules, session_selectors
from mediation.agreement_enums import AgreementKind
from mediation.agreement_forms import (
    AgainForm,
    AgreementForm,
    ConfirmationForm,
    RulingForm,
    SignForm,
    VersionForm,
    VisitForm,
)
from mediation.agreement_querysets import settled_by
from mediation.enums import MediationAct
from mediation.models import Agreement, MediationCase
from mediation.services import agreements, coming_back, signing
from mediation.views.cases import STAFF
from petitions.views.asking import actor_of, attempt

A = MediationAct
PDF = "application/pdf"


@require_safe
@role_required(*STAFF)
def agreement_list(request: HttpRequest) -> HttpResponse:
    """待跟进: what is not written or signed yet, duties and visits that are due, courts that are waited for."""
    follow = agreement_selectors.to_follow(actor_of(request))
    return render(request, "mediation/agreement_list.html", {"follow": follow})


def agreement_or_404(request: HttpRequest, pk: int) -> Agreement:
    found = agreement_selectors.full() & Agreement.objects.visible_to(actor_of(request))
    agreement: Agreement = get_object_or_404(found, pk=pk)
    return agreement


@never_cache
@require_safe
@staff_required
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, agreement_or_404(request, pk))


def show(
    request: HttpRequest, one: Agreement, forms: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    may, given = agreement_selectors.may_follow(one, actor), forms or {}
    shown = agreement_selectors.shown(one, actor)
    fresh = _fresh(one, shown, may, actor)
    visits = [
        (visit, given.get(f"visit:{visit.pk}") or VisitForm(auto_id=f"visit{n}_%s"))
        for n, visit in enumerate(one.visits.all())
    ]
    context = {
        "shown": shown,
        "one": one,
        "today": local_day(now()),
        "may": may,
        "forms": {name: given.get(name, form) for name, form in fresh.items()},
        "visits": visits,
        # What came too late has no panel of its own any more; its sentence stands above all.
        "refused": next(
            (form for name, form in given.items() if name not in fresh and not name.startswith("visit:")),
            None,
        ),
        "reads_case": one.case is not None
        and MediationCase.objects.visible_to(actor).filter(pk=one.mediation_id).exists(),
    }
    return render(request, "mediation/agreement.html", context, status=status)


def _fresh(
    one: Agreement, shown: agreement_selectors.Shown, may: dict[str, bool], actor: Actor
) -> dict[str, BaseForm]:
    """The forms that the agreement's state and the actor's post ask for."""
    found: dict[str, BaseForm] = {}
    if not one.holds:
        if may["agree"]:
            found["discard"] = VersionForm(initial={"version": one.version}, auto_id="discard_%s")
        if may["sign"] and one.is_oral:
            found["record"] = VersionForm(initial={"version": one.version})
        elif may["sign"]:
            found["sign"] = SignForm(agreement=one, actor=actor, auto_id="sign_%s")
        return found
    waits = shown.confirmation is not None and not shown.confirmation.result
    if may["confirm"] and waits:
        found["ruling"] = RulingForm(auto_id="ruling_%s")
    elif may["confirm"] and shown.window_open:
        found["confirmation"] = ConfirmationForm(auto_id="confirmation_%s")
    if shown.broken and coming_back.may_mediate_again(one, actor):
        found["again"] = AgainForm(auto_id="again_%s")
    return found


def do(
    request: HttpRequest, one: Agreement, name: str, form: BaseForm, door: Callable[[], Any], words: str
) -> HttpResponse:
    """Form → door → message and back to the agreement; what was not accepted comes back as it was typed."""
    status = 422
    if form.is_valid():
        made, status = attempt(form, door)
        if made is not None:
            messages.success(request, words)
            return redirect(one)
    return show(request, agreement_or_404(request, one.pk), {name: form}, status)


@staff_required
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a session came to. Its text is put in as it was recorded there."""
    actor = actor_of(request)
    found = settled_by(actor).select_related("room", "petition", "dispute")
    mediation: MediationCase = get_object_or_404(found.prefetch_related("parties"), pk=pk)
    rules.require(A.AGREE, actor, mediation=mediation)
    written = Agreement.objects.filter(mediation=mediation).first()
    if written is not None and request.method != "POST":
        return redirect(written)
    form, status = AgreementForm(request.POST or None, mediation=mediation, initial=_first(mediation)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(
                form, lambda: agreements.draft(mediation=mediation, actor=actor, new=form.new())
            )
            if made is not None:
                lacks = agreement_selectors.shown(agreement_or_404(request, made.pk), actor).missing
                words = _("协议已保存，还缺：%(lacks)s。补齐以后才能签字。") % {"lacks": "、".join(lacks)}
                messages.success(request, words if lacks else _("协议已拟好。请各方看过以后签字。"))
                return redirect(made)
    context = {"form": form, "mediation": mediation, "held": session_selectors.noted_in(mediation, actor)}
    return render(request, "mediation/agreement_form.html", context, status=status)


def _first(mediation: MediationCase) -> dict[str, Any]:
    session = mediation.sessions.exclude(agreement="").order_by("-held_at").first()
    return {"kind": AgreementKind.MEDIATED, "content": session.agreement if session is not None else ""}


@staff_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, as long as it does not hold: a new version, signed anew."""
    one, actor, status = agreement_or_404(request, pk), actor_of(request), 200
    rules.require(A.AGREE, actor, mediation=one.mediation)
    kept = AgreementForm.kept(one)
    shown = len(one.texts.all()[0].duties.all())
    form = AgreementForm(request.POST or None, mediation=one.mediation, shown=shown, initial=kept)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"] or 0
            made, status = attempt(
                form, lambda: agreements.revise(agreement=one, actor=actor, new=form.new(), version=version)
            )
            if made is not None:
                messages.success(request, _("已改为新的一版，请各方重新签字。"))
                return redirect(one)
        if status == FASTER:
            form.now_at(Agreement.objects.get(pk=one.pk).version)
    elif one.holds:
        agreements.refuse_holding(one)
    held = session_selectors.noted_in(one.mediation, actor)
    context = {"form": form, "mediation": one.mediation, "one": one, "held": held}
    return render(request, "mediation/agreement_form.html", context, status=status)


@require_POST
@staff_required
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.SIGN, actor, mediation=one.mediation)
    form = SignForm(request.POST, request.FILES, agreement=one, actor=actor, auto_id="sign_%s")
    return do(
        request,
        one,
        "sign",
        form,
        lambda: signing.sign(agreement=one, actor=actor, new=form.signing()),
        _("签字已登记。各方都签了以后协议生效。"),
    )


@require_POST
@staff_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """An oral agreement is recorded, and holds."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.SIGN, actor, mediation=one.mediation)
    form = VersionForm(request.POST)
    return do(
        request,
        one,
        "record",
        form,
        lambda: agreements.record_oral(agreement=one, actor=actor, version=form.cleaned_data["version"]),
        _("口头协议已记录，从今天起生效。"),
    )


@require_POST
@staff_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """One that never came about is taken away."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.AGREE, actor, mediation=one.mediation)
    form, status = VersionForm(request.POST, auto_id="discard_%s"), 422
    if form.is_valid():
        version = form.cleaned_data["version"]

        def door() -> bool:
            agreements.discard(agreement=one, actor=actor, version=version)
            return True

        made, status = attempt(form, door)
        if made is not None:
            messages.success(request, _("没有签成的协议已撤下。双方又谈成的，可以另写一份。"))
            return redirect("mediation:agreements")
    return show(request, agreement_or_404(request, one.pk), {"discard": form}, status)


@never_cache
@require_safe
@staff_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets to sign, with the version that counts."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    made = agreement_papers.agreement_paper(one, actor, now())
    audit.record(actor=actor, act="mediation.agreement_paper", obj=one, detail={"version": one.version})
    return _download(BytesIO(made.pdf), f"{one.get_kind_display()}.pdf", PDF)


@never_cache
@require_safe
@staff_required
def confirmation_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """司法确认申请书 as a draft for both to sign."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    if not one.holds or one.kind == AgreementKind.SETTLED:
        raise Http404
    last = one.confirmations.last()
    court = last.court if last is not None else ""
    made = agreement_papers.confirmation_paper(one, actor, court, now())
    audit.record(actor=actor, act="mediation.confirmation_paper", obj=one)
    return _download(BytesIO(made.pdf), _("司法确认申请书.pdf"), PDF)


@never_cache
@require_safe
@staff_required
def file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A scan or a drawn signature, always as an attachment; each look is on record."""
    one = agreement_or_404(request, pk)
    kept = get_object_or_404(one.files.all(), pk=file)
    if not kept.size:  # taken away with the people of an old case
        raise Http404
    audit.record(actor=actor_of(request), act="mediation.agreement_file", obj=one)
    name = f"{_('签字页')}.{kept.extension}"
    return _download(BytesIO(base64.b64decode(kept.content)), name, kept.content_type)


def _download(opened: BytesIO, name: str, content_type: str) -> HttpResponse:
    return cast(HttpResponse, downloads.download(opened, name, content_type))
