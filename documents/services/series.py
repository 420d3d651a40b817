"""文号: the words of units, and serials without a gap."""

from __future__ import annotations

import re

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from documents import rules
from documents.enums import Series
from documents.models import PaperSeries

#: One statement takes the next serial and holds the row until the transaction ends: whoever comes next waits, and
#: takes the same serial if the first one is rolled back.
NEXT = """
INSERT INTO documents_papercounter AS kept (series_id, year, last) VALUES (%s, %s, 1)
ON CONFLICT (series_id, year) DO UPDATE SET last = kept.last + 1 RETURNING last
"""
WORD = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffffA-Za-z]{1,20}")


def set_word(*, actor: Actor, unit: Unit, word: str, series: str = Series.GENERAL) -> PaperSeries:
    """Give a unit its 机关代字, for all papers or for one series; the serials go on.

    Raises Refusal: no right, not a word, no such series, or another unit's or series' word.
    """
    rules.require_keeper(actor, unit)
    word = clean_text(word)
    if not WORD.fullmatch(word):
        raise Refusal(_("机关代字请写一至二十个汉字或字母，如“清信告”。"), code="invalid")
    if series not in Series.values or series == Series.NONE:
        raise Refusal(_("没有这个编号系列，请从列表中选择。"), code="invalid")
    try:
        with transaction.atomic():
            row, _made = PaperSeries.objects.update_or_create(
                unit=unit, series=series, defaults={"word": word}
            )
            audit.record(actor=actor, act="paper.word", obj=row, detail={"unit": unit.pk, "new": word})
    except IntegrityError:
        raise Refusal(
            _("机关代字“%(word)s”已在使用，两个系列不能同字，请换一个。") % {"word": word}, code="invalid"
        ) from None
    return row


def next_serial(series: PaperSeries, year: int) -> int:
    """The next serial of that year, gapless: called in the transaction that writes it. One query."""
    assert connection.in_atomic_block, "a serial belongs to the transaction of its paper"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series.pk, year])
        found: int = cursor.fetchone()[0]
    return found
