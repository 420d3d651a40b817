"""One template as it ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from documents.enums import Layout, PaperKind, Series
from documents.models.templates import FieldSpec

#: What an article asks for, by the words a refusal names it with.
ARTICLE = "《信访工作条例》第{}条"
#: Not in the law: without it the paper cannot be used.
CUSTOM = "公文格式（GB/T 9704-2012）"


FIGURES = "〇一二三四五六七八九"


def han(number: int) -> str:
    """1 to 99 as a law counts its articles: 五, 十三, 二十, 三十二."""
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{FIGURES[tens]}十"
    return lead + (FIGURES[ones] if ones else "")


def must(name: str, label: str, basis: str | int = CUSTOM) -> FieldSpec:
    """A field without which the paper is not approved; a figure is an article of the 条例."""
    return FieldSpec(name, label, ARTICLE.format(han(basis)) if isinstance(basis, int) else basis)


def may(name: str, label: str) -> FieldSpec:
    return FieldSpec(name, label, required=False)


TO = must("to", "主送（信访人）")
TO_BODY = must("to", "主送机关")
CASE = must("case_number", "信访件编号")
CONTACT = must("contact", "联系人")
PHONE = must("phone", "联系电话")
CC = may("cc", "抄送")
ATTACHMENTS = may("attachments", "附件")


@dataclass(frozen=True)
class Sheet:
    kind: PaperKind
    layout: Layout
    series: Series
    title: str
    body: str
    fields: tuple[FieldSpec, ...]
    approval: bool = True
    service: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """Columns of ``PaperTemplate``, without version and validity."""
        return {
            "kind": self.kind.value,
            "layout": self.layout.value,
            "series": self.series.value,
            "title": self.title,
            "body": self.body.strip(),
            "fields": [spec.row for spec in self.fields],
            "approval": self.approval,
            "service": self.service,
        }
