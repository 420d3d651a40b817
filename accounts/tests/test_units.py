import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import selectors
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.services.units import create_unit, move_unit, path_of
from core.errors import Refusal

pytestmark = pytest.mark.django_db


def test_a_path_lists_the_ids_from_the_root_down(cast):
    assert cast.units.liuwan.ancestor_ids == [
        cast.units.district.pk,
        cast.units.dongxi.pk,
        cast.units.liuwan.pk,
    ]
    assert cast.units.liuwan.depth == 3


def test_subtree_is_the_unit_and_all_below_it_and_nobody_else(cast):
    station = create_unit(name="柳湾村警务站", kind=UnitKind.STATION, parent=cast.units.liuwan)
    below = set(Unit.objects.subtree(cast.units.dongxi))
    assert below == {cast.units.dongxi, cast.units.liuwan, cast.units.shiqiao, station}


def test_subtree_of_one_id_does_not_take_in_an_id_that_starts_the_same():
    first = Unit.objects.create(pk=12, path="000012.", name="甲", kind=UnitKind.DISTRICT)
    Unit.objects.create(pk=120000012, path="120000012.", name="乙", kind=UnitKind.DISTRICT)
    Unit.objects.create(pk=13, path="000012000.", name="丙", kind=UnitKind.DISTRICT)
    assert list(Unit.objects.subtree(first)) == [first]


def test_subtree_is_answered_by_the_index_on_the_path(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Unit.objects.subtree(cast.units.dongxi).explain()
    assert "Index" in plan
    assert "path" in plan


def test_is_within_holds_for_the_unit_itself_and_those_above(cast):
    assert cast.units.liuwan.is_within(cast.units.liuwan)
    assert cast.units.liuwan.is_within(cast.units.district)
    assert not cast.units.district.is_within(cast.units.liuwan)
    assert not cast.units.liuwan.is_within(cast.units.xiling)


def test_moving_a_unit_takes_everything_below_along_in_one_update(cast, django_assert_num_queries):
    station = create_unit(name="站", kind=UnitKind.STATION, parent=cast.units.liuwan)
    with django_assert_num_queries(7):  # savepoint, lock, two rows, subtree lock, paths, parent, release
        move_unit(unit=cast.units.liuwan, parent=cast.units.xiling)
    station.refresh_from_db()
    cast.units.liuwan.refresh_from_db()
    assert cast.units.liuwan.parent == cast.units.xiling
    assert cast.units.liuwan.path == f"{cast.units.xiling.path}{cast.units.liuwan.pk:06d}."
    assert station.path == f"{cast.units.liuwan.path}{station.pk:06d}."
    assert station.is_within(cast.units.xiling)


def test_a_unit_can_become_a_root(cast):
    move_unit(unit=cast.units.dongxi, parent=None)
    cast.units.liuwan.refresh_from_db()
    assert cast.units.liuwan.ancestor_ids == [
        cast.units.dongxi.pk,
        cast.units.liuwan.pk,
    ]


@pytest.mark.parametrize("target", ["dongxi", "liuwan"])
def test_a_unit_never_moves_below_itself(cast, target):
    before = list(Unit.objects.order_by("pk").values_list("path", "parent"))
    with pytest.raises(Refusal) as refusal:
        move_unit(unit=cast.units.dongxi, parent=getattr(cast.units, target))
    assert refusal.value.code == "cycle"
    assert list(Unit.objects.order_by("pk").values_list("path", "parent")) == before


def test_a_code_is_used_once_and_an_empty_one_as_often_as_needed(cast):
    create_unit(name="无码甲", kind=UnitKind.STATION, parent=cast.units.dongxi)
    create_unit(name="无码乙", kind=UnitKind.STATION, parent=cast.units.dongxi)
    with pytest.raises(IntegrityError), transaction.atomic():
        create_unit(
            name="重码",
            kind=UnitKind.TOWN,
            parent=cast.units.district,
            code="339999100",
        )


def test_a_unit_ends_after_it_starts(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_unit(
            name="倒",
            kind=UnitKind.TOWN,
            valid_from=date(2026, 2, 1),
            valid_until=date(2026, 2, 1),
        )


def test_active_reads_validity_first_day_included_last_day_not(cast):
    unit = create_unit(
        name="临",
        kind=UnitKind.TOWN,
        valid_from=date(2026, 2, 1),
        valid_until=date(2026, 3, 1),
    )
    on = {
        day: unit in Unit.objects.active(day)
        for day in (
            date(2026, 1, 31),
            date(2026, 2, 1),
            date(2026, 2, 28),
            date(2026, 3, 1),
        )
    }
    assert list(on.values()) == [False, True, True, False]


def test_unit_and_ancestors_goes_from_the_unit_up_to_the_root(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        above = selectors.unit_and_ancestors(cast.units.liuwan)
    assert above == [cast.units.liuwan, cast.units.dongxi, cast.units.district]


def test_the_district_of_a_village_is_found_and_of_a_lone_root_is_none(cast):
    lone = create_unit(name="省属企业", kind=UnitKind.INSTITUTION)
    assert selectors.district_of(cast.units.liuwan) == cast.units.district
    assert selectors.district_of(cast.units.district) == cast.units.district
    assert selectors.district_of(lone) is None


def test_units_in_charge_reach_everything_below(cast):
    ids = selectors.units_in_charge(cast.post("leader"))
    named = {
        cast.units.urban.pk,
        cast.units.dongxi.pk,
        cast.units.liuwan.pk,
        cast.units.shiqiao.pk,
    }
    assert set(ids) == named
    assert selectors.units_in_charge(cast.post("handler")) == []


def test_leaders_in_charge_come_nearest_first_and_once_each(cast):
    day = date(2026, 10, 1)
    assert selectors.leaders_in_charge(cast.units.liuwan, day) == [cast.post("leader")]
    cast.post("leader2").charge_units.add(cast.units.liuwan)
    cast.post("leader").charge_units.add(cast.units.district)
    assert selectors.leaders_in_charge(cast.units.liuwan, day) == [
        cast.post("leader2"),
        cast.post("leader"),
    ]
    assert selectors.leaders_in_charge(cast.units.xiling, day) == [cast.post("leader")]


def test_a_leader_has_no_charge_over_what_stands_above(cast):
    assert selectors.leaders_in_charge(cast.units.district, date(2026, 10, 1)) == []


def test_holders_are_those_of_exactly_that_unit(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        posts = selectors.holders(Role.HANDLER, unit=cast.units.urban, at=date(2026, 10, 1))
        assert [post.user.name for post in posts] == ["陈立"]
    assert selectors.holders(Role.HANDLER, unit=cast.units.district, at=date(2026, 10, 1)) == []


@pytest.mark.django_db(transaction=True)
def test_a_child_made_while_its_parent_moves_ends_up_below_it_all_the_same(cast):
    gate = threading.Barrier(2)
    made = []

    def make():
        try:
            gate.wait(5)
            for n in range(15):
                made.append(create_unit(name=f"站{n}", kind=UnitKind.STATION, parent=cast.units.liuwan))  # noqa: PERF401
        finally:
            connection.close()

    thread = threading.Thread(target=make)
    thread.start()
    gate.wait(5)
    for target in ("xiling", "district", "xiling", "dongxi", "xiling"):
        move_unit(
            unit=cast.units.dongxi if target == "district" else cast.units.liuwan,
            parent=getattr(cast.units, target),
        )
    thread.join(30)
    assert len(made) == 15
    for unit in Unit.objects.select_related("parent"):
        assert unit.path == path_of(unit.parent.path if unit.parent else "", unit.pk)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_make_a_ring(cast):
    gate = threading.Barrier(2)
    refused = []

    def move(unit, parent):
        try:
            gate.wait(5)
            move_unit(unit=unit, parent=parent)
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    pair = (cast.units.dongxi, cast.units.xiling)
    threads = [threading.Thread(target=move, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert refused == ["cycle"]
    for unit in Unit.objects.select_related("parent"):
        assert unit.path == path_of(unit.parent.path if unit.parent else "", unit.pk)
