"""The rules by which supervisions are opened: read by those who supervise, changed by inspectors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.timekeeping import local_day, now
from petitions.views.asking import actor_of, attempt
from supervision import rules
from supervision.enums import Opens, SupervisionAct
from supervision.forms import RuleForm
from supervision.models import SupervisionRule
from supervision.querysets import oversees
from supervision.services import ruling


def _in_force() -> Any:
    day = local_day(now())
    return SupervisionRule.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day))


@require_safe
@role_required(Role.INSPECTOR, Role.PETITION_OFFICER)
def rule_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not oversees(actor):
        raise PermissionDenied
    context = {"rules": list(_in_force()), "may_change": rules.may(SupervisionAct.CHANGE_RULE, actor)}
    return render(request, "supervision/rule_list.html", context)


@role_required(Role.INSPECTOR)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rules.require(SupervisionAct.CHANGE_RULE, actor)
    row: SupervisionRule = get_object_or_404(_in_force(), pk=pk)
    form = RuleForm(request.POST or None, rule=row)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "opens": Opens(form.cleaned_data["opens"])}
        made, status = attempt(form, lambda: ruling.change_rule(rule=row, actor=actor, **data))
        if made:
            messages.success(request, _("规则已更改，今天起按新的规则办理。"))
            return redirect("supervision:rules")
    return render(request, "supervision/rule_form.html", {"form": form, "rule": row}, status=status)
