"""docs/workflow.md is the table, printed."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from petitions.enums import Status
from petitions.workflow import STEPS


def printed():
    out = StringIO()
    call_command("print_workflow", stdout=out)
    return out.getvalue()


def test_the_committed_page_equals_what_the_command_prints():
    page = Path(settings.BASE_DIR) / "docs" / "workflow.md"
    assert page.read_text(encoding="utf-8") == printed()


def test_every_step_and_every_state_is_on_it():
    page = printed()
    assert all(f"`{step.act.value}`" in page for step in STEPS)
    assert all(f"| `{status.value}` | {status.label} |" in page for status in Status)
    assert "```mermaid\nstateDiagram-v2\n" in page
