"""A code of the district's own: a deadline that no law sets and no room starts by itself.

Its clocks are clocks of cases: they start and stop after acts of the case's table (``petitions.services.own_clocks``),
and with the end of the case. From its first version on it is changed, ended and withdrawn like every other rule.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from deadlines.models import Rule
from deadlines.services import ruling
from deadlines.services.rule_checks import (
    NewVersion,
    check_conditions,
    check_ladder,
    check_length,
    check_near,
)
from deadlines.services.step_checks import check_steps

#: Key of the advisory lock that lets one transaction take the next code at a time.
CODE_LOCK = 7_300_021
#: own_1, own_2 …: nobody types a code, and none is used again.
CODE = re.compile(r"own_([0-9]+)")
LONGEST_NAME = 60


def add_code(*, actor: Actor, name: str, new: NewVersion, reason: str, at: datetime | None = None) -> Rule:
    """Enter a code of the district's own with its first version; ``new.code`` is given here.

    Nothing that runs is touched: clocks start with the acts that come from ``new.valid_from`` on. Raises Refusal (its
    code the field at fault): another than the system administrator, no name or one that is taken, no basis, no reason,
    steps that cannot be, a length or a ladder that cannot be, a day before today.
    """
    at = at or now()
    reason = ruling.authorised(actor, reason)
    name = _named(name)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CODE_LOCK])
        if Rule.objects.filter(name=name).exists():
            raise Refusal(f"已有叫“{name}”的规则，请换一个名称，或者给它登记新版本。", code="name")
        new = replace(new, code=_next_code())
        _check(new, at)
        rule = ruling.keep(new, name)
        detail = {
            "name": name,
            "length": rule.length,
            "unit": rule.unit,
            "valid_from": rule.valid_from.isoformat(),
        }
        ruling.record(actor, "rule.add", rule, detail, reason)
    return rule


def _named(name: str) -> str:
    name = clean_text(name).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refusal(f"请写名称，不超过{LONGEST_NAME}个字。", code="name")
    return name


def _next_code() -> str:
    """The one after the highest there is; of rules that were withdrawn no clock was ever counted."""
    codes = Rule.objects.filter(code__startswith="own_").values_list("code", flat=True)
    taken = [int(found[1]) for code in codes if (found := CODE.fullmatch(code))]
    return f"own_{max(taken, default=0) + 1}"


def _check(new: NewVersion, at: datetime) -> None:
    if not new.basis.strip():
        raise Refusal("请写明依据（条款或者本区文件）。", code="basis")
    if new.valid_from < local_day(at):
        raise Refusal("施行日期不能早于今天：已经办过的环节不追溯。", code="valid_from")
    check_near(new.valid_from, at)
    check_steps(new.start_acts, new.stop_acts)
    check_conditions(new)
    if new.length is None:
        raise Refusal("请填写期限。", code="length")
    check_length(new, Rule(length=new.length, unit=new.unit))
    check_ladder(new)
