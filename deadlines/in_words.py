"""An explanation as lines of text, in the sentences of the page (``templates/deadlines/_explanation.html``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError

from core.timekeeping import SHANGHAI
from deadlines.models import Clock
from deadlines.registry import clock_classes
from deadlines.selectors import Explanation, Rung, Told
from notifications.models import Notice
from notifications.selectors import sealed_words

DATE, MINUTE = "%Y-%m-%d %H:%M", "%m-%d %H:%M"


def clock_named(key: str) -> Clock:
    """The clock of a key as alerts bear it: petitions.petitionclock:17. Raises ValueError with a sentence."""
    label, _, number = key.partition(":")
    classes = {clock_class._meta.label_lower: clock_class for clock_class in clock_classes()}
    clock_class = classes.get(label.lower())
    if clock_class is None:
        raise ValueError(f"没有“{label}”这种期限，应是{'、'.join(sorted(classes))}之一，后接冒号和编号。")
    try:
        return clock_class._base_manager.select_related("rule").get(pk=number)
    except (clock_class.DoesNotExist, ValueError, ValidationError):
        raise ValueError(f"没有编号为“{number}”的期限。") from None


def told_of_sealed(clock: Clock) -> bool:
    """Whether what was told about the clock tells of something sealed: then nobody is named outside its pages."""
    told = Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:").exclude(about="")
    return bool(sealed_words(list(told.order_by().values_list("about", flat=True).distinct())))


def lines(story: Explanation, *, names: bool) -> Iterator[str]:
    """Without ``names`` who was told, and in what words, is left out; when and by what way is not."""
    yield f"期限：{story.name}（{story.code}），{story.clock.key}{'，暂定' if story.provisional else ''}"
    yield f"依据：{story.basis}"
    if story.chosen:
        yield f"为何适用：{story.chosen}"
    if story.course:
        yield f"起算和停止：{story.course}"
    yield f"起算：{story.started}"
    if story.rolled:
        yield f"期限届满：{story.raw_due}"
    yield f"到期：{story.due}{'（遇休息日顺延）' if story.rolled else ''}"
    yield f"状态：{story.state}"
    yield "怎么算出来的："
    for number, sentence in enumerate(story.steps, start=1):
        yield f"{number}. {sentence}"
    if story.extension:
        yield "延长或者扣除："
        for number, sentence in enumerate(story.extension, start=1):
            yield f"{number}. {sentence}"
    if story.rungs:
        yield "提醒与上报："
        yield from map(_rung, story.rungs)
    yield "告知过谁："
    if not story.told:
        yield "还没有发出提醒。"
    yield from (_told(one, names=names) for one in story.told)
    yield "台账："
    yield from (f"{line.at:{DATE}} {line.sentence}" for line in story.ledger)


def _rung(rung: Rung) -> str:
    share = f"（{rung.share}）" if rung.share else ""
    role = f"：{rung.role}" if rung.tells else ""
    return f"{'已到' if rung.done else '待到'} {_at(rung.at, DATE)} {rung.kind}{share}{role}"


def _told(one: Told, *, names: bool) -> str:
    who = f"{one.name}：{one.text}" if names else "（检举控告件，此处不列姓名和内容）"
    read = f"（{_at(one.read_at, MINUTE)} 已读）" if one.read_at else "（未读）"
    ways = "；".join(
        f"{way.way}：{way.state}{f' {_at(way.at, MINUTE)}' if way.at else ''}" for way in one.ways
    )
    return f"{_at(one.at, DATE)} {who}{read} {ways or '只有站内提醒'}"


def _at(moment: datetime, shape: str) -> str:
    return moment.astimezone(SHANGHAI).strftime(shape)
