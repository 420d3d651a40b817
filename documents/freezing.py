"""What is frozen of a paper when it is issued, and whether it is still that.

Frozen is one canonical text: a JSON object with sorted keys, without blanks, of everything the paper says, who did what
when, the template's words and the SM3 of the PDF. ``content_hash`` is the SM3 (GB/T 32905) of that text.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.utils.translation import gettext as _

from core.sealing import Unreadable
from documents.models import Paper, PaperFrozen, PaperTemplate
from documents.rendering import Printed

SALT_BYTES = 16


def sm3(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def canonical(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_of(paper: Paper) -> dict[str, Any]:
    """What may never change of an issued paper, as its row has it now."""
    return {
        "key": str(paper.key),
        "about": paper.about,
        "unit": paper.unit_id,
        "number": [paper.series_id, paper.word, paper.year, paper.serial],
        "corrects": paper.corrects_id,
        "major": paper.major,
        "template": _template(paper.template),
        "fields": paper.fields,
        "drafted": [paper.drafted_by_id, _at(paper.drafted_at)],
        "checked": [paper.checked_by_id, _at(paper.checked_at)],
        "approved": [paper.approved_by_id, _at(paper.approved_at)],
        "issued": [paper.issued_by_id, _at(paper.issued_at)],
    }


def freeze(paper: Paper, printed: Printed) -> PaperFrozen:
    """The frozen row, not saved; sets the paper's ``content_hash``. The unit's name is in it: units are renamed."""
    text = canonical(
        {
            "facts": facts_of(paper),
            "unit_name": paper.unit.name,
            "pdf": sm3(printed.pdf),
            "pages": printed.pages,
            "salt": secrets.token_hex(SALT_BYTES),
        }
    )
    paper.content_hash = sm3(text.encode())
    return PaperFrozen(paper=paper, text=text, pdf=base64.b64encode(printed.pdf).decode())


def printed_of(paper: Paper) -> Printed:
    """The very file that was issued. Raises Unreadable where it is no longer that."""
    frozen = paper.frozen
    try:
        pdf = base64.b64decode(frozen.pdf, validate=True)
    except binascii.Error:
        raise Unreadable(f"paper {paper.pk}: no file") from None
    facts = json.loads(frozen.text)
    if sm3(frozen.text.encode()) != paper.content_hash or sm3(pdf) != facts["pdf"]:
        raise Unreadable(f"paper {paper.pk}: not the file that was issued")
    return Printed(pdf, facts["pages"])


def faults(paper: Paper) -> list[str]:
    """What of an issued paper is not as it was issued, in words; empty when all is."""
    if not paper.is_frozen:
        return [_("此件尚未印发。")]
    if paper.forgotten_at is not None:
        return [_("此件的内容已按档案规定去标识，无从比对。")]
    paper = Paper.objects.select_related("template", "unit").get(pk=paper.pk)
    try:
        text = paper.frozen.text
        printed_of(paper)
        now_facts = json.loads(canonical(facts_of(paper)))
    except PaperFrozen.DoesNotExist:
        return [_("印发时的存档不在了。")]
    except (Unreadable, ValueError):
        return [_("文书内容或文件与印发时不一致。")]
    then = json.loads(text)["facts"]
    return [
        _("“%(name)s”与印发时不一致。") % {"name": name}
        for name in sorted(then)
        if then[name] != now_facts.get(name)
    ]


def _template(template: PaperTemplate) -> list[Any]:
    words = canonical({"title": template.title, "body": template.body, "fields": template.fields})
    return [template.kind, template.version, template.layout, sm3(words.encode())]


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
