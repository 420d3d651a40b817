"""A sign that no typeface has is said while the paper is a draft, and never fails at its issue."""

import json

import pytest
from django.urls import reverse

from core.errors import Refusal
from documents.enums import PaperKind, PaperState
from documents.models import Paper
from documents.services import issue
from petitions.enums import Status

pytestmark = pytest.mark.django_db

RARE = "𠀀"
SAID = "“𠀀”（U+20000）没有字体可以印出"


def typed(row, **changed):
    fields = {k: "\n".join(v) if isinstance(v, list) else v for k, v in row.paper.fields.items()}
    return fields | {"revision": row.revision} | changed


def address(row, name):
    return reverse(f"papers:{name}", args=[row.paper.key])


def test_preview_and_handing_in_name_the_sign_and_the_draft_is_kept(lately, draft, offices, client_as):
    row = draft(lately(Status.ACCEPTED), PaperKind.ACCEPTANCE)
    page, words = client_as(offices.handler), typed(row, time_limit=f"60日{RARE}")
    assert SAID in page.post(address(row, "preview"), words).content.decode()
    answer = page.post(address(row, "save"), words | {"then": "submit"})
    assert answer.status_code == 422 and SAID in answer.content.decode()
    row.refresh_from_db()
    assert row.submitted_at is None and RARE in Paper.objects.get().fields["time_limit"]
    again = page.get(row.get_absolute_url()).content.decode()
    assert SAID in again
    assert page.post(address(row, "save"), typed(row, time_limit="60日", then="submit")).status_code == 302


def test_what_was_signed_before_is_refused_at_issue_and_keeps_no_number(lately, draft, bring, offices):
    row = bring(draft(lately(Status.ACCEPTED), PaperKind.ACCEPTANCE), "approved")
    paper = row.paper
    paper.fields_text = json.dumps(paper.fields | {"time_limit": RARE}, ensure_ascii=False)
    paper.save(update_fields=["fields_text"])
    with pytest.raises(Refusal, match="没有字体可以印出"):
        issue(actor=offices.actor("handler"), paper=paper)
    paper.refresh_from_db()
    assert paper.state == PaperState.APPROVED and paper.serial is None
