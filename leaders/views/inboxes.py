"""主官在线: the page residents write on, the office's boxes and delegates, the sheet with the code."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import local_day, now
from leaders import inbox_rules, rules
from leaders.enums import LeaderAct
from leaders.forms.inboxes import DelegateForm, InboxForm
from leaders.models import InboxLetter, LeaderInbox
from leaders.selectors.days import leader_posts
from leaders.selectors.inboxes import open_inboxes
from leaders.services import inboxes as service
from petitions.services.registering import NewPetition, Registered
from petitions.views.asking import actor_of, attempt
from petitions.views.public_filing import Way, file_through


@require_safe
def public_inboxes(request: HttpRequest) -> HttpResponse:
    """For residents: every open box. No login."""
    return render(request, "leaders/public_inboxes.html", {"boxes": open_inboxes(now())})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inbox_public(request: HttpRequest, slug: str) -> HttpResponse:
    """The resident's page of one box: whose it is, and the same form as everywhere. A closed one leads elsewhere."""
    box = get_object_or_404(LeaderInbox.objects.with_row_relations(), slug=slug)
    holder = box.holder(local_day(now()))
    if request.method != "POST" and (not box.is_open or holder is None):
        return render(request, "leaders/inbox_closed.html", {"box": box})

    def register(new: NewPetition, office: Unit, token: str) -> Registered:
        return service.file_letter(inbox=box, new=new, unit=office, token=token)

    way = Way(
        address=reverse("leaders:inbox_public", args=[box.slug]),
        title=box.name,
        intro="leaders/_inbox_intro.html",
        context={"holder": holder, "purpose": box.purpose},
        register=register,
    )
    return file_through(request, way)


@require_safe
@staff_required
def inbox_list(request: HttpRequest) -> HttpResponse:
    """One's own boxes; all of them, without what is in them, for the petition office."""
    actor = actor_of(request)
    found = LeaderInbox.objects.visible_to(actor).with_row_relations().order_by("id")
    context = {"boxes": list(found[:200]), "keeps": rules.may(LeaderAct.KEEP_INBOX, actor)}
    return render(request, "leaders/inbox_list.html", context)


def _box_or_404(request: HttpRequest, pk: int) -> LeaderInbox:
    found = LeaderInbox.objects.visible_to(actor_of(request)).with_row_relations()
    box: LeaderInbox = get_object_or_404(found, pk=pk)
    return box


@require_safe
@staff_required
def inbox(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _box_or_404(request, pk))


def _show(
    request: HttpRequest, box: LeaderInbox, form: DelegateForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    reads = LeaderInbox.objects.read_by(actor).filter(pk=box.pk).exists()
    letters = InboxLetter.objects.in_boxes_of(actor).filter(inbox=box).with_row_relations()
    delegates = inbox_rules.may(LeaderAct.DELEGATE, actor, box)
    context = {
        "box": box,
        "holder": box.holder(local_day(now())),
        "reads": reads,
        "page": paginate(letters, order=["-at", "-id"], cursor=request.GET.get("cursor")) if reads else None,
        "delegates": box.delegates.select_related("user", "named_by"),
        "may_delegate": delegates,
        "keeps": inbox_rules.may(LeaderAct.KEEP_INBOX, actor, box),
        "form": (form or DelegateForm()) if delegates else None,
        "today": local_day(now()),
    }
    return render(request, "leaders/inbox_detail.html", context, status=status)


@role_required(Role.PETITION_OFFICER)
def inbox_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.KEEP_INBOX, actor)
    form = InboxForm(request.POST or None, posts=leader_posts(actor, local_day(now())))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        plan = service.InboxPlan(**form.cleaned_data)
        made, status = attempt(form, lambda: service.open_inbox(actor=actor, plan=plan))
        if made:
            messages.success(request, _("信箱已设立，可以打印二维码。"))
            return redirect(made)
    return render(request, "leaders/inbox_form.html", {"form": form, "box": None}, status=status)


@role_required(Role.PETITION_OFFICER)
def inbox_change(request: HttpRequest, pk: int) -> HttpResponse:
    actor, box = actor_of(request), _box_or_404(request, pk)
    inbox_rules.require(LeaderAct.KEEP_INBOX, actor, box)
    initial = {name: getattr(box, name) for name in ("name", "slug", "purpose", "is_open")}
    posts = leader_posts(actor, local_day(now()))
    form = InboxForm(request.POST or None, posts=posts, initial={**initial, "post": box.post_id})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        plan = service.InboxPlan(**form.cleaned_data)
        _done, status = attempt(form, lambda: service.change_inbox(inbox=box, actor=actor, plan=plan))
        if status == 200:
            messages.success(request, _("已更改。"))
            return redirect(box)
    return render(request, "leaders/inbox_form.html", {"form": form, "box": box}, status=status)


@require_safe
@staff_required
def inbox_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The code to print and put up."""
    box = _box_or_404(request, pk)
    address = request.build_absolute_uri(reverse("leaders:inbox_public", args=[box.slug]))
    code = segno.make(address, error="m").svg_data_uri(scale=8, border=2)
    context = {"box": box, "holder": box.holder(local_day(now())), "address": address, "code": code}
    return render(request, "leaders/inbox_sheet.html", context)


@require_POST
@role_required(Role.PETITION_OFFICER, Role.LEADER)
def delegate_add(request: HttpRequest, pk: int) -> HttpResponse:
    actor, box = actor_of(request), _box_or_404(request, pk)
    inbox_rules.require(LeaderAct.DELEGATE, actor, box)
    form, status = DelegateForm(request.POST), 422
    if form.is_valid():
        data = form.cleaned_data
        made, status = attempt(form, lambda: service.name_delegate(inbox=box, actor=actor, **data))
        if made:
            messages.success(request, _("已指定，每次打开来信都有记录。"))
            return redirect(box)
    return _show(request, box, form, status)


@require_POST
@role_required(Role.PETITION_OFFICER, Role.LEADER)
def delegate_end(request: HttpRequest, pk: int, delegate: int) -> HttpResponse:
    actor, box = actor_of(request), _box_or_404(request, pk)
    inbox_rules.require(LeaderAct.DELEGATE, actor, box)
    row = get_object_or_404(box.delegates.select_related("inbox"), pk=delegate)
    try:
        service.end_delegate(delegate=row, actor=actor)
        messages.success(request, _("已取消代阅。"))
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect(box)
