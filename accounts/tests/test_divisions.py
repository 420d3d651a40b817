import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services.divisions import load

pytestmark = pytest.mark.django_db
HEAD = "code,name,level,parent_code\n"
GOOD = HEAD + "338001,清河县,county,\n338001100,河口镇,town,338001\n338001100201,柳村,village,338001100\n"
REAL = os.environ.get("DIVISIONS_DIR", "")


def tree():
    return sorted(Unit.objects.values_list("code", "name", "kind", "parent__code"))


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "divisions.csv"
    path.write_bytes(text.encode(encoding))
    return path


def run(path):
    out = StringIO()
    call_command("load_divisions", path, stdout=out)
    return out.getvalue()


def test_a_county_with_its_towns_and_villages_becomes_a_tree(tmp_path):
    assert run(written(tmp_path, GOOD)) == "divisions.csv：新增 3，更新 0，未变 0。\n"
    assert tree() == [
        ("338001", "清河县", UnitKind.DISTRICT, None),
        ("338001100", "河口镇", UnitKind.TOWN, "338001"),
        ("338001100201", "柳村", UnitKind.VILLAGE, "338001100"),
    ]
    village = Unit.objects.get(code="338001100201")
    assert village.path == f"{village.parent.path}{village.pk:06d}."


def test_loading_again_changes_nothing(tmp_path):
    path = written(tmp_path, GOOD)
    run(path)
    before = list(Unit.objects.order_by("pk").values())
    assert run(path) == "divisions.csv：新增 0，更新 0，未变 3。\n"
    assert list(Unit.objects.order_by("pk").values()) == before


def test_a_parent_may_stand_below_its_children_in_the_file():
    lines = GOOD.splitlines()
    load("\n".join([lines[0], *reversed(lines[1:])]).encode())
    assert [code for code, *_ in tree()] == ["338001", "338001100", "338001100201"]


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    load(("\ufeff" + GOOD.replace("\n", "\r\n")).encode())
    assert Unit.objects.count() == 3


def test_a_new_name_and_a_new_parent_are_taken_over_with_all_below():
    load((GOOD + "338001101,河西镇,town,338001\n").encode())
    result = load(
        (
            HEAD + "338001,清河区,county,\n338001101,河西镇,town,338001\n"
            "338001100201,柳村,village,338001101\n"
        ).encode()
    )
    assert (result.created, result.changed, result.unchanged) == (0, 2, 1)
    village = Unit.objects.get(code="338001100201")
    assert village.parent.code == "338001101"
    assert village.path.startswith(village.parent.path)
    assert Unit.objects.get(code="338001").name == "清河区"


def test_a_known_county_keeps_its_id_and_what_hangs_on_it(cast):
    load((HEAD + "339999,清江县,county,\n339999102,南坡镇,town,339999\n").encode())
    town = Unit.objects.get(code="339999102")
    assert town.parent == cast.units.district
    cast.units.urban.refresh_from_db()
    assert cast.units.urban.is_within(cast.units.district)


def test_new_towns_below_a_county_that_is_only_in_the_database_are_loaded(cast):
    load((HEAD + "339999103,北坡镇,town,339999\n").encode())
    assert Unit.objects.get(code="339999103").parent == cast.units.district


BAD = {
    "an empty file": ("", "文件是空的"),
    "a head alone": (HEAD, "文件只有表头"),
    "a missing column": ("code,name,level\n338001,甲,county\n", "第 1 行：缺少列 parent_code"),
    "an unknown parent": (GOOD + "338001200,乙镇,town,338009\n", "第 5 行：“乙镇”的上级代码 338009 不存在"),
    "a bad level": (GOOD + "338001200,乙镇,城镇,338001\n", "第 5 行：级别“城镇”应为"),
    "a code used twice": (GOOD + "338001100,乙镇,town,338001\n", "第 5 行：代码 338001100 与第 3 行重复"),
    "a code with letters": (GOOD + "33800A,乙镇,town,338001\n", "第 5 行：代码“33800A”应为"),
    "a name left out": (GOOD + "338001200, ,town,338001\n", "第 5 行：名称应为"),
    "a name too long": (GOOD + f"338001200,{'长' * 121},town,338001\n", "第 5 行：名称应为"),
    "a town without parent": (GOOD + "338001200,乙镇,town,\n", "第 5 行：“乙镇”缺少上级代码"),
    "a village below a county": (
        GOOD + "338001200,乙村,village,338001\n",
        "第 5 行：“乙村”是 village，上级应为 town",
    ),
    "its own parent": (GOOD + "338002,丙县,county,338002\n", "第 5 行：“丙县”的上级是它自己"),
    "a column too few": (GOOD + "338001200,乙镇,town\n", "第 5 行：列数与表头不符"),
    "a column too many": (GOOD + "338001200,乙镇,town,338001,1\n", "第 5 行：列数与表头不符"),
    "a quote left open": (GOOD + '338001200,"乙镇,town,338001\n', "CSV 格式有误"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_changes_nothing_and_names_the_line(cast, tmp_path, text, sentence):
    before = list(Unit.objects.order_by("pk").values())
    with pytest.raises(CommandError) as error:
        run(written(tmp_path, text))
    assert sentence in str(error.value)
    assert "未作任何改动" in str(error.value)
    assert list(Unit.objects.order_by("pk").values()) == before


def test_a_file_in_another_encoding_names_the_line(tmp_path):
    with pytest.raises(CommandError, match="第 2 行：文件不是 UTF-8 编码"):
        run(written(tmp_path, GOOD, "gb18030"))
    assert not Unit.objects.exists()


def test_a_file_that_is_not_there_is_told_plainly(tmp_path):
    with pytest.raises(CommandError, match="无法读取"):
        run(tmp_path / "none.csv")


@pytest.mark.skipif(not REAL, reason="DIVISIONS_DIR names no folder of real division files")
def test_the_real_files_load_twice_without_harm():
    for path in sorted(Path(REAL).glob("*.csv")):
        rows = len(path.read_text("utf-8").splitlines()) - 1
        first, second = load(path.read_bytes()), load(path.read_bytes())
        assert (first.created, second.created, second.changed, second.unchanged) == (rows, 0, 0, rows)
