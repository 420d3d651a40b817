"""The cast: one small district with one person for every role, and an outsider.

    def test_something(cast, client_as):
        page = client_as(cast.handler).get("/")
        service(actor=cast.actor("handler"), unit=cast.units.urban)

Units: ``district`` 清江县 > ``petition_office`` 信访局, ``urban`` 城市管理局, ``housing`` 住房和城乡建设局,
``discipline`` 纪委监委, ``mediation`` 调解中心, ``dongxi`` 东溪镇 > ``liuwan`` 柳湾村, ``shiqiao`` 石桥村;
``xiling`` 西岭街道 > ``xishan`` 西山社区. People are the keys of ``PEOPLE``.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import next_ids, path_of

PASSWORD = "qingjiang-2026"
SINCE = date(2020, 1, 1)

# key: (name, short name, kind, code, key of the parent)
UNITS = {
    "district": ("清江县", "清江县", UnitKind.DISTRICT, "339999", None),
    "petition_office": (
        "清江县信访局",
        "信访局",
        UnitKind.PETITION_OFFICE,
        "",
        "district",
    ),
    "urban": ("清江县城市管理局", "城市管理局", UnitKind.DEPARTMENT, "", "district"),
    "housing": (
        "清江县住房和城乡建设局",
        "住房和城乡建设局",
        UnitKind.DEPARTMENT,
        "",
        "district",
    ),
    "discipline": ("清江县纪委监委", "纪委监委", UnitKind.DISCIPLINE, "", "district"),
    "mediation": ("清江县人民调解中心", "调解中心", UnitKind.MEDIATION, "", "district"),
    "dongxi": ("东溪镇", "东溪镇", UnitKind.TOWN, "339999100", "district"),
    "liuwan": ("柳湾村", "柳湾村", UnitKind.VILLAGE, "339999100201", "dongxi"),
    "shiqiao": ("石桥村", "石桥村", UnitKind.VILLAGE, "339999100202", "dongxi"),
    "xiling": ("西岭街道", "西岭街道", UnitKind.TOWN, "339999001", "district"),
    "xishan": ("西山社区", "西山社区", UnitKind.VILLAGE, "339999001001", "xiling"),
}

# key: (name, role, key of the unit, keys of the units in charge)
PEOPLE = {
    "clerk": ("林秋", Role.CLERK, "petition_office", ()),
    "town_clerk": ("何苗", Role.CLERK, "dongxi", ()),
    "petition_officer": ("周静", Role.PETITION_OFFICER, "petition_office", ()),
    "handler": ("陈立", Role.HANDLER, "urban", ()),
    "handler2": ("吴敏", Role.HANDLER, "housing", ()),
    "unit_head": ("赵建国", Role.UNIT_HEAD, "urban", ()),
    "unit_head2": ("孙玉梅", Role.UNIT_HEAD, "housing", ()),
    "leader": ("高远", Role.LEADER, "district", ("urban", "dongxi")),
    "leader2": ("郑岚", Role.LEADER, "district", ("housing",)),
    "mediator": ("方平", Role.MEDIATOR, "mediation", ()),
    "inspector": ("罗正", Role.INSPECTOR, "petition_office", ()),
    "statistician": ("许晴", Role.STATISTICIAN, "petition_office", ()),
    "discipline_officer": ("冯肃", Role.HANDLER, "discipline", ()),
    "sysadmin": ("丁一", Role.SYSTEM_ADMIN, "petition_office", ()),
    "secadmin": ("沈安", Role.SECURITY_ADMIN, "petition_office", ()),
    "auditor": ("韩明", Role.AUDITOR, "petition_office", ()),
    "outsider": ("钱外", Role.HANDLER, "xiling", ()),
}


class Cast:
    """``cast.handler`` is a User, ``cast.units.urban`` a Unit, ``cast.actor("handler")`` an Actor."""

    def __init__(self, units: dict[str, Unit], people: dict[str, User], posts: dict[str, Post]) -> None:
        self.units = SimpleNamespace(**units)
        self.people = people
        self.posts = SimpleNamespace(**posts)

    def __getattr__(self, key: str) -> User:
        people = self.__dict__.get("people", {})
        if key not in people:
            raise AttributeError(f"nobody in the cast is called {key}")
        return people[key]

    def post(self, key: str) -> Post:
        return getattr(self.posts, key)

    def actor(self, key: str) -> Actor:
        return Actor.of(self.post(key))


def make_units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for pk, (key, (name, short_name, kind, code, above)) in zip(
        next_ids(len(UNITS)), UNITS.items(), strict=True
    ):
        parent = units[above] if above else None
        path = path_of(parent.path if parent else "", pk)
        units[key] = Unit(
            pk=pk,
            path=path,
            parent=parent,
            name=name,
            short_name=short_name,
            kind=kind,
            code=code,
            valid_from=SINCE,
        )
    Unit.objects.bulk_create(units.values())
    return units


def make_cast() -> Cast:
    """Seven queries, so that every test can afford its own."""
    units = make_units()
    password = make_password(PASSWORD)
    people = {
        key: User(username=key, name=name, email=f"{key}@qingjiang.example", password=password)
        for key, (name, *_rest) in PEOPLE.items()
    }
    User.objects.bulk_create(people.values())
    posts = {
        key: Post(user=people[key], unit=units[unit], role=role, valid_from=SINCE)
        for key, (_name, role, unit, _charge) in PEOPLE.items()
    }
    Post.objects.bulk_create(posts.values())
    charge = Post.charge_units.through
    charge.objects.bulk_create(
        charge(post=posts[key], unit=units[unit])
        for key, (*_rest, charges) in PEOPLE.items()
        for unit in charges
    )
    return Cast(units, people, posts)


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def client_as(db):
    """``client_as(cast.handler)``: a test client logged in as that person."""

    def make(user: User, **kwargs) -> Client:
        client = Client(**kwargs)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def second_connection(transactional_db):
    """A second session to the test database, for races: a psycopg2 connection, closed at the end."""
    other = connection.copy()
    other.ensure_connection()
    yield other
    other.close()
