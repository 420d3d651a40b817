"""The auditor's list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q
from django.http import HttpResponse
from django.shortcuts import render

from accounts import audit_cases, audit_words
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.filters import AuditFilter
from accounts.middleware import StaffRequest
from accounts.models import AuditEntry, Post, Unit, User
from accounts.services import audit
from core.paging import paginate

#: What a model's label and an object's number look like: an id, or the number of a case.
LOOKS = {
    "object_type": re.compile(r"[a-z]+\.[a-z]+"),
    "object_id": re.compile(r"[0-9]{1,9}|[0-9]{6}-[0-9]{4}-J?[0-9]{1,9}"),
}
Names = dict[tuple[str, Any], str]
#: Objects that are shown by name.
NAMED = {"accounts.user": "user", "accounts.unit": "unit", "accounts.post": "post"}
#: So many people of one name are told.
MOST_TOLD = 20


@role_required(Role.AUDITOR)
def audit_log(request: StaffRequest) -> HttpResponse:
    """The audit log, newest first. Looking is logged too: which filters were set, whom and what they followed."""
    rows = audit_cases.readable(AuditEntry.objects.select_related("user", "post__unit"), request.user)
    entries = AuditFilter(request.GET, queryset=rows, request=request)
    valid = entries.is_valid()
    page = paginate(
        entries.qs if valid else entries.queryset.none(),
        order=["-pk"],
        cursor=request.GET.get("cursor"),
    )
    _tell_details(page.items)
    used = sorted(key for key, value in request.GET.items() if value and key in entries.filters)
    detail = {"filters": used} | (_followed(entries, bool(page.items)) if valid else {})
    audit.record(actor=request.actor, act="audit.look", detail=detail)
    context = {"filter": entries, "page": page, "filtered": bool(used)}
    return render(request, "accounts/audit_list.html", context, status=200 if valid else 422)


def _followed(entries: AuditFilter, found: bool) -> dict[str, Any]:
    """Whom, what and which days an auditor followed. People by number: what was typed may be anything.

    An object is told as it was typed where entries of it were found, and otherwise only where it looks like one.
    """
    asked = {key: value for key, value in entries.form.cleaned_data.items() if value}
    told: dict[str, Any] = {}
    if who := asked.get("who"):
        users = User.objects.filter(Q(username=who) | Q(name=who)).order_by("pk")
        told["followed"] = list(users.values_list("pk", flat=True)[:MOST_TOLD])
    if case := asked.get("case"):
        told["case"] = case.names
    for key in ("object_type", "object_id"):
        if key in asked and (found or LOOKS[key].fullmatch(asked[key])):
            told[key] = asked[key]
    return told | {key: asked[key] for key in ("since", "until", "outcome") if key in asked}


def _case_names(entries: list[AuditEntry]) -> Iterator[str]:
    """The names of cases that these entries hold. What was asked for and refused stays as it was typed: it may be the
    number of no case."""
    for entry in entries:
        if audit_cases.is_case(entry.object_type) and not entry.act.startswith("request."):
            yield entry.object_id
        for key in audit_words.CASE_KEYS & entry.detail.keys():
            value = entry.detail[key]
            yield from map(str, value if isinstance(value, list) else [value])


def _tell_details(entries: list[AuditEntry]) -> None:
    """Give each entry ``lines``, its detail in words, and ``object_name``, what it was done to as people call it.
    A query for each kind of name that occurs, however many rows."""
    units, users = _objects(entries, Unit), _objects(entries, User)
    for entry in entries:
        for key, value in entry.detail.items():
            found = {one for one in (value if isinstance(value, list) else [value]) if type(one) is int}
            units |= found if key in audit_words.UNIT_KEYS else set()
            users |= found if key in audit_words.USER_KEYS else set()
    names: Names = {("unit", row.pk): row.label for row in Unit.objects.filter(pk__in=units)}
    names |= {("user", row.pk): row.get_full_name() for row in User.objects.filter(pk__in=users)}
    if posts := _objects(entries, Post):
        rows = Post.objects.filter(pk__in=posts).select_related("user", "unit")
        names |= {("post", row.pk): f"{row.user.get_full_name()}（{row.label}）" for row in rows}
    cases = audit_cases.words_of(_case_names(entries))
    names |= {("case", name): word for name, word in cases.items()}
    for entry in entries:
        entry.lines = audit_words.detail_lines(entry.detail, names)  # type: ignore[attr-defined]
        _name_object(entry, names, cases)


def _objects(entries: list[AuditEntry], kind: type[Model]) -> set[int]:
    """The ids of that kind of row that entries were about."""
    label = kind._meta.label_lower
    rows = (entry.object_id for entry in entries if entry.object_type == label)
    return {int(name) for name in rows if name.isdecimal()}


def _name_object(entry: Any, names: Names, cases: Mapping[str, str]) -> None:
    """What the entry was done to, in words, and the filter that follows it: ``object_name`` and ``only``."""
    kind, name = entry.object_type, entry.object_id
    entry.object_name, entry.only, entry.is_about_case = name, "", audit_cases.is_case(kind)
    if entry.is_about_case:
        entry.object_name = name if entry.act.startswith("request.") else cases.get(name, name)
        entry.only = urlencode({"case": entry.object_name}) if name else ""
        return
    if name.isdecimal():
        entry.object_name = names.get((NAMED.get(kind, ""), int(name)), name)
    if kind and name:
        entry.only = urlencode({"object_type": kind, "object_id": name})
