"""Recording a talk: on a reception day or off it, on a known case or a new matter, at a desk or at somebody's home."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.models import Post
from core.converters import scattered
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, local_day, now
from leaders import rules
from leaders.enums import LeaderAct, VisitKind
from leaders.forms.receptions import HomeVisitForm, PromiseFormSet, ReceiveForm, TalkForm
from leaders.models import Booking, DayCase, VisitDay, VisitRecord
from leaders.reception_enums import RecordWay
from leaders.selectors.days import leader_posts
from leaders.services.receptions import NewMatter, NewPromise, Talk, receive, receive_new, recorded
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.forms.acts import chosen_kind_and_path
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.services.codes import new_token, query_code
from petitions.services.registering import NewPerson
from petitions.views.asking import actor_of, attempt, case_or_404, require_step

RECEIVERS = (Role.LEADER, Role.PETITION_OFFICER, Role.CLERK)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the talk is about, and where one comes from. ``draft``: the name under which the browser keeps what is typed
    until it was accepted; it says nothing about the case."""

    draft: str
    back: str
    case: Petition | None = None
    day: VisitDay | None = None
    booking: Booking | None = None
    home: bool = False
    initial: dict[str, Any] = field(default_factory=dict)


@never_cache
@role_required(*RECEIVERS)
def receive_any(request: HttpRequest) -> HttpResponse:
    """Known by number, or new."""
    return _receive(request, About(draft="talk-any", back=reverse("leaders:days")))


@never_cache
@role_required(*RECEIVERS)
def home_visit(request: HttpRequest) -> HttpResponse:
    """上门走访, the short form; ``?number=`` fills in the case."""
    number = request.GET.get("number", "")[:40]
    about = About(draft="talk-home", back=reverse("leaders:days"), home=True, initial={"number": number})
    return _receive(request, about)


@never_cache
@role_required(*RECEIVERS)
def receive_case(request: HttpRequest, number: str) -> HttpResponse:
    """From the case page. A case that takes no record shows no form; what was typed comes back with the sentence."""
    case, actor = case_or_404(request, number), actor_of(request)
    require_step(case, Act.RECEIVE, actor)
    rules.require(LeaderAct.RECEIVE, actor, petition=case)
    if request.method != "POST":
        petition_rules.require(case, Act.RECEIVE, actor)
    return _receive(
        request, About(draft=f"talk-{scattered(case.pk)}", back=case.get_absolute_url(), case=case)
    )


@never_cache
@role_required(*RECEIVERS)
def receive_on_day(request: HttpRequest, pk: int) -> HttpResponse:
    """From a reception day: its leader is the one who received."""
    actor = actor_of(request)
    day = get_object_or_404(VisitDay.objects.visible_to(actor).with_row_relations(), pk=pk)
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post)
    about = About(
        draft=f"talk-day-{scattered(day.pk)}", back=reverse("leaders:day_desk", args=[day.pk]), day=day
    )
    return _receive(request, about)


@never_cache
@role_required(*RECEIVERS)
def receive_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever has the turn: what was said when the place was asked for is filled in. ``?other``: they speak of
    something else than the case they booked for."""
    actor = actor_of(request)
    found = Booking.objects.visible_to(actor).select_related("petition__complained_unit")
    booking: Booking = get_object_or_404(found, pk=pk)
    day = get_object_or_404(VisitDay.objects.visible_to(actor).with_row_relations(), pk=booking.day_id)
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post)
    draft = f"talk-turn-{scattered(booking.pk)}"
    if request.method != "POST":
        told = VisitRecord.objects.visible_to(actor).filter(booking=booking).first()
        if told is not None:
            return redirect(f"{told.get_absolute_url()}?sent={draft}")
    known = unsealed_cases(actor).filter(pk=booking.petition_id).first() if booking.petition_id else None
    initial: dict[str, Any] = {"heads": booking.heads}
    case = None if "other" in request.GET else known
    if booking.petition is None or petition_rules.knows_petitioner(booking.petition, actor):
        about_case = {"asked": booking.matter}
        about_new = {"body": booking.matter, "name": booking.name, "phone": booking.phone}
        initial |= {"people": booking.name, **(about_case if case is not None else about_new)}
    about = About(
        draft=draft,
        back=reverse("leaders:day_desk", args=[day.pk]),
        case=case,
        day=day,
        booking=booking,
        initial=initial,
    )
    return _receive(request, about)


@never_cache
@role_required(*RECEIVERS)
def receive_picked(request: HttpRequest, pk: int) -> HttpResponse:
    """A case that was taken along to a reception."""
    actor = actor_of(request)
    picked = get_object_or_404(DayCase.objects.concerning(actor).select_related("petition"), pk=pk)
    day = get_object_or_404(VisitDay.objects.visible_to(actor).with_row_relations(), pk=picked.day_id)
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post, petition=picked.petition)
    back = reverse("leaders:day_desk", args=[day.pk])
    about = About(draft=f"talk-case-{scattered(picked.pk)}", back=back, day=day, case=picked.petition)
    return _receive(request, about)


def _receive(request: HttpRequest, about: About) -> HttpResponse:
    actor = actor_of(request)
    posted: Any = request.POST if request.method == "POST" else None
    known = recorded(actor, posted.get("token", "")[:60]) if posted is not None else None
    if known is not None:
        if clean_text(posted.get("said", "")) == known.said:
            return _recorded(request, known, about, again=True)
        # A draft that had arrived was written on: it is another talk, and is sent only by another press.
        posted = posted.copy()
        posted["token"] = new_token()
    form = _form(request, about, posted)
    promises = PromiseFormSet(posted, prefix="promise")
    if known is not None:
        form.add_error(
            None,
            _("这份记录刚才已经存过（%(number)s），现在的内容不一样。要另记一次，请再按一次保存。")
            % {"number": known.petition.number},
        )
    valid = posted is not None and form.is_valid() and (about.home or promises.is_valid())
    status = 422 if posted is not None else 200
    if valid:
        record, status = attempt(form, lambda: _save(actor, about, form, promises))
        if record:
            return _recorded(request, record, about)
    context = {
        "form": form,
        "promises": [] if about.home else promises,
        "management": "" if about.home else promises.management_form,
        "case": about.case,
        "day": about.day,
        "about": about,
        "files_lost": bool(request.FILES),
    }
    return render(request, "leaders/receive.html", context, status=status)


def _form(request: HttpRequest, about: About, posted: Any) -> TalkForm:
    day = about.day
    posts = leader_posts(actor_of(request), local_day(now()))
    if day is not None:
        posts = Post.objects.filter(pk=day.post_id).select_related("user", "unit")
    initial = {"token": new_token(), **about.initial}
    if day is not None and day.kind == VisitKind.GROUP:
        initial["desk"] = [unit.pk for unit in day.accompanying.all()]
    kind = HomeVisitForm if about.home else ReceiveForm
    form = kind(posted, request.FILES or None, posts=posts, known=about.case is not None, initial=initial)
    form.fold(shut=about.home or bool(initial.get("number")))
    return form


def _recorded(
    request: HttpRequest, record: VisitRecord, about: About, *, again: bool = False
) -> HttpResponse:
    """To the page of the record, which lets the browser forget the draft. Sent twice it says the same again."""
    words = {"number": record.petition.number, "code": query_code(request.POST.get("token", ""))}
    if record.new_matter:
        said = _("已登记，编号 %(number)s，查询码 %(code)s，请告诉来访人并记下。") % words
    else:
        said = (_("刚才已经记入 %(number)s，没有重复。") if again else _("已记入 %(number)s。")) % words
    messages.success(request, said)
    return redirect(f"{record.get_absolute_url()}?sent={about.draft}")


def _save(actor: Actor, about: About, form: TalkForm, promises: Any) -> VisitRecord:
    data = form.cleaned_data
    rows = [] if about.home else [row.cleaned_data for row in promises if row.cleaned_data.get("text")]
    talk = Talk(
        post=data["post"],
        said=data["said"],
        heads=data["heads"],
        people=data["people"],
        asked=data.get("asked", ""),
        way=RecordWay.HOME if about.home else RecordWay.DESK,
        took_place_at=_at_home(data.get("visited_on")),
        place_unit=data.get("place_unit"),
        changed=data.get("changed", ""),
        desk=list(data.get("desk") or ()),
        day=about.day,
        booking=about.booking,
        files=data["slip"],
        promises=[
            NewPromise(**{key: row[key] for key in ("text", "to_whom", "due_on", "unit", "task")})
            for row in rows
        ],
    )
    case = about.case or _known(actor, data.get("number", ""))
    if case is not None:
        return receive(petition=case, actor=actor, talk=talk, token=data["token"])
    return receive_new(actor=actor, talk=talk, matter=_matter(data), token=data["token"])[0]


def _at_home(day: date | None) -> datetime | None:
    """A visit of an earlier day: its hour nobody asks for, so it stands at noon."""
    if day is None or day == local_day(now()):
        return None
    return datetime.combine(day, time(12), SHANGHAI)


def _known(actor: Actor, number: str) -> Petition | None:
    if not number:
        return None
    case: Petition | None = (
        Petition.objects.visible_to(actor).filter(number=number.strip(), sealed=False).first()
    )
    if case is None:
        raise Refusal(_("没有找到这个编号的信访件。新反映的事项请不填编号。"), code="invalid")
    return case


def _matter(data: dict[str, Any]) -> NewMatter:
    person = None
    if data["name"] or data["phone"]:
        person = NewPerson(name=data["name"], phone=data["phone"])
    chosen = chosen_kind_and_path(data)
    return NewMatter(subject=data["subject"], body=data["body"], person=person, **chosen)
