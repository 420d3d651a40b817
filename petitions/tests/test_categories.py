"""Tables of categories: loaded whole or not at all, the same one once, the current one offered."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from core.errors import Refusal
from core.timekeeping import now
from petitions.models import Category, CategoryVersion
from petitions.selectors.categories import category_options, current_categories
from petitions.services import categories as service

pytestmark = pytest.mark.django_db
SMALL = "level1,level2,level3\n城市,噪声,夜市\n城市,噪声,工地\n乡村,水利,灌溉\n"
SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "categories.csv"


def load(text, name="试用", encoding="utf-8"):
    return service.load(text.encode(encoding), name=name)


def run(path):
    out = StringIO()
    call_command("load_categories", str(path), stdout=out)
    return out.getvalue()


def test_the_table_that_ships_with_the_project_is_whole():
    leaves = service.read(service.DEFAULT.read_bytes())
    assert 55 <= len(leaves) <= 80
    assert ("其他", "其他", "其他") in leaves


def test_a_new_installation_has_the_shipped_table_and_keeps_a_loaded_one():
    CategoryVersion.objects.all().update(is_current=False)
    Category.objects.all().delete()
    CategoryVersion.objects.all().delete()
    assert service.load_default(apps, now()).created
    load(SMALL)
    assert service.load_default(apps, now()) is None
    assert current_categories().count() == 3


def test_a_new_table_becomes_current_and_old_cases_keep_theirs(make_case):
    first = load(SMALL)
    case = make_case(category_id=Category.objects.filter(version=first.version_id).first().pk)
    load("level1,level2,level3\n甲,乙,丙\n")
    assert [str(leaf) for leaf in current_categories()] == ["甲 / 乙 / 丙"]
    case.refresh_from_db()
    assert case.category.level3 == "夜市"


def test_the_same_table_again_changes_nothing_whatever_its_encoding_and_blank_lines(tmp_path):
    done = load(SMALL)
    before = list(CategoryVersion.objects.values())
    for text, encoding in (
        (SMALL, "utf-8-sig"),
        (SMALL, "gb18030"),
        (SMALL.replace("\n", "\r\n") + ",,\r\n\r\n", "utf-8"),
    ):
        again = load(text, encoding=encoding)
        assert (again.version_id, again.created, again.switched) == (done.version_id, False, False)
    assert list(CategoryVersion.objects.values()) == before


def test_an_earlier_table_can_be_made_current_again():
    first = load(SMALL)
    load("level1,level2,level3\n甲,乙,丙\n")
    back = load(SMALL)
    assert (back.version_id, back.created, back.switched) == (first.version_id, False, True)
    assert current_categories().count() == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "第 1 行"),
        ("a,b,c\n1,2,3\n", "第 1 行"),
        ("level1,level2,level3\n", "没有任何分类"),
        ("level1,level2,level3\n城市,噪声,夜市\n城市,,夜市\n", "第 3 行"),
        ("level1,level2,level3\n城市,噪声\n", "第 2 行"),
        ("level1,level2,level3\n城市,噪声,夜市\n\n城市,噪声,夜市 \n", "第 4 行：与第 2 行重复"),
        (f"level1,level2,level3\n城市,噪声,{'长' * 61}\n", "第 2 行"),
        ('level1,level2,level3\n城市,噪声,"夜\n市"\n', "第 3 行"),
    ],
)
def test_a_bad_file_changes_nothing_and_names_the_line(text, line):
    load(SMALL)
    before = list(CategoryVersion.objects.values()), Category.objects.count()
    with pytest.raises(Refusal) as refused:
        load(text)
    assert line in str(refused.value)
    assert (list(CategoryVersion.objects.values()), Category.objects.count()) == before


def test_the_command_says_what_it_did(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(SMALL)
    assert "已载入 3 个分类" in run(path)
    assert "没有改动" in run(path)
    path.write_bytes(b"\xff\x00\x81")
    with pytest.raises(CommandError, match="编码"):
        run(path)
    with pytest.raises(CommandError, match="无法读取"):
        run(tmp_path / "none.csv")


def test_leaves_are_found_by_typing_any_level_the_leaf_itself_first():
    load("level1,level2,level3\n城市,夜市管理,摊位\n城市,噪声,夜市噪声\n乡村,水利,灌溉\n")
    assert [one["label"] for one in category_options("夜市")] == ["夜市噪声", "摊位"]
    assert category_options("城市 摊") == [
        {"value": Category.objects.get(level3="摊位").pk, "label": "摊位", "path": "城市 › 夜市管理"}
    ]
    assert category_options("查无") == []
    assert len(category_options("")) == 3


@pytest.mark.skipif(not SHARED.exists(), reason="no shared categories.csv beside the project")
def test_the_boards_own_table_loads(tmp_path):
    done = service.load(SHARED.read_bytes(), name="留言板分类")
    assert done.leaves == 517
    assert {one["path"] for one in category_options("园林绿化环卫")} == {"城乡建设 › 城市建设和市政管理"}
