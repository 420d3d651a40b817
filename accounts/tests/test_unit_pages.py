from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import UnitKind
from accounts.models import AuditEntry, Post, Unit
from accounts.services.units import create_unit

pytestmark = pytest.mark.django_db
UNITS = "/staff/units/"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


def typed(parent, **changes):
    return {
        "name": "杏林社区",
        "short_name": "",
        "kind": "village",
        "code": "",
        "parent": parent.pk if parent else "",
        "review_superior": "",
        "valid_from": "2026-01-01",
        "valid_until": "",
    } | changes


def as_it_is(unit, **changes):
    return (
        typed(
            unit.parent,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            code=unit.code,
            valid_from="2020-01-01",
        )
        | changes
    )


def text(response):
    return response.content.decode()


# who may


@pytest.mark.parametrize("path", ["", "add/", "{pk}/"])
@pytest.mark.parametrize("key", ["outsider", "secadmin", "auditor", "leader", "petition_officer"])
def test_only_the_system_administrator_keeps_the_units(cast, client_as, path, key):
    address = UNITS + path.format(pk=cast.units.urban.pk)
    client = client_as(getattr(cast, key))
    looks = key == "secadmin" and not path
    assert client.get(address).status_code == (200 if looks else 403)
    assert client.post(address, typed(cast.units.xiling)).status_code in {403, 405}
    assert not Unit.objects.filter(name="杏林社区").exists()


@pytest.mark.parametrize("path", ["", "add/", "search/", "1/"])
def test_a_stranger_is_asked_to_log_in(db, client, path):
    assert client.get(UNITS + path).url == f"/staff/login/?next={UNITS}{path}"


@pytest.mark.parametrize("key, status", [("secadmin", 200), ("sysadmin", 200), ("outsider", 403)])
def test_units_are_searched_by_both_administrators_only(cast, client_as, key, status):
    assert client_as(getattr(cast, key)).get(UNITS + "search/?q=局").status_code == status


@pytest.mark.parametrize("key", ["sysadmin", "secadmin"])
def test_administrators_read_no_cases(cast, client_as, make_case, key):
    case = make_case.registered().petition
    client = client_as(getattr(cast, key))
    assert client.get("/cases/").status_code == 403
    assert client.get(f"/cases/{case.number}/").status_code in {403, 404}


# the list


def test_the_tree_is_listed_from_the_root_down_and_indented(cast, admin):
    page = admin.get(UNITS)
    paths = [unit.path for unit in page.context["page"].items]
    assert paths == sorted(paths) and len(paths) == 11
    assert f'tree-3"><a href="/staff/units/{cast.units.liuwan.pk}/">柳湾村' in text(page)


def test_a_branch_shows_itself_and_what_is_below_with_the_way_up(cast, admin):
    page = admin.get(UNITS, {"under": cast.units.dongxi.pk})
    assert [u.name for u in page.context["page"].items] == ["东溪镇", "柳湾村", "石桥村"]
    assert [u.name for u in page.context["above"]] == ["清江县", "东溪镇"]


@pytest.mark.parametrize(
    "filters, names",
    [
        ({"q": "柳湾"}, ["柳湾村"]),
        ({"q": "339999001"}, ["西岭街道", "西山社区"]),
        ({"q": "镇 东"}, ["东溪镇"]),
        ({"kind": "discipline"}, ["清江县纪委监委"]),
        ({"q": "没有的"}, []),
        ({"state": "closed"}, []),
    ],
)
def test_units_are_found_by_name_code_kind_and_state(cast, admin, filters, names):
    page = admin.get(UNITS, filters)
    assert (page.status_code, [u.name for u in page.context["page"].items]) == (200, names)
    assert ("没有符合条件的机构" in text(page)) == (not names)


@pytest.mark.parametrize("under", ["0", "99999999999999999999", "x", "²", "-1"])
def test_a_branch_that_is_not_there_is_not_found(cast, admin, under):
    assert admin.get(UNITS, {"under": under}).status_code == 404


@pytest.mark.parametrize("filters", [{"kind": "castle"}, {"q": "柳湾\x00"}, {"q": "长" * 61}])
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(cast, admin, filters):
    page = admin.get(UNITS, filters)
    assert (page.status_code, page.context["page"].items) == (422, [])


def test_five_hundred_units_come_by_key_and_cost_the_same_queries(cast, admin):
    with CaptureQueriesContext(connection) as few:
        admin.get(UNITS, {"under": cast.units.xishan.pk})
    for number in range(500):
        create_unit(name=f"第{number}组", kind=UnitKind.STATION, parent=cast.units.xishan)
    with CaptureQueriesContext(connection) as many:
        page = admin.get(UNITS, {"under": cast.units.xishan.pk})
    assert len(many) == len(few)
    seen, cursor = 0, page.context["page"].next_cursor
    seen += len(page.context["page"])
    while cursor:
        page = admin.get(UNITS, {"under": cast.units.xishan.pk, "cursor": cursor})
        seen, cursor = seen + len(page.context["page"]), page.context["page"].next_cursor
    assert seen == 501


def test_one_unit_and_three_cost_the_same_queries(cast, admin):
    counts = []
    for words in ("柳湾", "村"):
        with CaptureQueriesContext(connection) as queries:
            rows = admin.get(UNITS, {"q": words}).context["page"].items
        counts.append((len(rows), len(queries)))
    create_unit(name="新村", kind=UnitKind.VILLAGE, parent=cast.units.dongxi)
    with CaptureQueriesContext(connection) as queries:
        rows = admin.get(UNITS, {"q": "村"}).context["page"].items
    assert (counts[0][0], len(rows)) == (1, 3)
    assert counts[0][1] == counts[1][1] == len(queries)


def test_typing_finds_units_with_the_one_above_and_leaves_out_closed_ones(cast, admin):
    Unit.objects.filter(pk=cast.units.shiqiao.pk).update(valid_until=date(2021, 1, 1))
    found = admin.get(UNITS + "search/", {"q": "村"}).json()
    assert found == [{"value": cast.units.liuwan.pk, "label": "柳湾村", "path": "东溪镇"}]
    assert admin.get(UNITS + "search/", {"q": " \x00 "}).json() == []


# adding


def test_a_unit_is_added_below_another_and_noted(cast, admin):
    form = admin.get(UNITS + "add/", {"under": cast.units.xiling.pk})
    assert f'<option value="{cast.units.xiling.pk}" selected>西岭街道</option>' in text(form)
    done = admin.post(
        UNITS + "add/", typed(cast.units.xiling, name="䶮山·阿依社区", review_superior=cast.units.district.pk)
    )
    assert done.url == f"{UNITS}?under={cast.units.xiling.pk}"
    unit = Unit.objects.get(name="䶮山·阿依社区")
    assert unit.path == f"{cast.units.xiling.path}{unit.pk:06d}."
    assert unit.review_superior == cast.units.district
    entry = AuditEntry.objects.get(act="unit.add")
    assert (entry.user, entry.object_id) == (cast.sysadmin, str(unit.pk))
    assert "䶮山·阿依社区" in text(admin.get(UNITS, {"q": "阿依"}))


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"code": "339999100"}, "统计代码 339999100 已由“东溪镇”使用。"),
        ({"code": "33 99"}, "统计代码只能由数字、字母和连字符组成。"),
        ({"name": "西山社区"}, "“西岭街道”之下已有“西山社区”。"),
        ({"name": ""}, "请填写这一项。"),
        ({"name": "名" * 121}, "120"),
        ({"kind": "castle"}, "没有您选的这一项，请从列表中选择。"),
        ({"parent": ""}, "请选择。"),
        ({"parent": "99999999999999999999"}, "没有您选的这一项"),
        ({"parent": "abc"}, "没有您选的这一项"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-02-01"}, "停用日期必须晚于启用日期。"),
        ({"valid_until": "明天"}, "请填写日期，如 2026-11-20。"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(cast, admin, change, sentence):
    sent = typed(cast.units.xiling, short_name="杏林·䶮") | change
    answer = admin.post(UNITS + "add/", sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="杏林·䶮"' in text(answer)
    assert Unit.objects.count() == 11
    assert not AuditEntry.objects.filter(act="unit.add").exists()


def test_a_form_sent_twice_makes_one_unit(cast, admin):
    assert admin.post(UNITS + "add/", typed(cast.units.xiling)).status_code == 302
    assert admin.post(UNITS + "add/", typed(cast.units.xiling)).status_code == 422
    assert Unit.objects.filter(name="杏林社区").count() == 1


def test_an_empty_form_is_answered_with_what_is_missing(cast, admin):
    assert admin.post(UNITS + "add/", {}).status_code == 422


# changing


def test_names_code_kind_reviewer_and_dates_are_changed_and_noted(cast, admin):
    unit = cast.units.shiqiao
    sent = as_it_is(
        unit, name="石桥社区", short_name="石桥", code="339999100299", review_superior=cast.units.dongxi.pk
    )
    assert admin.post(f"{UNITS}{unit.pk}/", sent).url == f"{UNITS}?under={cast.units.dongxi.pk}"
    unit.refresh_from_db()
    assert (unit.name, unit.short_name, unit.code, unit.review_superior) == (
        "石桥社区",
        "石桥",
        "339999100299",
        cast.units.dongxi,
    )
    entry = AuditEntry.objects.get(act="unit.change")
    assert set(entry.detail) == {"name", "short_name", "code", "review_superior"}


def test_saving_without_a_change_writes_no_entry(cast, admin):
    unit = cast.units.shiqiao
    assert admin.post(f"{UNITS}{unit.pk}/", as_it_is(unit)).status_code == 302
    assert not AuditEntry.objects.filter(act__startswith="unit.").exists()


def test_a_unit_is_moved_with_all_below(cast, admin):
    sent = as_it_is(cast.units.xiling, parent=cast.units.dongxi.pk)
    assert admin.post(f"{UNITS}{cast.units.xiling.pk}/", sent).status_code == 302
    moved = Unit.objects.get(pk=cast.units.xishan.pk)
    assert moved.is_within(cast.units.dongxi)
    entry = AuditEntry.objects.get(act="unit.move")
    assert entry.detail == {"from": cast.units.district.pk, "to": cast.units.dongxi.pk}


@pytest.mark.parametrize("below", ["dongxi", "liuwan"])
def test_a_unit_never_comes_to_stand_below_itself(cast, admin, below):
    sent = as_it_is(cast.units.dongxi, name="改名镇", parent=getattr(cast.units, below).pk)
    answer = admin.post(f"{UNITS}{cast.units.dongxi.pk}/", sent)
    assert answer.status_code == 422
    assert "不能把机构移到它自己或其下级之下。" in text(answer)
    cast.units.dongxi.refresh_from_db()
    assert (cast.units.dongxi.parent, cast.units.dongxi.name) == (cast.units.district, "东溪镇")


def test_a_refusal_after_the_move_undoes_the_move(cast, admin):
    sent = as_it_is(cast.units.xiling, parent=cast.units.dongxi.pk, code="339999100")
    assert admin.post(f"{UNITS}{cast.units.xiling.pk}/", sent).status_code == 422
    cast.units.xiling.refresh_from_db()
    assert cast.units.xiling.parent == cast.units.district
    assert not AuditEntry.objects.filter(act="unit.move").exists()


def test_the_root_stays_a_root_and_another_unit_does_not_become_one(cast, admin):
    root = cast.units.district
    assert admin.post(f"{UNITS}{root.pk}/", as_it_is(root, short_name="清江")).status_code == 302
    answer = admin.post(f"{UNITS}{cast.units.dongxi.pk}/", as_it_is(cast.units.dongxi, parent=""))
    assert answer.status_code == 422


def test_a_unit_does_not_review_itself(cast, admin):
    unit = cast.units.urban
    answer = admin.post(f"{UNITS}{unit.pk}/", as_it_is(unit, review_superior=unit.pk))
    assert answer.status_code == 422
    assert "复查机关不能是机构自己。" in text(answer)


def test_a_unit_closes_only_after_what_hangs_on_it(cast, admin):
    town = cast.units.dongxi
    answer = admin.post(f"{UNITS}{town.pk}/", as_it_is(town, valid_until="2026-06-01"))
    assert answer.status_code == 422
    assert "还有 2 个下级机构在这一天之后仍在用" in text(answer)
    Unit.objects.filter(parent=town).update(valid_until=date(2026, 5, 1))
    answer = admin.post(f"{UNITS}{town.pk}/", as_it_is(town, valid_until="2026-06-01"))
    assert "还有 1 个岗位在这一天之后仍在任" in text(answer)
    Post.objects.filter(unit=town).update(valid_until=date(2026, 6, 1))
    assert admin.post(f"{UNITS}{town.pk}/", as_it_is(town, valid_until="2026-06-01")).status_code == 302
    assert "已停用" in text(admin.get(UNITS, {"state": "closed"}))


def test_a_unit_that_is_not_there_is_not_found(cast, admin):
    assert admin.get(f"{UNITS}999999/").status_code == 404
    assert admin.get(f"{UNITS}99999999999999999999/").status_code == 404
