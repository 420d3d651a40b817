"""The archive page of one case: its class, its holds, and the forms of those who may change them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.services import audit
from core.converters import row_of, scattered
from core.errors import Refusal
from core.forms import BaseForm
from core.timekeeping import now
from petitions import archive_rules
from petitions.archive_enums import ArchiveClass, HoldKind, LookKind
from petitions.enums import Status
from petitions.forms.archive import ClassForm, HoldForm, LiftForm
from petitions.models import ArchiveFile, Petition
from petitions.selectors import archive
from petitions.services import archiving
from petitions.services.looking import count_look
from petitions.views.asking import actor_of
from petitions.views.desk import reads_cases


def _find(actor: Actor, number: str) -> Petition:
    """Raises Http404: there is none, or not for this reader; the two look the same."""
    found = archive_rules.readable(actor).filter(number=number)
    petition = found.select_related("lead_unit", "registered_unit").first()
    if petition is None:
        raise Http404
    return petition


@require_http_methods(["GET", "HEAD", "POST"])
@reads_cases
def archive_case(request: HttpRequest, number: str) -> HttpResponse:
    """GET shows; POST says by ``do`` which form was sent: ``class``, ``hold`` or ``lift`` with the hold's id."""
    actor = actor_of(request)
    petition = _find(actor, number)
    if not archive_rules.opens_page(actor):
        raise PermissionDenied
    forms, status, trouble = _forms(petition, actor), 200, ""
    if request.method == "POST":
        sent = forms.get(request.POST.get("do", ""))
        if sent is None:
            status, trouble = 422, _("没有看懂要办什么，请在下面选一项再提交。")
        else:
            forms[request.POST["do"]] = sent = _bound(request.POST["do"], request.POST)
            status = 422
            if sent.is_valid():
                try:
                    _carry_out(petition, actor, request.POST["do"], sent.cleaned_data)
                    return redirect("petitions:archive_case", number=petition.number)
                except Refusal as refusal:
                    status, trouble = refusal.status, refusal.sentence
    _on_record(actor, petition)
    context = _context(petition, actor) | {"forms": forms, "trouble": trouble}
    response = render(request, "petitions/archive_case.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _forms(petition: Petition, actor: Actor) -> dict[str, BaseForm]:
    """The forms this actor gets, by the word that sends them."""
    file = ArchiveFile.objects.filter(petition=petition).first()
    if file is not None and file.done_at is not None:
        return {}
    found: dict[str, BaseForm] = {}
    if archive_rules.classifies(petition, actor):
        found["class"] = _bound("class", None, file.archive_class if file else None)
    if archive_rules.holds(actor):
        found["hold"] = _bound("hold", None)
    for hold in petition.archive_holds.filter(lifted_at=None).select_related("set_unit"):
        if archive_rules.lifts(hold, actor):
            word = f"lift-{scattered(hold.pk)}"
            found[word] = _bound(word, None)
    return found


def _bound(do: str, data: Any, archive_class: str | None = None) -> BaseForm:
    if do == "class":
        return ClassForm(data, prefix="class", initial={"archive_class": archive_class})
    return HoldForm(data, prefix="hold") if do == "hold" else LiftForm(data, prefix=do)


def _carry_out(petition: Petition, actor: Actor, do: str, data: dict[str, Any]) -> None:
    if do == "class":
        kind = ArchiveClass(data["archive_class"])
        archiving.change_class(petition=petition, actor=actor, archive_class=kind, reason=data["reason"])
    elif do == "hold":
        archiving.hold(petition=petition, actor=actor, kind=HoldKind(data["kind"]), reason=data["reason"])
    else:
        pk = row_of(int(do.partition("-")[2]))
        archiving.lift(hold_pk=pk, petition=petition, actor=actor, reason=data["reason"])


def _context(petition: Petition, actor: Actor) -> dict[str, Any]:
    file = ArchiveFile.objects.filter(petition=petition).select_related("class_by").first()
    if file is None and petition.status == Status.CLOSED:
        (file,) = archiving.built([petition], now())  # as the nightly run will write it
    proposals = petition.archive_proposals.order_by("-proposed_at", "-pk")
    return {
        "petition": petition,
        "file": file,
        "holds": archive.holds_of(petition, actor),
        "proposals": list(proposals) if not petition.sealed else [],
        "reads_case": Petition.objects.visible_to(actor).filter(pk=petition.pk).exists(),
    }


def _on_record(actor: Actor, petition: Petition) -> None:
    audit.record(actor=actor, act="petition.look", obj=petition, detail={"where": "archive"})
    if petition.sealed:
        count_look(actor=actor, petition=petition, kind=LookKind.SEALED)
