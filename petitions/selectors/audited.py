"""Under which names a case stands in the audit log, and which of them an auditor with an interest does not read.

The log names every case by the same kind of opaque word (``Petition.audit_name``). Entries of earlier versions name it
by its number or, where it was sealed, by its bare id: all three lead to the case, and all are shown as the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.apps import apps
from django.db.models import Q

from accounts.audit_cases import Found, Objects
from accounts.models import User
from core.converters import row_of, scattered
from petitions.models import Petition, Recusal

CASE = Petition._meta.label_lower
NUMBER = re.compile(r"[0-9]{6}-[0-9]{4}-J?[0-9]{1,9}")
LAST_PART = re.compile(r"J?[0-9]{1,10}", re.IGNORECASE)
#: So many cases may end alike (one a year and series).
MOST_ALIKE = 50
_hanging: dict[str, str] = {CASE: "pk"}


def hang_on_case(label: str, path: str = "petition") -> None:
    """Rows of a room above that the log names and that belong to a case; called in ``AppConfig.ready``."""
    _hanging[label] = path


def find(typed: str, user: User) -> Found | None:
    """The case of a number, of the last part of one, or of the log's own word, whatever its seal; None for what is
    none of them. A case the auditor is out of is found as little as one that does not exist: then only the number
    itself is looked for, as it was typed. Three queries, and one for each kind of row that hangs on a case."""
    number, part = NUMBER.fullmatch(typed), LAST_PART.fullmatch(typed)
    if not (number or part):
        return None
    wanted = Q(number=typed) if number else Q(number__endswith=f"-{typed.upper()}")
    if part and typed.isdecimal():
        wanted |= Q(number__endswith=f"-J{typed}") | Q(pk=_pk_of(typed))
    out = Recusal.objects.filter(user=user, ended_at=None).values("petition")
    cases = list(Petition.objects.filter(wanted).exclude(pk__in=out).order_by("pk")[:MOST_ALIKE])
    objects = _names(cases)
    if number and not cases:
        objects = {CASE: [typed]}
    return Found(objects, [case.audit_name for case in cases] or ([typed] if number else []))


def kept_from(user: User) -> Objects:
    """What the log says of cases that the auditor is recused from, on whatever ground (条例 28). One query for most."""
    out = Petition.objects.filter(recusals__user=user, recusals__ended_at=None).distinct()
    return _names(list(out))


def words_of(names: Iterable[str]) -> dict[str, str]:
    """Each name that entries hold, as the page shows it: the case's one word. At most two queries."""
    asked = set(names)
    pks = {name: _pk_of(name) for name in asked if name.isdecimal()}
    known = set(Petition.objects.filter(pk__in=pks.values()).values_list("pk", flat=True)) if pks else set()
    old = {name for name, pk in pks.items() if pk not in known}
    older = Petition.objects.filter(
        Q(number__in=asked - pks.keys()) | Q(pk__in=[int(name) for name in old if len(name) <= 10])
    )
    told: dict[str, str] = {}
    for pk, number in older.values_list("pk", "number") if asked - pks.keys() or old else ():
        told |= {name: scattered(pk) for name in (number, str(pk)) if name in asked}
    return told


def _pk_of(name: str) -> int:
    """The id that the log's word stands for; 0, which no row has, where it stands for none."""
    try:
        return row_of(int(name))
    except ValueError:
        return 0


def _names(cases: list[Petition]) -> Objects:
    """By kind of object, every name under which the log may hold these cases and what hangs on them."""
    if not cases:
        return {}
    objects: Objects = {}
    for label, path in _hanging.items():
        if label != CASE:
            rows = apps.get_model(label)._default_manager.filter(**{f"{path}__in": cases})
            objects[label] = [str(pk) for pk in rows.values_list("pk", flat=True)]
    objects[CASE] = [name for case in cases for name in (case.audit_name, case.number, str(case.pk))]
    return objects
