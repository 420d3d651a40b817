import pytest

from documents.enums import PaperKind, Series
from documents.services import approve, check, draft, issue, set_word
from documents.tests.worlds import ACCEPTANCE, AT, OPINION


@pytest.fixture
def urban(cast):
    """城市管理局 with words for two series and one for all the rest."""
    head = cast.actor("unit_head")
    set_word(actor=head, unit=cast.units.urban, word="清城告", series=Series.NOTICE)
    set_word(actor=head, unit=cast.units.urban, word="清城意", series=Series.OPINION)
    set_word(actor=head, unit=cast.units.urban, word="清城")
    return cast.units.urban


@pytest.fixture
def make_paper(cast, urban):
    """``make_paper("issued", kind, fields)``: a paper of 城市管理局 brought so far, by handler and head."""

    def make(state="draft", kind=PaperKind.ACCEPTANCE, fields=None, *, at=AT, **more):
        handler, head = cast.actor("handler"), cast.actor("unit_head")
        if fields is None:
            fields = OPINION if kind == PaperKind.OPINION else ACCEPTANCE
        paper = draft(actor=handler, unit=urban, kind=kind, fields=fields, at=at, **more)
        for name, step, actor in (
            ("checked", check, head),
            ("approved", approve, head),
            ("issued", issue, handler),
        ):
            if state == "draft":
                return paper
            paper = step(actor=actor, paper=paper, at=at)
            if state == name:
                return paper
        raise AssertionError(state)

    return make
