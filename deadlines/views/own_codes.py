"""A code of the district's own is added."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.forms import PLAIN_LADDER, ConditionsForm, OwnCodeForm, RungForms
from deadlines.services import add_code
from deadlines.views.ladders import ladder_of


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def rule_add(request: StaffRequest) -> HttpResponse:
    """Name, basis, steps, length, conditions and ladder of a new code. Nothing runs under it yet, so that there is
    nothing to foresee."""
    posted = request.POST if request.method == "POST" else None
    form = OwnCodeForm(posted)
    form.fields["valid_from"].initial = local_day(now())
    rungs = RungForms(posted, initial=None if posted else list(PLAIN_LADDER), prefix="rung")
    held = ConditionsForm(posted, prefix="for")
    if posted is not None and form.is_valid() & rungs.is_valid() & held.is_valid():
        new = form.version(ladder_of(rungs), held.conditions())
        try:
            rule = add_code(
                actor=request.actor,
                name=form.cleaned_data["name"],
                new=new,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, refusal.sentence)
        else:
            messages.success(
                request, _("已增加“%(name)s”，施行后办到起算环节的件开始计时。") % {"name": rule.name}
            )
            return redirect("deadlines:rule", code=rule.code)
    context = {"form": form, "rungs": rungs, "held": held}
    return render(request, "deadlines/rule_add.html", context, status=200 if posted is None else 422)
