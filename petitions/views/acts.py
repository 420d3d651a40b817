"""One view for all acts: the form on GET, the service on POST. The table says who sees which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import Refusal
from core.htmx import is_htmx, redirect_to, render_page
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.enums import CONTINUOUS
from petitions import extensions, rules
from petitions.enums import Act, Status
from petitions.forms import (
    accepting,
    acts,
    complained,
    conflicts,
    handling,
    material,
    parts,
    recording,
    reporting,
)
from petitions.forms import adopting as adopting_forms
from petitions.forms import changing as changing_forms
from petitions.forms import noticing as noticing_forms
from petitions.forms.base import ActForm
from petitions.models import Petition
from petitions.selectors import case
from petitions.selectors.hints import Hints
from petitions.services import (
    adopting,
    answering,
    asking,
    changing,
    correcting,
    first_time,
    following,
    forwarding,
    guiding,
    making,
    noticing,
    recusing,
    refusing,
    sealing,
    simplified,
    succession,
    urgency,
)
from petitions.services import handling as doors
from petitions.services import parts as part_doors
from petitions.services import recording as record_doors
from petitions.services import reporting as report_doors
from petitions.views import second_look
from petitions.views.asking import actor_of
from petitions.views.desk import look_on_record, reads_cases
from petitions.workflow import Step


@dataclass(frozen=True)
class Door:
    """The form of an act and the service it opens."""

    form: type[ActForm]
    service: Callable[..., Any]


DOORS: dict[Act, Door] = {
    Act.CLASSIFY: Door(acts.ClassifyForm, forwarding.classify),
    Act.REPORT_UP: Door(acts.ReportUpForm, sealing.report_up),
    Act.SEAL: Door(acts.SealForm, sealing.seal),
    Act.NAME_COMPLAINED: Door(complained.NameComplainedForm, sealing.name_complained),
    Act.FORWARD: Door(acts.ForwardForm, forwarding.forward),
    Act.ASSIGN: Door(acts.AssignForm, forwarding.assign),
    Act.SUCCEED: Door(acts.SucceedForm, succession.succeed),
    Act.OBJECT: Door(acts.ObjectForm, forwarding.object_to),
    Act.AGREE_OBJECTION: Door(acts.AgreeForm, partial(forwarding.decide_objection, agree=True)),
    Act.REJECT_OBJECTION: Door(acts.RejectForm, partial(forwarding.decide_objection, agree=False)),
    Act.ACCEPT: Door(accepting.AcceptForm, forwarding.accept),
    Act.REFUSE: Door(acts.RefuseForm, refusing.refuse),
    Act.CHANGE_WAY: Door(changing_forms.ChangeWayForm, changing.change_way),
    Act.GUIDE: Door(noticing_forms.GuideForm, guiding.guide),
    Act.GIVE_NOTICE: Door(noticing_forms.GiveNoticeForm, noticing.give_notice),
    Act.LINK: Door(acts.LinkForm, following.link),
    Act.UNLINK: Door(acts.UnlinkForm, following.unlink),
    Act.CORRECT_FIRST: Door(acts.CorrectFirstForm, first_time.correct_first),
    Act.CLOSE: Door(acts.CloseForm, following.close),
    Act.RESPOND: Door(handling.RespondForm, doors.respond),
    Act.CALL: Door(handling.CallForm, doors.call),
    Act.NAME_RESPONSIBLE: Door(handling.NameResponsibleForm, doors.name_responsible),
    Act.FIRST_ROUND: Door(handling.FirstRoundForm, doors.finish_first_round),
    Act.NOTE: Door(handling.NoteForm, doors.note),
    Act.VISIT: Door(handling.VisitForm, doors.visit),
    Act.PLAN: Door(recording.PlanForm, record_doors.plan),
    Act.TALK: Door(recording.TalkForm, record_doors.talk),
    Act.RECONCILE: Door(recording.ReconcileForm, record_doors.reconcile),
    Act.CONVERT: Door(handling.ConvertForm, simplified.convert),
    Act.REQUEST_MATERIAL: Door(material.RequestMaterialForm, asking.request_material),
    Act.EXTEND: Door(handling.ExtendForm, doors.extend),
    Act.CO_ANSWER: Door(handling.CoAnswerForm, part_doors.answer),
    Act.CO_ADD: Door(parts.CoAddForm, part_doors.add),
    Act.CO_END: Door(parts.CoEndForm, part_doors.end),
    Act.CO_RETURN: Door(parts.CoReturnForm, part_doors.send_back),
    Act.CO_OBJECT: Door(parts.CoObjectForm, part_doors.object_to),
    Act.CO_WEIGH: Door(parts.CoWeighForm, part_doors.weigh),
    Act.ADOPT: Door(adopting_forms.AdoptForm, adopting.adopt),
    Act.PRACTISE: Door(adopting_forms.PractiseForm, adopting.practise),
    Act.CONCLUDE: Door(handling.ConcludeForm, answering.conclude),
    Act.CORRECT: Door(handling.CorrectForm, correcting.correct),
    Act.MAKE_OPINION: Door(handling.MakeOpinionForm, making.record_outside),
    Act.SERVE: Door(handling.ServeForm, answering.serve),
    Act.SEND_REPORT: Door(reporting.SendReportForm, report_doors.send_report),
    Act.ACCEPT_REPORT: Door(reporting.AcceptReportForm, partial(report_doors.decide_report, accept=True)),
    Act.RETURN_REPORT: Door(reporting.ReturnReportForm, partial(report_doors.decide_report, accept=False)),
    Act.RECUSE: Door(conflicts.RecuseForm, recusing.recuse),
    Act.EXCLUDE: Door(conflicts.ExcludeForm, recusing.exclude),
    Act.READMIT: Door(conflicts.ReadmitForm, recusing.readmit),
    Act.RAISE_URGENCY: Door(conflicts.RaiseUrgencyForm, urgency.raise_urgency),
    Act.ASK_LOWERING: Door(conflicts.AskLoweringForm, urgency.ask_lowering),
    Act.AGREE_LOWERING: Door(conflicts.AgreeLoweringForm, partial(urgency.decide_lowering, agree=True)),
    Act.REJECT_LOWERING: Door(conflicts.RejectLoweringForm, partial(urgency.decide_lowering, agree=False)),
}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@reads_cases
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """GET shows the form, POST does the act once. Out of scope 404, out of turn 409, out of right 403."""
    actor, at = actor_of(request), now()
    petition = case.find(actor, number)
    if act not in Act.values:
        raise Http404
    known = Act(act)
    door = DOORS.get(known)
    if door is None or (rules.may(petition, known, actor) and extensions.elsewhere(known, petition)):
        return _elsewhere(request, known, petition)
    posted = request.POST if request.method == "POST" else None
    if posted is None:
        step = rules.require(petition, known, actor)
        if petition.sealed or not is_htmx(
            request
        ):  # the page of its own shows the case's words beside the form
            look_on_record(request, petition, "act")
        form = door.form(petition=petition, actor=actor, at=at)
        return _show(request, petition, step, form)
    form = door.form(posted, files=request.FILES, petition=petition, actor=actor, at=at)
    # A form that was sent twice is invalid by now: its choices have changed. The first answer stands.
    if _was_done(petition, form):
        return _done(request, petition, _("这一步已经办过，没有重复办理。"), tell=messages.info)
    try:
        step = rules.require(petition, known, actor)
        if not form.is_valid() or second_look.is_due(request, form):
            return _show(request, petition, step, form, status=422 if form.errors else 200)
        door.service(petition=petition, actor=actor, **form.door_data())
    except Refusal as refusal:
        return _refused(request, petition, known, form, refusal)
    return _done(request, petition, _said(petition, known))


def _was_done(petition: Petition, form: ActForm) -> bool:
    token = str(form.data.get("token", ""))
    return bool(token) and case.was_sent(petition, token)


def _elsewhere(request: HttpRequest, act: Act, petition: Petition) -> HttpResponse:
    """Acts whose forms rooms above hold, for all cases or for this one."""
    url = extensions.url_of(act, petition) or extensions.elsewhere(act, petition)
    if not url:
        raise Http404
    return redirect_to(request, url)


def _show(
    request: HttpRequest, petition: Petition, step: Step, form: ActForm, *, status: int = 200
) -> HttpResponse:
    if second_look.is_due(request, form) and not second_look.wants_back(request):
        return second_look.show(request, petition, step, form)
    context = {
        "petition": petition,
        "act": step.act,
        "form": form,
        "hint": Hints(petition, now()).of(step),
        "basis": step.basis,
        "cautions": extensions.cautions(Act(step.act), petition),
        "files_lost": bool(request.FILES),
    }
    if not is_htmx(request):  # in the dialog the case's page stands behind it
        context["beside"] = case.beside(actor_of(request), petition.number)
    return render_page(
        request, "petitions/petition_act.html", "petitions/_petition_act.html", context, status=status
    )


def _refused(
    request: HttpRequest, petition: Petition, act: Act, form: ActForm, refusal: Refusal
) -> HttpResponse:
    """Something typed wrongly is shown in the form; an act that came too late or by the wrong person is told with
    what was typed, so that nothing is lost."""
    if refusal.code == "invalid":
        form.add_error(None, refusal.sentence)
        step = rules.require(petition, act, actor_of(request))
        return _show(request, petition, step, form, status=422)
    if refusal.code == "repeated":
        return _done(request, petition, refusal.sentence, tell=messages.info)
    petition = case.find(actor_of(request), petition.number)
    context = {"petition": petition, "act": act, "sentence": refusal.sentence, "typed": form.typed()}
    response = render_page(
        request,
        "petitions/petition_act_refused.html",
        "petitions/_petition_act_refused.html",
        context,
        status=refusal.status,
    )
    # In the dialog of the case page; the act's own page has none and shows it where its form's answers go.
    if is_htmx(request) and "/act/" not in request.headers.get("HX-Current-URL", ""):
        response["HX-Retarget"] = "#act-dialog-body"
        response["HX-Reswap"] = "innerHTML"
    return response


def _done(
    request: HttpRequest,
    petition: Petition,
    sentence: str,
    tell: Callable[[HttpRequest, Any], None] = messages.success,
) -> HttpResponse:
    try:
        case.find(actor_of(request), petition.number)
    except Http404:
        # The act itself took the case out of one's sight, as sealing does.
        tell(request, _sealed_words(petition) if petition.sealed else sentence)
        return redirect_to(request, reverse("petitions:list"))
    tell(request, sentence)
    return redirect_to(request, petition.get_absolute_url())


def _sealed_words(petition: Petition) -> str:
    """Instead of a state that one cannot look up any more."""
    if petition.lead_unit_id is None:
        return _("%(number)s 已密存，按纪检监察程序办理，您不再能查看。") % {"number": petition.number}
    return _("%(number)s 已密存并转纪检监察机关，您不再能查看。") % {"number": petition.number}


def _said(petition: Petition, act: Act) -> str:
    """What just happened and where the case stands now."""
    if act == Act.RECUSE:
        return _("已登记您回避 %(number)s，由单位另行安排。") % {"number": petition.number}
    petition.refresh_from_db()
    words = {
        "number": petition.number,
        "act": act.label,
        "state": Status(petition.status).label,
    }
    if petition.due_at is None:
        return _("“%(act)s”已完成。%(number)s 现在是“%(state)s”。") % words
    words["due"] = _due_words(petition)
    return _("“%(act)s”已完成。%(number)s 现在是“%(state)s”，最近期限 %(due)s。") % words


def _due_words(petition: Petition) -> str:
    """The nearest date; with its hour where that clock runs by minutes or hours."""
    clock = petition.clocks.filter(stopped_at=None).select_related("rule").order_by("due_at", "id").first()
    assert petition.due_at is not None
    if clock is not None and clock.due_at == petition.due_at and clock.rule.unit in CONTINUOUS:
        return timezone.localtime(petition.due_at, SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return local_day(petition.due_at).isoformat()
