"""Templates: complete as the law has it, in versions by day, and never code."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now
from documents.enums import Layout, PaperKind, Series
from documents.filling import SUPPLIED, Line, fill, names_in, require_sound
from documents.models import PaperTemplate
from documents.models.templates import FieldSpec
from documents.selectors import template_on
from documents.services import draft, new_version
from documents.shipped import SHEETS
from documents.shipped.later import LATER, OPINION_2, SIMPLE_REPLY_2
from documents.tests.worlds import ACCEPTANCE

pytestmark = pytest.mark.django_db


def test_every_kind_has_a_sound_template(db):
    assert set(PaperTemplate.objects.values_list("kind", flat=True)) == set(PaperKind.values)
    assert len(SHEETS) == len(PaperKind)
    for template in PaperTemplate.objects.all():
        names = [spec.name for spec in template.specs]
        require_sound(title=template.title, body=template.body, declared=names)
        assert all(spec.label and spec.basis for spec in template.specs if spec.required)
        assert not set(names) & SUPPLIED


def test_notices_and_opinions_are_for_service_and_slips_are_not_numbered(db):
    rows = {row.kind: row for row in PaperTemplate.objects.filter(valid_until=None)}
    for kind in ("acceptance", "refusal", "no_further", "routing", "extension", "opinion", "review"):
        assert rows[kind].service and rows[kind].approval and rows[kind].series != Series.NONE
    for kind in ("registration", "receipt", "hearing_record", "service_record", "instruction"):
        assert not rows[kind].approval and rows[kind].series == Series.NONE


@pytest.mark.parametrize(
    "kind,words",
    [
        ("opinion", ["第三十五条", "30日内", "请求复查"]),
        ("review", ["第三十六条", "30日内", "请求复核"]),
        ("final_review", ["终结性意见", "不再受理"]),
        ("forwarding", ["第二十二条", "5个工作日", "15日内"]),
        ("assignment", ["第二十二条", "反馈办理结果", "5个工作日"]),
        ("co_letter", ["{lead}主办", "对全案负责", "{due_on}前", "5个工作日", "反馈期限不变"]),
        ("extension", ["第三十四条", "负责人"]),
        ("refusal", ["不予受理", "您可以向"]),
        ("suggest_liability", ["第四十条", "书面反馈"]),
    ],
)
@pytest.mark.article(22, 23, 31, 32, 34, 36)
def test_what_the_article_has_to_say_is_said(kind, words):
    """条例 22, 23, 32–36, 40."""
    body = PaperTemplate.objects.get(kind=kind, valid_until=None).body
    assert all(word in body for word in words)


@pytest.mark.parametrize(
    "code",
    [
        "{{ 7*7 }}",
        "{% for x in y %}",
        "{to.__class__}",
        "{to!r}",
        "{to[0]}",
        "{to:>9}",
        "{ to }",
        "{}",
        "{",
        "}",
    ],
)
def test_code_in_a_template_is_refused(code, cast):
    template = template_on(PaperKind.RECEIPT, date(2026, 1, 1))
    with pytest.raises(Refusal, match="只能写字段名") as refused:
        new_version(
            actor=cast.actor("sysadmin"),
            kind=PaperKind.RECEIPT,
            title=template.title,
            body=f"{template.body}\n备注：{code}",
            fields=template.specs,
            valid_from=date(2026, 7, 1),
        )
    assert refused.value.code == "invalid" and "正文第9行" in refused.value.sentence
    assert PaperTemplate.objects.filter(kind=PaperKind.RECEIPT).count() == 1


def test_a_template_with_a_missing_field_is_refused(cast):
    template = template_on(PaperKind.OPINION, date(2026, 1, 1))
    common = {"actor": cast.actor("sysadmin"), "kind": PaperKind.OPINION, "title": template.title}
    day = local_day(now()) + timedelta(days=30)
    with pytest.raises(Refusal, match="字段表里没有它"):
        new_version(**common, body=template.body + "\n{remark}", fields=template.specs, valid_from=day)
    with pytest.raises(Refusal, match="都没有用到"):
        new_version(
            **common,
            body=template.body,
            fields=[*template.specs, FieldSpec("remark", "备注")],
            valid_from=day,
        )
    lawless = [spec for spec in template.specs if spec.name != "review_body"]
    with pytest.raises(Refusal, match="“复查机关”，这是《信访工作条例》第三十五条要求的内容"):
        new_version(
            **common, body=template.body.replace("{review_body}", "上级"), fields=lawless, valid_from=day
        )
    with pytest.raises(Refusal, match="由系统管理员维护"):
        new_version(**common | {"actor": cast.actor("handler")}, body="字", fields=[], valid_from=day)


def test_a_paper_is_drafted_under_the_version_of_its_day(cast, urban):
    PaperTemplate.objects.filter(kind=PaperKind.ACCEPTANCE, version=2).delete()
    PaperTemplate.objects.filter(kind=PaperKind.ACCEPTANCE).update(valid_until=None)
    old = template_on(PaperKind.ACCEPTANCE, date(2026, 1, 1))
    new = new_version(
        actor=cast.actor("sysadmin"),
        kind=PaperKind.ACCEPTANCE,
        title=old.title,
        body=old.body + "\n请妥善保管。",
        fields=old.specs,
        valid_from=date(2026, 7, 1),
    )
    assert (old.version, new.version) == (1, 2)

    def version(*moment):
        at = datetime(*moment, tzinfo=SHANGHAI)
        return draft(
            actor=cast.actor("handler"), unit=urban, kind=PaperKind.ACCEPTANCE, fields=ACCEPTANCE, at=at
        ).template.version

    assert version(2026, 6, 30, 23, 59) == 1
    assert version(2026, 7, 1, 0, 0) == 2
    with pytest.raises(Refusal, match="2022年4月30日（周六）没有启用的受理告知书模板"):
        version(2022, 4, 30)


def test_two_versions_never_hold_on_one_day(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperTemplate.objects.create(
            kind=PaperKind.ACCEPTANCE,
            version=9,
            layout=Layout.NOTICE,
            series=Series.NOTICE,
            title="题",
            body="文",
            valid_from=date(2026, 1, 1),
        )


def test_values_are_put_in_once_and_never_read():
    """Braces in what somebody wrote mean nothing."""
    values = {"a": "{b}", "b": "秘密", "list": ["{b}", "{{ b }}"]}
    found = fill(layout=Layout.NOTICE, title="{a}", body="{a}\n{list}", values=values)
    assert found.title == "{b}"
    assert [line.text for line in found.lines] == ["{b}", "1. {b}", "2. {{ b }}"]
    form = fill(layout=Layout.FORM, title="题", body="项：{list}\n空：{none}", values=values)
    assert form.lines == [Line("row", "1. {b}\n2. {{ b }}", "项"), Line("row", "", "空")]


def test_lines_without_values_are_left_out_and_headings_told_from_sentences():
    body = "一、标题\n{none}\n（一）小标题\n一、这是一句话。还有一句。\n{many}"
    found = fill(layout=Layout.NOTICE, title="题", body=body, values={"many": "甲\n乙", "none": ""})
    assert [(line.kind, line.text) for line in found.lines] == [
        ("h1", "一、标题"),
        ("h2", "（一）小标题"),
        ("p", "一、这是一句话。还有一句。"),
        ("p", "甲"),
        ("p", "乙"),
    ]
    assert names_in("{a}{b_1}") == ["a", "b_1"]


def test_an_answer_of_the_simplified_procedure_says_what_can_be_done_against_it(db):
    first, second = PaperTemplate.objects.filter(kind=PaperKind.SIMPLE_REPLY).order_by("version")
    assert second.body == SIMPLE_REPLY_2.row["body"] and "{remedy}" not in first.body
    assert [spec.required for spec in second.specs if spec.name == "remedy"] == [True]


def test_later_wordings_take_the_place_of_the_first_and_ask_for_the_same(db):
    for sheet in (*LATER, OPINION_2):
        first, second = PaperTemplate.objects.filter(kind=sheet.kind).order_by("version")
        assert (second.version, second.body) == (2, sheet.row["body"])
        assert first.valid_until == second.valid_from and second.valid_until is None
        assert first.fields == second.fields and first.title == second.title


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("一、办理期限", "h1"),
        ("二、有权处理的机关：清江县人民法院", "p"),
        ("二、办理期限：自受理之日起60日内。", "p"),
    ],
)
def test_a_heading_with_its_words_behind_it_is_a_paragraph(text, kind):
    (line,) = fill(layout=Layout.NOTICE, title="题", body=text, values={}).lines
    assert line.kind == kind
