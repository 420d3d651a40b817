"""清江县: a county that does not exist (code 339999), with its departments, towns and villages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services.units import lock_tree, next_ids, path_of
from core.timekeeping import SHANGHAI, local_day
from deadlines.models import Rule
from petitions.services.clocks import DISTRICT_ORDER
from petitions.services.numbering import begin_series

CODE = "339999"
NAME = "清江县"
K = UnitKind


@dataclass(frozen=True)
class Place:
    """One unit of the county: ``above`` is the key of the unit it stands under."""

    key: str
    name: str
    short: str
    kind: UnitKind
    above: str = "county"
    code: str = ""
    review: str = ""


DEPARTMENTS = (
    ("urban", "城市管理局"),
    ("housing", "住房和城乡建设局"),
    ("hr", "人力资源和社会保障局"),
    ("nature", "自然资源和规划局"),
    ("eco", "生态环境局"),
    ("traffic", "交通运输局"),
    ("water", "水利局"),
    ("agri", "农业农村局"),
    ("edu", "教育局"),
    ("health", "卫生健康局"),
    ("civil", "民政局"),
    ("market", "市场监督管理局"),
    ("police", "公安局"),
    ("medins", "医疗保障局"),
    ("veteran", "退役军人事务局"),
    ("emergency", "应急管理局"),
)
#: key, name, statistical code, villages or communities.
TOWNS = (
    ("xiling", "西岭街道", "001", "西山 听松 榆钱 拾光 梧影 晨曦"),
    ("tingjiang", "听江街道", "002", "望潮 磨坊 白鹭 渡口 星桥 书院"),
    ("zhushan", "竹影街道", "003", "竹西 笛声 云栖 小满 书声 连廊"),
    ("dongxi", "东溪镇", "100", "柳湾 石桥 溪口 上坞 下坞 花田"),
    ("wangyu", "望渔镇", "101", "渔歌 帆影 芦荡 月湖 网场 滩头"),
    ("zhenshi", "枕石镇", "102", "石门 磐溪 石榴坪 云根 前岭 后岭"),
    ("lihuadu", "梨花渡镇", "103", "梨园 渡头 白沙 春山 雪岭 桃坞"),
    ("qinghe", "青禾镇", "104", "稻香 麦浪 青苗 谷场 新禾 犁田"),
    ("baiquan", "百泉乡", "200", "甘泉 涌泉 冷泉 泉上 泉下 落霞"),
    ("yunxiu", "云岫乡", "201", "云顶 半山 竹坞 茶垄 雾里 松风"),
)
STREETS = {"xiling", "tingjiang", "zhushan"}
DAY_ONE = date(2019, 1, 1)


def places() -> list[Place]:
    """Every unit, each after the one it stands under."""
    found = [
        Place("county", f"{NAME}人民政府", NAME, K.DISTRICT, "", CODE),
        Place("petition_office", f"{NAME}信访局", "信访局", K.PETITION_OFFICE, review="county"),
        Place("party_office", f"中共{NAME}委办公室", "县委办", K.PARTY_BODY),
        Place("discipline", f"{NAME}纪委监委", "纪委监委", K.DISCIPLINE),
        Place("court", f"{NAME}人民法院", "县法院", K.COURT_PROCURATORATE),
        Place("mediation", f"{NAME}人民调解中心", "调解中心", K.MEDIATION),
        Place("water_works", f"{NAME}供水站", "供水站", K.INSTITUTION, "water", review="water"),
        Place("bus_works", f"{NAME}公共汽车站", "公交站", K.INSTITUTION, "traffic", review="traffic"),
    ]
    for key, name in DEPARTMENTS:
        found.append(Place(key, f"{NAME}{name}", name, K.DEPARTMENT, review="county"))
    for key, name, code, villages in TOWNS:
        found.append(Place(key, name, name, K.TOWN, code=CODE + code, review="county"))
        ending, first = ("社区", 1) if key in STREETS else ("村", 201)
        for number, village in enumerate(villages.split()):
            full = f"{village}{ending}"
            place = Place(
                f"{key}_{number}", full, full, K.VILLAGE, key, f"{CODE}{code}{first + number:03d}", key
            )
            found.append(place)
    found.append(
        Place("dongxi_station", "东溪镇综合服务站", "东溪服务站", K.STATION, "dongxi", review="dongxi")
    )
    return found


def build() -> dict[str, Unit]:
    """Make the tree; keys as above. Three queries."""
    wanted = places()
    lock_tree()
    units: dict[str, Unit] = {}
    for pk, place in zip(next_ids(len(wanted)), wanted, strict=True):
        above = units.get(place.above)
        units[place.key] = Unit(
            pk=pk,
            path=path_of(above.path if above else "", pk),
            parent=above,
            name=place.name,
            short_name=place.short,
            kind=place.kind,
            code=place.code,
            review_superior=units.get(place.review),
            valid_from=DAY_ONE,
        )
    Unit.objects.bulk_create(units.values())
    return units


def order_began(until: datetime) -> datetime:
    """10-30-24 is a recent order here: in force from the first day of the month three months before ``until``."""
    month = until.astimezone(SHANGHAI).date().replace(day=1)
    for _month in range(3):
        month = (month - timedelta(days=1)).replace(day=1)
    return datetime.combine(month, time.min, SHANGHAI)


def put_order_in_force(until: datetime) -> None:
    """The three rules of 10-30-24 begin on that day; cases of before run under the law's clocks alone."""
    Rule.objects.filter(code__in=DISTRICT_ORDER, valid_until=None).update(
        valid_from=local_day(order_began(until))
    )


#: Of the oldest files (``shelved``), whose term of ten years is over.
YEARS_AGO = 12


def begin_numbers(seed: int, until: datetime) -> None:
    """The same numbers for the same seed; the series of a real county start where nobody can guess."""
    year = until.astimezone(SHANGHAI).year
    for offset in (*range(4), YEARS_AGO):
        begin_series(year - offset, start=1_000_003 * (seed % 1_000_000 + 1) + offset)


def complaint() -> str:
    """Why the demo county may not be loaded here, in Chinese; empty when it may."""
    if not getattr(settings, "IS_TRIAL", False):
        return "演示数据只能装入试用环境（当前设置不是试用）。"
    if settings.DISTRICT_CODE != CODE:
        return f"本系统登记的区县代码是 {settings.DISTRICT_CODE}，不是演示县 {CODE}，不装入演示数据。"
    return ""
