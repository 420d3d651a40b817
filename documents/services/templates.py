"""New versions of templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from documents import rules
from documents.filling import require_sound
from documents.models import PaperTemplate
from documents.models.templates import FieldSpec


def new_version(
    *,
    actor: Actor,
    kind: str,
    title: str,
    body: str,
    fields: Sequence[FieldSpec],
    valid_from: date,
) -> PaperTemplate:
    """Put a new text in force from ``valid_from`` on; the version before it ends on that day. Papers drafted under the
    old one keep it.

    What the version before asked for by an article stays asked for: a template cannot leave the law's contents out.
    Raises Refusal: no right, a text that is not sound (``filling.require_sound``), a field of the law left out, a day
    not after the last version's first.
    """
    rules.require_keeper(actor)
    title, body = clean_text(title), clean_text(body)
    require_sound(title=title, body=body, declared=[spec.name for spec in fields])
    with transaction.atomic():
        last = PaperTemplate.objects.select_for_update().filter(kind=kind).order_by("-version").first()
        if last is None:
            raise Refusal(_("没有这种文书。"), code="invalid")
        if valid_from <= last.valid_from:
            raise Refusal(_("启用日期须晚于上一版本的启用日期。"), code="invalid")
        _require_law(last, fields)
        if last.valid_until is None or last.valid_until > valid_from:
            last.valid_until = valid_from
            last.save(update_fields=["valid_until"])
        made = PaperTemplate.objects.create(
            kind=kind,
            version=last.version + 1,
            layout=last.layout,
            series=last.series,
            title=title,
            body=body,
            fields=[spec.row for spec in fields],
            approval=last.approval,
            service=last.service,
            valid_from=valid_from,
        )
        audit.record(
            actor=actor,
            act="paper.template",
            obj=made,
            detail={"kind": kind, "new": made.version, "since": valid_from},
        )
    return made


def _require_law(last: PaperTemplate, fields: Sequence[FieldSpec]) -> None:
    kept = {spec.name for spec in fields if spec.required}
    for spec in last.specs:
        if spec.required and spec.basis.startswith("《") and spec.name not in kept:
            raise Refusal(
                _("模板缺少必填字段{%(name)s}“%(label)s”，这是%(basis)s要求的内容。") % vars(spec),
                code="invalid",
            )
