"""The sheet as GB/T 9704-2012 has it, measured by the typesetter itself; hostile text; fonts; batches."""

import json
import shutil
import struct

import pytest
import typst
from django.core.checks import run_checks

from core.errors import Refusal
from documents import fonts, rendering
from documents.enums import PaperKind
from documents.filling import fill
from documents.models import PaperTemplate
from documents.rendering import LAYOUT, content_of, pictures, render
from documents.services import batch, printed
from documents.services.issuing import LARGEST_BATCH
from documents.tests.worlds import AT, OPINION

pytestmark = pytest.mark.django_db
OPINION_TEXTS = OPINION | {"accepted_on": "2026年3月1日"}
HOSTILE = (
    '#panic("x") #import "/etc/passwd" $a^2$ @ref \\ <script>alert(1)</script> & {{ 7*7 }} {% x %} *粗* _斜_ '
    "`码` = 标题 // 注释 /* x */ ~ ' \" [x] 䶮 㐂 喆 堃 阿依古丽·买买提 😀"
)


def pages_of(**fields):
    """How many pages a 处理意见书 of these words has."""
    template = PaperTemplate.objects.get(kind=PaperKind.OPINION, valid_until=None)
    words = {
        name: str(value) if name == "accepted_on" else value for name, value in (OPINION | fields).items()
    }
    supplied = {"unit": "清江县城市管理局", "number": "清城管意〔2026〕12号", "date": "2026年3月20日"}
    filled = fill(layout="notice", title=template.title, body=template.body, values=words | supplied)
    head = {
        "layout": "notice",
        "unit": supplied["unit"],
        "number": supplied["number"],
        "day": supplied["date"],
    }
    return render(filled.data | head | {"signer": ""}, at=AT).pages


@pytest.mark.article(32)
def test_a_short_opinion_ends_on_its_first_page_and_a_long_one_does_not():
    facts = "经查，夜市现有摊位二十三个，营业至凌晨两点，噪音超过国家规定的标准，您反映的情况属实。"
    assert pages_of(facts=facts, requests=["夜市二十二时收摊。"], outcomes=["支持：二十二时收摊。"]) == 1
    assert pages_of(facts=facts * 8) == 2


@pytest.mark.article(32)
def test_several_requests_stand_one_below_another_and_one_in_its_heading():
    body = PaperTemplate.objects.get(kind=PaperKind.OPINION, valid_until=None).body
    many = [line.text for line in fill(layout="notice", title="题", body=body, values=OPINION_TEXTS).lines]
    assert many[1:4] == ["一、投诉请求", "1. 夜市二十二时收摊；", "2. 公开检查结果。"]
    one = fill(
        layout="notice", title="题", body=body, values=OPINION_TEXTS | {"requests": ["二十二时收摊。"]}
    )
    assert one.lines[1].text == "一、投诉请求：二十二时收摊。"


@pytest.fixture
def measured(tmp_path):
    """Values of the metadata labelled <m> of a source that stands beside the layouts."""

    def measure(source, **inputs):
        text = f'#import "page.typ": *\n#let fonts = json(bytes(sys.inputs.fonts))\n{source}'
        (tmp_path / "main.typ").write_text(text)
        shutil.copy(LAYOUT / "page.typ", tmp_path)
        found = typst.query(
            str(tmp_path / "main.typ"),
            "<m>",
            field="value",
            root=str(tmp_path),
            font_paths=fonts.book(),
            sys_inputs={"fonts": json.dumps(fonts.stacks()), **inputs},
        )
        return json.loads(found)

    return measure


SHEET = "#show: sheet.with(fonts)\n"


def lines_of(signs):
    words = "字" * signs
    return f'#layout(size => [#metadata(measure(block(width: size.width, flush("{words}"))).height / row) <m>])\n'


def test_twenty_eight_signs_stand_on_a_line_and_not_one_more(measured):
    rows = measured(SHEET + lines_of(1) + lines_of(28) + lines_of(29) + lines_of(56) + lines_of(57))
    assert [round(value + 0.45) for value in rows] == [1, 1, 2, 2, 3]


def test_twenty_eight_signs_fill_the_line(measured):
    wide = measured(SHEET + f'#context [#metadata(measure("{"字" * 28}").width / 156mm) <m>]')[0]
    assert 0.998 < wide <= 1.0


@pytest.mark.parametrize("signs,pages", [(28 * 22, 1), (28 * 22 + 1, 2), (28 * 44, 2), (28 * 44 + 1, 3)])
def test_twenty_two_lines_stand_on_a_page_and_not_one_more(signs, pages, measured):
    source = SHEET + f'#flush("{"字" * signs}")\n#context [#metadata(counter(page).final().first()) <m>]'
    assert measured(source) == [pages]


def test_paragraphs_keep_the_grid(measured):
    """22 paragraphs of one line are a page as well."""
    for count, pages in ((22, 1), (23, 2)):
        source = SHEET + "#par[字]\n" * count + "#context [#metadata(counter(page).final().first()) <m>]"
        assert measured(source) == [pages]


def test_the_text_begins_37_mm_from_the_top_and_28_from_the_fold(measured):
    mark = "#flush[#context { let p = here().position(); [#metadata((p.page, p.x / 1mm, p.y / 1mm)) <m>] }]\n"
    found = measured(SHEET + mark + "#pagebreak()\n" + mark)
    assert [[page, round(x), round(y)] for page, x, y in found] == [[1, 28, 37], [2, 26, 37]]


def size_of(png):
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("kind", PaperKind.values)
def test_every_paper_is_set_on_a4_with_short_and_with_hostile_text(kind):
    template = PaperTemplate.objects.get(kind=kind, valid_until=None)
    for value in ("有", HOSTILE):
        values = {spec.name: value for spec in template.specs} | {"unit": "清江县城市管理局"}
        content = fill(layout=template.layout, title=template.title, body=template.body, values=values).data
        content |= {"layout": template.layout, "unit": "清江县城市管理局", "number": "清〔2026〕1号"}
        content |= {"day": "2026年3月5日", "signer": "赵建国"}
        done = render(content, at=AT)
        pages = pictures(content, ppi=36)
        assert done.pdf.startswith(b"%PDF") and done.pages == len(pages) >= 1
        assert {size_of(page) for page in pages} <= {(297, 421), (298, 421), (298, 420), (297, 420)}


def test_hostile_text_is_printed_as_it_was_written(make_paper, measured):
    subject = HOSTILE[:40].strip()
    paper = make_paper("issued", PaperKind.OPINION, OPINION | {"facts": HOSTILE, "subject": subject})
    content = content_of(paper)
    assert HOSTILE in [line["text"] for line in content["lines"]]
    assert content["title"] == f"关于{subject}信访事项的处理意见书"
    source = "#let words = json(bytes(sys.inputs.words))\n#[#metadata([#words].text) <m>]\n#words"
    assert measured(SHEET + source, words=json.dumps(HOSTILE)) == [HOSTILE]


def test_a_long_opinion_has_its_seal_beside_text(make_paper):
    """The last paragraph goes with name and date: no page has the seal alone."""
    facts = "经查，河沿路夜市每日十八时至次日二时经营，夜间噪声58分贝，超过限值。" * 60
    for more in range(0, 700, 60):
        paper = make_paper("approved", PaperKind.OPINION, OPINION | {"facts": facts + "字" * more})
        assert render(content_of(paper), at=AT).pages in (4, 5, 6)


def test_a_batch_is_one_file_that_begins_each_paper_on_a_front(make_paper):
    papers = [make_paper("issued"), make_paper("issued", PaperKind.OPINION), make_paper("issued")]
    pages = [printed(paper).pages for paper in papers]
    assert len(batch(papers)) > 10_000
    one = printed(papers[0])
    assert one.pages == 2 and pages[1] >= 2
    single, double = batch([papers[0]], duplex=False), batch(papers, duplex=True)
    assert single.startswith(b"%PDF") and len(double) > len(single)
    with pytest.raises(Refusal, match="先选择"):
        batch([])
    with pytest.raises(Refusal, match=f"最多合并打印{LARGEST_BATCH}件"):
        batch([papers[0]] * (LARGEST_BATCH + 1))
    with pytest.raises(Refusal, match="尚未印发"):
        batch([make_paper()])


def warnings_of():
    return [message.id for message in run_checks() if (message.id or "").startswith("documents.")]


def test_missing_typefaces_are_said_at_the_start(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "families", lambda: ["Noto Serif SC", "Noto Sans SC"])
    assert warnings_of() == []
    settings.PAPER_FONT_DIR = str(tmp_path)
    assert warnings_of() == ["documents.W002"]
    settings.PAPER_FONT_DIR = str(tmp_path / "nowhere")
    assert warnings_of() == ["documents.W001"]
    settings.PAPER_FONT_DIR = str(tmp_path)
    every = ["FangSong_GB2312", "FZXiaoBiaoSong-B05S", "SimHei", "KaiTi_GB2312", "SimSun"]
    monkeypatch.setattr(fonts, "families", lambda: every)
    assert warnings_of() == []


def test_the_fallback_is_always_there_and_stands_last(settings):
    settings.PAPER_SYSTEM_FONTS = False
    assert {"Noto Serif SC", "Noto Sans SC"} <= set(fonts.families())
    stacks = fonts.stacks()
    assert all(stack for stack in stacks.values()) and stacks["body"][-1] == "Noto Serif SC"


def test_a_paper_is_set_with_the_fallback_alone(settings, make_paper):
    settings.PAPER_SYSTEM_FONTS = False
    assert rendering.render(content_of(make_paper("approved")), at=AT).pages == 1


def test_a_paper_of_a_few_lines_too_many_ends_on_its_first_page_with_closer_lines():
    """GB/T 9704-2012, 5.2.3 and 7.3.5.5; what is truly longer keeps its 22 lines."""

    def lines_of(count):
        lines = [{"kind": "p", "text": "字", "label": "", "cells": []}] * count
        placed = {"to": "张小河", "attachments": [], "cc": "", "title": "信访事项受理告知书"}
        more = {
            "layout": "notice",
            "unit": "清江县城市管理局",
            "number": "清〔2026〕1号",
            "day": "2026年3月5日",
        }
        return rendering._fitted(placed | more | {"signer": "", "lines": lines})

    pages = {count: lines_of(count)[1] for count in (13, 14, 15, 16, 40)}
    assert pages == {13: 1, 14: 1, 15: 1, 16: 2, 40: 3}


def test_the_notice_of_a_usual_case_stands_on_one_page(make_paper):
    template = PaperTemplate.objects.get(kind=PaperKind.ACCEPTANCE, valid_until=None)
    values = {
        "to": "张小河",
        "case_number": "339999-2026-0668287",
        "source": "由清江县信访局转送",
        "received_on": "2026年9月2日",
        "summary": "东门夜市烧烤摊噪声扰民，油烟熏人，凌晨两点不收摊，多次反映没有解决。",
        "acceptance": "您反映的事项属于我单位职责范围，决定予以受理",
        "path": "按照《信访工作条例》第三十一条第六项的信访程序办理，调查核实后作出处理意见书并送达。",
        "time_limit": "自受理之日起60日内，即2026年11月3日前办结；情况复杂需要延长的，另行书面告知。",
        "responsible_unit": "清江县住房和城乡建设局",
        "contact": "钱礼",
        "phone": "0571-1234567",
        "query_way": "凭信访件编号和登记回执上的查询码，在https://xinfang.example.gov.cn/query/查询办理进度。",
        "unit": "清江县住房和城乡建设局",
    }
    content = fill(layout=template.layout, title=template.title, body=template.body, values=values).data
    content |= {"layout": template.layout, "unit": values["unit"], "number": "清建信〔2026〕112号"}
    assert render(content | {"day": "2026年9月3日", "signer": ""}, at=AT).pages == 1
