"""Pages by key."""

import base64

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Length

from core.paging import capped_count, paginate

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups():
    return Group.objects.bulk_create(Group(name=f"组{n:02d}") for n in range(10))


def walk(qs, order, size=3):
    """Every page forwards, then every page backwards from the last."""
    forwards, page = [], paginate(qs, order=order, cursor=None, size=size)
    forwards.append(page)
    while page.next_cursor:
        page = paginate(qs, order=order, cursor=page.next_cursor, size=size)
        forwards.append(page)
    backwards = [page]
    while page.prev_cursor:
        page = paginate(qs, order=order, cursor=page.prev_cursor, size=size)
        backwards.append(page)
    return forwards, backwards


@pytest.mark.parametrize("order", [["name"], ["-name"], ["-id"], ["pk"], []])
def test_pages_cover_the_list_once_in_order_both_ways(groups, order):
    forwards, backwards = walk(Group.objects.all(), order)
    expected = list(Group.objects.order_by(*order, *([] if order else ["pk"])))
    assert [row for page in forwards for row in page.items] == expected
    assert [len(page) for page in forwards] == [3, 3, 3, 1]
    assert forwards[0].prev_cursor is None
    assert forwards[-1].next_cursor is None
    assert backwards[-1].items == expected[:3]
    assert [p.items[0] for p in backwards] == [p.items[0] for p in reversed(forwards)]


def test_ties_are_broken_by_the_primary_key(groups):
    tied = Group.objects.annotate(size=Length("name"))
    forwards, _ = walk(tied, ["-size"])
    ids = [row.pk for page in forwards for row in page]
    assert ids == sorted((g.pk for g in groups), reverse=True)


def test_mixed_directions_keep_their_order():
    first, second = ContentType.objects.order_by("pk")[:2]
    Permission.objects.all().delete()
    for owner in (first, second):
        for n in range(5):
            Permission.objects.create(content_type=owner, codename=f"c{n}", name="n")
    qs = Permission.objects.all()
    forwards, backwards = walk(qs, ["content_type_id", "-codename"])
    expected = list(qs.order_by("content_type_id", "-codename", "-pk"))
    assert [row for page in forwards for row in page] == expected
    assert backwards[-1].items == expected[:3]


@pytest.mark.parametrize(("order", "sql"), [("rank", F("rank").asc()), ("-rank", F("rank").desc())])
def test_rows_without_a_value_are_neither_lost_nor_doubled(groups, order, sql):
    odd = [g.pk for g in groups[::2]]
    rank = Case(When(pk__in=odd, then=F("id") / Value(3)), default=None, output_field=IntegerField())
    qs = Group.objects.annotate(rank=rank)
    tail = "-pk" if order.startswith("-") else "pk"
    expected = [g.pk for g in qs.order_by(sql, tail)]
    forwards, backwards = walk(qs, [order])
    assert [row.pk for page in forwards for row in page] == expected
    assert [row.pk for row in backwards[-1]] == expected[:3]


def test_new_rows_move_nothing_on_later_pages(groups):
    first = paginate(Group.objects.all(), order=["-name"], cursor=None, size=4)
    Group.objects.bulk_create(Group(name=f"组{n}") for n in range(90, 95))
    second = paginate(Group.objects.all(), order=["-name"], cursor=first.next_cursor, size=4)
    assert [g.name for g in second] == ["组05", "组04", "组03", "组02"]


def test_a_row_deleted_at_the_border_loses_no_other(groups):
    first = paginate(Group.objects.all(), order=["name"], cursor=None, size=4)
    first.items[-1].delete()
    second = paginate(Group.objects.all(), order=["name"], cursor=first.next_cursor, size=4)
    assert second.items[0].name == "组04"


@pytest.mark.parametrize("cursor", ["", "x", "eyJhIjoxfQ:1abc:def", "\0", "组", "a:b:c:d", "'; --"])
def test_a_forged_cursor_gives_the_first_page(groups, cursor):
    page = paginate(Group.objects.all(), order=["name"], cursor=cursor, size=3)
    assert [g.name for g in page] == ["组00", "组01", "组02"]
    assert page.prev_cursor is None


def test_a_cursor_tells_nobody_which_row_it_stands_at():
    Group.objects.bulk_create(Group(pk=pk, name=f"组{pk}") for pk in (7, 8, 1_300_000_001, 1_300_000_002))
    small, large = (
        paginate(Group.objects.filter(rows), order=["id"], cursor=None, size=1).next_cursor
        for rows in (Q(pk__lt=9), Q(pk__gt=9))
    )
    assert len(small) == len(large)
    for cursor in (small, large):
        read = base64.urlsafe_b64decode(cursor + "==")
        for pk in (b"1300000001", b"[7]"):
            assert pk not in read and pk.decode() not in cursor
        changed = ("A" if cursor[0] != "A" else "Q") + cursor[1:]
        rows = Group.objects.order_by("pk")
        assert paginate(rows, order=["id"], cursor=changed, size=1).items == [rows.first()]


def test_a_cursor_of_another_order_gives_the_first_page(groups):
    other = paginate(Group.objects.all(), order=["-name"], cursor=None, size=3).next_cursor
    page = paginate(Group.objects.all(), order=["name"], cursor=other, size=3)
    assert page.items[0].name == "组00"


def test_past_the_end_gives_the_first_page(groups):
    cursor = paginate(Group.objects.all(), order=["name"], cursor=None, size=9).next_cursor
    Group.objects.filter(name="组09").delete()
    page = paginate(Group.objects.all(), order=["name"], cursor=cursor, size=9)
    assert page.items[0].name == "组00"


def test_going_back_to_the_start_gives_a_full_first_page(groups):
    second = paginate(
        Group.objects.all(),
        order=["name"],
        cursor=paginate(Group.objects.all(), order=["name"], cursor=None, size=3).next_cursor,
        size=3,
    )
    Group.objects.filter(name="组00").delete()
    page = paginate(Group.objects.all(), order=["name"], cursor=second.prev_cursor, size=3)
    assert [g.name for g in page] == ["组01", "组02", "组03"]


def test_dictionaries_page_as_rows_do(groups):
    qs = Group.objects.values("id", "name")
    first = paginate(qs, order=["name", "id"], cursor=None, size=3)
    second = paginate(qs, order=["name", "id"], cursor=first.next_cursor, size=3)
    assert second.items[0]["name"] == "组03"


@pytest.mark.parametrize("page_no", [0, 1])
def test_a_page_is_one_query(groups, django_assert_num_queries, page_no):
    cursor = None
    for _ in range(page_no):
        cursor = paginate(Group.objects.all(), order=["name"], cursor=cursor, size=3).next_cursor
    with django_assert_num_queries(1):
        paginate(Group.objects.all(), order=["name"], cursor=cursor, size=3)


def test_rows_of_one_direction_are_compared_as_one_index_condition(groups):
    from core.paging import _after, _keys

    qs = Group.objects.all()
    sql = str(qs.filter(_after(_keys(qs, ["-name"]), ["组05", 5])).query)
    assert '("auth_group"."name", "auth_group"."id") < (' in sql


@pytest.mark.parametrize(("cap", "words"), [(9, "9+"), (10, "10"), (1000, "10")])
def test_counting_stops_at_the_cap(groups, cap, words):
    assert capped_count(Group.objects.all(), cap) == words


def test_a_thousand_is_written_with_its_comma():
    Group.objects.bulk_create(Group(name=str(n)) for n in range(1001))
    assert capped_count(Group.objects.all()) == "1,000+"
    assert capped_count(Group.objects.exclude(name="0")) == "1,000"
